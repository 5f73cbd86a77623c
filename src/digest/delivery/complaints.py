"""Reads complaints in the Abuse Reporting Format (RFC 5965), as mailbox providers pass them on. Pure."""

from __future__ import annotations

from dataclasses import dataclass

from digest.delivery import incoming
from digest.delivery.incoming import Part
from digest.delivery.outcomes import quiet

UNWANTED = ("abuse", "fraud", "opt-out")
"""Types by which a reader says no (RFC 5965, 7.3; opt-out by RFC 6430). "virus", "other", "not-spam" (RFC 6430),
"auth-failure" (RFC 6591) and types not yet invented say nothing about what the reader wants."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Complaint:
    """A feedback report.

    Attributes:
        unwanted: whether the reader does not want such letters.
        words: its type and who passed it on.
        addresses: where the letter's return address may stand; the recipient is often left out on purpose.
        envelope_ids: where its envelope id may stand.
    """

    unwanted: bool
    words: str
    addresses: tuple[str, ...]
    envelope_ids: tuple[str, ...]


def complaint(part: Part) -> Complaint:
    """Read a `message/feedback-report`.

    Args:
        part: of the message that came.
    """
    groups = incoming.blocks(part.body)
    lines = incoming.Fields(tuple(line for group in groups for line in group.lines))
    kind = lines.get("feedback-type").strip().lower()
    by = lines.get("user-agent")
    return Complaint(
        unwanted=kind in UNWANTED,
        words=quiet(f"{kind}, reported by {by}" if by else kind),
        addresses=tuple(lines.all("original-mail-from"))[:5],
        envelope_ids=tuple(lines.all("original-envelope-id"))[:5],
    )
