"""The figures in a sentence: numbers in digits or words with their units, and what they count."""

from __future__ import annotations

import re
from dataclasses import dataclass

from digest.content.claims.tongues import Tongue
from digest.content.text.words import fold, is_common

_TOKEN = re.compile(
    r"(?P<digits>\d+[-–]\d+\b|\d+(?:[.,:'’\u00a0\u202f ]\d+)*(?:st|nd|rd|th|er|re|ème|º|ª)?\b|\d+)|(?P<word>[^\W\d_]+)|"
    r"(?P<sign>[%‰$€£¥₹₽₪₺°½¼¾²³])",
    re.UNICODE,
)
_GROUPED = re.compile(r"\d{1,3}(?:[.,'’\u00a0\u202f ]\d{3})+")
_ENDING = re.compile(r"[^\d]+\Z")

_UNITS = {
    fold(word): unit
    for unit, words in {
        "%": "% percent pct Prozent procent procento",
        "10^3": "thousand thousands tausend mille mil mila duizend",
        "10^6": "million millions Million Millionen millones millón milione milioni milhão milhões miljoen m mn",
        "10^9": "billion billions Milliarde Milliarden milliard milliards miliardo miliardi bilhão bilhões miljard bn",
        "10^12": "trillion trillions Billion Billionen",
        "$": "$ dollar dollars Dollar dólar dólares dollari",
        "€": "€ euro euros Euro Euros",
        "£": "£ pound pounds Pfund livres libras sterline pond",
        "km": "km kilometre kilometres kilometer kilometers Kilometer kilomètre kilomètres kilómetros chilometri",
        "mi": "mile miles Meilen",
        "kg": "kg kilo kilos kilogram kilograms Kilogramm",
        "t": "ton tons tonne tonnes Tonnen",
    }.items()
    for word in words.split()
}
_PER_CENT = re.compile(r"\bp(?:e|o)r cent(?:o)?\b|\bpour cent\b|\bpor ciento\b", re.IGNORECASE)
_COUNTED = frozenset({"people", "women", "men", "years", "year", "days", "day", "times", "weeks", "week"})
_NEAR = 4
"""Words after a figure that may say what it counts."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Figure:
    """One figure of a sentence.

    Attributes:
        text: as written.
        value: its digits in one spelling, with the unit; equal for "14" and "fourteen", not for "14" and "14 %".
        after: words that may say what it counts, folded; empty for a year, a time or a date.
        before: the word before it.
        sides: what stands right before and right after it, whatever it is; "" for nothing.
        dates: names of months and days at most two words away.
    """

    text: str
    value: str
    after: tuple[str, ...]
    before: tuple[str, ...]
    sides: tuple[str, str]
    dates: frozenset[str]


def figures(sentence: str, tongue: Tongue) -> list[Figure]:
    """All figures of a sentence, in order; number words count as figures."""
    tokens = list(_TOKEN.finditer(_PER_CENT.sub(lambda m: "percent".ljust(len(m[0])), sentence)))
    words = [fold(t[0]) for t in tokens]
    found = []
    end = 0
    for at, token in enumerate(tokens):
        value = _value(token, words[at], tongue) if at >= end else None  # a unit is no figure of its own
        if value is None:
            continue
        units, end = _units(words, at)
        last = next(
            (i for i in range(end, end + _NEAR) if i >= len(tokens) or _parted(sentence, tokens, i)), end + _NEAR
        )
        after = tuple(w for w in words[end:last] if _tells(w))
        before = tuple(w for w in words[max(0, at - 1) : at] if _tells(w))
        alone = not after or _is_date(value, words, at, end, tongue)
        found.append(
            Figure(
                text=sentence[token.start() : tokens[end - 1].end()],
                value=" ".join([value, *units]),
                after=() if alone else after,
                before=before,
                sides=(words[at - 1] if at else "", words[end] if end < len(words) else ""),
                dates=frozenset(words[max(0, at - 2) : end + 2]) & tongue.dates,
            )
        )
    return found


def _parted(sentence: str, tokens: list[re.Match[str]], at: int) -> bool:
    """Whether a comma or the like stands before a token."""
    return any(mark in ",;:()–—" for mark in sentence[tokens[at - 1].end() : tokens[at].start()])


def _tells(word: str) -> bool:
    return word.isalpha() and (word in _COUNTED or not is_common(word))


def _value(token: re.Match[str], word: str, tongue: Tongue) -> str | None:
    if token["digits"]:
        digits = _ENDING.sub("", token["digits"])
        if _GROUPED.fullmatch(digits):
            return re.sub(r"\D", "", digits)
        return re.sub(r"[\u00a0\u202f '’]", " ", digits).replace(",", ".")
    if token["sign"]:
        return word if word in "½¼¾" else None
    if word in _UNITS and word not in tongue.numbers:
        return None
    if word in tongue.numbers:
        return tongue.numbers[word] or word
    return word if tongue.counting.fullmatch(word) else None


def _units(words: list[str], at: int) -> tuple[list[str], int]:
    """The units before and after a figure, in one spelling each, and where what follows begins."""
    found = [words[at - 1]] if at and words[at - 1] in "$€£¥₹₽₪₺" else []
    end = at + 1
    while end < len(words) and words[end] in _UNITS and end < at + 3:
        found.append(_UNITS[words[end]])
        end += 1
    return sorted(set(found)), end


def _is_date(value: str, words: list[str], at: int, end: int, tongue: Tongue) -> bool:
    """Whether it is a year, a time of day, or a day beside its month."""
    beside = {*words[max(0, at - 1) : at], *words[end : end + 2]}
    return bool(re.fullmatch(r"(?:1[89]|20)\d\d|\d\d?:\d\d", value)) or (
        value.isdigit() and bool(beside & tongue.dates)
    )
