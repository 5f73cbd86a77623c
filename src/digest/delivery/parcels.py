"""Makes the letter of one reader out of a frozen one: loads each once, checks it, fills its holes, and signs it."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import datetime
from email.utils import format_datetime

from django.conf import settings

from digest.audience import tokens
from digest.config import Config, Environment
from digest.delivery import fill, headers, returns
from digest.delivery.dkim import Plan
from digest.delivery.dkim_key import signer
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

    Raises:
        ConfigError: letters are to be signed, and the key is of no use.
    """

    def __init__(self, edition: Edition, now: Callable[[], datetime]) -> None:
        config: Config = settings.CONFIG
        self._edition = edition
        self._now = now
        self._site = config.site.address
        self._sender = headers.split_mailbox(config.site.sender)[1]
        bounces = config.delivery.bounces.address
        self._returns = headers.split_mailbox(bounces)[1] if bounces else ""
        self._signer = signer(config, Environment())
        self._prepared: dict[int, tuple[fill.Prepared, Plan | None]] = {}
        self._page = f"{self._site}/e/{edition.newsletter}/{edition.slot_key}"
        self._date = (-1, "")

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
            prepared = fill.prepare(body)
            self._prepared[variant.pk] = prepared, Plan.of(self._signer, prepared) if self._signer else None
        if lost := missing - set(self._prepared):
            raise MovedOnError(f"{self._edition.name}: {len(lost)} of its frozen letters are gone: approve it again.")

    def parcel(self, due: Due) -> Parcel:
        """The letter of one reader, as bytes.

        Raises:
            RefusedError: a hole stays unfilled, or a value could break out of its place.
        """
        newsletter = self._edition.newsletter
        at = self._now()
        values = {
            "to": headers.mailbox(due.name, due.email),
            "date": self._dated(at),
            # The same letter keeps its name when it is tried again, so that mailboxes can tell a repetition.
            "message_id": returns.message_id(due.id, self._sender.rpartition("@")[2]),
            "unsubscribe_url": f"{self._site}/u/{tokens.make('unsubscribe', due.handle, newsletter)}",
            "preferences_url": f"{self._site}/s/{tokens.make('settings', due.handle, newsletter)}",
            "page_url": self._page,
            "address": due.email,
            "name": headers.clean(due.name),
        }
        letter, plan = self._prepared[due.variant]
        coded = fill.code(letter, values)
        body = fill.joined(letter, coded)
        dotted = fill.dotted(letter, coded, body)
        if plan:
            head = plan.header(coded, at, body)
            body, dotted = head + body, head + dotted if dotted else b""
        return Parcel(
            edition=self._edition.name,
            sender=returns.address(self._returns, due.id) if self._returns else self._sender,
            to=due.email,
            body=body,
            envelope_id=returns.envelope_id(due.id) if self._returns else "",
            dotted=dotted,
        )

    def _dated(self, at: datetime) -> str:
        """The Date header, made once a second."""
        second = int(at.timestamp())
        if self._date[0] != second:
            self._date = second, format_datetime(at)
        return self._date[1]
