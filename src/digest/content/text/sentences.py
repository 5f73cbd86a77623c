"""Sentences as spans of the text, in any script: a table of abbreviations and a few rules, no model."""

from __future__ import annotations

import re

from digest.content.text.abbreviations import (
    BEFORE_NAME,
    BEFORE_NUMBER,
    MAY_END,
    MONTHS,
    NEVER_END,
    ORDINALS,
    STARTERS,
)

_BLANK = re.compile(r"\n(?:[^\S\n]*\n)+|\u2029+")
_CLOSE = r"\"'”’»›)\]}」』】〉》）］｝"
_STOPS = r".!?…‽؟۔।॥።։។\u037e"
# A run of stops, a spaced ellipsis, what closes behind it, a spaced closing mark and notes, up to white space.
# Every run is taken whole (`++`), so that no text makes the search slow.
_END = re.compile(
    rf"(?:(?<![{_STOPS}])[{_STOPS}]++|(?<=[\u0370-\u03ff\u1f00-\u1fff]);)(?:(?:\s\.){{2,}}+)?"
    rf"[{_CLOSE}]*+(?:[\s\u202f](?:»|''))?(?:\[\d{{1,3}}\])*+(?=\s|\Z)"
    rf"|[。！？｡]++[{_CLOSE}]*+|\n"
)
_DOTTED = re.compile(r"(?:\w{1,3}\.)+\w{1,3}\Z")
_INITIAL = re.compile(r"[^\W\d_]\.")
_NEXT_WORD = re.compile(r"[\"'“‘«„(\[]*([^\W\d_]+(?:['’][^\W\d_]+)?)(\.?)")
_MIXED = re.compile(r"[a-z]{1,2}[A-Z]")
_OPENERS = "\"'“‘«‹„([{「『—–-"
_BULLET = re.compile(r"\s*(?:[-–—•*·▪►]|\d{1,3}[.)])\s")
_KANA = re.compile(r"[\u3041-\u309f]")
_SPOKEN = re.compile(r"[^。！？\n]{0,12}?(?:说|說|表示|道|称|稱|指出|写道|寫道|问|問)")
_UNSPACED = re.compile(r"[\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff]")
_NOT_SPACE = re.compile(r"\S")
_PAUSE = re.compile(r"(?<=[\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff])\s++(?![ๆฯ\dA-Za-z])")
_CHAIN = 3
_QUOTATION = 300
_LONG = 60
_LONG_LINE = 60


def split(text: str, language: str = "") -> tuple[tuple[int, int], ...]:
    """The sentences of `text` as (start, end) spans in code points, in order and without overlap.

    Together they cover every character that is not white space; none is empty, begins or ends with white
    space, or crosses a blank line. Thai, Lao, Khmer and Burmese, which mark no sentence ends, are cut at spaces
    into stretches of at least 60 characters.

    Args:
        text: plain text, paragraphs parted by blank lines.
        language: a BCP 47 tag; only decides whether "3." may be an ordinal.
    """
    ordinals = language.partition("-")[0] in ORDINALS
    spans: list[tuple[int, int]] = []
    start = 0
    for blank in _BLANK.finditer(text):
        _paragraph(text, start, blank.start(), ordinals, spans)
        start = blank.end()
    _paragraph(text, start, len(text), ordinals, spans)
    return tuple(spans)


def _paragraph(text: str, start: int, stop: int, ordinals: bool, spans: list[tuple[int, int]]) -> None:
    """Adds the sentences of one paragraph to `spans`."""
    begin = start
    for end in _END.finditer(text, start, stop):
        if _ends(text, begin, end.start(), end.end(), stop, ordinals):
            _add(text, begin, end.end(), spans)
            begin = end.end()
    _add(text, begin, stop, spans)


def _add(text: str, start: int, end: int, spans: list[tuple[int, int]]) -> None:
    """Adds one sentence without the white space around it; unspaced scripts in stretches."""
    piece = text[start:end]
    start += len(piece) - len(piece.lstrip())
    end -= len(piece) - len(piece.rstrip())
    if start >= end:
        return
    if end - start > _LONG and _UNSPACED.search(text, start, end):
        for space in _PAUSE.finditer(text, start, end):
            if space.start() - start >= _LONG and end - space.start() >= _LONG // 2:
                spans.append((start, space.start()))
                start = space.end()
    spans.append((start, end))


