"""Readers' subscriptions: made, changed, ended and erased, each by those who may."""

from __future__ import annotations

import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.conf import settings
from django.db import transaction

from digest.audience import outbox, suppression
from digest.audience.addresses import NotAnAddress, normalise
from digest.edition import variants
from digest.errors import InputError, RefusedError
from digest.store.models import Letter, Report, Request, Subscriber, Subscription

ACTIVE, UNSUBSCRIBED = Subscription.Status.ACTIVE, Subscription.Status.UNSUBSCRIBED


@dataclass(frozen=True, slots=True, kw_only=True)
class Preferences:
    """What a reader sees of a subscription; their address is not in it, for a letter may be forwarded."""

    active: bool
    topics: tuple[str, ...]
    language: str
    zone: str = ""
    form: str = "rich"
    paused_until: datetime | None = None


def handles(many: int) -> range:
    """Names for so many readers, that tell nothing of how many there are: a run from a random place, 1 to 2**63 - 1.

    A run, since a million names scattered over their index would write most of it anew with every batch.
    """
    start = secrets.randbelow(2**63 - many) + 1
    return range(start, start + many)


def add(
    email: str,
    newsletters: Sequence[str],
    *,
    now: datetime,
    consent_source: str,
    consent_at: datetime | None = None,
    name: str = "",
    language: str = "",
    zone: str = "",
    topics: Sequence[str] = (),
    form: str = "",
    consent_text: str = "",
    by_reader: bool = False,
) -> Subscriber:
    """Subscribe a reader; again with other topics changes them.

    Args:
        email: in any spelling.
        newsletters: names of newsletters.
        now: the present instant.
        consent_source: where and how the reader agreed; kept as the proof.
        consent_at: when; `now` when left out.
        name: the reader's name.
        language: a BCP 47 tag; empty for the newsletter's.
        zone: an IANA time zone; empty for the newsroom's.
        topics: section tags; none means everything.
        form: "rich" or "text"; empty leaves it.
        consent_text: the words that were agreed to, in full.
        by_reader: the reader asks in person, so an earlier "no" of theirs is over.

    Raises:
        InputError: the address is none.
        RefusedError: there is no statement of consent, the address is suppressed, or the reader unsubscribed.
    """
    address = _address(email)
    if not consent_source.strip():
        raise RefusedError(f"{address} was not added: say where and how this reader agreed (--consent).")
    barred = suppression.why(address)
    if barred and not (by_reader and barred in ("erased", "person")):
        raise RefusedError(f"{address} was not added: this address must not be written to ({barred}).")
    with transaction.atomic():
        if barred:
            suppression.lift(address)
        values = {"name": name, "language": language.lower(), "zone": zone, "format": form}
        given = {key: value for key, value in values.items() if value}
        reader, fresh = Subscriber.objects.get_or_create(
            email=address, defaults={**given, "handle": handles(1)[0], "joined_at": now}
        )
        if not fresh and given:
            Subscriber.objects.filter(pk=reader.pk).update(**given)
        for newsletter in newsletters:
            subscription, made = Subscription.objects.get_or_create(
                subscriber=reader,
                newsletter=newsletter,
                defaults={
                    "topics": sorted(topics),
                    "consent_at": consent_at or now,
                    "consent_source": consent_source,
                    "consent_text": consent_text,
                },
            )
            if made:
                continue
            if subscription.status != ACTIVE:
                if not by_reader:
                    raise RefusedError(
                        f"{address} was not added: they unsubscribed from {newsletter}, and only they can come back."
                    )
                revive(subscription, now=now, source=consent_source, text=consent_text)
            if list(topics):
                Subscription.objects.filter(pk=subscription.pk).update(topics=sorted(topics))
    return reader


def unsubscribe(reader: int, newsletter: str, *, now: datetime) -> None:
    """End a subscription; again, or for somebody who is not there, it changes nothing.

    Args:
        reader: the handle in the token.
        newsletter: its name; "" ends all of this reader's.
        now: the present instant.
    """
    active = Subscription.objects.filter(subscriber__handle=reader, status=ACTIVE)
    if newsletter:
        active = active.filter(newsletter=newsletter)
    active.update(status=UNSUBSCRIBED, unsubscribed_at=now)


def remove(email: str, *, now: datetime, newsletter: str = "") -> int:
    """End a reader's subscriptions at the newsroom's hand; how many were ended.

    Raises:
        InputError: the address is none.
    """
    active = Subscription.objects.filter(subscriber__email=_address(email), status=ACTIVE)
    if newsletter:
        active = active.filter(newsletter=newsletter)
    return active.update(status=UNSUBSCRIBED, unsubscribed_at=now)


