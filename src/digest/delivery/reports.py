"""What a report that came later makes of a letter and of its reader; a report that comes again changes nothing.

    failed      a letter taken, uncertain or but presumed to have failed has failed; hard: its reader is written to no
                more; soft: only after several editions in a row; policy: never, for it says nothing about the reader
    delayed, relayed, expanded, delivered
                somebody has the letter: an uncertain one was sent, also one that was but presumed to have failed or
                that waits to be sent again; of others it is evidence and no more
    complaint   the reader said no at their mailbox: their subscriptions end, and nobody writes there again

Letters that were refused while they were handed over count the same: `refusals.py`.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from datetime import datetime
from typing import Literal

from django.db import transaction
from django.db.models import Q

from digest.audience import subscriptions, suppression
from digest.delivery import codes, returns
from digest.delivery.bounces import Reading, Said
from digest.delivery.consequences import count, mark
from digest.delivery.states import PROVEN, UNPROVEN, Status, before
from digest.store.models import Letter, Report

Effect = Literal[
    "hard", "soft", "policy", "complaint", "left", "delayed", "delivered", "repeat", "gone", "automatic",
    "not understood",
]  # fmt: skip
"""What came of a report: its class; "left" for a reader who unsubscribed at a provider, "repeat" for a report that was
known, "gone" for a letter that is no longer kept."""

HAS_IT = ("delivered", "expanded", "relayed", "delayed")
"""Kinds that prove that a server took the letter, the strongest first."""

_REPORTS = 20
"""Reports that are kept of one letter; a stranger with their own letter could otherwise fill the disk."""

TAKEN = tuple({*before(Status.FAILED)} & {Status.SENT.value, Status.UNCERTAIN.value})
"""A letter under way is left to its worker; `refusals.catch_up` applies what came meanwhile."""


def accept(reading: Reading, *, source: str, now: datetime, soft_limit: int) -> Effect:
    """Do what a message that came back asks for.

    Only a name that we signed counts, so nobody speaks of a letter that is not theirs. A Message-ID is seen by those
    to whom a reader forwards a letter: like the link to unsubscribe in it, it ends one subscription and no more.

    Args:
        reading: the message, as `bounces.read` understood it.
        source: whence it came ("mailbox", or a provider's name).
        now: the present instant.
        soft_limit: after how many editions in a row soft bounces suppress an address (`Bounces.soft_limit`).
    """
    if reading.sort == "automatic":
        return "automatic"
    if not reading.said:
        return "not understood"
    signed = {returns.letter_of(address) for address in reading.addresses}
    signed |= {returns.letter_of_envelope_id(name) for name in reading.envelope_ids}
    letters = signed - {None}
    if len(letters) == 1:
        (letter,) = letters
        assert letter is not None
        return take(letter, reading.said, source=source, now=now, soft_limit=soft_limit)
    seen = {returns.letter_of_message_id(name) for name in reading.message_ids} - {None}
    if not letters and reading.sort == "complaint" and len(seen) == 1:
        (letter,) = seen
        assert letter is not None
        return leave(letter, reading.said[0], source=source, now=now)
    return "not understood"


def take(letter: int, said: Sequence[Said], *, source: str, now: datetime, soft_limit: int) -> Effect:
    """Write down what is said of a letter, and do what follows, in one transaction.

    Args:
        letter: its id, from a name that was verified or a provider that has signed.
        said: one for each recipient spoken of; at least one.
        source: whence it came.
        now: the present instant.
        soft_limit: as in `accept`.
    """
    with transaction.atomic():
        row = Letter.objects.select_for_update().filter(pk=letter).first()
        if row is None:
            return "gone"
        reader = row.subscriber
        one = _weigh(said, reader.email if reader else "")
        if one.kind in HAS_IT:
            return _has_it(row, one, source=source, now=now)
        if not _noted(row, one, source=source, now=now):
            return "repeat"
        if one.kind == "complaint":
            Letter.objects.filter(UNPROVEN, pk=letter).update(status=Status.SENT, reply=one.words, at=now)
            mark([letter], "complaint")
            if reader:
                suppression.suppress(reader.email, reason="complaint", now=now)
                subscriptions.unsubscribe(reader.handle, "", now=now)
            return "complaint"
        kind = one.weight
        came_back = Q(status__in=TAKEN) | UNPROVEN
        Letter.objects.filter(came_back, pk=letter).update(status=Status.FAILED, reply=reply_of(one), at=now)
        mark([letter], kind)
        if reader:
            count({reader.pk: kind}, now=now, soft_limit=soft_limit)
        return kind


def _weigh(said: Sequence[Said], address: str) -> Said:
    """The one word that counts when a letter was passed on to several: who has it, else the mildest refusal.

    Where the address we wrote to is named, only what is said of it counts.
    """
    ours = [one for one in said if address in one.recipients] or list(said)
    order = ("complaint", *HAS_IT, "failed")
    return min(ours, key=lambda one: (order.index(one.kind), codes.MILDEST_FIRST.index(one.weight)))


def _has_it(row: Letter, one: Said, *, source: str, now: datetime) -> Effect:
    """Somebody has the letter; a row is kept only where it may be needed as evidence, for most letters arrive."""
    if row.status != Status.SENT and not _noted(row, one, source=source, now=now):
        return "repeat"
    words = f"{one.kind}: {one.words}" if one.words else one.kind
    # One that was to be sent again need not be: that would double it.
    in_doubt = UNPROVEN | Q(status=Status.PENDING, attempts__gt=0)
    Letter.objects.filter(in_doubt, pk=row.pk).update(status=Status.SENT, reply=words, at=now, bounce=PROVEN)
    if one.kind == "delayed":
        return "delayed"
    if one.kind == "delivered":
        mark([row.pk], "delivered")
    return "delivered"


def _noted(row: Letter, one: Said, *, source: str, now: datetime) -> bool:
    """Write a report down; False when it is known."""
    # With the attempt: a letter that was sent again may come back again.
    named = f"{source}\0{row.pk}\0{row.attempts}\0{one.kind}\0{one.status}"
    if Report.objects.filter(letter=row).count() >= _REPORTS:
        return False
    _, fresh = Report.objects.get_or_create(
        key=hashlib.sha256(named.encode("utf-8", "replace")).hexdigest(),
        defaults={
            "source": source, "letter": row, "kind": one.kind, "status": one.status, "words": one.words, "at": now
        },
    )  # fmt: skip
    return fresh


def reply_of(one: Said) -> str:
    """What stands as the reply of a letter that came back."""
    status = "" if one.status in one.words else f"{one.status} "
    return f"bounced: {status}{one.words}"[:300].strip()


def leave(letter: int, one: Said, *, source: str, now: datetime) -> Effect:
    """End the subscription that a letter came by, and no more.

    For a complaint by a name that others may have seen, and for a reader who unsubscribed at a provider.

    Args:
        letter: its id.
        one: what is said.
        source: whence it came.
        now: the present instant.
    """
    with transaction.atomic():
        row = Letter.objects.select_for_update().filter(pk=letter).first()
        if row is None:
            return "gone"
        if not _noted(row, one, source=source, now=now):
            return "repeat"
        if one.kind == "complaint":
            mark([letter], "complaint")
        if row.subscriber:
            subscriptions.unsubscribe(row.subscriber.handle, row.edition.newsletter, now=now)
    return "complaint" if one.kind == "complaint" else "left"
