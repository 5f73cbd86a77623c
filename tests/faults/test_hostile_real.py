"""Every real feed and every parser's fixture as one newsroom: nothing crashes, nothing hangs, the edition stands."""

from __future__ import annotations

import gzip
import json
import os
import re
import tarfile
from pathlib import Path
from typing import Any

import pytest

pytestmark = [pytest.mark.data, pytest.mark.slow]

FORMS = ("html", "text", "eml", "posts", "page", "print", "json")
EVERY = int(os.environ.get("DIGEST_TEST_EVERY", "10"))
"""Of the fixtures, each so-many-th is taken; 1 takes all."""


def bodies(data: Path) -> dict[str, bytes]:
    found = {f.name: gzip.decompress(f.read_bytes()) for f in sorted((data / "feeds" / "real").glob("*.gz"))}
    with tarfile.open(data / "feeds" / "fixtures.tar.xz") as archive:
        files = [m for m in archive.getmembers() if m.isfile() and not m.name.endswith("manifest.json")]
        for number, member in enumerate(files):
            if number % EVERY == 0:
                made = archive.extractfile(member)
                assert made is not None
                found[f"fixture-{number}"] = made.read()
    return found


def test_a_newsroom_of_everything(shell: Any, site: Any, data: Path):
    addresses = []
    for name, body in bodies(data).items():
        path = "/" + re.sub(r"[^a-zA-Z0-9.-]", "-", name)
        addresses.append(site.says(path, body))
    shell.feeds(*addresses)
    shell.write(
        "digest.toml",
        '[site]\nname = "The Courier"\nsender = "letters@news.example"\n[gather]\nfirst_look = "9999 days"\n',
    )
    shell.write(
        "newsletters/daily.toml",
        'title = "The Daily"\nper_source = 1\nlook_back_on_first_run = "9999 days"\n'
        '[[sections]]\ntag = "*"\ntitle = "Today"\nmaximum = 20\n',
    )
    code, out, errors = shell.ask("gather", seconds=570)
    assert code == 0, errors
    said = json.loads(out)
    assert said["feeds"]["polled"] == len(addresses)
    assert len(said["feeds"]["failed"]) < len(addresses) / 3
    assert all(failed["why"].strip() for failed in said["feeds"]["failed"])
    assert said["articles"]["new"] > 1000
    again = json.loads(shell.ask("gather", "--all", seconds=570)[1])
    assert again["articles"] == {"new": 0, "updated": 0}
    drafted = json.loads(shell.ask("draft", "daily", seconds=570)[1])
    assert len([s for section in drafted["sections"] for s in section["stories"]]) >= 10
    for form in FORMS:
        code, out, errors = shell.ask("show", "daily/latest", "--as", form)
        assert code == 0, errors
        assert out.strip() or form == "posts"
    shell.do("approve", "daily/latest")
