"""Every variable that the program reads is told in the reference."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[3]
READ = re.compile(r'"(DIGEST_[A-Z_]+[A-Z])"')


@pytest.mark.skipif(not (ROOT / "docs").is_dir(), reason="the documentation is not here")
def test_every_variable_is_told():
    told = (ROOT / "docs" / "reference" / "environment.md").read_text(encoding="utf-8")
    read = {name for file in (ROOT / "src").rglob("*.py") for name in READ.findall(file.read_text(encoding="utf-8"))}
    assert len(read) > 10
    assert sorted(name for name in read if f"`{name}`" not in told) == []
