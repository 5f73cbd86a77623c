"""What somebody asked for on a page and confirms by a link in a mail: to join, to move, to see or erase what is held.

"moved" is no request but the notice that follows a move; its link is the reader's own page.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import re
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from datetime import datetime, timedelta
from typing import Any, Literal

from django.conf import settings
from django.db import transaction

from digest import queue
from digest.audience import limits, subscriptions, suppression
from digest.config import Config
from digest.errors import RefusedError
from digest.store.models import Request, Subscriber, Subscription

Act = Literal["join", "move", "moved", "export", "erase"]
Verdict = Literal["join", "known", "move", "moved", "export", "erase", "mailbox", "barred"]
"""Which mail a request leads to; or why to none: the mailbox had enough of them, or must not be written to."""

GOOD_FOR: Mapping[str, timedelta] = {
    "join": timedelta(days=7),
    "move": timedelta(days=1),
    "moved": timedelta(days=1),
    "export": timedelta(days=1),
    "erase": timedelta(days=1),
}
"""How long a link can be used."""

TRY_FOR = timedelta(hours=6)
"""A mail that could not leave for so long is no longer expected by anybody."""

_SHAPE = re.compile(r"^[A-Za-z0-9_-]{32}$")
_SAMPLE, _ENOUGH, _SHARE = 200, 100, 0.1
_TIME_TO_CONFIRM = timedelta(minutes=30)
_NONE = timedelta(0)
_KNOWN_SAMPLE, _KNOWN_ENOUGH, _KNOWN_SHARE = 50, 10, 1 / 3


@dataclass(frozen=True, slots=True, kw_only=True)
class Wish:
    """What was chosen on the page.

    Attributes:
        newsletters: for each its topics; none of them means everything.
        language: a BCP 47 tag, of the page and of the letters.
        zone: an IANA name; empty for the newsroom's.
        form: "rich" or "text".
        page: the address on this site where it was asked, without the site.
        origin: the other site whose page held the form; empty for ours.
        reader: the handle of who wants to move here; 0 otherwise.
    """

    newsletters: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    language: str = ""
    zone: str = ""
    form: str = "rich"
    page: str = ""
    origin: str = ""
    reader: int = 0


def ask(act: Act, email: str, wish: Wish, *, text: str = "", network: str = "", now: datetime) -> Request:
    """Note a request; `digest.pipeline.confirmations` mails its link, by a job where there is a queue.

    Who is known and who is not is not looked at.

    Args:
        act: what is asked for.
        email: as `addresses.normalise` gives it.
        wish: what was chosen.
        text: the sentence that is agreed to, as it was shown.
        network: where it came from, cut.
        now: aware UTC.
    """
    row = Request(act=act, email=email, wish=asdict(wish), text=text, network=network, asked_at=now)
    row.hash = _hash(secret(row))
    # Two at the same microsecond are one: a button that was pressed twice.
    with transaction.atomic():
        noted, fresh = Request.objects.get_or_create(
            hash=row.hash,
            defaults={key: getattr(row, key) for key in ("act", "email", "wish", "text", "network", "asked_at")},
        )
        if fresh:
            queue.defer("confirm", request=noted.pk)
    return noted


def wish_of(row: Request) -> Wish:
    """What was chosen."""
    held: dict[str, Any] = dict(row.wish)
    held.pop("mail", None)
    chosen = {name: tuple(topics) for name, topics in held.pop("newsletters", {}).items()}
    return Wish(newsletters=chosen, **held)


def secret(row: Request) -> str:
    """The secret in a request's link; made from the row and our key, so a copy of the database opens nothing."""
    said = f"digest request|{row.act}|{row.email}|{row.asked_at.isoformat()}"
    mac = hmac.new(settings.KEYS[0].encode("utf-8"), said.encode("utf-8"), hashlib.sha256).digest()
    return base64.urlsafe_b64encode(mac[:24]).decode("ascii")


def link(row: Request) -> str:
    """The secret for a mail that leaves now; whatever our key was when it was asked for."""
    found = secret(row)
    if _hash(found) != row.hash:
        row.hash = _hash(found)
        row.save(update_fields=["hash"])
    return found


def find(given: str, *, now: datetime) -> Request | None:
    """The request a link belongs to; None when it is forged, damaged, or too old."""
    if not _SHAPE.match(given):
        return None
    row = Request.objects.filter(hash=_hash(given)).first()
    if row is None or row.act == "moved" or now - row.asked_at > GOOD_FOR[row.act]:
        return None
    return row


def verdict(row: Request, *, now: datetime) -> Verdict:
    """Which mail a request leads to, if any; one that does counts for its mailbox."""
    barred = suppression.why(row.email)
    # Who complained or was erased may ask in person; a mailbox that sent letters back cannot be asked.
    if barred == "bounce" or (barred == "complaint" and row.act == "join"):
        return "barred"
    if row.act == "move" and (barred or not movable(row)):
        return "barred"
    if row.act == "moved":
        return "moved"
    if not limits.may_mail(row.act, row.email, now=now):
        return "mailbox"
    if row.act != "join":
        return "move" if row.act == "move" else "export" if row.act == "export" else "erase"
    wished = set(wish_of(row).newsletters)
    active = Subscription.objects.filter(subscriber__email=row.email, status=subscriptions.ACTIVE)
    return "known" if wished <= set(active.values_list("newsletter", flat=True)) else "join"


