"""The invented subscribers."""

from __future__ import annotations

import csv
import io
import tomllib
from datetime import datetime
from pathlib import Path

from digest.cli.newsroom_readers import FIELDS, subscribers, subscribers_csv
from digest.config import slug


def test_the_same_two_hundred_people_each_time(now: datetime) -> None:
    people = subscribers(now=now)
    assert people == subscribers(now=now)
    assert len({person["email"] for person in people}) == 200
    assert all(person["email"].endswith(".example") for person in people)
    assert {person["language"] for person in people} == {"en", "de", "ar"}
    assert all(datetime.fromisoformat(person["consent_at"]) < now for person in people)


def test_their_topics_are_sections_and_differ(now: datetime, examples: Path) -> None:
    letter = tomllib.loads((examples / "config/newsletters/morning.toml").read_text(encoding="utf-8"))
    sections = {slug(section["tag"]) for section in letter["sections"]}
    topics = {person["topics"] for person in subscribers(now=now)}
    assert len(topics) >= 8
    assert {topic for several in topics for topic in several.split(";") if topic} <= sections


def test_the_csv_reads_back_as_written(now: datetime) -> None:
    rows = list(csv.DictReader(io.StringIO(subscribers_csv(60, now=now), newline="")))
    assert rows == subscribers(60, now=now)
    assert tuple(rows[0]) == FIELDS
    assert any("," in row["name"] for row in rows)
    assert any(not row["name"] for row in rows)
