"""Looks at exactly what would be sent, before it may be: one file a family of checks.

    edition.py   the words: subject, headlines, summaries, links
    markup.py    the HTML: size, images, nothing that runs
    message.py   the headers and the plain text: the way out, on every letter

A finding that blocks keeps an edition from being approved; the others are told.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from digest.config.values import Config
from digest.edition.counted import counted
from digest.errors import RefusedError
from digest.model import Edition
from digest.preflight import edition, markup, message
from digest.preflight.finding import Finding

__all__ = ["Finding", "findings", "gate"]


def findings(config: Config, value: Edition, letters: Mapping[str, bytes]) -> Iterator[Finding]:
    """Everything worth saying about an edition and its frozen letters.

    Args:
        config: the home's configuration.
        value: the edition.
        letters: frozen messages by their variant's key.
    """
    yield from edition.check(value)
    newsletter = config.newsletters.get(value.newsletter)
    if newsletter and newsletter.count_clicks:
        value = counted(value, config.site.address)
    for key, body in letters.items():
        for finding in _letter(config, value, body):
            yield finding.about(key)


def gate(config: Config, value: Edition, letters: Mapping[str, bytes]) -> tuple[Finding, ...]:
    """Let an edition pass, with what was found beside.

    Raises:
        RefusedError: something blocks; the message lists all of it, each once.
    """
    found = tuple(findings(config, value, letters))
    blocks = dict.fromkeys(str(finding) for finding in found if finding.blocks)
    if blocks:
        raise RefusedError(f"{value.id} must not leave like this:\n" + "\n".join(f"  {line}" for line in blocks))
    return found


def _letter(config: Config, value: Edition, body: bytes) -> Iterator[Finding]:
    letter = message.opened(body)
    yield from message.check(letter, config, value)
    if letter.rich:
        yield from markup.check(letter.html)
