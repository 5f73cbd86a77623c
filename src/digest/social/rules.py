"""Who may post now: the first approval, the gap, the month's cap, what is too late or has been told already."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from zoneinfo import ZoneInfo

from django.db.models import Q, Sum

from digest.config.values import Account
from digest.errors import UsageError
from digest.store.editions import Edition
from digest.store.posts import Post

Status = Post.Status

TOO_LATE = timedelta(days=1)
"""A post that could not leave for so long is no news any more."""

# What may be on the account already. A failed post is not, and one that is planned costs nothing yet.
_SPENT = (Status.SENDING, Status.SENT, Status.UNCERTAIN)
_BY_RULE = Q(approved_by="") | Q(approved_by__startswith="rule") | Q(approved_by="the clock")


def by_person(name: str) -> bool:
    """Whether an edition's `approved_by` names a person: neither nobody, nor a rule ("rule: ..."), nor the clock."""
    return bool(name) and not name.startswith("rule") and name != "the clock"


def vouched(account: Account) -> bool:
    """Whether an account may post without being asked: a person has approved an edition that posts to it.

    A folder needs nobody's word.
    """
    if account.network == "folder":
        return True
    return Edition.objects.filter(posts__account=account.channel).exclude(_BY_RULE).exists()


def allow(edition: Edition, *, by: str) -> None:
    """A person's word for an edition that a rule approved; the accounts it posts to may post from now on.

    Raises:
        UsageError: `by` names no person, or the edition is not approved at all.
    """
    if not by_person(by):
        raise UsageError(f'"{by}" is not a person; the first posts of an account need an editor\'s word')
    frozen = (Edition.Status.APPROVED, Edition.Status.SENDING, Edition.Status.SENT)
    rows = Edition.objects.filter(_BY_RULE, pk=edition.pk, status__in=frozen)
    if not rows.update(approved_by=by[:254]) and edition.status not in frozen:
        raise UsageError(f"{edition.name} is {edition.status}: approve it, and its posts are approved with it")


def waits(account: Account, now: datetime) -> str:
    """Why an account may post nothing at this instant, in words; "" when it may."""
    if not vouched(account):
        return (
            f"{account.channel} has never posted: its first posts leave when a person has approved an edition;"
            " `digest approve EDITION` does that"
        )
    free_at = next_turn(account)
    if free_at and free_at > now:
        return f"the gap of {account.gap} on {account.channel} lasts until {free_at:%H:%M} UTC"
    return ""


def next_turn(account: Account) -> datetime | None:
    """The instant from which an account may post again; None when it may at once. Nobody follows a folder."""
    if account.network == "folder":
        return None
    last = Post.objects.filter(account=account.channel, status__in=_SPENT, at__isnull=False).order_by("-at").first()
    return last.at + account.gap if last and last.at else None


def never(post: Post, account: Account, now: datetime, zone: str) -> str:
    """Why a post is not sent at all, in words; "" when nothing is against it."""
    if now - post.due_at > TOO_LATE:
        return f"too late: it should have left on {post.due_at:%d %B, %H:%M} UTC"
    told = Post.objects.filter(account=post.account, kind="story", item=post.item, status__in=_SPENT)
    if post.kind == "story" and (other := told.exclude(pk=post.pk).first()):
        return f"this story was posted to {post.account} with {other.edition.name} already"
    month = spent(account.channel, now, zone)
    cap = Decimal(str(account.monthly_cap))
    if post.cost and month + post.cost > cap:
        return (
            f"the month's cap of ${cap:.2f} for {account.channel}: ${month:.2f} is spent and this post costs"
            f" ${post.cost:.3f}; raise monthly_cap, or set link = false"
        )
    return ""


def spent(channel: str, now: datetime, zone: str) -> Decimal:
    """What an account's posts cost so far in the newsroom's month, in dollars; doubtful ones are counted."""
    rows = Post.objects.filter(account=channel, status__in=_SPENT, at__gte=month_start(now, zone))
    return rows.aggregate(sum=Sum("cost"))["sum"] or Decimal(0)


def month_start(now: datetime, zone: str) -> datetime:
    """The first instant of the civil month that `now` lies in, in UTC."""
    local = now.astimezone(ZoneInfo(zone))
    return local.replace(day=1, hour=0, minute=0, second=0, microsecond=0, fold=0).astimezone(UTC)