def erase(email: str, *, now: datetime) -> bool:
    """Forget a reader; only the keyed hash stays, so that no import brings them back.

    Letters already counted stay counted, without the reader; what servers said of them, which may name the address,
    is forgotten with it, and so are letters that lie as files in var/.

    Returns:
        Whether anything was held.

    Raises:
        InputError: the address is none.
        OSError: a file cannot be removed; say it again.
    """
    address = _address(email)
    with transaction.atomic():
        suppression.suppress(address, reason="erased", now=now)
        # Held from here on: a letter that is entered for them at this moment is seen below, or fails at its commit.
        list(Subscriber.objects.select_for_update().filter(email=address).values_list("pk"))
        letters = Letter.objects.filter(subscriber__email=address)
        Report.objects.filter(letter__in=letters).update(words="")
        letters.filter(reply__icontains=address).update(reply="")
        Request.objects.filter(email=address).delete()
        gone, _ = Subscriber.objects.filter(email=address).delete()
    files = outbox.forget(settings.VAR, address)
    return gone > 0 or files > 0


def show(email: str, titles: Mapping[str, Mapping[str, str]] | None = None) -> Mapping[str, Any] | None:
    """Everything that is held about a reader; None when nothing is.

    Args:
        email: theirs.
        titles: by newsletter, those of its sections by their tags: letters are described with them.

    Raises:
        InputError: the address is none.
    """
    address = _address(email)
    reader = Subscriber.objects.filter(email=address).first()
    barred = suppression.why(address)
    requests = Request.objects.filter(email=address).order_by("asked_at", "pk")
    asked = list(requests.values("act", "asked_at", "mailed_at", "confirmed_at"))
    if reader is None:
        known: dict[str, Any] = {"suppressed": barred} if barred else {}
        known |= {"asked": asked} if asked else {}
        return {"email": address, **known} if known else None
    return {
        "email": reader.email,
        "name": reader.name,
        "language": reader.language,
        "zone": reader.zone,
        "format": reader.format,
        "joined_at": reader.joined_at,
        "suppressed": barred,
        "subscriptions": list(
            reader.subscriptions.order_by("newsletter").values(
                "newsletter",
                "status",
                "topics",
                "consent_at",
                "consent_source",
                "consent_text",
                "paused_until",
                "unsubscribed_at",
            )
        ),
        "asked": asked,
        "letters": [
            {
                "edition": letter.edition.name,
                "variant": letter.variant.key if letter.variant else "",
                "shown": _shown(letter, titles or {}),
                "status": letter.status,
                "at": letter.at,
                "reply": letter.reply,
                "bounce": letter.bounce,
            }
            for letter in reader.letters.select_related("edition", "variant")
            .defer("edition__content", "edition__looked_at", "variant__body")
            .order_by("-id")
        ],
    }


def _shown(letter: Letter, titles: Mapping[str, Mapping[str, str]]) -> str:
    """What stands in a letter, in words."""
    if letter.variant is None:
        return ""
    return variants.words(letter.variant.key, titles.get(letter.edition.newsletter))


def preferences(reader: int, newsletter: str) -> Preferences | None:
    """A subscription as its reader may see it; None when there is none (any more)."""
    row = Subscription.objects.select_related("subscriber").filter(subscriber__handle=reader, newsletter=newsletter)
    found = row.first()
    if found is None:
        return None
    return Preferences(
        active=found.status == ACTIVE,
        topics=tuple(sorted(found.topics)),
        language=found.subscriber.language,
        zone=found.subscriber.zone,
        form=found.subscriber.format,
        paused_until=found.paused_until,
    )


def choose(reader: int, newsletter: str, topics: Sequence[str], *, now: datetime, source: str) -> bool:
    """Set the topics a reader wants; who had unsubscribed is subscribed again, for they ask in person.

    Args:
        reader: the handle in the token.
        newsletter: its name.
        topics: section tags; none means everything.
        now: the present instant.
        source: what is kept as the proof of a new consent.

    Returns:
        Whether there is such a subscription, and it may be active.
    """
    with transaction.atomic():
        rows = Subscription.objects.select_related("subscriber").filter(subscriber__handle=reader)
        subscription = rows.filter(newsletter=newsletter).first()
        if subscription is None or suppression.why(subscription.subscriber.email):
            return False
        if subscription.status != ACTIVE:
            revive(subscription, now=now, source=source)
        Subscription.objects.filter(pk=subscription.pk).update(topics=sorted(set(topics)))
    return True


def revive(subscription: Subscription, *, now: datetime, source: str, text: str = "") -> None:
    """Make a subscription active again at its reader's word, with the proof of this new consent."""
    Subscription.objects.filter(pk=subscription.pk).update(
        status=ACTIVE, unsubscribed_at=None, paused_until=None, consent_at=now, consent_source=source, consent_text=text
    )


def _address(email: str) -> str:
    try:
        return normalise(email)
    except NotAnAddress as error:
        raise InputError(f"{email!r}: {error}.") from None
