"""What became of every letter, from the shell: streamed, because an edition may have a million."""

from __future__ import annotations

import io
import json
import re
import socket
import tracemalloc
from datetime import datetime
from zoneinfo import ZoneInfo

import pytest

from digest.cli.say import Say

LOOPBACK = {"DIGEST_ALLOW_PRIVATE": "127.0.0.0/8"}


@pytest.fixture
def fed(digest, home, site):
    """A home with a feed and two readers who live half a day apart."""
    address = site.feed("/feed.xml", ["The ferry sails again"])
    assert digest("feeds", "add", address, "--rights", "own", home=home, env=LOOPBACK).code == 0
    readers = home / "readers.csv"
    readers.write_text("email,zone\nana@news.example,Europe/Berlin\nkai@news.example,Pacific/Honolulu\n")
    done = digest("subscribers", "import", str(readers), "--consent", "at the fair", home=home)
    assert done.code == 0, done.err
    return home


def test_who_got_it_and_what_each_reader_got(digest, fed):
    assert digest("run", "daily", home=fed, env=LOOPBACK).code == 0
    rows = digest("--json", "deliveries", "daily/latest", home=fed).json["deliveries"]
    assert [(row["address"], row["status"], row["variant"]) for row in rows] == [
        ("ana@news.example", "sent", rows[0]["variant"]), ("kai@news.example", "sent", rows[0]["variant"])
    ]  # fmt: skip
    assert rows[0]["variant"].endswith("|plain")
    assert rows[0]["shown"] in digest("deliveries", "daily/latest", home=fed).out
    assert rows[0]["variant"] not in digest("deliveries", "daily/latest", home=fed).out
    told = digest("deliveries", "daily/latest", home=fed).out.splitlines()
    assert told[0].split() == ["address", "status", "variant", "at", "(Europe/Berlin)", "reply"]
    assert len(told) == 3
    at = datetime.fromisoformat(rows[0]["at"]).astimezone(ZoneInfo("Europe/Berlin"))
    assert f"  {at:%Y-%m-%d %H:%M}  " in told[1]
    again = digest("publish", "daily/latest", home=fed, env=LOOPBACK).out
    assert "no letter leaves again. In all:" in again
    assert "letters: 2 sent" in again
    assert digest("deliveries", "daily/latest", "--status", "failed", home=fed).out == "No letters.\n"
    assert digest("--json", "deliveries", "daily/latest", "--status", "failed", home=fed).json["deliveries"] == []
    assert digest("deliveries", "daily/latest", "--status", "lost", home=fed).code == 2

    (letter,) = digest("--json", "subscribers", "show", "kai@news.example", home=fed).json["letters"]
    assert (letter["status"], letter["bounce"]) == ("sent", "")
    assert letter["variant"] == rows[0]["variant"]
    assert letter["shown"] == rows[0]["shown"]
    assert letter["shown"].startswith("English: ")
    assert letter["shown"].endswith("; without an appeal; HTML and text")
    assert letter["variant"] not in digest("subscribers", "show", "kai@news.example", home=fed).out
    assert letter["reply"]
    assert "without an appeal" in digest("subscribers", "show", "kai@news.example", home=fed).out


def test_a_mail_server_that_cannot_be_used_is_told_of(digest, fed):
    config = fed / "config" / "digest.toml"
    text = config.read_text().replace('transport = "folder"', 'transport = "smtp"')
    config.write_text(re.sub(r"(?m)^# *postal_address = .*|^postal_address = .*", 'postal_address = "1 Quay"', text))
    with socket.create_server(("127.0.0.1", 0)) as gone:
        port = gone.getsockname()[1]
    env = {**LOOPBACK, "DIGEST_SMTP_URL": f"smtp://127.0.0.1:{port}?tls=none"}
    ran = digest("--json", "run", "daily", home=fed, env=env)
    assert ran.code == 1, ran.err
    assert "cannot be reached" in ran.json.get("stopped", ""), ran.err
    (server,) = digest("--json", "deliveries", "daily/latest", home=fed, env=env).json["server"]
    assert f"The mail server 127.0.0.1:{port} cannot be reached" in server["said"]
    assert server["failed"] == 1
    # Exactly then it is due again; both readers' letters wait.
    assert ran.json["due"] == server["next_try"]
    next_try = datetime.fromisoformat(server["next_try"]).astimezone(ZoneInfo("Europe/Berlin"))
    words = f"That failed once; it is tried again at {next_try:%Y-%m-%d %H:%M} (Europe/Berlin)."
    for command in (["deliveries", "daily/latest"], ["report", "daily/latest"]):
        assert words in digest(*command, home=fed, env=env).out


def test_letters_that_are_due_where_it_is_not_yet_morning_are_announced(digest, fed):
    file = fed / "config" / "newsletters" / "daily.toml"
    file.write_text(file.read_text().replace('clock = "newsroom"', 'clock = "reader"'))
    ran = digest("--json", "run", "daily", home=fed, env=LOOPBACK)
    assert ran.code == 0, ran.err
    # Whatever the hour of this test, it is past seven and not yet ten in at most one of the two places.
    assert ran.json["letters"]["pending"] >= 1
    assert ran.json["due"]
    told = digest("publish", "daily/latest", home=fed).out
    due = datetime.fromisoformat(ran.json["due"]).astimezone(ZoneInfo("Europe/Berlin"))
    assert f"the next letters are due at {due:%Y-%m-%d %H:%M} (Europe/Berlin)" in told


@pytest.mark.parametrize("as_json", [True, False])
def test_a_hundred_thousand_rows_are_printed_without_holding_them(monkeypatch, as_json):
    class Counted(io.TextIOBase):
        """Takes what is written and keeps its length."""

        size = 0

        def write(self, text):
            self.size += len(text)
            return len(text)

    out = Counted()
    monkeypatch.setattr("sys.stdout", out)
    rows = ({"address": f"reader{n}@inbox.example", "reply": "250 ok"} for n in range(100_000))
    tracemalloc.start()
    Say(as_json=as_json).stream({"edition": "daily/x"}, "deliveries", rows, "none")
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert out.size > 3_000_000
    assert peak < 2_000_000


def test_streamed_json_is_one_object(capsys):
    for count in range(3):
        rows = [{"n": n} for n in range(count)]
        Say(as_json=True).stream({"edition": "daily/x"}, "rows", iter(rows), "none")
        assert json.loads(capsys.readouterr().out) == {"edition": "daily/x", "rows": rows}


def test_a_table_is_as_wide_as_its_first_rows_need(capsys):
    Say().stream({}, "rows", iter([{"a": "long word", "b": 1}, {"a": "x", "b": 22}]), "none")
    assert capsys.readouterr().out == "a          b\nlong word  1\nx          22\n"
