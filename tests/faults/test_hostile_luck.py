"""Bad luck: a full disk, a folder that may not be written, commands killed half-way, configuration broken by hand."""

from __future__ import annotations

import os
import random
import resource
import secrets
import signal
import subprocess
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from digest.clock import scheduler
from digest.clock.reread import Configuration
from digest.config import Environment

READERS = 30


@pytest.fixture
def newsroom(shell: Any, site: Any, papers: Any) -> Any:
    """A home with readers and something to read."""
    for number in range(9):
        site.says(f"/{number}", papers.rss(*(papers.item(5 * number + n) for n in range(5))))
    shell.feeds(*(f"{site.base}/{number}" for number in range(9)))
    rows = "email\n" + "".join(f"reader{n}@inbox.example\n" for n in range(READERS))
    (shell.home / "readers.csv").write_text(rows)
    shell.do("subscribers", "import", str(shell.home / "readers.csv"), "--consent", "invented for this test")
    return shell


def small(size: int) -> Callable[[], None]:
    """No file may grow beyond `size` bytes: what a full disk looks like from inside."""

    def limit() -> None:
        signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
        resource.setrlimit(resource.RLIMIT_FSIZE, (size, size))

    return limit


def outbox(shell: Any) -> list[Path]:
    return sorted((shell.home / "var" / "outbox").rglob("*.eml"))


def articles(shell: Any) -> int:
    return shell.do("gather", "--all")["articles"]["new"]


STEPS = (("gather",), ("draft", "daily"), ("approve", "daily/latest"), ("publish", "daily/latest"))


@pytest.mark.parametrize("size", [40_000, pytest.param(0, marks=pytest.mark.slow)])
def test_a_full_disk_is_told_in_words_and_nothing_is_lost(newsroom: Any, size: int):
    """Each step fails on a full disk with a sentence, and does its work once there is room."""
    for step in (*STEPS, ("backup", "backup.gz")):
        words = (*step[:-1], str(newsroom.home / step[-1])) if step[0] == "backup" else step
        code, _, errors = newsroom.ask(*words, before=small(size))
        if code:
            assert code in (1, 2), (step, errors)
            assert errors.startswith("digest: "), (step, errors)
            assert len(errors) < 600
        newsroom.do(*words)
    assert len(outbox(newsroom)) == READERS
    assert all(b"\r\n--=_" in file.read_bytes()[-60:] for file in outbox(newsroom)), "a half-written letter"
    assert articles(newsroom) == 0
    assert not list(newsroom.home.glob("*.part"))


READ_ONLY = 'mount --bind "$VAR" "$VAR" && mount -o remount,ro,bind "$VAR" && exec "$@"'


def may_mount() -> bool:
    tried = ["unshare", "--mount", "true"]
    return os.getuid() == 0 and subprocess.run(tried, check=False, capture_output=True).returncode == 0


@pytest.mark.slow
@pytest.mark.skipif(not may_mount(), reason="needs root on Linux, to make a folder read-only")
def test_a_folder_that_may_not_be_written(newsroom: Any):
    alone = ["unshare", "--mount", "sh", "-c", READ_ONLY, "sh"]
    for step in STEPS:
        code, _, errors = newsroom.ask(*step, wrapped=alone, VAR=str(newsroom.home / "var"))
        if code:
            assert code in (1, 2), (step, errors)
            assert errors.startswith("digest: "), (step, errors)
        newsroom.do(*step)
    assert len(outbox(newsroom)) == READERS


def killed(shell: Any, *words: str, seconds: float) -> bool:
    """Start a command and kill it after so long; whether it was still at work."""
    process = shell.start(*words)
    time.sleep(seconds)
    alive = process.poll() is None
    if alive:
        os.killpg(process.pid, signal.SIGKILL)
    process.communicate()
    return alive


@pytest.mark.parametrize("kills", [pytest.param(6, marks=pytest.mark.slow)])
def test_killed_and_begun_again(newsroom: Any, kills: int, record_property: Any):
    seed = secrets.randbits(32)
    record_property("seed", seed)
    chance = random.Random(seed)
    began = time.monotonic()
    newsroom.do("gather", "--all")
    usual = time.monotonic() - began
    for step in (("gather", "--all"), *STEPS[1:]):
        for _ in range(kills):
            killed(newsroom, *step, seconds=chance.uniform(0.3, 1.2) * usual)
        newsroom.do(*step)
    assert articles(newsroom) == 0, "an article was kept twice or not at all"
    assert len(newsroom.do("deliveries", "daily/latest")["deliveries"]) == READERS
    assert len(outbox(newsroom)) == READERS
    shown = newsroom.do("show", "daily/latest", "--as", "json")
    assert shown["status"] == "sent"
    addresses = [story["url"] for section in shown["sections"] for story in section["stories"]]
    assert len(addresses) == len(set(addresses))


