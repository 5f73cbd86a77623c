"""When a letter that was told "later" is tried again, and when one gives up. Pure."""

from __future__ import annotations

import zlib
from dataclasses import dataclass
from datetime import datetime, timedelta

from digest.delivery.outcomes import Accepted, Later, Lost, Outcome, Refused
from digest.delivery.states import Status

FIRST_WAIT = timedelta(minutes=5)
LONGEST_WAIT = timedelta(hours=4)


@dataclass(frozen=True, slots=True)
class Verdict:
    """What an outcome makes of a letter; `due_at` is when it is tried next, None when it is not."""

    status: Status
    reply: str
    due_at: datetime | None = None


def wait(
    attempts: int, jitter: float, *, first: timedelta = FIRST_WAIT, longest: timedelta = LONGEST_WAIT
) -> timedelta:
    """How long to wait after the `attempts`-th "later": 5 minutes, doubling, at most 4 hours (RFC 5321, 4.5.4.1).

    Args:
        attempts: how often it was tried, from 1.
        jitter: 0 to 1; stretches the wait by three quarters to five quarters, so that letters do not return at once.
        first: the first wait.
        longest: the longest, before it is stretched.
    """
    doubled: int = 1 << min(attempts - 1, 10)
    span = min(first * doubled, longest)
    return span * (0.75 + 0.5 * jitter)


def chance(letter: int | str, attempts: int) -> float:
    """A number from 0 to 1 that is the same for the same letter, or whatever it is that is tried, and attempt."""
    return zlib.crc32(f"{letter}.{attempts}".encode()) / 0xFFFFFFFF


def verdict(
    outcome: Outcome, *, letter: int, attempts: int, first: datetime, at: datetime, attempts_for: timedelta
) -> Verdict:
    """What an outcome makes of a letter.

    Args:
        outcome: what became of the attempt.
        letter: the letter's id.
        attempts: how often it was tried, this time included.
        first: when it was first tried.
        at: when this outcome came.
        attempts_for: how long after the first attempt "later" is borne.
    """
    match outcome:
        case Accepted(reply):
            return Verdict(Status.SENT, reply)
        case Refused(reply):
            return Verdict(Status.FAILED, reply)
        case Lost(reply):
            return Verdict(Status.UNCERTAIN, reply)
        case Later(reply):
            due = at + wait(attempts, chance(letter, attempts))
            if due - first <= attempts_for:
                return Verdict(Status.DEFERRED, reply, due)
            return Verdict(Status.FAILED, f"given up after {attempts} attempts; the last answer: {reply}"[:300])
        case _:
            return Verdict(Status.PENDING, "")