def movable(row: Request, of: Subscriber | None = None) -> list[Subscription]:
    """The subscriptions that may move to the address of a request: not those that its own reader has ended there.

    Args:
        row: what was asked.
        of: whose they are; None: whom the request names.
    """
    wish = wish_of(row)
    theirs = Subscription.objects.filter(subscriber__email=row.email)
    ended = theirs.exclude(status=subscriptions.ACTIVE).values_list("newsletter", flat=True)
    mine = Subscription.objects.filter(status=subscriptions.ACTIVE, newsletter__in=wish.newsletters)
    mine = mine.filter(subscriber=of) if of else mine.filter(subscriber__handle=wish.reader)
    return list(mine.exclude(newsletter__in=list(ended)).exclude(subscriber__email=row.email).order_by("newsletter"))


def join(row: Request, config: Config, *, network: str, now: datetime) -> bool:
    """Subscribe who asked and now confirmed; a link that is pressed again changes nothing, whatever happened since.

    Args:
        row: from `find`.
        config: the newsletters that still are.
        network: where the confirmation came from, cut.
        now: aware UTC.

    Returns:
        False when the address must not be written to.
    """
    wish = wish_of(row)
    try:
        with transaction.atomic():
            if not Request.objects.filter(pk=row.pk, confirmed_at=None).update(confirmed_at=now):
                return True
            for newsletter, topics in wish.newsletters.items():
                if newsletter in config.newsletters:
                    subscriptions.add(
                        row.email, [newsletter], now=now, consent_source=_proof(row, wish, network),
                        consent_text=row.text, language=wish.language, zone=wish.zone, form=wish.form, topics=topics,
                        by_reader=True,
                    )  # fmt: skip
    except RefusedError:
        return False
    return True


def erase(row: Request, *, now: datetime) -> None:
    """Erase who asked and now confirmed. The row stays without the person, so that pressing again finds its end."""
    with transaction.atomic():
        if not Request.objects.filter(pk=row.pk, confirmed_at=None).update(confirmed_at=now):
            return
        address, row.email, row.wish, row.network = row.email, "", {"language": wish_of(row).language}, ""
        row.confirmed_at = now
        row.save(update_fields=["email", "wish", "network", "confirmed_at"])
        subscriptions.erase(address, now=now)


def by_reader(act: Act, reader: int, *, page: str, now: datetime) -> bool:
    """Note what a reader asks for on their own page; it is mailed to the address on file, which the page never sees.

    Args:
        act: "export" or "erase".
        reader: the handle in the token.
        page: where it was asked.
        now: aware UTC.

    Returns:
        Whether there is such a reader.
    """
    found = Subscriber.objects.filter(handle=reader).first()
    if found is None:
        return False
    ask(act, found.email, Wish(language=found.language, form=found.format, page=page), now=now)
    return True


def flooded(now: datetime) -> bool:
    """Whether hardly anybody confirms what is asked: of the last 200 mails half an hour old, less than a tenth."""
    ripe = Request.objects.filter(
        act="join", asked_at__lt=now - _TIME_TO_CONFIRM, asked_at__gt=now - limits.DAY, mailed_at__isnull=False
    )
    sample = list(ripe.order_by("-asked_at").values_list("confirmed_at", flat=True)[:_SAMPLE])
    return len(sample) >= _ENOUGH and sum(at is not None for at in sample) < _SHARE * len(sample)


def admit(network: str, address: str, *, now: datetime) -> tuple[str, timedelta]:
    """Take a request into the limits of its network, its recipient's domain and the whole site.

    Args:
        network: where it came from, cut; empty when nobody can tell.
        address: whom it would be mailed to.
        now: aware UTC.

    Returns:
        Which limit it met, empty for none: "network", "domain", "flood" or, while hardly anybody confirms, "brake"; and
        how long to wait.
    """
    if wait := limits.take(f"network {network}", limits.NETWORK if network else limits.UNKNOWN, now=now):
        return "network", wait
    domain = address.rpartition("@")[2]
    # Long names are cut, not refused: the rest still tells domains apart.
    wait = _NONE if domain in limits.PROVIDERS else limits.take(f"domain {domain[-200:]}", limits.DOMAIN, now=now)
    if wait and not known(domain, now):
        return "domain", wait
    why, limit, bucket = ("brake", limits.BRAKE, "brake") if flooded(now) else ("flood", limits.SITE, "site")
    wait = limits.take(bucket, limit, now=now)
    return (why, wait) if wait else ("", wait)


def known(domain: str, now: datetime) -> bool:
    """Whether people at a domain confirm what is asked for them: at least a third of ten or more, half an hour old."""
    ripe = Request.objects.filter(
        act="join", asked_at__lt=now - _TIME_TO_CONFIRM, asked_at__gt=now - limits.DAY, mailed_at__isnull=False,
        email__endswith=f"@{domain}",
    )  # fmt: skip
    sample = list(ripe.order_by("-asked_at").values_list("confirmed_at", flat=True)[:_KNOWN_SAMPLE])
    return len(sample) >= _KNOWN_ENOUGH and sum(at is not None for at in sample) >= _KNOWN_SHARE * len(sample)


def tidy(now: datetime) -> None:
    """Forget requests whose link is of no use any more, and those whose mail could not leave."""
    for act, good_for in GOOD_FOR.items():
        Request.objects.filter(act=act, asked_at__lt=now - good_for).delete()
    Request.objects.filter(mailed_at=None, asked_at__lt=now - TRY_FOR).delete()
    limits.tidy(now)


def _proof(row: Request, wish: Wish, network: str) -> str:
    """Where a consent came from, in words that stand by themselves."""
    return (
        f"the sign-up page {wish.page or '/subscribe'}"
        + (f", reached by a form on {wish.origin}" if wish.origin else "")
        + f"; asked {row.asked_at:%Y-%m-%d %H:%M} UTC from {row.network or 'an unknown network'}"
        + f", confirmed by the link in a mail to the address from {network or 'an unknown network'}"
    )


def _hash(given: str) -> str:
    return hashlib.sha256(given.encode("ascii")).hexdigest()
