"""Letters that lie in a home's folders are forgotten with their reader, and nobody else's are."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest
from django.conf import settings

from digest.audience.outbox import file_of, forget
from digest.audience.subscriptions import add, erase

NOW = datetime(2026, 11, 24, 6, 0, tzinfo=UTC)
ANA = "ana@inbox.example"
OTHERS = ("banana@inbox.example", "ana@inbox.example.org", "ana+x@inbox.example", "ana@inbox.exampl")


def letter(var: Path, edition: str, address: str) -> Path:
    file = file_of(var / "outbox", edition, address)
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_bytes(b"To: somebody\r\n\r\n")
    return file


def message(var: Path, name: str, to: str) -> Path:
    file = var / "notices" / f"{name}.eml"
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_bytes(f"Subject: x\r\nTo: {to}\r\n\r\nx".encode())
    return file


def test_all_of_a_readers_files_go_and_no_other_does(tmp_path: Path) -> None:
    gone = [letter(tmp_path, edition, ANA) for edition in ("daily/2026-11-23", "daily/2026-11-24", "week/2026-11-22")]
    half = gone[0].with_name(f".{gone[0].name}.4711")
    half.write_bytes(b"half a letter")
    gone += [half, message(tmp_path, "1", "Ana <Ana@Inbox.example>"), message(tmp_path, "2", ANA)]
    kept = [letter(tmp_path, "daily/2026-11-24", address) for address in OTHERS]
    kept += [message(tmp_path, "3", f"{ANA}, editor@news.example"), message(tmp_path, "4", "no address at all")]
    kept.append(message(tmp_path, "5", "\udce9".encode("utf-8", "surrogateescape").decode("latin-1") + "<x@y.example>"))
    assert forget(tmp_path, ANA) == len(gone)
    assert not [file for file in gone if file.exists()]
    assert [file for file in kept if file.exists()] == kept
    assert forget(tmp_path, ANA) == 0


@pytest.mark.parametrize(
    "address", ["*@inbox.example", "a[na]?@inbox.example", "../x@inbox.example", "é" * 120 + "@a.b"]
)
def test_an_odd_address_reaches_its_own_files_only(tmp_path: Path, address: str) -> None:
    kept, gone = letter(tmp_path, "daily/2026-11-24", ANA), letter(tmp_path, "daily/2026-11-24", address)
    assert gone.parent == kept.parent
    assert forget(tmp_path, address) == 1
    assert kept.exists()


def test_a_home_without_folders_has_nothing_to_forget(tmp_path: Path) -> None:
    assert forget(tmp_path / "none", ANA) == 0


@pytest.mark.django_db
def test_erasing_a_reader_takes_their_letters_along(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(settings, "VAR", tmp_path)
    add(ANA, ["daily"], now=NOW, consent_source="the shop's counter")
    first = letter(tmp_path, "daily/2026-11-24", ANA)
    assert erase(ANA, now=NOW) is True
    assert not first.exists()
    late = letter(tmp_path, "daily/2026-11-25", ANA)
    assert erase(ANA, now=NOW) is True
    assert not late.exists()
    assert erase(ANA, now=NOW) is False
