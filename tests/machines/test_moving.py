"""A newsroom moves from SQLite to PostgreSQL: the same editions, letters and readers, and nothing leaves twice."""

from __future__ import annotations

from pathlib import Path

import pytest

pytestmark = pytest.mark.slow


def test_a_newsroom_moves_from_sqlite_to_postgresql(house, tmp_path: Path):
    here = house(0.0)
    new = here.machine()
    new.do("migrate")
    here.ask("DROP SCHEMA public CASCADE")
    here.ask("CREATE SCHEMA public")
    old = here.machine()
    del old.environment["DIGEST_DATABASE_URL"]
    old.do("migrate")
    here.machines[0] = old
    edition = here.edition(5)
    old.do("subscribers", "remove", "reader1@inbox.example")
    old.do("subscribers", "erase", "reader2@inbox.example")
    assert old.do("publish", edition)["letters"]["sent"] == 3

    file = tmp_path / "moving.digest"
    saved = old.do("backup", str(file))
    assert saved["keep"] == ["config/", "templates/", "DIGEST_SECRET_KEY", "DIGEST_SUPPRESSION_KEY"]
    torn = tmp_path / "torn.digest"
    torn.write_bytes(file.read_bytes()[:-100])
    assert "not a whole backup" in new.do("restore", str(torn), code=1)["error"]
    assert new.do("restore", str(file))["rows"] == saved["rows"]

    for question in (
        ("show", edition, "--as", "json"),
        ("deliveries", edition),
        ("subscribers", "show", "reader0@inbox.example"),
        ("subscribers", "show", "reader1@inbox.example"),
    ):
        assert new.do(*question) == old.do(*question), question
    for form in ("html", "text", "page", "posts"):
        assert new.say("show", edition, "--as", form) == old.say("show", edition, "--as", form), form
    # Who was erased stays barred: the key is the same.
    again = tmp_path / "again.csv"
    again.write_text("email\nreader2@inbox.example\n")
    said = new.do("subscribers", "import", str(again), "--consent", "said so", code=1)
    assert said["rejected"] == [{"line": 2, "why": "this address must not be written to"}]

    # The environment names the same identity as before; it is a copy all the same.
    assert "digest adopt" in new.do("publish", edition, code=1)["error"]
    new.do("adopt")
    assert new.do("publish", edition)["letters"]["sent"] == 3
    assert here.office.count() == 3
