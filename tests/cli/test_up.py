"""`digest up` starts its parts, starts them again when they fall, and leaves nothing behind."""

from __future__ import annotations

import os
import re
import signal
import socket
import subprocess
import sys
import threading
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from django.db import connection
from django.db.migrations.recorder import MigrationRecorder

from digest.cli.up import LONGEST_PAUSE, STEADY, Part, command, end, pause, see_that_it_is_free, watch
from digest.errors import UsageError


def python(code: str) -> list[str]:
    return [sys.executable, "-c", code]


def test_a_part_that_falls_again_and_again_waits_ever_longer() -> None:
    waits = [pause(falls) for falls in range(12)]
    assert waits[:5] == [0.0, 1.0, 2.0, 4.0, 8.0]
    assert waits == sorted(waits)
    assert waits[-1] == LONGEST_PAUSE


def test_a_part_that_fell_is_started_when_its_pause_is_over() -> None:
    said: list[str] = []
    part = Part("clock", python("raise SystemExit(3)"))
    part.look(100.0, said.append)
    assert part.process is not None
    part.process.wait(20)
    part.look(101.0, said.append)
    assert said == ["clock ended with 3; it starts again in 1 s"]
    part.look(101.5, said.append)
    assert part.process is None
    part.look(102.0, said.append)
    assert part.process is not None
    part.process.wait(20)
    part.look(102.0 + STEADY, said.append)
    assert said[-1].endswith("in 0 s")


@pytest.mark.django_db(transaction=True)
def test_the_web_ends_when_somebody_has_migrated_its_database() -> None:
    faults: list[str] = []
    over, ended = threading.Event(), threading.Event()
    watching = threading.Thread(target=watch, args=(over, faults, ended.set, 0.05))
    watching.start()
    try:
        assert not ended.wait(0.5), faults
        MigrationRecorder(connection).record_applied("store", "0999_later")
        try:
            assert ended.wait(20)
        finally:
            MigrationRecorder(connection).record_unapplied("store", "0999_later")
    finally:
        over.set()
        watching.join(20)
    assert "0999_later" in faults[0]


def test_what_a_killed_part_leaves_behind_is_ended() -> None:
    worker = "import subprocess, sys; c = [sys.executable, '-c', 'import time; time.sleep(60)']; "
    part = Part("web", python(worker + "print(subprocess.Popen(c).pid, flush=True); import time; time.sleep(60)"))
    part.process = subprocess.Popen(part.command, start_new_session=True, stdout=subprocess.PIPE, text=True)
    assert part.process.stdout is not None
    left = int(part.process.stdout.readline())
    part.process.stdout.close()
    part.process.kill()
    part.process.wait(20)
    assert alive(left)
    part.look(100.0, lambda _: None)
    until(lambda: ended(left))


def test_parts_are_told_to_end_and_one_that_will_not_is_killed(monkeypatch: pytest.MonkeyPatch) -> None:
    from digest.cli import up

    calm = subprocess.Popen(python("import time; time.sleep(60)"), start_new_session=True)
    assert end([calm]) == 0
    assert calm.returncode == -signal.SIGTERM
    deaf = subprocess.Popen(
        python("import signal, time; signal.signal(15, signal.SIG_IGN); print('deaf', flush=True); time.sleep(60)"),
        start_new_session=True, stdout=subprocess.PIPE,
    )  # fmt: skip
    assert deaf.stdout is not None
    deaf.stdout.readline()
    monkeypatch.setattr(up, "GRACE", 0.2)
    assert end([deaf]) == 1
    assert deaf.returncode == -signal.SIGKILL
    deaf.stdout.close()


def children(pid: int) -> dict[str, int]:
    """The parts of a supervisor, by name."""
    found = {}
    for line in subprocess.run(
        ["ps", "-ww", "-o", "pid=,ppid=,args=", "-e"], check=True, capture_output=True, text=True
    ).stdout.splitlines():
        child, parent, args = line.split(None, 2)
        if int(parent) == pid and (name := re.search(r" (web|clock)( --host|$)", args)):
            found[name[1]] = int(child)
    return found


def until(what: Callable[[], object], seconds: float = 30.0) -> None:
    give_up = time.monotonic() + seconds
    while not what():
        assert time.monotonic() < give_up, "it never came true"
        time.sleep(0.1)


def alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return True


def test_a_port_is_not_shared_with_another_newsroom() -> None:
    with socket.socket() as other:
        other.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT, 1)
        other.bind(("127.0.0.1", 0))
        other.listen()
        port = other.getsockname()[1]
        with pytest.raises(UsageError, match=f"port {port}: address already in use; name another with --port"):
            see_that_it_is_free("127.0.0.1", port)
    see_that_it_is_free("127.0.0.1", port)
    with pytest.raises(UsageError, match="port"):
        see_that_it_is_free("no.such.host.invalid", port)


def test_the_parts_are_told_what_the_log_shall_say() -> None:
    line = command(Path("/srv/home"), "web", "127.0.0.1", 8080, ["-v", "--log", "json"])
    assert " ".join(line[1:]) == "-m digest --home /srv/home -v --log json web --host 127.0.0.1 --port 8080"


def ended(pid: int) -> bool:
    """Gone, or waiting for a parent to take note of it."""
    found = subprocess.run(["ps", "-o", "stat=", "-p", str(pid)], check=False, capture_output=True, text=True).stdout
    return found.strip()[:1] in ("", "Z")


@pytest.fixture
def product(tmp_path: Path) -> Iterator[tuple[subprocess.Popen[str], int]]:
    """`digest up` on a fresh home."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    surroundings = {k: v for k, v in os.environ.items() if not k.startswith(("DIGEST_", "DJANGO_"))}
    home = tmp_path / "home"
    digest = [sys.executable, "-m", "digest", "--home", str(home)]
    subprocess.run([*digest[:3], "init", str(home)], env=surroundings, check=True, capture_output=True)
    process = subprocess.Popen(
        [*digest, "up", "--port", str(port)],
        env=surroundings,
        text=True,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
    )
    yield process, port
    if process.poll() is None:
        process.terminate()
        process.wait(40)
    assert process.stdout is not None
    process.stdout.close()


@pytest.mark.slow
def test_the_whole_product_on_one_machine(product: tuple[subprocess.Popen[str], int]) -> None:
    process, port = product
    assert process.stdout is not None
    assert process.stdout.readline() == f"The studio: http://127.0.0.1:{port}/studio/\n"
    assert process.stdout.readline().startswith("Sign in, once")
    link = process.stdout.readline().strip()

    def answers() -> bool:
        try:
            return b"Sign in to the studio" in urllib.request.urlopen(link, timeout=5).read()
        except urllib.error.URLError:
            return False

    until(answers)
    until(lambda: len(children(process.pid)) == 2)
    parts = children(process.pid)
    os.kill(parts["clock"], signal.SIGKILL)
    until(lambda: children(process.pid).get("clock", parts["clock"]) != parts["clock"])
    parts = children(process.pid)
    process.send_signal(signal.SIGTERM)
    assert process.wait(40) == 0
    assert not any(alive(pid) for pid in parts.values())


@pytest.mark.slow
def test_when_the_supervisor_is_killed_its_parts_end_too(product: tuple[subprocess.Popen[str], int]) -> None:
    process, _ = product
    until(lambda: len(children(process.pid)) == 2)
    parts = children(process.pid)
    time.sleep(3)  # past their start, so that both listen to signals
    process.kill()
    process.wait(10)
    until(lambda: not any(alive(pid) for pid in parts.values()), seconds=30)
