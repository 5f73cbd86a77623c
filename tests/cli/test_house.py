"""Keeping the house: a home begins, its database is kept, moved and adopted; every command speaks and exits as told."""

from __future__ import annotations

import gzip
import json
import re
import shutil
import stat
from datetime import datetime, timedelta

import pytest
from click.testing import CliRunner

from digest.cli import LAZY
from digest.cli import digest as commands

LOOPBACK = {"DIGEST_ALLOW_PRIVATE": "127.0.0.0/8"}
AS_IT_IS = ("SELECT app, name FROM django_migrations ORDER BY id", "SELECT email FROM digest_subscriber")
GROUPS = {"feeds": ["add", "import", "export", "list", "test", "revive"], "posts": ["list", "settle"],
          "subscribers": ["import", "export", "add", "remove", "erase", "show"]}  # fmt: skip


def test_a_home_begins_once(digest, home):
    assert stat.S_IMODE((home / "var" / "secret.key").stat().st_mode) == 0o600
    assert len((home / "var" / "secret.key").read_text().strip()) >= 50
    before = sorted((file, file.read_bytes()) for file in home.rglob("*.toml"))
    again = digest("init", str(home), home=home)
    assert again.code == 2
    assert "already" in again.err
    assert sorted((file, file.read_bytes()) for file in home.rglob("*.toml")) == before
    assert digest("migrate", home=home).code == 0


def test_no_home_is_wrong_configuration_and_says_so(digest, tmp_path):
    done = digest("--json", "gather", home=tmp_path)
    assert done.code == 2
    assert "digest init" in done.json["problems"][0]["message"]
    assert done.err.startswith("digest: ")


@pytest.mark.parametrize(
    "arguments",
    [["nonsense"], ["draft"], ["draft", "weekly"], ["draft", "daily", "--at", "soon"], ["show", "x", "--as", "gif"],
     ["feeds"], ["feeds", "drop", "x"], ["--hom", "x", "check"]],
)  # fmt: skip
def test_wrong_use_exits_with_2(digest, home, arguments):
    done = digest(*arguments, home=home)
    assert (done.code, done.out) == (2, "")
    assert done.err


def test_every_command_explains_itself(digest):
    whole = digest("--help")
    assert whole.code == 0
    rows = {line.split()[0]: line for line in whole.out.split("Commands:")[1].splitlines() if line.startswith("  ")}
    assert list(rows)[: len(LAZY)] == list(LAZY)
    assert not [row for name, row in rows.items() if name in LAZY and row.endswith("...")]
    for name, subs in GROUPS.items():
        told = digest(name, "--help").out
        assert all(f"\n  {sub} " in told for sub in subs)


@pytest.mark.parametrize("name", list(LAZY))
def test_help_of_each_command(name):
    for arguments in ([name], *([name, sub] for sub in GROUPS.get(name, ()))):
        told = CliRunner().invoke(commands, [*arguments, "--help"], prog_name="digest", terminal_width=80)
        assert told.exit_code == 0, told.output
        assert told.output.startswith(f"Usage: digest {' '.join(arguments)}")
        assert "\x08" not in told.output
        assert max(map(len, told.output.splitlines())) <= 110


def test_home_and_json_may_stand_after_the_command(digest, home, tmp_path):
    done = digest("feeds", "list", "--json", "--home", str(home), home=home)
    assert (done.code, done.json) == (0, {"feeds": []})
    elsewhere = digest("feeds", "list", "--home", str(tmp_path / "none"), home=home)
    assert elsewhere.code == 2


def filled(digest, home, site) -> dict:
    """A home with a feed, articles, a reader and an approved edition; the edition."""
    address = site.feed("/feed.xml", ["Ferry sails again", "Harbour gets a new crane", "Whale seen off Sandholm"])
    for command in (
        ["feeds", "add", address, "--rights", "own"],
        ["subscribers", "add", "ana@news.example"],
        ["gather"],
        ["draft", "daily", "--at", "2026-11-24T07:00"],
        ["approve", "daily/latest"],
    ):
        done = digest(*command, home=home, env=LOOPBACK)
        assert done.code == 0, (command, done.err)
    return digest("--json", "show", "daily/latest", "--as", "json", home=home).json


def test_a_backup_moves_house_and_nothing_leaves_before_it_is_adopted(digest, home, tmp_path, site):
    edition = filled(digest, home, site)
    file = tmp_path / "digest.backup"
    saved = digest("--json", "backup", str(file), home=home)
    assert (saved.code, saved.json["file"]) == (0, str(file)), saved.err
    assert saved.json["rows"] > 10
    assert not list(tmp_path.glob("*.part"))

    other = _second(digest, tmp_path, home)
    # As when a home moves to another kind of database: the machine is the same, the database is a copy.
    (other / "var" / "install-id").write_bytes((home / "var" / "install-id").read_bytes())
    restored = digest("--json", "restore", str(file), home=other)
    assert (restored.code, restored.json["rows"]) == (0, saved.json["rows"]), restored.err
    assert digest("--json", "show", "daily/latest", "--as", "json", home=other).json == edition
    for form in ("html", "text", "eml", "page", "print", "posts"):
        one, two = (digest("show", "daily/latest", "--as", form, home=at).out for at in (home, other))
        assert _undated(one) == _undated(two)

    again = tmp_path / "again.backup"
    assert digest("backup", str(again), home=other).code == 0
    assert _rows(again) == _rows(file)

    refused = digest("--json", "publish", "daily/latest", home=other)
    assert refused.code == 1
    assert "adopt" in refused.json["error"]
    assert not list((other / "var").glob("outbox/**/*.eml"))
    assert digest("adopt", home=other).code == 0
    sent = digest("--json", "publish", "daily/latest", home=other)
    assert (sent.code, sent.json["letters"]["sent"]) == (0, 1), sent.err
    assert len(list((other / "var").glob("outbox/**/*.eml"))) == 1


