"""Says which readers may be written to at this moment, and why the others may not."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db import connection

from digest.audience import suppression
from digest.store.models import Subscription
from digest.store.rows import instant, listed, one_of

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


# By reader alone, which is the narrowest index of all; the rest is sorted out below.
_READERS = """
SELECT s.subscriber_id, s.newsletter, s.status, s.paused_until > %s, u.email, u.handle, u.name, u.zone
FROM digest_subscription s JOIN digest_subscriber u ON u.id = s.subscriber_id
WHERE {is_one_of_them}
"""


def standing(newsletter: str, readers: Sequence[int], now: datetime) -> dict[int, Reader | str]:
    """By reader, who they are, or why they get nothing; those who unsubscribed are not in it.

    Args:
        newsletter: which one they would get.
        readers: the ids of subscribers.
        now: the present instant.
    """
    found: dict[int, Reader | str] = {}
    addresses: dict[str, int] = {}
    with connection.cursor() as cursor:
        cursor.execute(
            _READERS.format(is_one_of_them=one_of("s.subscriber_id", "bigint")),
            [instant(now), listed(readers)],
        )
        for reader, of, status, paused, email, handle, name, zone in cursor.fetchall():
            if of != newsletter or status != Subscription.Status.ACTIVE:
                continue
            addresses[email] = reader
            found[reader] = PAUSED if paused else Reader(email, handle, name, zone)
    return found | dict.fromkeys(suppression.among(addresses), SUPPRESSED)
