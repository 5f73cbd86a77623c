"""Says whether this machine's clock agrees with the database's, by which the other machines' clocks go too.

A lease is an instant: a machine whose clock is fast takes living workers for hung, and sends before the hour.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta

from django.db import connection

from digest.clock.now import now as present

MOST = timedelta(seconds=30)
"""How far two clocks may be apart: half of what `delivery.recover.MARGIN` allows between two workers."""


def problem(reads: Callable[[], datetime] = present) -> str:
    """Why this machine must begin nothing; empty where its clock is right, or is the only one (SQLite).

    Args:
        reads: reads this machine's clock.

    Raises:
        OperationalError: the database cannot be reached.
    """
    if connection.vendor != "postgresql":
        return ""
    with connection.cursor() as cursor:
        before = reads()
        cursor.execute("SELECT clock_timestamp()")
        (there,) = cursor.fetchone()
        after = reads()
    # The question may have been long on its way: only what that cannot explain is a difference.
    ahead, behind = before - there, there - after
    if max(ahead, behind) <= MOST:
        return ""
    apart = f"{max(ahead, behind).total_seconds():.0f} s {'ahead of' if ahead > behind else 'behind'}"
    return f"this machine's clock is {apart} the database's: set both by a time service (NTP), then start again"
