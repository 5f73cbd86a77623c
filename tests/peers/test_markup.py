"""The letter's HTML before a strict validator; what only mail needs (tables, inline styles) is switched off there."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

pytestmark = pytest.mark.django_db


def faults(peers: Path, html: str, folder: Path) -> list[str]:
    page, report = folder / "letter.html", folder / "report.json"
    page.write_text(html, encoding="utf-8")
    program = peers / "node_modules" / ".bin" / "html-validate"
    # Its report goes to a file: into a pipe it is cut off.
    subprocess.run(
        [program, "--config", peers / "htmlvalidate.json", "--formatter", f"json={report}", page],
        check=False,
        capture_output=True,
        timeout=60,
    )
    return [
        f"{found['ruleId']}: {found['message']} at {found.get('selector')}"
        for file in json.loads(report.read_text())
        for found in file["messages"]
    ]


@pytest.mark.parametrize("language", ["en", "ar"])
def test_a_strict_validator_finds_nothing(
    language: str, letter: Callable[[str], str], npm_peers: Path, tmp_path: Path
) -> None:
    assert faults(npm_peers, letter(language), tmp_path) == []


def test_the_validator_would_find_something(npm_peers: Path, tmp_path: Path) -> None:
    html = '<!doctype html><html lang="en"><head><title></title></head><body><img src="x.png"></p></body></html>'
    assert len(faults(npm_peers, html, tmp_path)) >= 3
