"""The names of all time zones."""

from __future__ import annotations

from functools import cache
from zoneinfo import available_timezones


@cache
def names() -> frozenset[str]:
    """Every zone there is, old names too: what another service or another site's form may say. Takes 4 ms once."""
    return frozenset(available_timezones())
