"""`digest check` tries what a home holds: keys, templates, patterns, the database; --online also the world outside."""

from __future__ import annotations

import socket
import threading
from pathlib import Path

import pytest

from digest.audience import proxied
from digest.clock.now import now
from digest.resources import folder

LOOPBACK = {"DIGEST_ALLOW_PRIVATE": "127.0.0.0/8"}


def rewrite(home: Path, name: str, old: str, new: str) -> None:
    file = home / "config" / name
    text = file.read_text()
    assert old in text
    file.write_text(text.replace(old, new, 1))


def override(home: Path, name: str, old: str, new: str) -> int:
    """Put a changed copy of a template into the home; the line of the change."""
    text = (folder("templates") / name).read_text()
    assert old in text
    file = home / "templates" / name
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(text.replace(old, new, 1))
    return text[: text.index(old)].count("\n") + 1


def test_a_fresh_home_is_in_order(digest, home):
    done = digest("--json", "check", home=home)
    assert (done.code, done.json) == (0, {"ok": True, "problems": []})
    assert done.err == ""
    assert digest("check", home=home).out == "Everything is in order.\n"


def test_seeds_who_do_not_receive_the_newsletter_are_named(digest, home):
    rewrite(home, "newsletters/daily.toml", "seeds = []", 'seeds = ["Ana <ana@news.example>", "ben@news.example"]')
    assert digest("subscribers", "add", "ana@news.example", home=home).code == 0
    done = digest("--json", "check", home=home)
    assert (done.code, done.json["ok"]) == (0, True)
    (problem,) = done.json["problems"]
    assert (problem["file"], problem["key"]) == ("config/newsletters/daily.toml", "canary.seeds")
    assert problem["line"] > 1
    assert "ben@news.example does not receive it" in problem["message"]


def test_mistakes_come_at_once_with_file_line_and_key(digest, home):
    rewrite(home, "digest.toml", 'zone = "Europe/Berlin"', 'zone = "Berlin"\nzome = "UTC"')
    rewrite(home, "newsletters/daily.toml", 'tag = "world"', 'tag = "wrold"')
    done = digest("check", "--json", home=home)
    assert done.code == 2
    found = [(p["file"], p["key"]) for p in done.json["problems"]]
    assert found == [
        ("config/digest.toml", "site.zone"),
        ("config/digest.toml", "site.zome"),
        ("config/newsletters/daily.toml", "sections.1.tag"),
    ]
    for problem in done.json["problems"]:
        line = (home / problem["file"]).read_text().splitlines()[problem["line"] - 1]
        assert line.startswith(problem["key"].split(".")[-1])
    words = digest("check", home=home)
    assert words.code == 2
    assert "config/digest.toml:10: site.zone: " in words.out


def test_letters_by_smtp_need_a_postal_address(digest, home):
    rewrite(home, "digest.toml", 'transport = "folder"', 'transport = "smtp"')
    done = digest("--json", "check", home=home)
    assert done.code == 2
    (problem,) = done.json["problems"]
    assert (problem["file"], problem["key"]) == ("config/digest.toml", "site.postal_address")
    assert (home / problem["file"]).read_text().splitlines()[problem["line"] - 1].startswith("postal_address")


@pytest.mark.parametrize("command", [["gather"], ["draft", "daily"], ["feeds", "list"], ["subscribers", "export"]])
def test_every_command_stops_at_a_wrong_configuration(digest, home, command):
    rewrite(home, "digest.toml", 'name = "The', 'nam = "The')
    done = digest("--json", *command, home=home)
    assert done.code == 2
    assert {problem["key"] for problem in done.json["problems"]} == {"site.nam", "site.name"}
    assert "config/digest.toml:5: site.nam" in done.err


