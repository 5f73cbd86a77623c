"""Says which readers may be written to at this moment, and why the others may not."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from digest.audience import suppression
from digest.store.models import Subscription

GONE = "unsubscribed since the edition was approved"
ERASED = "erased since the edition was approved"
PAUSED = "paused since the edition was approved"
SUPPRESSED = "suppressed: this address must not be written to"


@dataclass(frozen=True, slots=True)
class Reader:
    """Whom a letter goes to: address, the handle that tokens carry, name, and time zone (empty: the newsroom's)."""

    email: str
    handle: int
    name: str
    zone: str


def standing(newsletter: str, readers: Collection[int], now: datetime) -> dict[int, Reader | str]:
    """By reader, who they are, or why they get nothing; those who unsubscribed are not in it.

    Args:
        newsletter: which one they would get.
        readers: the ids of subscribers.
        now: the present instant.
    """
    # By reader alone, which is the narrowest index of all; the rest is sorted out here.
    rows = Subscription.objects.filter(subscriber_id__in=readers).values_list(
        "subscriber_id", "newsletter", "status", "paused_until",
        "subscriber__email", "subscriber__handle", "subscriber__name", "subscriber__zone",
    )  # fmt: skip
    found: dict[int, Reader | str] = {}
    addresses: dict[str, int] = {}
    for reader, of, status, paused, email, handle, name, zone in rows:
        if of != newsletter or status != Subscription.Status.ACTIVE:
            continue
        addresses[email] = reader
        found[reader] = PAUSED if paused is not None and paused > now else Reader(email, handle, name, zone)
    return found | dict.fromkeys(suppression.among(addresses), SUPPRESSED)
