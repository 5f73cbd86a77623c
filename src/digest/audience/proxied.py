"""Remembers that somebody spoke for readers whom `site.proxies` does not name, and says what to do about it.

Such a proxy makes its readers one network to the limits, and to the proof of their consent. What is kept is a file with
the private network it is in, never an address, and a mark of the proxies that were named then: the next voids it.
"""

from __future__ import annotations

import hashlib
import os
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path

FILE = "proxied"
FAR = "far"
"""Stands for every network that is not this machine's own or a private one: what is there may as well be a reader."""

LASTS = timedelta(days=7)
"""A proxy is noted each day, so a note that grew old was somebody who passed by."""


def note(var: Path, network: str, proxies: Sequence[str], *, now: datetime) -> None:
    """Remember it; the latest word stands.

    Args:
        var: the home's folder of data.
        network: the private network from which it came, or `FAR`.
        proxies: `site.proxies` as this process has it.
        now: aware UTC.

    Raises:
        OSError: the file cannot be written.
    """
    file = var / FILE
    part = file.with_name(f".{FILE}.{os.getpid()}")
    part.write_text(f"{network} {_mark(proxies)}\n", encoding="ascii")
    os.utime(part, (now.timestamp(), now.timestamp()))
    part.replace(file)


def says(var: Path, proxies: Sequence[str], *, now: datetime) -> str:
    """What an editor should know, with the line that mends it; empty where all is well.

    Args:
        var: the home's folder of data.
        proxies: `site.proxies` as it stands in the file now.
        now: aware UTC.
    """
    file = var / FILE
    try:
        network, _, mark = file.read_text(encoding="ascii").strip().partition(" ")
        at = datetime.fromtimestamp(file.stat().st_mtime, UTC)
    except (FileNotFoundError, UnicodeDecodeError):
        return ""
    if mark != _mark(proxies) or now - at > LASTS:
        return ""
    where, name = ("outside", "ITS ADDRESS") if network == FAR else (network, network)
    line = ", ".join(f'"{each}"' for each in (*proxies, name))
    better = "" if network == FAR else ", or better its own address,"
    return (
        f"on {at:%Y-%m-%d} requests from {where} spoke for others (X-Forwarded-For), and no such proxy is named. If "
        "this is your proxy, limits take its readers for one, and their own network is not kept with their consent: "
        f"write proxies = [{line}]{better} and start digest again. If it is not, leave it"
    )


def _mark(proxies: Sequence[str]) -> str:
    return hashlib.sha256(" ".join(sorted(proxies)).encode("utf-8")).hexdigest()[:12]
