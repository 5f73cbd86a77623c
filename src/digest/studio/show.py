"""What the studio's pages show, as plain values: words for states, local times, counts."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from functools import lru_cache
from typing import Any
from zoneinfo import ZoneInfo

from django.db.models import Count

from digest.clock.due import goes_on_until
from digest.config import Config
from digest.delivery import summary
from digest.edition.workflow import STEPS, Status
from digest.store.editions import Edition
from digest.store.letters import Letter
from digest.store.posts import Post

LETTERS: Mapping[str, str] = {
    "sent": "accepted by the mail server",
    "pending": "waiting",
    "attempting": "on their way",
    "deferred": "told “later”, tried again",
    "skipped": "left out, with a reason",
    "uncertain": "may or may not have arrived",
    "failed": "refused for good",
}
"""What each state of a letter means, in the order they are listed."""

REPORTS: Mapping[str, str] = {
    "hard": "no such mailbox",
    "soft": "a mailbox that is full or takes nothing now",
    "policy": "refused, but not because of the reader",
    "complaint": "marked as junk by the reader",
    "presumed": "taken for failed by a rule or a person, though nobody knows",
    "other": "failed without a server’s word",
    "delivered": "reported as delivered",
}
"""What each word of `Letter.bounce` means, the gravest first."""

_RULES: Mapping[str, str] = {
    "hold": "it is held",
    "send": "it leaves as it is",
    "send without appeal": "it leaves without its appeal",
}

POSTS: Mapping[str, str] = {
    "planned": "planned", "sending": "on its way", "sent": "posted", "failed": "failed",
    "uncertain": "may or may not be there", "skipped": "left out",
}  # fmt: skip


def moment(at: datetime | None, zone: str) -> str:
    """An instant as "Tue 24 Nov 2026, 07:00" in the newsroom's zone; a dash for never."""
    return f"{at.astimezone(ZoneInfo(zone)):%a %-d %b %Y, %H:%M}" if at else "–"


def ago(at: datetime | None, now: datetime) -> str:
    """How long ago, in its largest unit; "never" for never."""
    if at is None:
        return "never"
    seconds = (now - at).total_seconds()
    for unit, size in (("day", 86400), ("hour", 3600), ("minute", 60)):
        if seconds >= size:
            count = int(seconds // size)
            return f"{count} {unit}{'s' if count != 1 else ''} ago"
    return "just now"


def standing(config: Config, row: Edition, now: datetime) -> str:
    """Where an edition stands and what happens next, in a sentence."""
    zone = config.site.zone
    newsletter = config.newsletters.get(row.newsletter)
    leaves = moment(row.slot_at, zone)
    if row.status == Status.DRAFT and newsletter:
        until = f"{(row.slot_at - newsletter.approval.deadline).astimezone(ZoneInfo(zone)):%H:%M}"
        if newsletter.approval.mode == "automatic":
            return f"It approves itself at {until} and leaves at {leaves}, unless somebody holds it."
        return f"It waits for an editor. If nobody has approved it by {until}, {_RULES[newsletter.approval.otherwise]}."
    if row.status == Status.APPROVED:
        by = f"Approved by {row.approved_by or 'an editor'}, {moment(row.approved_at, zone)}. "
        late = newsletter and now > row.slot_at + newsletter.late_by
        return by + (f"Too late to leave by itself: digest publish {row.name}" if late else f"It leaves at {leaves}.")
    return {
        Status.SENDING: "Its letters and posts are on their way.",
        Status.SENT: f"Finished {moment(row.finished_at, zone)}.",
        Status.HELD: f"Nothing leaves: {row.reason or 'held'}.",
        Status.SKIPPED: f"Left out: {row.reason or 'too few stories'}.",
    }.get(Status(row.status), f"It leaves at {leaves}.")


def overdue(config: Config, row: Edition, now: datetime) -> str:
    """What an editor must know who approves now: that it is too late for the clock. Empty when it is not."""
    newsletter = config.newsletters.get(row.newsletter)
    limit = newsletter.late_by if newsletter else timedelta(0)
    if now <= row.slot_at + limit:
        return ""
    return f"Its time has passed too long ago for the clock. Approved, it leaves with: digest publish {row.name}"


def past_the_clock(config: Config, row: Edition, now: datetime) -> bool:
    """Whether a run stopped so long ago that the clock does not go on with it, whoever says so."""
    newsletter = config.newsletters.get(row.newsletter)
    if newsletter is None:
        return True
    return now > goes_on_until(newsletter, row.slot_at, row.approved_at, config.delivery.attempts_for)


def may(row: Edition) -> dict[str, bool]:
    """Which decisions are open. A run that was held is not approved again: it goes on (`pipeline.resume`)."""
    steps = STEPS[row.status]
    stopped = row.status == Status.HELD and row.approved_at is not None
    return {
        "approve": Status.APPROVED in steps and not stopped,
        "hold": Status.HELD in steps,
        "go_on": stopped,
    }


def letters(rows: Iterable[Edition]) -> dict[int, dict[str, int]]:
    """Counts of letters by edition and state."""
    found: dict[int, dict[str, int]] = {}
    ids = [row.pk for row in rows]
    counted = Letter.objects.filter(edition__in=ids).values_list("edition", "status").annotate(n=Count("pk"))
    for edition, status, count in counted:
        found.setdefault(edition, {})[status] = count
    return found


def span(left: timedelta | None) -> str:
    """How long something takes, in words; empty when nobody can tell."""
    if left is None:
        return ""
    minutes = round(left.total_seconds() / 60)
    if minutes < 1:
        return "less than a minute"
    return f"about {minutes} minute{'s' if minutes > 1 else ''}" if minutes < 90 else f"about {minutes / 60:.1f} hours"


def domains(row: Edition, now: datetime) -> dict[str, dict[str, int]]:
    """Letters by the readers' providers and state, at most a minute old: at a million readers it takes a second."""
    return _domains(row.pk, int(now.timestamp()) // 60)


@lru_cache(maxsize=32)
def _domains(edition: int, _minute: int) -> dict[str, dict[str, int]]:
    return summary.domains(Edition.objects.get(pk=edition))


def troubled(row: Edition, limit: int = 100) -> list[Any]:
    """Letters an editor may have to look at: uncertain and failed ones, at most `limit`."""
    wrong = Letter.objects.filter(edition=row, status__in=["uncertain", "failed"]).select_related("subscriber")
    return list(wrong.order_by("-status", "pk")[:limit])


def posts(row: Edition) -> list[Post]:
    """The posts of a frozen edition."""
    return list(Post.objects.filter(edition=row).order_by("account", "pk"))