def _ends(text: str, begin: int, at: int, after: int, stop: int, ordinals: bool) -> bool:
    """Whether the stop (or line break) at `at`, with what closes behind it up to `after`, ends a sentence."""
    following = _NOT_SPACE.search(text, after, stop)
    if following is None:
        return True
    ahead = following.start()
    first = text[ahead]
    mark = text[at]
    if mark == "\n":
        return _breaks(text, begin, at, ahead, first)
    if mark in "。！？｡":
        return _wide(text, begin, after, ahead, stop)
    if mark == "." and at > begin and text[at - 1].isspace() and not text.startswith("..", at):
        return True  # text whose words and stops were parted by spaces
    if first.islower() and not _MIXED.match(text, ahead):
        return False
    if first in ",;:)]}”»":
        return False
    if mark != "." or text.startswith("..", at):
        return True
    return _full_stop(text, begin, at, ahead, ordinals)


def _full_stop(text: str, begin: int, at: int, ahead: int, ordinals: bool) -> bool:
    """Whether a single full stop, followed by something that may open a sentence, ends one."""
    word = text[max(begin, at - 24) : at].rpartition(" ")[2].rpartition("\n")[2].lstrip(_OPENERS)
    word = re.split(r"[-'’]", word)[-1] or word  # "R-St. Pete Beach", "l’art. 5"
    low = word.casefold()
    if word.isdigit():
        numbering = len(word) <= 3 and at - begin < 12 and not text[begin : at - len(word)].strip()
        return not (numbering or (ordinals and len(word) <= 2))
    if len(word) == 1 and word.isalpha():
        return _letter(text, begin, at, ahead, word)
    if low in NEVER_END:
        return False
    if low in ("a.m", "p.m"):
        return not re.match(
            r"[A-Z]{2,4}\b|(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun|Eastern|Pacific|Central|local)", text[ahead : ahead + 8]
        )
    if low.replace(".", "").isdigit():
        return True
    if _DOTTED.match(low) or low in MAY_END:
        return _starts(text, ahead)
    if low in BEFORE_NAME:
        return False
    if low in BEFORE_NUMBER:
        return not text[ahead].isdigit()
    if low in MONTHS and word[:1].isupper():
        return not text[ahead].isdigit() and _starts(text, ahead)
    return True


def _letter(text: str, begin: int, at: int, ahead: int, word: str) -> bool:
    """Whether the full stop behind a single letter ends a sentence: seldom behind an initial."""
    if _INITIAL.match(text, ahead) or word in BEFORE_NAME:  # "z. B.", "J. R. Smith", "κ. Παππάς"
        return False
    chained = at - begin > _CHAIN and text[at - 3] == "." and text[at - 4].isalpha() and text[at - 2].isspace()
    return _starts(text, ahead) if chained or word.isupper() else word.islower()  # "Dr. h. c. Brandt"


def _starts(text: str, ahead: int) -> bool:
    """Whether the word after an abbreviation rather begins a sentence than goes on with a name."""
    word = _NEXT_WORD.match(text, ahead)
    if word is None:
        return text[ahead] in '“"«„‘' or text[ahead] == "•"
    if text[ahead] in '“"«„':
        return True
    return word[2] != "." and word[1].casefold() in STARTERS


def _wide(text: str, begin: int, after: int, ahead: int, stop: int) -> bool:
    """Whether an East Asian stop ends a sentence: not inside 「…。」と言った or “……。”他说."""
    if text.rfind("「", begin, after) > text.rfind("」", begin, after):
        return text.find("」", after, min(stop, after + _QUOTATION)) < 0
    if text.rfind("“", begin, after) > text.rfind("”", begin, after):
        return text.find("”", after, min(stop, after + _QUOTATION)) < 0
    closed = text[after - 1] in "」』”’》）"
    if not closed or ahead != after:
        return True
    if text[after - 1] in "」』" and _KANA.match(text, after):
        return False
    return not (text[after - 1] in "”’」』" and _SPOKEN.match(text, after, after + 16))


def _breaks(text: str, begin: int, at: int, ahead: int, first: str) -> bool:
    """Whether a single line break parts two sentences: after a heading or a list's item, not inside wrapped text."""
    if _BULLET.match(text, ahead - 1) or _BULLET.match(text, ahead):
        return True
    line = text[max(begin, text.rfind("\n", begin, at) + 1) : at].strip()
    return not first.islower() and len(line) < _LONG_LINE and not line.endswith((",", ";", "،", "、"))
