"""The XML parser that feedparser is given: Python's own, which hands text over whole instead of in a million pieces.

The standard library's SAX driver calls for every line and every entity of a text. In the real feeds measured
(docs/measured.md) that was most of the time that reading took.
"""

from __future__ import annotations

from typing import Any
from xml.sax.expatreader import ExpatParser

_BUFFER = 1 << 20
"""Bytes of text that are handed over at once at most."""


class _Whole(ExpatParser):
    """Python's SAX driver over expat, with expat's own buffer for text."""

    _parser: Any

    def reset(self) -> None:
        """Make the parser of a new document."""
        super().reset()
        self._parser.buffer_text = True
        self._parser.buffer_size = _BUFFER


def create_parser() -> ExpatParser:
    """A parser, as `xml.sax.make_parser` asks a driver for one."""
    return _Whole()
