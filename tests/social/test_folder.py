"""Posts as files."""

from __future__ import annotations

import json
from datetime import UTC, datetime

from digest.social.folder import Folder
from digest.social.outcome import Absent, Later, Sent

NOW = datetime(2026, 11, 24, 6, 0, tzinfo=UTC)


def test_a_post_is_a_file_with_its_facts_beside_it(tmp_path, row):
    folder = Folder(tmp_path / "posts")
    assert folder.find(row(), NOW) == Absent(proof=True)
    sent = folder.send(row(), NOW)
    file = tmp_path / "posts" / "daily-2026-11-24-newsroom-story-1.txt"
    assert sent == Sent(id=file.name, url=file.as_uri())
    assert file.read_text() == row().text + "\n"
    facts = json.loads(file.with_suffix(".json").read_text())
    assert facts["edition"] == "daily/2026-11-24"
    assert facts["text"] == row().text
    assert folder.find(row(), NOW) == sent
    assert len(list(file.parent.iterdir())) == 2


def test_a_name_stays_inside_the_folder(tmp_path, row):
    folder = Folder(tmp_path / "posts")
    folder.send(row(item="../../etc/passwd"), NOW)
    assert {file.parent for file in tmp_path.rglob("*.txt")} == {tmp_path / "posts"}


def test_another_text_is_not_this_post(tmp_path, row):
    folder = Folder(tmp_path)
    folder.send(row(text="old"), NOW)
    assert folder.find(row(), NOW) == Absent(proof=True)


def test_a_place_that_cannot_be_written_is_tried_later(tmp_path, row):
    (tmp_path / "posts").write_text("a file where a folder should be")
    assert isinstance(Folder(tmp_path / "posts").send(row(), NOW), Later)
