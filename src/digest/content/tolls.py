"""Finds what an account counts: how many were killed, hurt, held, missing; what share, what sum. Pure.

Precision comes before recall: two figures that are set side by side claim that they count the same thing. So only an
account's opening is read, an account that gives two figures for one thing is not heard on it, and totals of past years,
parts of a whole ("including three children") and figures under a negation are passed over. English only.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from digest.content.score import terms
from digest.content.sentences import split

LOOKED_AT = 6
"""Sentences of an account's opening that are read."""

_SMALL = {
    word: value
    for value, words in enumerate(
        [
            "no",
            "one",
            "two",
            "three",
            "four",
            "five",
            "six",
            "seven",
            "eight",
            "nine",
            "ten",
            "eleven",
            "twelve",
            "thirteen",
            "fourteen",
            "fifteen",
            "sixteen",
            "seventeen",
            "eighteen",
            "nineteen",
            "twenty",
        ]
    )
    for word in words.split("|")
    if word != "no"
}
_NUMBER = (
    rf"(?P<number>(?<![\d.,$€£-])\d{{1,3}}(?:,\d{{3}})+|(?<![\d.,$€£-])\d{{1,6}}(?![\d.:%-]|,\d|th\b|st\b|nd\b|rd\b)"
    rf"|\b(?:{'|'.join(_SMALL)})\b(?!-))"
)
_ABOUT = (
    r"(?P<about>(?:at least|more than|over|nearly|almost|about|around|some|up to|as many as|fewer than|an estimated) )?"
)
_WHO = (
    r"(?: (?:[a-z]+ ){0,2}(?:people|persons|civilians|soldiers|troops|fighters|militants|police|officers|policemen|"
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
_NOT = re.compile(
    r"\b(?:not|no|never|denied|denies|without|n[’']t|if|could|may|might|would|than)\b[^.;]{0,30}\Z", re.IGNORECASE
)
_SCALES = {"million": 1e6, "m": 1e6, "billion": 1e9, "bn": 1e9, "trillion": 1e12, "tn": 1e12}
_AROUND = 60
_SHARED = 3
_FACTOR = 4


@dataclass(frozen=True, slots=True, kw_only=True)
class Toll:
    """A figure as an account gives it.

    Attributes:
        what: the thing counted: "killed", "injured" … "percent", "$".
        value: the number; "some 20" and "20" are equal.
        start, end: where its words stand in the account, in code points.
        about: the topic's words near it, for shares and sums; empty for people.
    """

    what: str
    value: float
    start: int
    end: int
    about: frozenset[str] = frozenset()


def tolls(text: str, language: str = "") -> tuple[Toll, ...]:
    """What the opening of an account counts, one figure a thing, in the order of its text."""
    if language.partition("-")[0] not in ("", "en"):
        return ()
    found: dict[str, list[Toll]] = {}
    for start, end in split(text, "en")[:LOOKED_AT]:
        sentence = text[start:end]
        if len(sentence) > 600 or not re.search(r"\d|\b(?:" + "|".join(_SMALL) + r")\b", sentence, re.IGNORECASE):
            continue
        for toll in (*_people(sentence), *_amounts(sentence)):
            at = Toll(
                what=toll.what, value=toll.value, start=start + toll.start, end=start + toll.end, about=toll.about
            )
            found.setdefault(toll.what, []).append(at)
    clear = (given[0] for given in found.values() if len({toll.value for toll in given}) == 1)
    return tuple(sorted(clear, key=lambda toll: toll.start))


def same_thing(one: Toll, other: Toll) -> bool:
    """Whether two accounts count the same: the same people's fate, or a share or sum in the same words."""
    if one.what != other.what:
        return False
    small, large = sorted((one.value, other.value))
    if large > _FACTOR * small:  # the dead of a day beside the dead of a war
        return False
    return (not one.about and not other.about) or len(one.about & other.about) >= _SHARED


def _people(sentence: str) -> list[Toll]:
    """Counts of people in one sentence, without parts, past totals and what did not happen."""
    if _PAST.search(sentence):
        return []
    return [
        Toll(what=what, value=_value(match["number"]), start=match.start(), end=match.end())
        for what, patterns in _PATTERNS.items()
        for pattern in patterns
        for match in pattern.finditer(sentence)
        if not _PART.search(sentence, 0, match.start()) and not _NOT.search(sentence, 0, match.start())
    ]


def _amounts(sentence: str) -> list[Toll]:
    """The one share and the one sum of a sentence, with the words around them; none when it gives several."""
    found: list[Toll] = []
    for kind, pattern in (("percent", _SHARE), ("sum", _SUM)):
        matches = list(pattern.finditer(sentence))
        if len(matches) != 1:
            continue
        (match,) = matches
        near = sentence[max(0, match.start() - _AROUND) : match.end() + _AROUND]
        about = frozenset(word for word in terms(near) if not any(c.isdigit() for c in word))
        groups = match.groupdict()
        scale = _SCALES.get(groups.get("scale") or "", 1.0)
        what = kind if kind == "percent" else str(groups["unit"])
        value = float(match["number"].replace(",", "")) * scale
        found.append(Toll(what=what, value=value, start=match.start(), end=match.end(), about=about or frozenset("?")))
    return found


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
                found.append(((index, toll), *others))
                used.update((place, other.what) for place, other in ((index, toll), *others))
    return tuple(found)
