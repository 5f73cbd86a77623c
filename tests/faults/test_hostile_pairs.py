"""Two of everything at once, and an editor who cannot decide: results agree, nobody is forgotten or mailed twice."""

from __future__ import annotations

import json
from typing import Any

import pytest

from digest.clock.now import now
from digest.errors import MovedOnError
from digest.pipeline.approve import approve, enter, hold
from digest.store.editions import Edition
from digest.store.letters import Letter

READERS = 40


@pytest.fixture
def newsroom(shell: Any, site: Any, papers: Any) -> Any:
    """A home whose feeds have something to say, and forty readers."""
    for number in range(3):
        items = [papers.item(8 * number + n) for n in range(8)]
        site.says(f"/{number}", papers.rss(*items))
    shell.feeds(*(f"{site.base}/{number}" for number in range(3)))
    rows = "email\n" + "".join(f"reader{n}@inbox.example\n" for n in range(READERS))
    (shell.home / "readers.csv").write_text(rows)
    shell.do("subscribers", "import", str(shell.home / "readers.csv"), "--consent", "invented for this test")
    return shell


def both(shell: Any, *commands: tuple[str, ...]) -> list[tuple[int, dict]]:
    """Run commands at once; their exit statuses and JSON."""
    running = [shell.start(*words) for words in commands]
    ended = [shell.end(process) for process in running]
    return [(code, json.loads(out)) for code, out, _ in ended]


def letters(shell: Any) -> set[str]:
    return {row["address"] for row in shell.do("deliveries", "daily/latest")["deliveries"]}


def test_two_of_everything(newsroom: Any):
    (one, gathered), (two, again) = both(newsroom, ("gather", "--all"), ("gather", "--all"))
    assert (one, two) == (0, 0)
    assert sorted((gathered["articles"]["new"], again["articles"]["new"])) == [0, 24]

    (one, drafted), (two, also) = both(newsroom, ("draft", "daily"), ("draft", "daily"))
    assert (one, two) == (0, 0)
    # The second composed it anew: there is one edition, and it is the later one.
    assert drafted["id"] == also["id"]
    assert newsroom.do("show", "daily/latest", "--as", "json")["hash"] in (drafted["hash"], also["hash"])

    (one, approved), (two, twice) = both(newsroom, ("approve", "daily/latest"), ("approve", "daily/latest"))
    assert (one, two) == (0, 0), (approved, twice)
    assert approved["hash"] == twice["hash"]
    assert len(letters(newsroom)) == READERS

    ended = both(newsroom, ("publish", "daily/latest"), ("publish", "daily/latest"))
    assert [code for code, _ in ended] == [0, 0]
    outbox = list((newsroom.home / "var" / "outbox").rglob("*.eml"))
    assert len(outbox) == READERS
    ((code, _),) = both(newsroom, ("run", "daily"))
    assert code == 0
    assert newsroom.do("show", "daily/latest", "--as", "json")["status"] == "sent"


@pytest.mark.slow
def test_two_runs(newsroom: Any):
    ended = both(newsroom, ("run", "daily"), ("run", "daily"))
    assert [code for code, _ in ended] == [0, 0], ended
    assert len(list((newsroom.home / "var" / "outbox").rglob("*.eml"))) == READERS
    assert newsroom.do("show", "daily/latest", "--as", "json")["status"] == "sent"
    assert {row["status"] for row in newsroom.do("deliveries", "daily/latest")["deliveries"]} == {"sent"}


@pytest.mark.django_db
def test_held_while_readers_are_entered(room: Any, site: Any, papers: Any):
    """An approval that was broken off enters nobody into what was held since, and its successor forgets nobody."""
    site.says("/feed", papers.rss(*(papers.item(n) for n in range(4))))
    broken_off = approve(room.config, room.drafted(), by="ana@news.example", now=now())
    broken_off.enrolled_at = None
    held = hold(room.config, Edition.objects.get(), by="ana@news.example", now=now())
    with pytest.raises(MovedOnError, match="was held while"):
        enter(room.config, broken_off, now=now())
    assert Letter.objects.count() == 0
    again = approve(room.config, held, by="ana@news.example", now=now())
    assert Letter.objects.count() == 1
    Edition.objects.update(enrolled_at=None)
    Letter.objects.all().delete()
    enter(room.config, Edition.objects.get(), now=now())
    assert Letter.objects.count() == 1
    assert approve(room.config, held, by="bo@news.example", now=now()).hash == again.hash, "approved twice at once"


@pytest.mark.parametrize("turns", [pytest.param(4, marks=pytest.mark.slow)])
def test_approve_against_hold(newsroom: Any, turns: int):
    newsroom.do("gather")
    newsroom.do("draft", "daily")
    for _ in range(turns):
        ended = both(newsroom, ("approve", "daily/latest"), ("hold", "daily/latest"))
        assert {code for code, _ in ended} <= {0, 1}
        status = newsroom.do("show", "daily/latest", "--as", "json")["status"]
        assert status in ("approved", "held")
        assert len(letters(newsroom)) == (READERS if status == "approved" else 0)
        if status == "approved":
            newsroom.do("hold", "daily/latest")
            assert letters(newsroom) == set()
    newsroom.do("approve", "daily/latest")
    newsroom.do("publish", "daily/latest")
    assert len(list((newsroom.home / "var" / "outbox").rglob("*.eml"))) == READERS
