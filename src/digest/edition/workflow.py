"""The states of an edition, and the only steps between them.

    draft ──► approved ──► sending ──► sent
      │  ▲        │           │
      ▼  │        ▼           │ (a hold while sending stops the run; publishing again goes on)
    held/skipped ◄────────────┘

Nothing leaves from draft, held or skipped. Only a frozen edition (approved, sending, sent) has considered its
articles; a step back from approved deletes what was frozen.
"""

from __future__ import annotations

from datetime import datetime

from django.db import connection, transaction

from digest.errors import InputError, RefusedError
from digest.store.editions import Consideration, Edition

Status = Edition.Status

STEPS: dict[str, frozenset[str]] = {
    Status.DRAFT: frozenset({Status.APPROVED, Status.HELD, Status.SKIPPED}),
    Status.HELD: frozenset({Status.APPROVED, Status.SKIPPED, Status.DRAFT, Status.SENDING}),
    Status.SKIPPED: frozenset({Status.DRAFT}),
    Status.APPROVED: frozenset({Status.SENDING, Status.HELD, Status.DRAFT}),
    Status.SENDING: frozenset({Status.SENT, Status.HELD}),
    # When a person says that a letter of which nobody knows is sent again.
    Status.SENT: frozenset({Status.SENDING}),
}
FROZEN = (Status.APPROVED, Status.SENDING, Status.SENT)


def find(name: str) -> Edition:
    """The edition called by its id, "daily/2026-11-24" or "daily/latest"; a bare number is its row in the store.

    Raises:
        InputError: there is none.
    """
    newsletter, _, slot = name.partition("/")
    editions = Edition.objects.filter(newsletter=newsletter)
    if name.isdecimal():
        found = Edition.objects.filter(pk=int(name)).first()
    elif slot == "latest":
        found = editions.order_by("-slot_at", "-id").first()
    else:
        found = editions.filter(slot_key=slot).first()
    if found is None:
        wanted = newsletter if slot else "NEWSLETTER"
        says = f"`digest draft {wanted}` makes one; it is called {wanted}/2026-11-24, or {wanted}/latest"
        raise InputError(f'there is no edition "{name}"; {says}')
    return found


def locked(edition: Edition) -> Edition:
    """The edition as it is now, kept from others until the transaction ends.

    SQLite has one writer and its transactions begin by taking the lock, so the row needs none of its own.
    """
    assert connection.in_atomic_block
    return Edition.objects.select_for_update().get(pk=edition.pk)


def step(edition: Edition, to: Status, *, reason: str = "") -> None:
    """Move an edition, inside a transaction that holds it.

    Raises:
        RefusedError: this step does not exist from where the edition stands.
    """
    if to not in STEPS[edition.status]:
        raise RefusedError(f"{edition.name} is {edition.status}; it cannot become {to}")
    edition.status = to
    edition.reason = reason
    edition.save(update_fields=["status", "reason"])


def finish(edition: Edition, now: datetime) -> None:
    """Note that everything of a frozen edition has left or been decided."""
    with transaction.atomic():
        held = locked(edition)
        if held.status == Status.SENDING:
            step(held, Status.SENT)
            held.finished_at = now
            held.save(update_fields=["finished_at"])


def overtaken(edition: Edition) -> bool:
    """Whether stories of an edition that is not frozen went out with another one since."""
    articles = [article for article, *_ in edition.looked_at]
    others = Consideration.objects.exclude(edition=edition.pk)
    return others.filter(newsletter=edition.newsletter, article__in=articles).exists()
