"""What stands between quotation marks in a sentence, and what does not."""

from __future__ import annotations

import re

_QUOTE = re.compile(r'"([^"]*)"|“([^“”]*)”|„([^„“”]*)[“”]|«([^«»]*)»|‘((?:[^‘’]|’(?=\w))*)’(?!\w)')
# A quotation that began in the sentence before, or goes on in the next.
_HEAD = re.compile(r'\A([^"“„«‘]*)["”»]')
_TAIL = re.compile(r'["“„«]([^"”»]*)\Z')


def quotations(sentence: str) -> list[str]:
    """The words between quotation marks, one text for each pair; an open one reaches to the sentence's edge."""
    found = [next(part for part in m.groups() if part is not None) for m in _QUOTE.finditer(sentence)]
    rest = _QUOTE.sub("\n", sentence)
    found += [m[1] for m in (_HEAD.match(rest), _TAIL.search(rest)) if m]
    return [text for text in found if text.strip(" \n")]


def unquoted(sentence: str) -> str:
    """The sentence without what stands between quotation marks."""
    rest = _QUOTE.sub(" … ", sentence)
    return _TAIL.sub(" … ", _HEAD.sub(" … ", rest))
