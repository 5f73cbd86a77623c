"""Makes the letter of one reader out of a frozen one: loads each variant once, checks it, and fills its holes."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable
from datetime import datetime
from email.utils import format_datetime

from django.conf import settings

from digest.audience import tokens
from digest.delivery import headers
from digest.delivery.fill import Prepared, fill, prepare
from digest.delivery.ledger import Due
from digest.delivery.message import frozen_hash
from digest.delivery.outcomes import Parcel
from digest.errors import MovedOnError
from digest.store.models import Edition, Variant


class Parcels:
    """The frozen letters of one edition, and what differs per reader.

    Args:
        edition: the edition.
        now: reads the clock, for the Date header.
    """

    def __init__(self, edition: Edition, now: Callable[[], datetime]) -> None:
        site = settings.CONFIG.site
        self._edition = edition
        self._now = now
        self._site = site.address
        self._sender = headers.split_mailbox(site.sender)[1]
        self._prepared: dict[int, Prepared] = {}
        self._page = f"{site.address}/e/{edition.newsletter}/{edition.slot_key}"
        self._key = hashlib.sha256(f"{settings.KEYS[0]} {edition.pk} {edition.hash}".encode()).digest()

    def load(self, variants: Iterable[int]) -> None:
        """Read the frozen letters that are not yet here.

        Raises:
            MovedOnError: the bytes are not those that were approved.
        """
        missing = set(variants) - set(self._prepared)
        if not missing:
            return
        for variant in Variant.objects.filter(pk__in=missing, edition=self._edition, kind="letter"):
            body = bytes(variant.body)
            if frozen_hash(body) != variant.hash:
                raise MovedOnError(
                    f"{self._edition.name}: the letter “{variant.key}” is not the one that was approved. "
                    "Nothing was sent from it: approve the edition again."
                )
            self._prepared[variant.pk] = prepare(body)
        if lost := missing - set(self._prepared):
            raise MovedOnError(f"{self._edition.name}: {len(lost)} of its frozen letters are gone: approve it again.")

    def parcel(self, due: Due) -> Parcel:
        """The letter of one reader, as bytes.

        Raises:
            RefusedError: a hole stays unfilled, or a value could break out of its place.
        """
        newsletter = self._edition.newsletter
        leave = f"{self._site}/u/{tokens.make('unsubscribe', due.handle, newsletter)}"
        # The same letter keeps its name when it is tried again, so that mailboxes can tell a repetition.
        mark = hashlib.blake2b(b"%d %d" % (due.id, due.handle), digest_size=12, key=self._key).hexdigest()
        values = {
            "to": headers.mailbox(due.name, due.email),
            "date": format_datetime(self._now()),
            "message_id": f"{due.id}.{mark}@{self._sender.rpartition('@')[2]}",
            "unsubscribe_url": leave,
            "preferences_url": f"{self._site}/s/{tokens.make('settings', due.handle, newsletter)}",
            "page_url": self._page,
            "address": due.email,
            "name": headers.clean(due.name),
        }
        body = fill(self._prepared[due.variant], values)
        return Parcel(edition=self._edition.name, sender=self._sender, to=due.email, body=body)
