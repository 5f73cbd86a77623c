"""A job is due if its transaction commits, waits once, and is no more than a hint: the tables say what is due."""

from __future__ import annotations

import os
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from django.conf import settings
from django.db import connection, transaction

from digest import queue
from digest.audience import requests
from digest.clock import agreed, house, jobs
from digest.clock import worker as working
from digest.clock.now import now
from digest.clock.reread import Configuration
from digest.clock.scheduler import Clock
from digest.clock.tick import Work
from digest.config import Environment
from digest.delivery import doubt
from digest.errors import UsageError
from digest.pipeline import notices
from digest.store import identity, schema
from digest.store.models import Edition, Letter, Notice, Subscriber

POSTGRESQL = os.environ.get("DIGEST_TEST_DATABASE", "sqlite") == "postgresql"
pytestmark = pytest.mark.django_db(transaction=True)
queued = pytest.mark.skipif(not POSTGRESQL, reason="there is a queue on PostgreSQL only")


@pytest.fixture(autouse=True)
def _empty(transactional_db: None) -> None:
    """Procrastinate's tables are none of Django's own: the flush of the test before has left them alone."""
    if POSTGRESQL:
        with connection.cursor() as cursor:
            cursor.execute("TRUNCATE procrastinate_jobs, procrastinate_workers CASCADE")


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    (tmp_path / "config" / "newsletters").mkdir(parents=True)
    (tmp_path / "config" / "digest.toml").write_text('[site]\nname = "Courier"\neditors = ["ana@news.example"]\n')
    (tmp_path / "config" / "newsletters" / "daily.toml").write_text('title = "Daily"\n')
    monkeypatch.setattr(settings, "VAR", tmp_path)
    identity.make(tmp_path, Environment({}), now=now())
    return tmp_path


def approved(slot: str = "x", *, at: datetime | None = None) -> Edition:
    at = at or now() - timedelta(minutes=1)
    return Edition.objects.create(
        newsletter="daily", slot_key=slot, slot_at=at, number=1, status="approved", window_from=at, window_to=at,
        drafted_at=at, approved_at=at,
    )  # fmt: skip


def hands(home: Path, publish: Callable[..., Any]) -> jobs.Hands:
    return jobs.Hands(Configuration(home), Environment({}), work=Work(publish, publish, publish, publish))


def never(*_: Any, **__: Any) -> Any:
    raise AssertionError("it published by itself")