@pytest.mark.parametrize(
    ("name", "old", "new"),
    [
        ("letter/letter.txt", "{{", "{{ nobody_knows_this }}{{"),
        ("page/page.html", "{{", "{{ nobody_knows_this }}{{"),
        ("print/print.html", "{{", "{{ nobody_knows_this }}{{"),
        ("posts/story.txt", "{{", "{{ nobody_knows_this }}{{"),
        ("posts/appeal.txt", "{{", "{{ nobody_knows_this }}{{"),
    ],
)
def test_a_broken_template_is_named_with_its_line(digest, home, name, old, new):
    line = override(home, name, old, new)
    done = digest("--json", "check", home=home)
    assert done.code == 2
    (problem,) = done.json["problems"]
    assert (problem["file"], problem["line"]) == (f"templates/{name}", line)
    assert "nobody_knows_this" in problem["message"]


def test_a_template_that_is_no_template(digest, home):
    (home / "templates" / "letter").mkdir(parents=True)
    (home / "templates" / "letter" / "letter.mjml").write_text("<mjml>\n{% if %}\n</mjml>\n")
    (problem,) = digest("--json", "check", home=home).json["problems"]
    assert (problem["file"], problem["line"]) == ("templates/letter/letter.mjml", 2)


@pytest.mark.parametrize(
    "subject", ["{{ lead.headlin }}", "{{ lead.headline", "{% for x in edition %}{{ x }}{% endfor %}"]
)
def test_a_subject_that_fails_is_named(digest, home, subject):
    rewrite(home, "newsletters/daily.toml", '"{{ lead.headline }}"', f"'{subject}'")
    (problem,) = digest("--json", "check", home=home).json["problems"]
    assert (problem["file"], problem["key"]) == ("config/newsletters/daily.toml", "subject")
    assert (home / problem["file"]).read_text().splitlines()[problem["line"] - 1].startswith("subject")


@pytest.mark.parametrize(
    "subject", ["{{ newsletter.title }}: {{ lead.headline }}", "No. {{ edition.number }}, {{ date }}"]
)
def test_subjects_as_the_shipped_file_explains_them(digest, home, subject):
    rewrite(home, "newsletters/daily.toml", '"{{ lead.headline }}"', f"'{subject}'")
    assert digest("check", home=home).out == "Everything is in order.\n"


def test_what_is_valid_and_still_wrong_is_found(digest, home):
    rewrite(home, "tags.toml", 'name = "World"', 'name = "World"\npatterns = ["(a+)+b"]')
    rewrite(home, "newsletters/daily.toml", "recency = 2.5", "recensy = 2.5")
    rewrite(home, "digest.toml", 'language = "en"', 'language = "tlh"')
    found = digest("--json", "check", home=home).json["problems"]
    assert sorted((p["file"], p["key"]) for p in found) == [
        ("config/digest.toml", "site.language"),
        ("config/newsletters/daily.toml", "weights.recensy"),
        ("config/tags.toml", "tags.1.patterns"),
    ]
    assert all(p["line"] for p in found)


def test_a_home_without_a_database(digest, home, databases):
    for file in (home / "var").glob("digest.sqlite3*"):
        file.unlink()
    env = {"DIGEST_DATABASE_URL": f"sqlite:///{home}/var/none/digest.sqlite3"}
    (problem,) = digest("--json", "check", home=home, env=env).json["problems"]
    assert problem["file"] == "database"
    assert digest("gather", home=home, env=env).code == 2


def test_a_home_without_a_key(digest, home):
    (home / "var" / "secret.key").unlink()
    (problem,) = digest("--json", "check", home=home).json["problems"]
    assert problem["file"] == "var/secret.key"
    assert digest("check", home=home, env={"DIGEST_SECRET_KEY": "k" * 50}).code == 0


