"""Enters the readers of a home's edition in small pieces and says so: `python enrolling.py HOME ADDRESS`.

The reader at ADDRESS unsubscribes between the second piece and the third.
"""

from __future__ import annotations

import sys
from datetime import UTC, datetime
from pathlib import Path

from digest.site import setup

setup(Path(sys.argv[1]))

from digest.audience import subscriptions  # noqa: E402 - after setup
from digest.delivery import enrol  # noqa: E402
from digest.store.models import Edition, Variant  # noqa: E402

NOW = datetime(2025, 11, 24, 6, 0, tzinfo=UTC)
LATER = datetime(2025, 11, 24, 12, 0, tzinfo=UTC)

enrol.CHUNK = enrol.SMALLEST = enrol.LARGEST = 40
enrol.PAUSE = 0.001
entered, pieces = enrol._entered, []


def _say(word):
    sys.stdout.write(f"{word}\n")
    sys.stdout.flush()


def _told(*given):
    _say("entering")
    made = entered(*given)
    _say("entered")
    pieces.append(made)
    if len(pieces) == 2:
        subscriptions.remove(sys.argv[2], now=NOW)
        _say(f"gone {sys.argv[2]}")
    return made


enrol._entered = _told
variant = Variant.objects.get().pk
enrol.enrol(
    Edition.objects.get(), lambda _: (variant, ""), due_at=NOW, now=NOW,
    by_zone=lambda zone: LATER if zone else NOW,
)  # fmt: skip
_say("done")
