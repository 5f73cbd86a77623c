"""Runs all measurements, one after the other. `RUNS`, `FEEDS` and `LETTERS` in the environment make them smaller."""

from __future__ import annotations

import os
import platform
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path

MEASUREMENTS = ("letter.py", "gather.py", "delivery.py", "importing.py", "ledger.py")


def main() -> None:
    load = ", ".join(f"{value:.1f}" for value in os.getloadavg())
    print(f"{datetime.now(UTC):%Y-%m-%d}, Python {platform.python_version()}, {os.cpu_count()} cores, load {load}")  # noqa: TID251
    for name in sys.argv[1:] or MEASUREMENTS:
        subprocess.run([sys.executable, Path(__file__).parent / name], check=True)


if __name__ == "__main__":
    main()
