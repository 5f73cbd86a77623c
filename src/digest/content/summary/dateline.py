"""Finds the wire service's dateline before a paragraph: "BEIRUT (Reuters) - ", "LONDON, Nov 22 - ". Pure.

A dateline is recognised by its form alone, and only where it cannot be the sentence itself: before a dash, after which
a sentence begins, stands a known agency in brackets, a place in capitals and a date, or, before a long dash, a place
in capitals alone. "NATO – what now?" is none.
"""

from __future__ import annotations

import re
from typing import Final

LONGEST: Final = 120
"""Characters of the longest dateline."""

_FIRST: Final = 3
_ACRONYM: Final = 4
_LOOKED_AT: Final = LONGEST + 60

# As they sign, in the languages of the furniture.
_AGENCY_NAMES: Final = (
    r"(?:thomson )?reuters(?: foundation| breakingviews)?", "associated press", "ap", "afp", "upi", "dpa", "dpa-afx",
    "afx", "apa", "epd", "kna", "sid", "efe", "europa press", "prensa latina", "télam", "telam", "notimex", "ats",
    "sda", "awp", "keystone-(?:ats|sda)", "belga", "anp", "ansa", "lusa", "tass", "interfax", "ria novosti", "xinhua",
    "jiji", "kyodo(?: news)?", "yonhap", "aap", "ians", "ntb", "ritzau", "ctk", "anadolu(?: agency)?", "sana", "wam",
    "wafa", "irna", "cnn", "bloomberg(?: news)?", "dow jones(?: newswires)?", "pr ?newswire", "business wire",
    "globe ?newswire", "the canadian press",
    "رويترز", r"[أا]\.?\s?ف\.?\s?ب\.?", r"د\.?\s?ب\.?\s?أ\.?", r"أ\.?\s?ب\.?", "فرانس برس", "أسوشيتد برس",
    "الأناضول", "سانا", "وام", "واس", "بترا", "وفا", "قنا", "بنا", "كونا", "شينخوا",
)  # fmt: skip
# Left out are signs that are also a party, a state or a region beside a name: (PA), (PAP), (PTI), (MENA), (BBC).
_ONE_AGENCY: Final = "(?i:" + "|".join(_AGENCY_NAMES) + ")"
_AGENCY: Final = (
    rf"(?:\(\s*{_ONE_AGENCY}(?:\s?[/,-]\s?(?:{_ONE_AGENCY}|[a-z]{{2,5}})){{0,2}}\s*\)|/\s?{_ONE_AGENCY}\s?/)"
)
_MONTH: Final = (
    r"(?i:jan(?:uary|uar|vier|v)?|jänner|ene(?:ro)?|feb(?:ruary|ruar|rero)?|fév(?:rier|r)?|mar(?:ch|s|zo)?|märz|apr(?:il)?"
    r"|avr(?:il)?|abr(?:il)?|may|mai|mayo|june?|juni|juin|junio|july?|juli|juil(?:let)?|julio|aug(?:ust)?|août|ago(?:sto)?"
    r"|sep(?:t|tember|tembre|tiembre)?|set(?:iembre)?|oct(?:ober|obre|ubre)?|okt(?:ober)?|nov(?:ember|embre|iembre)?"
    r"|dec(?:ember)?|dez(?:ember)?|déc(?:embre)?|dic(?:iembre)?"
    r"|يناير|فبراير|مارس|أبريل|إبريل|مايو|يونيو|يوليو|أغسطس|سبتمبر|أكتوبر|نوفمبر|ديسمبر|شباط|آذار|نيسان|أيار"
    r"|حزيران|تموز|آب|أيلول|كانون (?:الثاني|الأول)|تشرين (?:الثاني|الأول))\.?"
)
_DAY: Final = r"(?:[0-3]?\d|[٠-٣]?[٠-٩])(?:st|nd|rd|th|er|\.)?"
_YEAR: Final = r"(?:,? (?:de )?(?:20\d\d|٢٠[٠-٩]{2}))?"
_DATE: Final = rf"(?:{_MONTH} {_DAY}|{_DAY} (?:de )?{_MONTH}){_YEAR}"
# Words of a place: "Frankfurt am Main", "St. Louis", "L’Aquila", "Port-au-Prince", "Rio de Janeiro".
_NAME: Final = r"[^\W\d_](?:[^\W_]|[\u0300-\u036f\u064b-\u0652]|['’.-](?=[^\W_])|\.(?=[ ,]))*"
_SMALL: Final = r"(?:de|del|da|do|dos|la|las|los|le|les|el|al|am|an|der|im|in|of|on|sur|upon|y|and|und|et)"
_PLACE: Final = rf"{_NAME}(?:[ /](?:{_SMALL} ){{0,2}}{_NAME}){{0,4}}"
_PLACES: Final = rf"(?P<place>{_PLACE}(?:, {_PLACE}){{0,2}})"
_DASH: Final = r"(?:\s?\.?\s?(?:--|[—–―])\s?|\s?\.-\s?|\s-{1,2}\s)"
_BY_AGENCY: Final = re.compile(rf"(?:{_PLACES}(?:[,،]? (?:{_DATE}|{_DAY}))?\s?(?:-\s)?|{_DATE}\s)?{_AGENCY}{_DASH}")
# "(CNN) President Quill said": an agency alone before the first word.
_BARE_AGENCY: Final = re.compile(
    rf"(?:\(\s?{_ONE_AGENCY}\s?\)|\([A-Z]{{2,6}}\)(?=\s?[—–-])(?:\s?[—–-]+))\s?(?=[A-Z“\"])"
)
_BY_DATE: Final = re.compile(rf"{_PLACES}, {_DATE}{_DASH}")
# "LOS ANGELES -- ", "GROTON, Conn. — ", "BRUSSELS — ": capitals of at least two words or five letters, and a long dash.
_BY_CAPITALS: Final = re.compile(
    r"(?!(?:BREAKING|EXCLUSIVE|WATCH|UPDATED?|OPINION|ANALYSIS|EXPLAINER|VIDEO|PHOTOS?|LIVE|NOTE|EDITOR)\b)"
    r"(?P<place>[^\W\d_a-z]{2,}\.?(?:[ -][^\W\d_a-z]{2,}){0,3})"
    r"(?P<state>, (?:[A-Z][a-z]{1,13}\.?(?: [A-Z][a-z]+)?|(?:[A-Z]\.){2}))?"
    r"\s?(?:--|—|(?<=\s)–(?=\s))\s?"
)
# A wire that is not in the list: "CALLERBY (Velmara Wire) — ", a place in capitals and the name of a wire or agency.
_BY_WIRE: Final = re.compile(
    rf"(?P<place>[^\W\d_a-z]{{2,}}\.?(?:[ /-][^\W\d_a-z]{{2,}}){{0,3}}(?:, {_PLACE})?)(?:, {_DATE})?"
    rf"\s?\((?:[A-Z][\w.’'-]* ){{1,3}}(?i:wire|news|agency|press|service)\){_DASH}"
)
_BEGINS: Final = re.compile(r"[\"'“„«‘‹»(¿¡$€£]{0,2}\s?[^\W_]")
# An organisation that explains its own short name, such as "Associated Press (AP) – The".
_NO_PLACE: Final = re.compile(r"(?i)\b(?:press|presse|prensa|agency|agentur|agence|agencia|news|the)\b|وكالة")
_THE: Final = re.compile(r"(?i)\bthe (?:hague|valley|bronx)\b")


