"""Finds what an account counts: how many were killed, hurt, held, missing; what share, what sum. Pure.

Precision comes before recall: two figures that are set side by side claim that they count the same thing. So only an
account's opening is read, an account that gives two figures for one thing is not heard on it, and totals of past years,
parts of a whole ("including three children") and figures under a negation are passed over. English only.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

from digest.content.summary.score import terms
from digest.content.text.sentences import split

LOOKED_AT = 6
"""Sentences of an account's opening that are read."""

_COUNTED = (
    "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve", "thirteen",
    "fourteen", "fifteen", "sixteen", "seventeen", "eighteen", "nineteen", "twenty",
)  # fmt: skip
_SMALL = {word: value for value, word in enumerate(_COUNTED, 1)}
_NUMBER = (
    rf"(?P<number>(?<![\d.,$€£-])\d{{1,3}}(?:,\d{{3}})+|(?<![\d.,$€£-])\d{{1,6}}(?![\d.:%-]|,\d|th\b|st\b|nd\b|rd\b)"
    rf"|\b(?:{'|'.join(_SMALL)})\b(?!-))"
)
_ABOUT = (
    r"(?P<about>(?:at least|more than|over|nearly|almost|about|around|some|up to|as many as|fewer than|an estimated) )?"
)
_WHO = (
    r"(?: (?:[a-z]+ ){0,2}"
    r"(?P<who>people|persons|civilians|soldiers|troops|fighters|militants|police|officers|policemen|"
    r"workers|children|students|passengers|migrants|refugees|residents|villagers|protesters|demonstrators|suspects|"
    r"hostages|men|women|others|crew members|members|miners|guards|pilgrims|tourists|homes|houses|buildings))?"
)
_VERBS = {
    "killed": r"killed|dead|died|dies|deaths|were shot dead|lost their lives|fatalities|bodies",
    "injured": r"injured|wounded|hurt|injuries|hospitali[sz]ed",
    "arrested": r"arrested|detained|taken into custody|arrests",
    "missing": r"missing|unaccounted for",
    "displaced": r"displaced|evacuated|homeless",
    "abducted": r"kidnapped|abducted|taken hostage|hostages",
    "rescued": r"rescued|freed|released",
}
_BE = r"(?: (?:have |has |had )?(?:been |were |was |are |is )?(?:reported |confirmed |feared |left )?)"
_DID = {
    "killed": r"kill(?:ed|s|ing)|claim(?:ed|s|ing) the lives of",
    "injured": r"injur(?:ed|es|ing)|wound(?:ed|s|ing)|hurt(?:ing)?",
    "arrested": r"arrest(?:ed|s|ing)|detain(?:ed|s|ing)",
    "displaced": r"displac(?:ed|es|ing)|forc(?:ed|es|ing)",
    "abducted": r"kidnapp(?:ed|ing)|abduct(?:ed|s|ing)",
    "rescued": r"rescu(?:ed|es|ing)|free(?:d|s|ing)|releas(?:ed|es|ing)",
}
_PASSIVE = {
    what: re.compile(rf"{_ABOUT}{_NUMBER}{_WHO}{_BE}(?:{verb})\b", re.IGNORECASE) for what, verb in _VERBS.items()
}
_MEASURE = r"(?! (?:percent|per cent|years?|days?|hours?|miles?|km)\b)"
_ACTIVE = {
    what: re.compile(rf"\b(?:{verb}) {_ABOUT}{_NUMBER}{_MEASURE}{_WHO}\b", re.IGNORECASE) for what, verb in _DID.items()
}
_TOLL = re.compile(rf"\bdeath toll (?:\w+ ){{0,3}}(?:to|at|of) {_ABOUT}{_NUMBER}", re.IGNORECASE)
_PATTERNS = {
    what: [_PASSIVE[what], *([_ACTIVE[what]] if what in _ACTIVE else []), *([_TOLL] if what == "killed" else [])]
    for what in _VERBS
}
_SHARE = re.compile(r"(?<![\d.,])(?P<number>\d{1,3}(?:\.\d{1,2})?)\s?(?:%|percent\b|per cent\b)")
_SUM = re.compile(
    r"(?P<unit>US\$|C\$|A\$|\$|€|£)\s?(?P<number>\d{1,3}(?:,\d{3})*(?:\.\d{1,2})?)\s?"
    r"(?P<scale>(?:million|billion|trillion|bn|m|tn)\b)?"
)
_PART = re.compile(
    r"\b(?:including|among them|of whom|of them|other|others|another|further|were)\W+(?:\w+\W+)?\Z", re.IGNORECASE
)
_PAST = re.compile(
    r"\b(?:since|in (?:19|20)\d\d|last (?:year|month|decade)|so far this|over the (?:past|last)|"
    r"each year|every year|a year|"
    r"annually|civil war|conflict that|war that|per (?:day|year|month)|in all|in total|overall|"
    r"previous(?:ly)?|earlier|(?:19|20)\d\d (?:attack|war)|years? ago)\b",
    re.IGNORECASE,
)
_BARGAIN = re.compile(
    r"\b(?:offer|ask|demand|want|seek|propos|target|forecast|expect|aim|plan|compar|up to|previous|last year)\w*|"
    r"\bfrom (?:about )?[\d$€£]",
    re.IGNORECASE,
)
_NOT = re.compile(
    r"\b(?:not|no|never|denied|denies|without|n[’']t|if|could|may|might|would|than)\b[^.;]{0,30}\Z", re.IGNORECASE
)
_SCALES = {"million": 1e6, "m": 1e6, "billion": 1e9, "bn": 1e9, "trillion": 1e12, "tn": 1e12}
_AROUND = 60
_BEFORE = 2
_FACTOR = 4
_AT_LARGE = ("", "people", "persons", "others")
_LONGEST = 600
_ANY = re.compile(r"\d|\b(?:" + "|".join(_SMALL) + r")\b", re.IGNORECASE)


