"""Settles letters of which nobody knows whether they arrived: by evidence, by a person's word, or by the policy.

Evidence comes first: the worker's journal (`recover.py`), a reply that comes late (`ledger.settle`), a report
(`reports.py`), the mail server's log (`evidence.py`). What moves a letter is written down in its `reply`. A rule or a
person who takes it for failed only presumes so: evidence may still say that it arrived, or how it came back.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from typing import Literal

from django.db import transaction
from django.db.models import Case, F, QuerySet, Value, When
from django.db.models.functions import Concat, Left

from digest import queue
from digest.audience.addresses import NotAnAddress, normalise
from digest.delivery.evidence import Handed
from digest.delivery.states import PRESUMED, PROVEN, UNPROVEN, Status
from digest.edition.workflow import locked, step
from digest.errors import InputError
from digest.store.models import Edition, Letter

Policy = Literal["ask", "resend", "drop"]
Word = Literal["sent", "failed", "again"]

CHANCE = timedelta(minutes=30)
"""So long evidence may come before a policy decides: a report of arrival takes minutes, a hung worker has its lease."""

# A report that it came back is proof enough.
_PRESUMED = Case(When(bounce__in=("", "delivered"), then=Value(PRESUMED)), default=F("bounce"))

_AS: Mapping[Word, Status] = {"sent": Status.SENT, "failed": Status.FAILED, "again": Status.PENDING}


def uncertain(edition: Edition) -> QuerySet[Letter]:
    """The letters of `edition` of which nobody knows."""
    return Letter.objects.filter(edition=edition, status=Status.UNCERTAIN)


def unproven(edition: Edition) -> QuerySet[Letter]:
    """Those, and the ones that a rule or a person has taken for failed: what evidence may still settle."""
    # The states apart: the index is by them.
    states = (Status.UNCERTAIN, Status.FAILED)
    return Letter.objects.filter(UNPROVEN, edition=edition, status__in=states)


def by_policy(edition: Edition, policy: Policy, *, now: datetime) -> int:
    """Apply the newsletter's policy to letters that have been uncertain for longer than CHANCE.

    Args:
        edition: whose letters.
        policy: "ask" leaves them to a person, "resend" sends them again, "drop" does not.
        now: the present instant.

    Returns:
        How many were settled.
    """
    waited = uncertain(edition).filter(at__lte=now - CHANCE)
    if policy == "resend":
        return _settle(waited, "again", "sent again by the rule uncertain = resend", now)
    if policy == "drop":
        return _settle(waited, "failed", "not sent again by the rule uncertain = drop", now)
    return 0


def decided_at(edition: Edition, policy: Policy) -> datetime | None:
    """When the policy decides of the next uncertain letter; None when there is none, or a person is asked."""
    if policy == "ask":
        return None
    first = uncertain(edition).order_by("at").values_list("at", flat=True).first()
    return first + CHANCE if first else None


def by_word(edition: Edition, names: Iterable[str], word: Word, *, by: str, now: datetime) -> int:
    """Settle uncertain letters by a person's word; "again" lets an edition that was finished be sent from again.

    Args:
        edition: whose letters.
        names: ids of letters or addresses of readers; empty for all that are uncertain.
        word: what became of them, or "again".
        by: who says so.
        now: the present instant.

    Returns:
        How many were settled.

    Raises:
        InputError: one of them is no uncertain letter of this edition; then none is settled.
    """
    names = list(names)
    with transaction.atomic():
        row = locked(edition)
        chosen = [_find(row, name) for name in names] if names else list(uncertain(row).values_list("pk", flat=True))
        settled = 0
        for at in range(0, len(chosen), 500):
            settled += _settle(uncertain(row).filter(pk__in=chosen[at : at + 500]), word, f"settled by {by}", now)
        if word == "again" and settled:
            if row.status == Edition.Status.SENT:
                step(row, Edition.Status.SENDING)
            queue.defer("publish", edition=row.pk)
    return settled


def by_log(edition: Edition, handed: Mapping[int, Handed], *, now: datetime) -> Counter[str]:
    """Settle letters by what the mail server's log says of them: uncertain ones, and those but presumed to have failed.

    A server that holds a letter in its queue has taken it: sending it again would double it.

    Args:
        edition: whose letters.
        handed: by letter, what the log says (`evidence.read`).
        now: the present instant.

    Returns:
        How many became "sent" and "failed".
    """
    settled: Counter[str] = Counter()
    for letter, found in handed.items():
        word: Word = "failed" if found.fate in ("bounced", "expired") else "sent"
        rows = unproven(edition).filter(pk=letter)
        why = f"by the mail server's log: {found.fate} {found.words}"
        settled[word] += _settle(rows, word, why, now, proven=True)
    return settled


def _find(edition: Edition, name: str) -> int:
    """The id of the uncertain letter that a person means."""
    rows = uncertain(edition)
    try:
        rows = rows.filter(pk=int(name)) if _is_id(name) else rows.filter(subscriber__email=normalise(name))
    except NotAnAddress:
        rows = rows.none()
    found = rows.values_list("pk", flat=True).first()
    if found is None:
        raise InputError(
            f"{name} is no uncertain letter of {edition.name}: give a reader's address, or a letter's number, "
            f"that `digest deliveries {edition.name} --status uncertain` lists. Nothing was changed."
        )
    return found


def _is_id(name: str) -> bool:
    return name.isascii() and name.isdigit() and len(name) < 19


def _settle(letters: QuerySet[Letter], word: Word, reason: str, now: datetime, *, proven: bool = False) -> int:
    """Move letters and write down why, before what was known; one that is sent again begins anew."""
    values: dict[str, object] = {
        "status": _AS[word],
        "at": now,
        "reply": Left(Concat(Value(f"{reason[:200]}; before: "), F("reply")), 300),
    }
    if proven:
        values["bounce"] = PROVEN
    elif word == "failed":
        values["bounce"] = _PRESUMED
    if word == "again":
        # Without its window: a reply to the old attempt says nothing about the new one.
        values |= {"window": None, "first_attempt_at": None, "due_at": now, "reserved": False}
    return letters.update(**values)