def test_online_reads_every_feed(digest, home, site):
    good = site.feed("/good.xml", ["Ferry sails"])
    site.pages["/page"] = (200, "text/html", b"<html><body>hello</body></html>")
    feeds = "".join(f'[[feeds]]\naddress = "{site.base}{path}"\nname = "{path}"\n' for path in ("/page", "/gone"))
    (home / "config" / "feeds.toml").write_text(f'[[feeds]]\naddress = "{good}"\nname = "Good"\n' + feeds)
    assert digest("check", home=home).code == 0
    done = digest("--json", "check", "--online", home=home, env=LOOPBACK)
    # One bad feed is told, and stops nothing.
    assert (done.code, done.json["ok"]) == (0, True)
    assert [(p["file"], p["line"], p["key"]) for p in done.json["problems"]] == [
        ("config/feeds.toml", 5, "feeds.1.address"),
        ("config/feeds.toml", 8, "feeds.2.address"),
    ]
    assert "web page" in done.json["problems"][0]["message"]
    assert "404" in done.json["problems"][1]["message"]
    words = digest("check", "--online", home=home, env=LOOPBACK)
    assert words.out.splitlines()[-1] == "Everything else is in order."

    (home / "config" / "feeds.toml").write_text(feeds)
    none = digest("--json", "check", "--online", home=home, env=LOOPBACK)
    assert (none.code, none.json["ok"], len(none.json["problems"])) == (1, False, 2)

    rewrite(home, "digest.toml", 'language = "en"', 'language = "tlh"')
    both = digest("--json", "check", "--online", home=home, env=LOOPBACK)
    assert (both.code, len(both.json["problems"])) == (2, 3)


def test_online_speaks_with_the_mail_server(digest, home):
    rewrite(home, "digest.toml", 'transport = "folder"', 'transport = "smtp"')
    rewrite(home, "digest.toml", 'postal_address = ""', 'postal_address = "1 Quay Street"')
    unset = digest("--json", "check", "--online", home=home)
    assert (unset.code, [p["key"] for p in unset.json["problems"]]) == (2, ["DIGEST_SMTP_URL"])
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    dead = {"DIGEST_SMTP_URL": f"smtp://ana:hunter2@127.0.0.1:{port}"}
    done = digest("--json", "check", "--online", home=home, env=dead)
    assert (done.code, [p["key"] for p in done.json["problems"]]) == (1, ["DIGEST_SMTP_URL"])
    assert "hunter2" not in done.out + done.err
    with socket.create_server(("127.0.0.1", 0)) as listener:
        thread = threading.Thread(target=_greet, args=(listener,), daemon=True)
        thread.start()
        alive = {"DIGEST_SMTP_URL": f"smtp://127.0.0.1:{listener.getsockname()[1]}"}
        assert digest("check", "--online", home=home, env=alive).out == "Everything is in order.\n"
        thread.join(5)


def test_online_tries_the_way_out_of_a_public_address(digest, home):
    rewrite(home, "digest.toml", '"http://127.0.0.1:8000"', '"https://127.0.0.1:9"')
    (problem,) = digest("--json", "check", "--online", home=home).json["problems"]
    assert (problem["file"], problem["key"]) == ("config/digest.toml", "site.address")
    assert "does not answer" in problem["message"]


def _greet(listener: socket.socket) -> None:
    """A mail server that says hello and goodbye."""
    client, _ = listener.accept()
    with client, client.makefile("rwb") as lines:
        lines.write(b"220 quay.example\r\n")
        lines.flush()
        while line := lines.readline():
            lines.write(b"221 bye\r\n" if line.upper().startswith(b"QUIT") else b"250 quay.example\r\n")
            lines.flush()


def test_a_proxy_that_was_met_and_is_not_named_is_a_warning_with_the_line_to_write(digest, home):
    proxied.note(home / "var", "127.0.0.0/8", (), now=now())
    done = digest("--json", "check", home=home)
    assert (done.code, done.json["ok"]) == (0, True)
    (problem,) = done.json["problems"]
    assert (problem["file"], problem["key"]) == ("config/digest.toml", "site.proxies")
    lines = (home / "config" / "digest.toml").read_text().splitlines()
    assert lines[problem["line"] - 1] == "proxies = []"
    assert 'proxies = ["127.0.0.0/8"]' in problem["message"]
    rewrite(home, "digest.toml", "proxies = []", 'proxies = ["127.0.0.0/8"]')
    assert digest("--json", "check", home=home).json["problems"] == []
