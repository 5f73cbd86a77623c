"""Invents the demo newsroom's subscribers: the same people each time, all at reserved domains (RFC 2606)."""

from __future__ import annotations

import csv
import io
from datetime import UTC, datetime, timedelta

FIELDS = ("email", "name", "newsletters", "topics", "language", "zone", "consent_at", "consent_source")
"""The columns that `digest subscribers import` reads."""

_NAMES = {
    "en": (
        ("Marit", "Tobias", "Ines", "Wim", "Hester", "Calder", "Odile", "Rufus", "Nell", "Bram", "Sunniva", "Perrin"),
        ("Oakes", "Tolliver", "Brannock", "Farrow", "Lockhart", "Quillan", "Marchbank", "O’Hare", "Wexley", "Soltau"),
    ),
    "de": (
        ("Mareike", "Konrad", "Jule", "Lukas", "Resi", "Benedikt", "Sophie", "Alois"),
        ("Tannert", "Brandmair", "Köbler", "Arnsteiner", "Ehlich", "Müßig", "Niedermoser"),
    ),
    "ar": (
        ("ليان", "هيثم", "ريم", "مازن", "وداد", "نبيه"),
        ("الصوّاف", "البرّاك", "العكّاري", "الدرعي", "السهلي"),
    ),
}
_ZONES = {"en": ("Europe/London", "Europe/Lisbon"), "de": ("Europe/Berlin",), "ar": ("Africa/Cairo",)}
# Seven of every ten read English; the order is fixed so that the first few already differ.
_LANGUAGES = ("en", "de", "en", "ar", "en", "en", "en", "de", "en", "en")
_TOPICS = (
    "", "", "", "",
    "river;marrowgate", "politics;economy", "world", "world;politics", "economy",
    "technology;culture", "river", "marrowgate;culture;river", "world;economy;technology",
)  # fmt: skip
_SOURCES = (
    "sign-up form, confirmed",
    "sign-up at the counter, confirmed by mail",
    "imported with consent, spring drive",
)


def subscribers(count: int = 200, *, now: datetime) -> list[dict[str, str]]:
    """Rows of a subscribers' CSV, by column; the same for the same arguments.

    Args:
        count: how many people.
        now: the instant consents lie before, by up to two years; aware.
    """
    return [_row(number, now.astimezone(UTC).replace(microsecond=0)) for number in range(1, count + 1)]


def _row(number: int, now: datetime) -> dict[str, str]:
    language = _LANGUAGES[number % len(_LANGUAGES)]
    given, family = _NAMES[language]
    name = f"{given[number * 7 % len(given)]} {family[number * 3 // 2 % len(family)]}"
    if number % 41 == 0:
        # A comma must be quoted in CSV and again in a mail header.
        name = ", ".join(reversed(name.split(" ", 1)))
    zones = _ZONES[language]
    return {
        "email": f"reader{number}@{('mail', 'post', 'inbox')[number % 3]}.example",
        "name": "" if number % 29 == 0 else name,
        "newsletters": "morning" if number % 2 else "",
        "topics": _TOPICS[number * 5 % len(_TOPICS)],
        "language": language,
        "zone": zones[number % len(zones)],
        "consent_at": (now - timedelta(days=number * 11 % 730 + 1, minutes=number * 37)).isoformat(),
        "consent_source": _SOURCES[number % len(_SOURCES)],
    }


def subscribers_csv(count: int = 200, *, now: datetime) -> str:
    """The same people as a CSV file's text, with a header line."""
    target = io.StringIO(newline="")
    writer = csv.DictWriter(target, FIELDS)
    writer.writeheader()
    writer.writerows(subscribers(count, now=now))
    return target.getvalue()