def test_a_first_gather_killed_keeps_everything_once(newsroom: Any):
    for part in (0.35, 0.6, 0.9):
        killed(newsroom, "gather", "--all", seconds=part * 2)
    newsroom.do("gather", "--all")
    newsroom.do("draft", "daily")
    assert articles(newsroom) == 0
    import sqlite3

    file = newsroom.home / "var" / "digest.sqlite3"
    if file.exists():
        with sqlite3.connect(file) as database:
            (count,) = database.execute("SELECT count(*) FROM digest_article").fetchone()
        assert count == 45


@pytest.mark.slow
def test_configuration_broken_while_it_runs(newsroom: Any):
    broken = (
        "",
        "[[[",
        '[site]\nname = ""\n',
        "\x00",
        "[site]\nname = 5\nzone = 'Nowhere'\n",
        "a = 1\n" * 10_000,
    )
    good = (newsroom.home / "config" / "digest.toml").read_text()
    for text in broken:
        newsroom.write("digest.toml", text)
        for step in STEPS:
            code, _, errors = newsroom.ask(*step)
            assert code == 2, (text[:20], step, errors)
            assert "digest.toml" in errors
            break
    (newsroom.home / "config" / "digest.toml").write_bytes(b"\xff\xfe[site]")
    assert newsroom.ask("check")[0] == 2
    newsroom.write("digest.toml", good)
    newsroom.do("gather")


def test_the_clock_outlives_a_broken_configuration(newsroom: Any, site: Any):
    good = (newsroom.home / "config" / "digest.toml").read_text()
    clock = newsroom.start("clock", PYTHONFAULTHANDLER="1")
    try:
        until = time.monotonic() + 90
        while not site.asked and time.monotonic() < until:
            time.sleep(0.05)
        for text in ("[[[", "", good.replace("letters@news.example", "nobody"), good):
            newsroom.write("digest.toml", text)
            time.sleep(0.3)
            assert clock.poll() is None
    finally:
        clock.send_signal(signal.SIGTERM)
        try:
            _, errors = clock.communicate(timeout=90)
        except subprocess.TimeoutExpired:
            clock.send_signal(signal.SIGABRT)
            raise AssertionError(clock.communicate()[1]) from None
    assert "Traceback" not in errors, errors
    assert clock.returncode == 0


@pytest.mark.django_db(transaction=True)
def test_the_clock_ends_while_a_tick_would_publish(room: Any, monkeypatch: pytest.MonkeyPatch):
    began, sent = threading.Event(), threading.Event()

    def late(_config: Any, *, start: Callable[..., None], go_on: Callable[[], bool], **_more: Any) -> None:
        began.set()
        while go_on():
            time.sleep(0.01)
        time.sleep(0.3)
        start("daily/2025-11-24", sent.set)

    monkeypatch.setattr(scheduler, "tick", late)
    clock = scheduler.Clock(Configuration(room.home), Environment({}))
    clock.start()
    assert began.wait(30)
    ending = threading.Thread(target=clock.stop, daemon=True)
    ending.start()
    ending.join(30)
    assert not ending.is_alive(), "it waits for itself"
    assert not sent.is_set()


@pytest.mark.slow
def test_a_damaged_database_is_told_in_words(newsroom: Any):
    file = newsroom.home / "var" / "digest.sqlite3"
    if not file.exists():
        pytest.skip("the home's own SQLite only")
    for leftover in newsroom.home.glob("var/digest.sqlite3-*"):
        leftover.unlink()
    whole = file.read_bytes()
    for damaged in (
        b"",
        b"not a database " * 1000,
        whole[: len(whole) // 3],
        whole[:4096] + b"\xff" * (len(whole) - 4096),
    ):
        file.write_bytes(damaged)
        for step in STEPS[:2]:
            code, _, errors = newsroom.ask(*step)
            assert code in (1, 2), errors
            assert "digest: " in errors
