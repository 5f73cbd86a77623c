"""The time zones a reader may choose, by region and with the names of places in their language."""

from __future__ import annotations

from functools import lru_cache
from importlib.resources import files

from babel import Locale
from babel.dates import get_timezone_location


@lru_cache(maxsize=16)
def by_region(language: str) -> tuple[tuple[str, tuple[tuple[str, str], ...]], ...]:
    """The zones that a list offers: for each region its zones, as the IANA name and the place in words.

    The zones are those of zone.tab of the time zone database, one a country and clock.

    Args:
        language: a BCP 47 tag.
    """
    table = (files("tzdata.zoneinfo") / "zone.tab").read_text(encoding="utf-8")
    zones = sorted(line.split("\t")[2] for line in table.splitlines() if line and not line.startswith("#"))
    locale = Locale.parse(language, sep="-")
    regions: dict[str, list[tuple[str, str]]] = {}
    for zone in zones:
        place = get_timezone_location(zone, locale=locale, return_city=True)
        regions.setdefault(zone.partition("/")[0], []).append((zone, place))
    return tuple((region, tuple(sorted(found, key=lambda one: one[1]))) for region, found in regions.items())
