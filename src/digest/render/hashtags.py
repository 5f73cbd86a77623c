"""Makes words fit for a public network: hashtags from tags, and no mention or cashtag that nobody meant."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable

from digest.render.plain import plain

# Marks that steer direction or hide between letters. The joiners (200C, 200D) stay: Persian and emoji need them.
_HIDDEN = re.compile("[\u00ad\u061c\u180e\u200b\u200e\u200f\u2060-\u206f]")
_MENTION = re.compile(r"[@＠]+(?=\w)")
# The sign of an address by mail stays; X makes no mention of it.
_MAIL = re.compile(r"(?<![\w.+-])[\w.+-]+@[\w-]+(?:\.[\w-]+)+")
# Wider than X's own rule, so that none slips through: https://github.com/twitter/twitter-text
_CASHTAG = re.compile(r"(?<![A-Za-z0-9])[$＄﹩](?=[A-Za-z])")
_INNER = re.compile(r"(?<=\w)[.'’](?=\w|$|\s)")


def clean(text: str) -> str:
    """The text as one line in NFC, without controls, direction marks and hidden signs."""
    return unicodedata.normalize("NFC", plain(_HIDDEN.sub("", text)))


def cashtags(text: str) -> int:
    """How many cashtags X could see in a text ("$ABC")."""
    return len(_CASHTAG.findall(text))


def defused(text: str, *, cashtags: int = 1) -> str:
    """The text with nobody mentioned and at most so many cashtags; the signs go, the words stay.

    X lets an account mention only those who asked for it, and takes one cashtag a post (changelog of 2026-02-23).
    """
    kept: list[str] = []
    at = 0
    for mail in _MAIL.finditer(text):
        kept += _MENTION.sub("", text[at : mail.start()]), mail[0]
        at = mail.end()
    kept.append(_MENTION.sub("", text[at:]))
    spoken = "".join(kept)
    allowed = [found.start() for found in _CASHTAG.finditer(spoken)][:cashtags]
    return _CASHTAG.sub(lambda sign: sign[0] if sign.start() in allowed else "", spoken)


def hashtag(name: str) -> str:
    """A tag's name as a hashtag that screen readers can speak: "Al Qaeda" is "#AlQaeda"; "" when it has no letter.

    Words of scripts without capitals are joined by "_".
    """
    # Letters, marks and digits: Python's \w leaves out the vowel signs of Indic scripts, which X takes.
    signs = (sign if unicodedata.category(sign)[0] in "LMN" else " " for sign in _INNER.sub("", clean(name)))
    words = "".join(signs).split()
    if not any(sign.isalpha() for word in words for sign in word):
        return ""
    cased = any(word[0].upper() != word[0].lower() for word in words)
    return "#" + ("" if cased else "_").join(word[0].upper() + word[1:] for word in words)


def hashtags(names: Iterable[str], most: int) -> tuple[str, ...]:
    """At most so many hashtags, in the order of the names, none twice in whatever case."""
    found: dict[str, str] = {}
    for tag in map(hashtag, names):
        if tag:
            found.setdefault(tag.casefold(), tag)
    return tuple(found.values())[:most]
