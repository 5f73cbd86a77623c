"""What a new account of a story says that was not said when the story was carried: sentences, figures, names."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

from digest.content.summary.score import QUESTION
from digest.content.summary.standing import Standing, standing
from digest.content.text.similarity import terms
from digest.content.text.words import UNSPACED, WORD, count_words, fold, words
from digest.model import Article, Sentence

ABOVE = 0.6
"""How new an account's opening must be for a story to return; see `News.strength`."""

_OPENING = 4  # sentences in which a development stands, if it is one
_LOOKED_AT = 10  # sentences that are looked at for what is new
_TEXT = 12_000  # characters of a text
_STEM = 5  # letters by which two forms of a word are one
_LEAST_TERMS = 4
_NEW = 0.5  # the part of a sentence's terms that must be new
_WITH_FACT = 0.3  # the same when it has a new figure or name
_FACT_LIFTS = 1.2
_SAME = 0.5  # the part of a sentence that one taken before it may have said
_NO_FACT = 0.5  # what an account without any new figure or name is worth
_FIGURE_ADDS, _NAME_ADDS, _FACTS = 0.15, 0.05, 2
_FIGURE = re.compile(r"(?<![A-Za-z\d.,/:-])\d+(?:[.,\u00a0\u202f' ]\d{3})*(?:[.,]\d+)?(?![A-Za-z\d/:-])")
_CLOCK = re.compile(r"\d{1,2}[:.h]\d{2}|\d{1,2}\s?(?:a\.?m|p\.?m|uhr)\b", re.IGNORECASE)
_YEAR = re.compile(r"(?:19|20)\d\d\Z")
_DAYS = frozenset(
    word
    for line in (
        "monday tuesday wednesday thursday friday saturday sunday january february march april may june july august",
        "september october november december jan feb mar apr jun jul aug sep sept oct nov dec today yesterday tomorrow",
        "morning afternoon evening night week montag dienstag mittwoch donnerstag freitag samstag sonntag januar",
        "februar märz mai juni juli oktober dezember lundi mardi mercredi jeudi vendredi samedi dimanche janvier",
        "février mars avril juin juillet août septembre octobre novembre décembre lunes martes miércoles jueves",
        "viernes sábado domingo enero febrero marzo abril mayo junio julio agosto septiembre octubre noviembre",
        "diciembre",
    )
    for word in words(line)
)
"""Days, months and times of day: every account has its own, and they are no news."""


@dataclass(frozen=True, slots=True, kw_only=True)
class News:
    """What is new in an account.

    Attributes:
        article: the account's id.
        strength: the part of its headline's and opening's words that was not said before, and 0.15 for a new figure
            and 0.05 for a new name there, two each at most; halved where it has neither. 0 to 1.
        new: its sentences that say something new, most of it first, at their places in its text.
        figures, names: those nobody gave before, in order of appearance.
    """

    article: str
    strength: float
    new: tuple[Sentence, ...] = ()
    figures: tuple[str, ...] = ()
    names: tuple[str, ...] = ()

    @property
    def why(self) -> str:
        """The new figures and names, in words."""
        parts = [("figures", self.figures), ("names", self.names)]
        return "; ".join(f"new {what}: {', '.join(found[:5])}" for what, found in parts if found)


class Known:
    """What was said already, as the forms of words and the figures in it.

    Args:
        texts: all that was carried: headlines, summaries, the accounts' texts.
    """

    def __init__(self, texts: Iterable[str]) -> None:
        self._stems: set[str] = set()
        self._figures: set[str] = set()
        for text in texts:
            self._stems.update(_stem(term) for term in terms(text[:_TEXT]))
            self._figures.update(_plain(m[0]) for m in _FIGURE.finditer(text[:_TEXT]))

    def novelty(self, text: str) -> tuple[float, int]:
        """The part of a text's different topical words that were not said, and how many there are."""
        found = {_stem(term) for term in terms(text) if term not in _DAYS and not term.isdigit()}
        return (len(found - self._stems) / len(found) if found else 0.0), len(found)

    def figures(self, text: str) -> list[str]:
        """Figures that were not given before; years, days of the month and times of day are none."""
        clocks = [m.span() for m in _CLOCK.finditer(text)]
        found = (
            m[0]
            for m in _FIGURE.finditer(text)
            if _plain(m[0]) not in self._figures
            and not _YEAR.match(m[0])
            and not _dated(text, m.start(), m.end())
            and not any(start <= m.start() < end for start, end in clocks)
        )
        return list(dict.fromkeys(found))

    def names(self, text: str) -> list[str]:
        """Capitalised words inside a sentence that were not said before; scripts without capitals have none."""
        found: list[str] = []
        for at, m in enumerate(WORD.finditer(text)):
            word = m[0]
            if at and word[:1].isupper() and len(word) > 2 and not UNSPACED.search(word) and _open(text, m.start()):
                said = {_stem(term) for term in terms(word) if term not in _DAYS}
                if said - self._stems:
                    found.append(word)
        return list(dict.fromkeys(found))


