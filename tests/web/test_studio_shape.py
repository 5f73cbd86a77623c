"""Parting and joining stories in the studio, with forms that need no script."""

from __future__ import annotations

import re
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from digest.clock.now import now
from digest.config import Config
from digest.pipeline.draft import draft
from digest.store.articles import Article
from digest.store.editions import Edition
from digest.store.feeds import Feed
from digest.studio import gate

HERE = "/studio/editions/daily/2026-11-24/"
PIER = (
    "The old pier at Port Ellery closes on Monday for a year, harbour master Jorun Tveit said. Divers found cracks in "
    "nine of its pillars. Ferries to Skarvoy will leave from the fish quay until the repair is done."
)
PIER_TOO = (
    "Port Ellery loses its old pier for a year: divers found nine cracked pillars, said Jorun Tveit, the harbour "
    "master. Ferries to Skarvoy move to the fish quay on Monday."
)
SHEEP = "Shepherds in the hills count more lambs than in any spring since the war, and the wool is better than ever."


@pytest.fixture
def row(newsroom: Path) -> Edition:
    """A draft of three articles, two of which tell of one event."""
    config: Config = gate.current()
    at = now()
    for number, (title, text) in enumerate(
        [("Old pier closes for a year", PIER), ("Port Ellery pier: nine cracks", PIER_TOO), ("More lambs", SHEEP)]
    ):
        feed, _ = Feed.objects.get_or_create(address=config.feeds[number % 2].address)
        Article.objects.create(
            feed=feed,
            url=f"https://port.example/{number}",
            title=title,
            text=text,
            language="en",
            published_at=at - timedelta(hours=1),
            first_seen_at=at - timedelta(hours=1),
            content_hash=str(number),
        )
    return draft(config, "daily", key="2026-11-24", at=at + timedelta(hours=1), now=at)


def stories() -> list[int]:
    return list(Article.objects.order_by("pk").values_list("story", flat=True))


def test_an_editor_parts_and_joins_without_a_script(ana: Any, row: Edition) -> None:
    one, other, sheep = stories()
    assert one == other != sheep
    page = ana.get(f"{HERE}ranks").content.decode()
    assert "2 articles" in page
    token = re.findall(r'name="csrfmiddlewaretoken" value="([^"]+)"', page)[0]

    def say(**given: Any) -> int:
        seen = Edition.objects.get(pk=row.pk).hash
        fields = {"csrfmiddlewaretoken": token, "hash": seen, "story": str(one), **given}
        return ana.post(f"{HERE}shape", fields, headers={"Referer": "https://news.example/"}).status_code

    second = str(Article.objects.order_by("pk")[1].pk)
    assert say(act="part") == say(act="part", article="x") == say(act="part", article=second, hash="0") == 409
    assert ana.get(f"{HERE}shape").status_code == 405
    assert stories() == [one, other, sheep]
    assert say(act="part", article=second) == 302
    parted = stories()
    assert len(set(parted)) == 3
    page = ana.get(f"{HERE}ranks").content.decode()
    assert "1 article parted from it by ana@news.example" in page
    assert say(act="join", other=str(one)) == 409
    assert say(act="join", other=str(parted[1])) == 302
    assert stories() == [one, one, sheep]


def test_a_stranger_shapes_nothing(stranger: Any, row: Edition) -> None:
    before = stories()
    stranger.post(f"{HERE}shape", {"act": "join", "story": str(before[0]), "other": str(before[2])})
    assert stories() == before
