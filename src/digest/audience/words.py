"""The words of readers' pages and mails: those of letters, and where a language has more, its own."""

from __future__ import annotations

from collections.abc import Callable

from digest.render.furniture import Furniture, furniture
from digest.resources import MissingTemplateError


def words(language: str, zone: str, read: Callable[[str], str]) -> Furniture:
    """The words of a language, and the zone its dates are told in.

    Args:
        language: a BCP 47 tag.
        zone: an IANA name.
        read: gives the text of a file in templates/ by name; raises MissingTemplateError if there is none.

    Raises:
        digest.errors.TemplateError: a catalogue is damaged.
    """

    def both(file: str) -> str:
        text = read(file)
        try:
            return f"{text}\n{read(f'reader/{file}')}"
        except MissingTemplateError:
            return text

    return furniture(language, zone, both)