@dataclass(frozen=True, slots=True, kw_only=True)
class Toll:
    """A figure as an account gives it.

    Attributes:
        what: the thing counted: "killed", "injured" … "percent", "$".
        value: the number; "some 20" and "20" are equal.
        text: its words, verbatim ("at least 14 people were killed").
        start, end: where they stand in the account's text, in code points; None for those of its headline.
        about: of whom it speaks, () for people at large; for shares and sums the topical words next to it.
    """

    what: str
    value: float
    text: str
    start: int | None
    end: int | None
    about: tuple[str, ...] = ()


def tolls(text: str, language: str = "", title: str = "") -> tuple[Toll, ...]:
    """What the opening of an account counts, one figure a thing, in the order of its text.

    What its headline counts is what it stands for: a figure of the text that differs from it is passed over, such as
    those who died at once beside all who died.
    """
    if language.partition("-")[0] not in ("", "en"):
        return ()
    found: dict[str, list[Toll]] = {}
    for toll in _people(title):
        found.setdefault(toll.what, []).append(replace(toll, start=None, end=None))
    headline = {what: given[0].value for what, given in found.items()}
    for start, end in split(text, "en")[:LOOKED_AT]:
        sentence = text[start:end]
        if len(sentence) > _LONGEST or not _ANY.search(sentence):
            continue
        for toll in (*_people(sentence, start), *_amounts(sentence, start)):
            if headline.get(toll.what, toll.value) == toll.value:
                found.setdefault(toll.what, []).append(toll)
    clear = [given for given in found.values() if len({toll.value for toll in given}) == 1]
    told = [next((toll for toll in given if toll.start is not None), given[0]) for given in clear]
    return tuple(sorted(told, key=lambda toll: -1 if toll.start is None else toll.start))


def same_thing(one: Toll, other: Toll) -> bool:
    """Whether two accounts count the same: the same people's fate, or a share or sum with the same words next to it."""
    if one.what != other.what:
        return False
    small, large = sorted((one.value, other.value))
    if large > _FACTOR * small:  # the dead of a day beside the dead of a war
        return False
    return one.about == other.about


def _people(sentence: str, at: int = 0) -> list[Toll]:
    """Counts of people in one sentence, without parts, past totals and what did not happen."""
    if _PAST.search(sentence):
        return []
    return [
        Toll(
            what=what,
            value=_value(match["number"]),
            text=match[0],
            start=at + match.start(),
            end=at + match.end(),
            about=_whose(match),
        )
        for what, patterns in _PATTERNS.items()
        for pattern in patterns
        for match in pattern.finditer(sentence)
        if not _PART.search(sentence, 0, match.start()) and not _NOT.search(sentence, 0, match.start())
    ]


def _whose(match: re.Match[str]) -> tuple[str, ...]:
    """Of whom a figure speaks: nothing when of people at large, since thirteen children are no toll of fifteen."""
    who = (match.groupdict().get("who") or "").casefold()
    return () if who in _AT_LARGE else (who,)


def _amounts(sentence: str, at: int) -> list[Toll]:
    """The one share and the one sum of a sentence, with the words next to them; none when it gives several."""
    if _BARGAIN.search(sentence):
        return []
    found: list[Toll] = []
    for kind, pattern in (("percent", _SHARE), ("sum", _SUM)):
        matches = list(pattern.finditer(sentence))
        if len(matches) != 1:
            continue
        (match,) = matches
        before = _topical(sentence[max(0, match.start() - _AROUND) : match.start()])
        after = _topical(sentence[match.end() : match.end() + _AROUND])
        if len(before) < _BEFORE or not after:
            continue
        groups = match.groupdict()
        scale = _SCALES.get(groups.get("scale") or "", 1.0)
        what = kind if kind == "percent" else str(groups["unit"])
        value = float(match["number"].replace(",", "")) * scale
        about = (*before[-_BEFORE:], after[0])
        place = {"start": at + match.start(), "end": at + match.end()}
        found.append(Toll(what=what, value=value, text=match[0], about=about, **place))
    return found


def _topical(text: str) -> list[str]:
    return [word for word in terms(text) if not any(c.isdigit() for c in word)]


def _value(number: str) -> float:
    return float(_SMALL.get(number.casefold(), 0) or number.replace(",", ""))


def differing(accounts: Sequence[tuple[Toll, ...]]) -> tuple[tuple[tuple[int, Toll], ...], ...]:
    """Things that at least two accounts count differently: for each the accounts' numbers with their figures.

    Args:
        accounts: each account's figures, as `tolls` found them; the index into it names the account.
    """
    found: list[tuple[tuple[int, Toll], ...]] = []
    used: set[tuple[int, str]] = set()
    for index, given in enumerate(accounts):
        for toll in given:
            if (index, toll.what) in used:
                continue
            others = [
                (later, other)
                for later in range(index + 1, len(accounts))
                for other in accounts[later]
                if (later, other.what) not in used and same_thing(toll, other)
            ]
            if any(other.value != toll.value for _, other in others):
                group = [(index, toll), *others]
                values = [given.value for _, given in group]
                # Each value once before any comes again, so that a short line shows that they differ.
                again = sorted(range(len(group)), key=lambda place: values.index(values[place]) != place)
                found.append(tuple(group[place] for place in again))
                used.update((place, other.what) for place, other in group)
    return tuple(found)
