"""A file that is made once is the same for all who want it at once."""

from __future__ import annotations

import secrets
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from threading import Barrier

from digest.store.once import made_once


def test_all_who_try_at_once_get_the_same_word(tmp_path: Path) -> None:
    file, together = tmp_path / "var" / "word", Barrier(8)

    def fresh() -> str:
        together.wait(20)  # all have seen that there is none
        return secrets.token_hex(8)

    with ThreadPoolExecutor(8) as pool:
        words = set(pool.map(lambda _: made_once(file, fresh), range(8)))
    assert len(words) == 1
    assert [each.name for each in file.parent.iterdir()] == ["word"]
    assert file.stat().st_mode & 0o777 == 0o600


def test_what_is_there_stays(tmp_path: Path) -> None:
    (tmp_path / "word").write_text("older\n")
    assert made_once(tmp_path / "word", lambda: "newer") == "older"
