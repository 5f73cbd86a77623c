"""Moves a reader's subscriptions to another address of theirs: asked on their page, confirmed by a mail to the new one.

A letter may be forwarded, so whoever holds its link may ask for this. They learn nothing by it: the reader's name,
history and networks stay where they are, the old address is told, and one press there brings its letters back.
"""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from digest.audience import requests, suppression
from digest.audience.requests import Wish, wish_of
from digest.audience.subscriptions import ACTIVE, UNSUBSCRIBED, handles
from digest.store.models import Request, Subscriber, Subscription


def active(reader: int) -> list[str]:
    """The newsletters that would move: all that the reader receives.

    Args:
        reader: the handle in the token.
    """
    mine = Subscription.objects.filter(subscriber__handle=reader, status=ACTIVE)
    return list(mine.order_by("newsletter").values_list("newsletter", flat=True))


def move(row: Request, *, network: str, now: datetime) -> bool:
    """Move what was asked and is now confirmed; the same link again changes nothing.

    Each subscription goes with its topics, its pause, and the consent as it was given; an active one that the new
    address has already stays as it is. An address that must not be written to, and a subscription that its own reader
    ended, are not revived.

    Args:
        row: from `requests.find`.
        network: where the confirmation came from, cut.
        now: aware UTC.

    Returns:
        Whether it moved, now or before.
    """
    with transaction.atomic():
        held = Request.objects.select_for_update().get(pk=row.pk)
        if held.confirmed_at is not None:
            return True
        wish = wish_of(held)
        old = Subscriber.objects.select_for_update().filter(handle=wish.reader).first()
        if old is None or old.email == held.email or suppression.why(held.email):
            return False
        going = requests.movable(held, of=old)
        if not going:
            return False
        new, _ = Subscriber.objects.get_or_create(
            email=held.email,
            defaults={
                "handle": handles(1)[0], "language": old.language, "zone": old.zone, "format": old.format,
                "joined_at": now,
            },
        )  # fmt: skip
        for subscription in going:
            _take_along(subscription, new, _proof(held, wish, network))
        left = f"; moved to another address by the reader, confirmed there {now:%Y-%m-%d %H:%M} UTC"
        for subscription in going:
            subscription.status, subscription.unsubscribed_at = UNSUBSCRIBED, now
            subscription.consent_source += left
            subscription.save(update_fields=["status", "unsubscribed_at", "consent_source"])
        held.confirmed_at = now
        held.save(update_fields=["confirmed_at"])
        names = {subscription.newsletter: () for subscription in going}
        told = Wish(newsletters=names, language=old.language, form=old.format, page=wish.page, reader=old.handle)
        requests.ask("moved", old.email, told, now=now)
    return True


def _take_along(old: Subscription, to: Subscriber, proof: str) -> None:
    Subscription.objects.get_or_create(
        subscriber=to,
        newsletter=old.newsletter,
        defaults={
            "topics": old.topics, "paused_until": old.paused_until, "consent_at": old.consent_at,
            "consent_source": f"{proof}; first agreed as subscription {old.pk}", "consent_text": old.consent_text,
        },
    )  # fmt: skip


def _proof(row: Request, wish: Wish, network: str) -> str:
    """Where the consent of the new address came from; the networks of the old one are not the new one's to read."""
    return (
        f"moved from another address by its reader, on {wish.page}, {row.asked_at:%Y-%m-%d %H:%M} UTC; confirmed by "
        f"the link in a mail to this address from {network or 'an unknown network'}"
    )
