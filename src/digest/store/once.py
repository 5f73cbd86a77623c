"""Makes a small file that all processes of a home then agree on, however many try at once."""

from __future__ import annotations

import os
import secrets
from collections.abc import Callable
from pathlib import Path


def made_once(file: Path, fresh: Callable[[], str]) -> str:
    """The word in a file, which is made at need and never changed.

    The file appears whole, is for this user's eyes only, and stays through a loss of power.

    Args:
        file: where it stands; its folder is made when missing.
        fresh: gives the word, one line of ASCII, should there be none yet.

    Raises:
        OSError: it can be neither read nor made.
    """
    if not file.exists():
        _make(file, fresh())
    return file.read_text(encoding="ascii").strip()


def _make(file: Path, word: str) -> None:
    file.parent.mkdir(parents=True, exist_ok=True)
    draft = file.with_name(f"{file.name}.{secrets.token_hex(8)}")
    handle = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    try:
        with os.fdopen(handle, "w", encoding="ascii") as written:
            written.write(word + "\n")
            written.flush()
            os.fsync(written.fileno())
        os.link(draft, file)  # unlike a rename, this never replaces the one another process made meanwhile
    except FileExistsError:
        pass
    finally:
        draft.unlink()
