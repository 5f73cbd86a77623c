"""Finds the capitalised phrases of a text that may be names: "Port Ellery", "Bank of England", "Jaysh al-Islam".

Only scripts with capitals give any. The first word of a sentence is capitalised whatever it is, which a phrase says of
itself; German capitalises its nouns, so there a phrase needs two words, or to be an abbreviation.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from digest.content.text.words import fold, is_common

LONGEST = 5
"""Words of a phrase, what joins them included."""

READ = 20_000
"""Characters of a text that are read."""

_APOSTROPHE = "'’ʼ"
_TOKEN = re.compile(
    rf"(?P<word>(?:[^\W\d_]\.){{2,}}|[^\W\d_]\w*(?:[{_APOSTROPHE}&-][^\W_]\w*)*)"
    r"|(?P<number>\d[\w.,]*)|(?P<stop>[.!?:…]+[\"”’»)\]]*\s|\n|[•|])|(?P<mark>[^\w\s])"
)
_JOIN_WORDS = """of the de del della di da do dos du la le les des van von der den al el bin ibn ben"""
_JOINS = frozenset(_JOIN_WORDS.split())
_ARTICLES = frozenset({"the", "a", "an"})
_ARABIC = re.compile(r"[ae][a-z]{1,2}-[^\W\d_a-z]")  # "al-Islam", "ash-Sham": a name that begins small
_POSSESSIVE = re.compile(rf"[{_APOSTROPHE}]s?$")
_NOUNS = frozenset({"de", "lb"})  # languages that capitalise every noun
_TITLE_WORDS = """mr mrs ms dr prof professor president senator sen rep gov governor col lt sgt capt minister mayor
chancellor secretary judge"""
_TITLES = frozenset(_TITLE_WORDS.split())
# Words that are no name when they stand alone.
_ALONE_WORDS = """january february march april may june july august september october november december jan feb mar apr
jun jul aug sept sep oct nov dec today tomorrow yesterday north south east west northern southern eastern western read
more click photo image images credit video watch subscribe newsletter please thank thanks yes god earth internet web
part chapter figure table note update updated editor king queen prince princess pope lord lady sir"""
_ALONE = _TITLES | frozenset(_ALONE_WORDS.split())
_SHORTENED = re.compile(rf"[{_APOSTROPHE}](?:m|ve|d|ll|re|t)$")


@dataclass(frozen=True, slots=True)
class Phrase:
    """One capitalised phrase, as it is written; whether it began a sentence, where its first word says nothing."""

    text: str
    first: bool


def phrases(text: str, language: str = "") -> Iterator[Phrase]:
    """Yield the capitalised phrases of a text in order.

    Args:
        text: plain text; a line's end ends a sentence.
        language: what it is written in, if known.
    """
    nouns = language.split("-", maxsplit=1)[0] in _NOUNS
    run: list[str] = []
    first = begins = True
    at, before = 0, ""
    for m in _TOKEN.finditer(text[:READ]):
        word = _POSSESSIVE.sub("", m["word"]) if m["word"] else ""
        name = bool(word) and (word[0].isupper() or bool(_ARABIC.match(word))) and not _SHORTENED.search(word)
        if run and not (text[at : m.start()] in (" ", "\u00a0") and (name or _joins(word, run[-1]))):
            yield from _phrase(run, first=first, nouns=nouns)
            run = []
        if name or (run and word):
            first = first if run else begins
            run.append(word)
        if run and word and len(m["word"]) != len(word):
            yield from _phrase(run, first=first, nouns=nouns)
            run = []
        # "Mr. Brandt": a title's full stop ends no sentence.
        begins = (bool(m["stop"]) and before not in _TITLES) or (begins and bool(m["mark"]))
        before = word.lower()
        at = m.end()
    yield from _phrase(run, first=first, nouns=nouns)


def _phrase(run: list[str], *, first: bool, nouns: bool) -> Iterator[Phrase]:
    words = list(run)
    while words and words[-1] in _JOINS:
        words.pop()
    # "President Ana Sand" is Ana Sand, but "Secretary of State" is an office.
    while words and (
        words[0].lower() in _ARTICLES
        or (len(words) > 1 and words[1] not in _JOINS and words[0].rstrip(".").lower() in _TITLES)
    ):
        words.pop(0)
        first = False
    if not words or len(words) > LONGEST + 3 * first:
        return
    loud = len(words) == 1 and words[0].isupper()
    if not loud and all(len(word) < 2 or is_common(fold(word)) for word in words):
        return
    if len(words) == 1 and (len(words[0]) < 3 - loud or words[0].lower() in _ALONE):
        return
    if nouns and sum(word[0].isupper() for word in words) < 2 and not loud:
        return
    yield Phrase(" ".join(words), first)


def _joins(word: str, before: str) -> bool:
    return word in _JOINS and (word != "the" or before == "of")


def rest(phrase: Phrase) -> str:
    """What is left of a phrase when its first word only began a sentence; empty when nothing is."""
    words = phrase.text.split()[1:]
    while words and words[0] in _JOINS:
        words.pop(0)
    return " ".join(words) if len(words) <= LONGEST else ""


def headline_case(title: str) -> bool:
    """Whether a headline capitalises every word, so that its capitals say nothing."""
    long = [m["word"] for m in _TOKEN.finditer(title) if m["word"] and len(m["word"]) > 3]
    return len(long) > 2 and sum(word[0].isupper() for word in long) > 0.7 * len(long)