def held() -> list[tuple[str, dict[str, int]]]:
    """The jobs that are there."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT task_name, args FROM procrastinate_jobs WHERE status = 'todo' ORDER BY id")
        import json

        return [(name, args if isinstance(args, dict) else json.loads(args)) for name, args in cursor.fetchall()]


@pytest.mark.skipif(POSTGRESQL, reason="SQLite has no queue")
def test_on_sqlite_nothing_is_queued_and_a_worker_says_what_it_needs(home: Path) -> None:
    assert not queue.stands()
    assert queue.defer("publish", edition=1) is False
    assert queue.drop_dead() == 0
    with pytest.raises(UsageError, match="needs PostgreSQL"):
        working.check([])


@queued
def test_a_job_is_due_only_if_its_transaction_commits() -> None:
    with transaction.atomic():
        assert queue.defer("publish", edition=7)
        transaction.set_rollback(True)
    assert held() == []
    with transaction.atomic():
        assert queue.defer("publish", edition=7)
        # A second one is no error that would end the caller's transaction.
        assert not queue.defer("publish", edition=7)
        assert queue.defer("publish", edition=8)
        assert queue.defer("publish", edition=7, at=datetime(2030, 1, 1, tzinfo=UTC))
    assert held() == [("publish", {"edition": 7}), ("publish", {"edition": 8}), ("publish", {"edition": 7})]


@queued
def test_jobs_of_silent_workers_are_taken_away_and_those_of_others_not() -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO procrastinate_workers (last_heartbeat) VALUES (now()), (now() - interval '2 minutes') "
            "RETURNING id"
        )
        alive, dead = (row[0] for row in cursor.fetchall())
        for number, worker in enumerate((alive, dead, None)):
            cursor.execute(
                "INSERT INTO procrastinate_jobs (queue_name, task_name, args, status, worker_id) "
                "VALUES ('house', 'gather', %s, 'doing', %s)",
                [f'{{"n": {number}}}', worker],
            )
    assert queue.drop_dead() == 2
    with connection.cursor() as cursor:
        cursor.execute("SELECT worker_id FROM procrastinate_jobs")
        assert cursor.fetchall() == [(alive,)]


@queued
def test_the_sweep_defers_what_is_due_by_the_tables_and_has_no_job(home: Path) -> None:
    config, _ = Configuration(home).current()
    due = approved()
    approved("later", at=now() + timedelta(hours=1))
    Edition.objects.create(
        newsletter="daily", slot_key="sent", slot_at=now(), number=3, status="sent", window_from=now(),
        window_to=now(), drafted_at=now(),
    )  # fmt: skip
    wanted = [("publish", {"edition": due.pk}), ("gather", {}), ("housekeep", {})]
    assert jobs.sweep(config, Environment({}), now=now()) == 3
    assert held() == wanted
    assert jobs.sweep(config, Environment({}), now=now()) == 0
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM procrastinate_jobs")
    assert jobs.sweep(config, Environment({}), now=now()) == 3
    assert held() == wanted


@queued
def test_a_copy_of_the_database_defers_nothing(home: Path) -> None:
    approved()
    (home / identity.FILE).write_text("another")
    assert jobs.sweep(Configuration(home).current()[0], Environment({}), now=now()) == 0
    assert held() == []


@queued
def test_the_clock_lets_workers_publish(home: Path) -> None:
    edition = approved()
    clock = Clock(Configuration(home), Environment({}), work=Work(never, never, never, never))
    clock.tick()
    assert held() == [("publish", {"edition": edition.pk})]


@queued
def test_a_job_looks_at_the_tables_before_it_does_anything(home: Path) -> None:
    runs: list[str] = []

    def publish(_config: Any, edition: Edition, **_: Any) -> Any:
        runs.append(edition.name)
        return SimpleNamespace(stopped="", letters={}, posts={})

    mine = hands(home, publish)
    early, held_back, due = approved("early", at=now() + timedelta(hours=1)), approved("held"), approved("due")
    Edition.objects.filter(pk=held_back.pk).update(status="held")
    for edition in (early.pk, held_back.pk, due.pk, 10**6):
        mine.publish(edition)
    assert runs == ["daily/due"]


@queued
def test_a_process_that_is_at_an_edition_leaves_its_job_for_others(home: Path) -> None:
    edition = approved()
    runs: list[str] = []

    def publish(*_: Any, **__: Any) -> Any:
        runs.append("begun")
        mine.publish(edition.pk)
        return SimpleNamespace(stopped="", letters={}, posts={})

    mine = hands(home, publish)
    mine.publish(edition.pk)
    assert runs == ["begun"]
    assert held() == [("publish", {"edition": edition.pk})]
    mine.ending.set()
    mine.publish(edition.pk)
    assert runs == ["begun"]


@queued
@pytest.mark.parametrize("minutes", [61, -61])
def test_a_machine_whose_clock_is_wrong_begins_nothing(
    home: Path, monkeypatch: pytest.MonkeyPatch, minutes: int
) -> None:
    mine = hands(home, lambda *_, **__: pytest.fail("it went on"))
    mine.begin()
    right = agreed.problem
    monkeypatch.setattr(agreed, "problem", lambda: right(lambda: now() + timedelta(minutes=minutes)))
    mine.publish(approved().pk)
    clock = Clock(Configuration(home), Environment({}))
    clock.tick()
    assert mine.ending.is_set()
    assert clock.ended.is_set()
    assert clock.fault
    assert ("ahead of" if minutes > 0 else "behind") in mine.fault
    with pytest.raises(UsageError, match="clock"):
        mine.begin()


@queued
def test_a_slow_answer_is_no_wrong_clock() -> None:
    at = iter([now() - timedelta(minutes=3), now() + timedelta(minutes=3)])
    assert agreed.problem(lambda: next(at)) == ""


@queued
def test_a_letter_that_shall_go_again_has_its_job_at_once() -> None:
    edition = approved()
    Edition.objects.update(status="sent")
    who = Subscriber.objects.create(email="ana@inbox.example", handle=1, joined_at=now())
    Letter.objects.create(edition=edition, subscriber=who, status="uncertain", due_at=now(), at=now())
    with transaction.atomic():
        assert doubt.by_word(edition, [], "sent", by="ana", now=now()) == 1
        transaction.set_rollback(True)
    assert held() == []
    assert doubt.by_word(edition, [], "again", by="ana", now=now()) == 1
    assert held() == [("publish", {"edition": edition.pk})]


@queued
def test_what_is_to_be_mailed_has_a_job_of_its_own_in_its_transaction(home: Path) -> None:
    """One job for several would be lost on those whose transaction commits after it has looked."""
    config, _ = Configuration(home).current()
    at = now()
    with transaction.atomic():
        requests.ask("join", "ana@inbox.example", requests.Wish(), now=at)
        notices.tell(config, "held", "Held", "Look.", now=at)
        transaction.set_rollback(True)
    assert held() == []
    asked = [requests.ask("join", f"{name}@inbox.example", requests.Wish(), now=at).pk for name in ("ana", "bo", "ana")]
    assert [notices.tell(config, "held", "Held", "Look.", now=at) for _ in range(2)] == [True, False]
    notice = Notice.objects.get().pk
    assert held() == [
        ("confirm", {"request": asked[0]}), ("confirm", {"request": asked[1]}), ("notify", {"notice": notice})
    ]  # fmt: skip


@queued
def test_mails_asked_for_while_a_process_is_at_it_come_next(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    mine, runs = hands(home, never), []

    def confirm(*_: Any) -> None:
        runs.append(len(held()))
        if len(runs) == 1:
            mine.functions()["confirm"](request=8)

    monkeypatch.setattr(house, "confirm", confirm)
    mine.functions()["confirm"](request=7)
    assert held() == [("confirm", {})]
    mine.functions()["confirm"]()
    assert runs == [0, 1]


@queued
def test_a_copy_of_the_database_mails_nothing(home: Path) -> None:
    mine = hands(home, never)
    notices.tell(Configuration(home).current()[0], "held", "Held", "Look.", now=now())
    requests.ask("join", "ana@inbox.example", requests.Wish(newsletters={"daily": ()}), now=now())
    (home / identity.FILE).write_text("another")
    for name in ("notify", "confirm"):
        mine.functions()[name]()
    assert not list(home.glob("notices/*"))
    identity.adopt(home, Environment({}), now=now())
    for name in ("notify", "confirm"):
        mine.functions()[name]()
    assert len(list(home.glob("notices/*.eml"))) == 2


@queued
def test_a_worker_whose_database_was_migrated_ends(home: Path) -> None:
    mine = hands(home, lambda *_, **__: pytest.fail("it went on"))
    edition = approved()
    with connection.cursor() as cursor:
        cursor.execute("INSERT INTO django_migrations (app, name, applied) VALUES ('store', '0999_later', now())")
        try:
            mine.publish(edition.pk)
            clock = Clock(Configuration(home), Environment({}))
            clock.tick()
        finally:
            cursor.execute("DELETE FROM django_migrations WHERE name = '0999_later'")
    assert mine.ending.is_set()
    assert clock.ended.is_set()
    assert "0999_later" in mine.fault
    assert max(schema._here("store")) in clock.fault