def test_a_copy_of_an_old_backup_works_on_with_long_numbers(digest, home, tmp_path, site):
    file = tmp_path / "digest.backup"
    assert digest("backup", str(file), home=home).code == 0
    _aged(file)
    other = _second(digest, tmp_path, home)
    assert digest("restore", str(file), home=other).code == 0
    assert digest("adopt", home=other).code == 0
    filled(digest, other, site)
    sent = digest("--json", "publish", "daily/latest", home=other)
    assert (sent.code, sent.json["letters"]["sent"]) == (0, 1), sent.err
    (letter,) = (other / "var").glob("outbox/**/*.eml")
    assert re.search(rb"(?m)^Message-ID: <\d{13}\.[a-z2-7]{16}@", letter.read_bytes())
    again = tmp_path / "again.backup"
    assert digest("backup", str(again), home=other).code == 0
    shown = digest("--json", "deliveries", "daily/latest", home=other)
    assert shown.code == 0, shown.err


def test_a_restore_is_whole_or_not_at_all(digest, home, tmp_path, site):
    filled(digest, home, site)
    file = tmp_path / "digest.backup"
    assert digest("backup", str(file), home=home).code == 0
    refused = digest("restore", str(file), home=home)
    assert (refused.code, "not empty" in refused.err) == (1, True)

    other = _second(digest, tmp_path, home)
    bad = tmp_path / "bad.backup"
    bad.write_bytes(file.read_bytes()[:-200])
    cut = digest("restore", str(bad), home=other)
    assert (cut.code, "not a whole backup" in cut.err) == (1, True), cut.err
    assert digest("restore", str(file), home=other).code == 0


def test_a_restore_needs_no_data_folder(digest, home, tmp_path):
    file = tmp_path / "digest.backup"
    assert digest("backup", str(file), home=home).code == 0
    bare = tmp_path / "bare"
    shutil.copytree(home / "config", bare / "config")
    done = digest("restore", str(file), home=bare, env={"DIGEST_SECRET_KEY": "k" * 48})
    assert done.code == 0, done.err


def test_a_restore_leaves_an_older_database_with_rows_as_it_was(digest, home, tmp_path, ask):
    empty = tmp_path / "empty.backup"
    assert digest("backup", str(empty), home=home).code == 0
    assert digest("subscribers", "add", "ana@news.example", home=home).code == 0
    # As the version before 0002 left it, and with a table that this version no longer knows.
    for sql in (
        "DELETE FROM django_migrations WHERE app = 'store' AND name <> '0001_first'",
        "DROP TABLE digest_click",
    ):
        ask(home, sql)
    before = [ask(home, sql) for sql in AS_IT_IS]
    refused = digest("restore", str(empty), home=home)
    assert (refused.code, "not empty" in refused.err) == (1, True), refused.err
    assert [ask(home, sql) for sql in AS_IT_IS] == before
    # A row that an older version kept where this one has no table for it counts too.
    for sql in ("DELETE FROM digest_subscription", "DELETE FROM digest_subscriber", "CREATE TABLE digest_old (id int)",
                "INSERT INTO digest_old VALUES (1)"):  # fmt: skip
        ask(home, sql)
    refused = digest("restore", str(empty), home=home)
    assert (refused.code, "digest_old" in refused.err) == (1, True), refused.err
    assert ask(home, AS_IT_IS[0]) == before[0]


def _second(digest, tmp_path, home):
    """Another home, empty but for its tables, with the first one's keys and configuration."""
    other = tmp_path / "second"
    assert digest("init", str(other), home=other).code == 0
    for file in (home / "var").glob("*.key"):
        shutil.copy(file, other / "var" / file.name)
    shutil.rmtree(other / "config")
    shutil.copytree(home / "config", other / "config")
    return other


def _aged(file) -> None:
    """Make a backup a year old, so that the numbers of its copy's new rows have thirteen digits."""
    header, rows = gzip.decompress(file.read_bytes()).split(b"\n", 1)
    told = json.loads(header)
    told["made_at"] = (datetime.fromisoformat(told["made_at"]) - timedelta(days=365)).isoformat()
    file.write_bytes(gzip.compress(json.dumps(told).encode() + b"\n" + rows))


def _undated(shown: str) -> str:
    return "\n".join(line for line in shown.splitlines() if not line.startswith(("Date:", "Message-ID:")))


def _rows(file) -> list[bytes]:
    header, *rows = gzip.decompress(file.read_bytes()).splitlines()
    assert json.loads(header)["digest"] == 1
    # Whose it is changes hands by a restore.
    install = next(at for at, row in enumerate(rows) if row.startswith(b'{"table":"install"'))
    return rows[: install + 1] + rows[install + 2 :]
