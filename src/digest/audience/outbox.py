"""Where the letters to a reader lie when they are written into a folder, and how they are forgotten with the reader."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from email.parser import BytesHeaderParser
from email.policy import default
from email.utils import getaddresses
from pathlib import Path
from urllib.parse import quote

from digest.audience.addresses import NotAnAddress, normalise


def file_of(folder: Path, edition: str, address: str) -> Path:
    """Where the letter to `address` stands: `daily/2026-11-24/ana@news.example.eml`."""
    place = folder.joinpath(*(quote(part, safe="-_ ") for part in edition.split("/")))
    return place / _name(address)


def forget(var: Path, address: str) -> int:
    """Remove every letter to an address that lies in a home's folders, whether it was finished or not.

    Args:
        var: the home's folder of data; letters lie in its `outbox/`, messages to one person in its `notices/`.
        address: as it is stored (`digest.audience.addresses.normalise`).

    Returns:
        How many files there were.

    Raises:
        OSError: one of them cannot be removed.
    """
    found = [*_letters(var / "outbox", address), *_messages(var / "notices", address)]
    for file in found:
        file.unlink(missing_ok=True)
    return len(found)


def _letters(outbox: Path, address: str) -> Iterator[Path]:
    name = _name(address)
    # No name holds a sign that a pattern would read: they are percent-coded.
    yield from outbox.glob(f"*/*/{name}")
    yield from outbox.glob(f"*/*/.{name}.*")


def _messages(notices: Path, address: str) -> Iterator[Path]:
    """Those to this address alone; what goes to several is the newsroom's own."""
    for file in notices.glob("*.eml"):
        try:
            head = BytesHeaderParser(policy=default).parsebytes(file.read_bytes())
        except FileNotFoundError:
            continue
        to = [each for _, each in getaddresses([str(each) for each in head.get_all("To", [])])]
        if len(to) == 1 and _same(to[0], address):
            yield file


def _same(written: str, address: str) -> bool:
    try:
        return normalise(written) == address
    except NotAnAddress:
        return False


def _name(address: str) -> str:
    name = quote(address, safe="@+-_.")
    if len(name) > 200:
        name = name[:100] + hashlib.sha256(address.encode("utf-8")).hexdigest()
    return f"{name}.eml"