def news(known: Known, article: Article, *, sentences: int = 2, words: int = 45) -> News:
    """What an account adds to what was carried.

    News stands in the headline and the first sentences; details that another outlet chose to give further down are
    none. No measure tells a development from another outlet's words for the same; a new figure at the top is the best
    sign of it. Sentences are shown whole, with the doubt that belongs to them, and only those that can stand alone.

    Args:
        known: what was carried.
        article: the new account.
        sentences: the most sentences to show.
        words: the most words in one of them and the doubt that follows it.
    """
    text = (article.text or article.deck)[:_TEXT]
    told = standing(article.title, text, article.language)
    opening = told.sentences[:_OPENING]
    part, _ = known.novelty(" ".join([article.title, *opening]))
    figures = list(dict.fromkeys(one for sentence in (article.title, *opening) for one in known.figures(sentence)))
    names = list(dict.fromkeys(one for sentence in opening for one in known.names(sentence)))
    facts = _FIGURE_ADDS * len(figures[:_FACTS]) + _NAME_ADDS * len(names[:_FACTS])
    return News(
        article=article.id,
        strength=round(min(1.0, part + facts) if facts else _NO_FACT * part, 4),
        new=tuple(
            Sentence(
                text=told.sentences[at],
                start=told.spans[at][0] if article.text else None,
                end=told.spans[at][1] if article.text else None,
            )
            for at in _new(known, told, sentences, words)
        ),
        figures=tuple(figures),
        names=tuple(names),
    )


def _new(known: Known, told: Standing, most: int, words: int) -> list[int]:
    """The sentences that say what is new and can be shown, the most telling ones, in the order of the text."""
    found: list[tuple[float, tuple[int, ...]]] = []
    for at, sentence in enumerate(told.sentences[:_LOOKED_AT]):
        part, count = known.novelty(sentence)
        fact = bool(known.figures(sentence) or known.names(sentence))
        if count >= _LEAST_TERMS and part >= (_WITH_FACT if fact else _NEW) and not QUESTION.search(sentence[-5:]):
            unit = told.unit(at)
            if unit and len(unit) <= most and sum(count_words(told.sentences[i]) for i in unit) <= words:
                # News stands at the top: what is as new further down is detail.
                found.append((-part * (_FACT_LIFTS if fact else 1.0) / (1 + at / _OPENING), unit))
    taken: list[int] = []
    for _, unit in sorted(found):
        said = {_stem(term) for at in taken for term in terms(told.sentences[at])}
        mine = {_stem(term) for at in unit for term in terms(told.sentences[at])}
        if len({*taken, *unit}) <= most and len(mine & said) <= len(mine) * _SAME:
            taken += [at for at in unit if at not in taken]
    return sorted(taken)


def _stem(term: str) -> str:
    return term if not term.isalpha() else term[:_STEM]


def _plain(figure: str) -> str:
    """One form of a figure: 1,200 and 1 200 are the same."""
    return re.sub(r"[\s\u00a0\u202f']|[.,](?=\d{3}(?!\d))", "", figure).replace(",", ".")


def _dated(text: str, start: int, end: int) -> bool:
    """Whether a figure is the day of a date: a month stands beside it."""
    before = WORD.findall(text[max(0, start - 20) : start])
    after = WORD.findall(text[end : end + 20])
    return len(text[start:end]) <= 2 and any(fold(word) in _DAYS for word in (*before[-1:], *after[:1]))


def _open(text: str, start: int) -> bool:
    """Whether a word stands inside its sentence, and not after an opening quotation or a full stop."""
    return text[max(0, start - 2) : start].strip(" \n")[-1:] not in '.!?:“"«„‘'
