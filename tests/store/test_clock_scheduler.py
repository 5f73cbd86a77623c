"""The jobs run by themselves, a wrong configuration is not taken over, and a fault in one job leaves the others."""

from __future__ import annotations

import threading
from datetime import timedelta
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from django.conf import settings
from django.db import connection

from digest.clock.now import now
from digest.clock.reread import Configuration
from digest.clock.scheduler import Clock
from digest.clock.tick import Work
from digest.config import Environment
from digest.store import identity
from digest.store.editions import Edition, Notice

pytestmark = pytest.mark.django_db(transaction=True)

TOML = '[site]\nname = "Courier"\neditors = ["ana@news.example"]\n'


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    (tmp_path / "config" / "newsletters").mkdir(parents=True)
    (tmp_path / "config" / "digest.toml").write_text(TOML)
    (tmp_path / "config" / "newsletters" / "daily.toml").write_text(
        'title = "Daily"\nschedule = "* * * * *"\napproval = { mode = "automatic" }\n'
    )
    monkeypatch.setattr(settings, "VAR", tmp_path)
    identity.make(tmp_path, Environment({}), now=now())
    return tmp_path


def approved() -> Edition:
    at = now() - timedelta(minutes=1)
    return Edition.objects.create(
        newsletter="daily", slot_key="x", slot_at=at, number=1, status="approved", window_from=at, window_to=at,
        drafted_at=at, approved_at=at,
    )  # fmt: skip


def refuse(*_: Any, **__: Any) -> Any:
    raise ZeroDivisionError("a bug")


@pytest.mark.skipif(connection.vendor == "postgresql", reason="there workers publish: test_queue.py")
def test_the_clock_publishes_in_a_thread_and_stops_when_told(home: Path) -> None:
    approved()
    begun, go_on = threading.Event(), threading.Event()
    runs: list[str] = []

    def publish(config: Any, edition: Edition, **_: Any) -> Any:
        runs.append(edition.name)
        begun.set()
        assert go_on.wait(20)
        Edition.objects.filter(pk=edition.pk).update(status="sent")
        connection.close()
        return SimpleNamespace(stopped="", letters={}, posts={})

    clock = Clock(
        Configuration(home), Environment({}), work=Work(draft=refuse, approve=refuse, hold=refuse, publish=publish)
    )
    clock.start()
    try:
        assert begun.wait(20)
        with pytest.raises(ZeroDivisionError):
            clock.tick()  # a draft that fails; the edition that is on its way is not begun again
        assert runs == ["daily/x"]
    finally:
        go_on.set()
        clock.stop()
    assert Edition.objects.get(slot_key="x").status == "sent"
    assert Notice.objects.filter(subject="The clock stumbled: tick").exists()


def test_a_wrong_configuration_is_told_and_the_old_one_stays(home: Path) -> None:
    configuration = Configuration(home)
    clock = Clock(configuration, Environment({}))
    (home / "config" / "digest.toml").write_text(TOML + 'colour = "red"\n')
    clock.housekeep()
    assert configuration.current()[0].site.name == "Courier"
    notice = Notice.objects.get()
    assert notice.sent_at is not None
    assert "config/digest.toml:4: site.colour" in notice.text
    (home / "config" / "digest.toml").write_text(TOML.replace("Courier", "Lantern") + "# grown\n")
    assert configuration.current()[0].site.name == "Lantern"
    assert configuration.current()[1] is None


def test_a_copy_on_another_machine_writes_to_nobody(home: Path) -> None:
    clock = Clock(Configuration(home), Environment({}))
    Notice.objects.create(occasion="x", subject="x", text="x", made_at=now())
    (home / identity.FILE).write_text("another")
    clock.housekeep()
    assert Notice.objects.get().sent_at is None
    assert not (home / "notices").exists()
