"""What other accounts of a story add to the lead's: a sentence with news of its own, and figures that differ. Pure."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence

from digest.content.summary.score import likeness, terms, vector
from digest.content.summary.standing import Standing, standing
from digest.content.summary.summarise import EXCERPT_WORDS
from digest.content.summary.tolls import Toll, differing, tolls
from digest.content.text.abbreviations import collect
from digest.content.text.words import count_words, fold
from digest.model import Addition, Article, Differing, Figure, Sentence

_MOST_WORDS = 45
_OPENING = 12
_NEWS = 2.0
_SHARED = 3
_ALIKE = 0.6
_NUMBER = re.compile(r"(?<![\w.,])\d+(?:[.,]\d+)*")
_NAME = re.compile(r"(?<=[\w,;’'”\"] )[^\W\d_a-zà-ÿ][\w’'-]{2,}")
_CAPTION = re.compile(
    r"^FILE\b|\bfile (?:photo|picture|image)\b|\b(?:is|are|was|were) (?:seen|pictured|shown)\b|\bpictured\b|"
    r"\bin this (?:[\w., ]{1,20} )?(?:photo|picture|image|video)\b",
    re.IGNORECASE,
)
_TIMES = collect(
    "monday tuesday wednesday thursday friday saturday sunday january february march april may june july august "
    "september october november december mr mrs ms dr"
)


def others_add(
    lead: Article, summary: Sequence[Sentence], accounts: Sequence[Article], *, most: int = 2
) -> tuple[tuple[Addition, ...], tuple[Differing, ...]]:
    """What the other accounts add, and the figures in which accounts differ.

    An addition is one whole sentence of another outlet's opening that can stand alone, is about the same things as
    the lead (it shares three words of its headline and opening) and tells a figure or names that the lead's whole
    text does not. Each outlet adds at most one; an excerpt's has at most 30 words. Figures are those of `tolls`, set
    side by side in the accounts' own words and never merged.

    Args:
        lead: the account the story is told by.
        summary: what is shown of it.
        accounts: the other outlets' accounts; those of the lead's own outlet are passed over.
        most: the most additions, and the most differences.
    """
    told: list[Article] = []
    for account in accounts:
        if account.source not in {lead.source, *(one.source for one in told)}:
            told.append(account)
    return _additions(lead, summary, told, most), _differences([lead, *told], most)


def _additions(
    lead: Article, summary: Sequence[Sentence], accounts: Sequence[Article], most: int
) -> tuple[Addition, ...]:
    shown = " ".join(sentence.text for sentence in summary)
    whole = f"{lead.title}\n{lead.deck}\n{lead.text}\n{shown}"
    known = frozenset(fold(word) for word in re.findall(r"[^\W\d_]+", whole))
    numbers = frozenset(_numbers(whole))
    opening = standing(lead.title, lead.text, lead.language).sentences[:_OPENING]
    topic = frozenset(terms(f"{lead.title} {lead.deck} {shown} {' '.join(opening[:3])}"))
    said = [vector(Counter(terms(sentence))) for sentence in (*opening, shown)]
    best: list[tuple[float, int, Addition]] = []
    for place, account in enumerate(accounts):
        if lead.language and account.language and lead.language[:2] != account.language[:2]:
            continue
        found = _best(account, known, numbers, topic, said)
        if found:
            best.append((found[0], place, found[1]))
    chosen: list[tuple[float, int, Addition]] = []
    for score, place, addition in sorted(best, key=lambda b: (-b[0], b[1])):
        own = vector(Counter(terms(addition.text)))
        if len(chosen) < most and all(
            likeness(own, vector(Counter(terms(other.text)))) < _ALIKE for _, _, other in chosen
        ):
            chosen.append((score, place, addition))
    return tuple(addition for _, _, addition in sorted(chosen, key=lambda c: c[1]))


def _best(
    account: Article,
    known: frozenset[str],
    numbers: frozenset[str],
    topic: frozenset[str],
    said: list[dict[str, float]],
) -> tuple[float, Addition] | None:
    """The account's sentence with the most news in it, and its worth; None when none has enough."""
    text = account.text or account.deck
    view = standing(account.title, text, account.language)
    longest = EXCERPT_WORDS if account.rights == "excerpt" else _MOST_WORDS
    found: tuple[float, Addition] | None = None
    for i, sentence in enumerate(view.sentences[:_OPENING]):
        words = terms(sentence)
        news = _news(sentence, known, numbers)
        if (
            news < _NEWS
            or _CAPTION.search(sentence)
            or len(topic.intersection(words)) < _SHARED
            or not _fits(view, i, longest)
        ):
            continue
        own = vector(Counter(words))
        if max((likeness(own, other) for other in said), default=0.0) >= _ALIKE:
            continue
        worth = min(news, 4.0) + len(topic.intersection(words)) / 4 - i / 6
        start, end = view.spans[i]
        place = (start, end) if account.text else (None, None)
        addition = Addition(source=account.source, url=account.url, text=sentence, start=place[0], end=place[1])
        if found is None or worth > found[0]:
            found = (worth, addition)
    return found


def _fits(view: Standing, i: int, longest: int) -> bool:
    return count_words(view.sentences[i]) <= longest and len(view.unit(i)) == 1


def _news(sentence: str, known: frozenset[str], numbers: frozenset[str]) -> float:
    """How much a sentence tells that the lead does not: two for each new figure, one for each new name."""
    figures = sum(number not in numbers for number in _numbers(sentence))
    names = {fold(name.removesuffix("’s").removesuffix("'s")) for name in _NAME.findall(sentence)}
    return 2.0 * figures + len({name for name in names if name not in known and name not in _TIMES})


def _numbers(text: str) -> list[str]:
    """The figures in a text, with one spelling for each; years and single digits tell too little."""
    found = [number.replace(",", "") for number in _NUMBER.findall(text)]
    return [n for n in found if len(n) > 1 and not (len(n) == 4 and n[:2] in ("19", "20"))]


def _differences(accounts: Sequence[Article], most: int) -> tuple[Differing, ...]:
    texts = [account.text or account.deck for account in accounts]
    given = [tolls(text, account.language, account.title) for text, account in zip(texts, accounts, strict=True)]
    return tuple(
        Differing(what=found[0][1].what, figures=tuple(_figure(accounts[index], toll) for index, toll in found))
        for found in differing(given)[:most]
    )


def _figure(account: Article, toll: Toll) -> Figure:
    placed = bool(account.text)
    return Figure(
        source=account.source,
        url=account.url,
        text=" ".join(toll.text.split()),
        start=toll.start if placed else None,
        end=toll.end if placed else None,
    )