def dateline(paragraph: str) -> int:
    """How many characters of a paragraph are its dateline, the white space after it included; 0 when it has none."""
    start = paragraph[:LONGEST]
    if bare := _BARE_AGENCY.match(start):
        return bare.end()
    if not any(sign in start for sign in "-–—―"):
        return 0
    for form in (_BY_AGENCY, _BY_DATE):
        found = form.match(start)
        if found and _is_place(found["place"], capitals=form is _BY_DATE) and _sentence_begins(paragraph, found.end()):
            return found.end()
    wire = _BY_WIRE.match(start)
    if wire and _sentence_begins(paragraph, wire.end()):
        return wire.end()
    found = _BY_CAPITALS.match(start)
    if found and (found["state"] or " " in found["place"] or len(found["place"]) > _ACRONYM):
        sentence = paragraph[found.end() :]
        if found["place"].isupper() and _sentence_begins(paragraph, found.end()) and "?" not in sentence[:_LOOKED_AT]:
            return found.end()
    return 0


def after_datelines(text: str, spans: tuple[tuple[int, int], ...]) -> tuple[tuple[int, int], ...]:
    """The spans of sentences, without the datelines that begin one of the first paragraphs.

    Args:
        text: paragraphs parted by blank lines.
        spans: the sentences' places in it, in order.
    """
    kept: list[tuple[int, int]] = []
    paragraphs, before, begins = 0, 0, 0
    for start, end in spans:
        if not paragraphs or "\n" in text[before:start]:
            paragraphs += 1
            begins = start + dateline(text[start : start + _LOOKED_AT]) if paragraphs <= _FIRST else start
        before = end
        # What parts sentences may have taken "LONDON, Nov." for one.
        if begins < end:
            kept.append((max(start, begins), end))
    return tuple(kept)


def _is_place(place: str | None, *, capitals: bool) -> bool:
    """Whether words can be a place; one with only a date beside it must be in capitals ("LONDON", not "Waterloo")."""
    if place is None:
        return not capitals
    if _NO_PLACE.search(_THE.sub("", place)):
        return False
    first = place.partition(",")[0]
    if capitals:
        return first.isupper() and len(first) > 3
    words = re.split(r"[ /,]+", place)
    return all(not word[:1].islower() or re.fullmatch(_SMALL, word) for word in words) and not words[0][:1].islower()


def _sentence_begins(paragraph: str, at: int) -> bool:
    """Whether a sentence begins there: not in the midst of one, and not a headline that is all in capitals."""
    rest = paragraph[at : at + 60]
    found = _BEGINS.match(rest)
    if not found or found[0][-1].islower():
        return False
    return not rest.isupper()
