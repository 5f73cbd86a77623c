"""Polls 1,000 feeds on 1,000 loopback addresses: at first, unchanged, and with 5 % changed; beside PyPI's `reader`."""

from __future__ import annotations

import json
import os
import socket
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from ipaddress import ip_network
from pathlib import Path
from tempfile import TemporaryDirectory

import publisher
from measure import RUNS, home, median, processor_seconds, say, seconds

FEEDS = int(os.environ.get("FEEDS", "1000"))
CASES = ("first", "unchanged", "5 % changed")
WORKERS = 10
"""Threads of `reader`, as in its own documentation."""


def main() -> None:
    taken: dict[tuple[str, str], list[list[float]]] = {}
    for _ in range(RUNS):
        for name in PROGRAMS:
            # A process for each: a program's home is chosen once in its life.
            done = subprocess.run([sys.executable, __file__, name], check=True, stdout=subprocess.PIPE)
            for case, figures in json.loads(done.stdout).items():
                taken.setdefault((name, case), []).append(figures)
    rows = []
    for case in CASES:
        (ours, ours_cpu), (theirs, theirs_cpu) = (
            [median(column) for column in zip(*taken[name, case], strict=True)] for name in ("digest", "reader")
        )
        rows.append(
            {
                "case": case,
                "digest s": ours,
                "reader s": theirs,
                "ratio": theirs / ours,
                "digest CPU s": ours_cpu,
                "reader CPU s": theirs_cpu,
            }
        )
    say(f"gather {FEEDS} feeds, {publisher.ENTRIES} entries each", rows)


def one(name: str) -> None:
    """Poll with one program in each case, and print the seconds, of the clock and of processors, as JSON."""
    taken = {}
    with _publishers() as (addresses, change), PROGRAMS[name](addresses) as poll:
        for case in CASES:
            if case == CASES[2]:
                change(1)
            before = processor_seconds()
            taken[case] = [seconds(poll), processor_seconds() - before]
    print(json.dumps(taken))


@contextmanager
def _publishers() -> Iterator[tuple[list[str], Callable[[int], None]]]:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    command = [sys.executable, publisher.__file__, str(port), str(FEEDS)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdin
        assert process.stdout
        given, said = process.stdin, process.stdout

        def ready() -> None:
            assert said.readline() == "ready\n"

        def change(state: int) -> None:
            print(state, file=given, flush=True)
            ready()

        ready()
        try:
            yield [f"http://{publisher.address(place)}:{port}/feed.xml" for place in range(FEEDS)], change
        finally:
            process.kill()


@contextmanager
def _ours(addresses: list[str]) -> Iterator[Callable[[], None]]:
    from digest import config as configuration

    feeds = "".join(f'[[feeds]]\naddress = "{address}"\nname = "{address}"\nrights = "own"\n' for address in addresses)
    with _in_home(feeds) as place:
        from digest.pipeline.gather import gather

        config = configuration.load(place)

        def poll() -> None:
            now = datetime.now(UTC)  # noqa: TID251 - time passes here
            report = gather(config, now=now, allow=(ip_network("127.0.0.0/8"),), everything=True)
            assert (report.polled, report.failed) == (FEEDS, [])

        yield poll


@contextmanager
def _in_home(feeds: str) -> Iterator[Path]:
    site = '[site]\nname = "Bench"\naddress = "https://bench.example"\nzone = "UTC"\nsender = "B <b@bench.example>"\n'
    with home(site) as place:
        (place / "config" / "feeds.toml").write_text(feeds)
        yield place


@contextmanager
def _reader(addresses: list[str]) -> Iterator[Callable[[], None]]:
    from reader import make_reader

    with TemporaryDirectory(prefix="reader-bench-") as folder, make_reader(f"{folder}/reader.sqlite") as reader:
        for address in addresses:
            reader.add_feed(address)

        def poll() -> None:
            results = list(reader.update_feeds_iter(workers=WORKERS, scheduled=False))
            assert [result for result in results if isinstance(result.value, Exception)] == []
            assert len(results) == FEEDS

        yield poll


PROGRAMS = {"digest": _ours, "reader": _reader}

if __name__ == "__main__":
    one(sys.argv[1]) if sys.argv[1:] else main()
