"""Lets an edition go to a few readers first, and halts it by itself when too much comes back.

wave 0  the seeds: people of the newsroom            then, once each was tried,
wave 1  the sample: a share of the readers           then, `wait` after the last of them,
wave 2  everybody

It is asked between waves (`take_step`) and while one leaves (`Judge`).
"""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from math import sqrt
from typing import Literal

from django.db import transaction
from django.db.models import Count, Max, Min, Q

from digest.config.sending import Canary
from digest.delivery.states import WAITING, Status
from digest.delivery.waves import REST, SAMPLE, SEEDS
from digest.edition.workflow import locked, step
from digest.store.models import Edition, Letter

LEAST = 3
"""So many letters must fail or come back before a share of them means anything, unless every one does."""

CLEAR = 3.0
"""While a wave leaves, so many standard deviations above `halt_above` are more than chance, however often one looks."""

SELDOM = 20
"""A look at how a wave fares is followed by so many times as long without one."""

RETURNED = ("hard", "soft", "policy", "complaint")
"""What `Letter.bounce` says of a letter that came back."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Tally:
    """How the letters stand of the waves that were let go.

    Attributes:
        decided: sent, failed, or with nobody knowing.
        failed: failed, or taken and returned.
        untried: due, or kept back by a rate, and never tried yet.
        last: when the last of them was tried; None when none was.
        next_due: when the next of them is due; None when none waits.
    """

    decided: int = 0
    failed: int = 0
    untried: int = 0
    last: datetime | None = None
    next_due: datetime | None = None


@dataclass(frozen=True, slots=True)
class Decision:
    """What to do: "go" to the next wave, "wait" (until an instant, or for letters to be tried), or "halt" and why."""

    act: Literal["go", "wait", "halt"]
    until: datetime | None = None
    why: str = ""


def decide(wave: int, tally: Tally, rule: Canary, now: datetime) -> Decision:
    """What the first letters say about the rest. Pure.

    Args:
        wave: the last one that was let go.
        tally: how the letters up to it stand.
        rule: the newsletter's `canary`.
        now: the present instant.
    """
    if _too_many(tally, rule.halt_above):
        why = (
            f"{tally.failed} of the first {tally.decided} letters failed or came back: "
            f"{tally.failed / tally.decided:.1%}, and canary.halt_above is {rule.halt_above:.1%}"
        )
        return Decision("halt", why=why)
    if tally.untried:
        return Decision("wait")
    if not tally.decided and tally.next_due:
        # By the readers' clocks it may be hours until the first of them.
        return Decision("wait", tally.next_due)
    if wave == SEEDS and rule.share:
        return Decision("go")
    until = tally.last + rule.wait if tally.last else now
    return Decision("go") if now >= until else Decision("wait", until)


def _too_many(tally: Tally, above: float) -> bool:
    """Whether too many of the first letters failed: when all were tried, by their share.

    Before that, when the share will be too high even if no other fails, or is so high by now that chance does not
    explain it: of few letters a share says little.
    """
    if tally.failed < LEAST and not 1 < tally.failed == tally.decided:
        return False
    allowed = above * tally.decided
    if not tally.untried:
        return tally.failed > allowed
    if tally.failed > above * (tally.decided + tally.untried):
        return True
    return tally.failed > allowed + CLEAR * sqrt(allowed * (1 - above))


def tally(edition: Edition, wave: int, now: datetime) -> Tally:
    """Count the letters of the waves up to `wave`."""
    letters = Letter.objects.filter(edition=edition, wave__lte=wave)
    decided = Q(status__in=[Status.SENT, Status.FAILED, Status.UNCERTAIN])
    wanted = Q(status=Status.PENDING, attempts=0) & (Q(due_at__lte=now) | Q(reserved=True))
    untried = Q(status=Status.ATTEMPTING) | wanted
    found = letters.aggregate(
        decided=Count("id", filter=decided),
        failed=Count("id", filter=Q(status=Status.FAILED) | Q(status=Status.SENT, bounce__in=RETURNED)),
        untried=Count("id", filter=untried),
        last=Max("at", filter=decided),
        next_due=Min("due_at", filter=Q(status__in=WAITING)),
    )
    return Tally(**found)


def judged(edition: Edition, rule: Canary, now: datetime) -> Decision:
    """What `decide` says of an edition as it stands; changes nothing."""
    return decide(edition.wave, tally(edition, edition.wave, now), rule, now)


class Judge:
    """Halts an edition while a wave of its canary leaves, as soon as too much comes back.

    Args:
        edition: being sent.
        rule: the newsletter's `canary`; None, and after everybody's was let go, there is nothing to judge.
        now: reads the clock.
    """

    def __init__(self, edition: Edition, rule: Canary | None, now: Callable[[], datetime]) -> None:
        self._edition, self._rule, self._now = edition, rule, now
        self._again = 0.0

    @property
    def sits(self) -> bool:
        """Whether there is anything to judge."""
        return self._rule is not None and self._edition.wave < REST

    def look(self) -> None:
        """Look whether to halt, at most for one part in `SELDOM` of the time."""
        began = time.monotonic()
        if not self.sits or began < self._again:
            return
        assert self._rule is not None
        with transaction.atomic():
            # Without the row's lock, which everybody would wait for: to halt it is asked again.
            row = Edition.objects.only("wave", "status").get(pk=self._edition.pk)
            halts = row.wave < REST and judged(row, self._rule, self._now()).act == "halt"
        if halts:
            take_step(self._edition, self._rule, now=self._now(), only_halt=True)
        took = time.monotonic() - began
        self._again = began + SELDOM * took


def take_step(
    edition: Edition, rule: Canary, *, now: datetime, past: bool = False, only_halt: bool = False
) -> Decision:
    """Let the next wave go, or halt the edition, if it is time; the caller's row learns of it.

    Args:
        edition: being sent.
        rule: the newsletter's `canary`.
        now: the present instant.
        past: an editor lets everybody's go, whatever the first letters say.
        only_halt: a wave is leaving, so the next is not let go yet.
    """
    with transaction.atomic():
        row = locked(edition)
        if row.wave >= REST or row.status != Edition.Status.SENDING:
            found = Decision("wait")
        elif past:
            found = Decision("go")
            row.wave = REST - 1
        else:
            found = judged(row, rule, now)
        if found.act == "go" and not only_halt:
            row.wave, row.wave_at = (row.wave + 1 if row.wave + 1 != SAMPLE or rule.share else REST), now
            row.save(update_fields=["wave", "wave_at"])
        elif found.act == "halt":
            step(row, Edition.Status.HELD, reason=found.why)
        edition.wave, edition.wave_at, edition.status, edition.reason = row.wave, row.wave_at, row.status, row.reason
    return found
