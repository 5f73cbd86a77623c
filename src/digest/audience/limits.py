"""Says how often something may be asked for: buckets that fill evenly, kept in the database for all web processes."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import F

from digest.audience.suppression import hash_of
from digest.store.models import Allowance

HOUR, DAY = timedelta(hours=1), timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Limit:
    """So many at once, and the same number again evenly over `within`."""

    many: int
    within: timedelta


NETWORK = Limit(20, HOUR)
"""Sign-ups from one /24 or /48. A hall of people behind one address stays under it; a script does not."""

UNKNOWN = Limit(120, HOUR)
"""The same where all requests seem to come from this machine, because a proxy in front is not named in site.proxies."""

DOMAIN = Limit(30, HOUR)
"""Sign-ups for addresses of one domain, from however many networks: who wants to bury an office in mail meets it.

Not for `PROVIDERS`, whose domain stands for half the public, nor while people of a domain confirm what they asked for.
"""

PROVIDERS = frozenset({
    "gmail.com", "googlemail.com", "outlook.com", "hotmail.com", "live.com", "msn.com", "yahoo.com", "ymail.com",
    "aol.com", "icloud.com", "me.com", "mac.com", "proton.me", "protonmail.com", "gmx.de", "gmx.net", "gmx.at",
    "gmx.ch", "web.de", "t-online.de", "freenet.de", "mail.de", "posteo.de", "hotmail.co.uk", "hotmail.fr",
    "hotmail.it", "hotmail.es", "yahoo.co.uk", "yahoo.fr", "yahoo.de", "yahoo.it", "yahoo.es", "yahoo.co.jp",
    "yahoo.com.br", "btinternet.com", "orange.fr", "wanadoo.fr", "free.fr", "laposte.net", "sfr.fr", "libero.it",
    "virgilio.it", "comcast.net", "verizon.net", "att.net", "sbcglobal.net", "cox.net", "mail.ru", "yandex.ru",
    "qq.com", "163.com", "naver.com", "fastmail.com", "zoho.com",
})  # fmt: skip
"""Domains at which anybody may have a mailbox, and many do."""

MOVES = Limit(3, DAY)
"""How often one reader may ask for another address."""

SITE = Limit(2000, HOUR)
"""Sign-ups of a whole site while people confirm them: a launch on the evening news stays under it."""

BRAKE = Limit(60, HOUR)
"""The same while hardly anybody confirms: then it is a flood, from however many networks."""

GAP, A_DAY = HOUR, 3
"""Mails of one kind to one mailbox: one in an hour, three on a day (UTC)."""

_KEY = "asking"
_NONE = timedelta(0)


def take(key: str, limit: Limit, *, now: datetime) -> timedelta:
    """Take one from a bucket (a token bucket by virtual scheduling, ITU-T I.371, annex A).

    Args:
        key: names the bucket, such as "network 192.0.2.0/24".
        limit: how much it holds.
        now: aware UTC.

    Returns:
        How long to wait; zero when it was taken.
    """
    step = limit.within / limit.many
    with transaction.atomic():
        row = _row(f"{_KEY} {key}")
        after = max(row.free_at or now, now) + step
        if after - now > limit.within:
            return after - now - limit.within
        row.free_at = after
        row.save(update_fields=["free_at"])
    return _NONE


def may_mail(kind: str, address: str, *, now: datetime) -> bool:
    """Whether one more mail of a kind may go to a mailbox; if so it counts.

    The mailbox is remembered as a keyed hash, and its other spellings (ana+1@…, dots at Gmail) count with it: they are
    how lists of one victim's address are made.
    """
    with transaction.atomic():
        row = _row(f"{_KEY} {kind} {hash_of(mailbox(address))}")
        today = now.date()
        used = row.used if row.day == today else 0
        if used >= A_DAY or (row.free_at is not None and row.free_at > now):
            return False
        row.free_at, row.day, row.used = now + GAP, today, used + 1
        row.save(update_fields=["free_at", "day", "used"])
    return True


def mailbox(address: str) -> str:
    """The one mailbox behind the spellings of an address (RFC 5233: what follows a plus is a detail)."""
    local, _, domain = address.rpartition("@")
    local = local.partition("+")[0] or local
    if domain in ("gmail.com", "googlemail.com"):
        local, domain = local.replace(".", ""), "gmail.com"
    return f"{local}@{domain}"


def refused(why: str, *, now: datetime) -> None:
    """Count a refusal of today by its reason; nothing else is kept of it."""
    key = f"{_KEY} refused {why}"
    with transaction.atomic():
        row = _row(key)
        if row.day != now.date():
            Allowance.objects.filter(pk=row.pk).update(day=now.date(), used=1)
        else:
            Allowance.objects.filter(pk=row.pk).update(used=F("used") + 1)


def refusals(now: datetime) -> dict[str, int]:
    """Today's refusals by reason.

    "honeypot", "stamp"; "network", "domain", "flood", "brake", "reader" (who asks too often for another address);
    "mailbox", "barred".
    """
    start = f"{_KEY} refused "
    rows = Allowance.objects.filter(key__startswith=start, day=now.date()).order_by("key")
    return {key.removeprefix(start): used for key, used in rows.values_list("key", "used")}


def tidy(now: datetime) -> None:
    """Forget networks and mailboxes that have asked for nothing since yesterday."""
    Allowance.objects.filter(key__startswith=f"{_KEY} ", free_at__lt=now - DAY).delete()


def _row(key: str) -> Allowance:
    """The bucket's row, which nobody else can take from until the transaction ends."""
    return Allowance.objects.select_for_update().get_or_create(key=key)[0]
