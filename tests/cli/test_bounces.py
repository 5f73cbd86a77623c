"""`digest bounces`: what came back, read from a Maildir or from one file."""

from __future__ import annotations

from pathlib import Path

import pytest

HOLIDAY = b"From: ana@inbox.example\nAuto-Submitted: auto-replied\n\nI am away.\n"


@pytest.fixture
def maildir(tmp_path: Path) -> Path:
    folder = tmp_path / "bounces"
    for kind in ("tmp", "new", "cur"):
        (folder / kind).mkdir(parents=True)
    return folder


def test_a_mailbox_is_read_once(digest, home, maildir):
    (maildir / "new" / "1.a").write_bytes(HOLIDAY)
    (maildir / "new" / "2.b").write_bytes(b"Subject: Oil\n\nDear friend\n")
    env = {"DIGEST_BOUNCES_URL": f"maildir://{maildir}"}
    first = digest("bounces", "--json", home=home, env=env)
    assert (first.code, first.json) == (
        0, {"messages": {"automatic": 1, "not understood": 1}, "refused": {}}
    )  # fmt: skip
    assert digest("bounces", "--json", home=home, env=env).json == {"messages": {}, "refused": {}}
    assert "0 messages came back." in digest("bounces", home=home, env=env).out


def test_one_message_is_read_from_a_file(digest, home, tmp_path, dsn):
    file = tmp_path / "one.eml"
    file.write_bytes(HOLIDAY)
    assert digest("bounces", "--file", str(file), "--json", home=home).json["messages"] == {"automatic": 1}
    file.write_bytes(dsn(("failed", "5.1.1", "", "ana@inbox.example", "")))
    forged = digest("bounces", "--file", str(file), home=home)
    assert (forged.code, forged.out.strip()) == (1, f"{file}: not understood.")


def test_without_a_mailbox_it_says_what_to_set(digest, home):
    result = digest("bounces", home=home)
    assert result.code == 2
    assert "DIGEST_BOUNCES_URL" in result.err


def test_check_names_a_wrong_mailbox_without_its_password(digest, home, tmp_path):
    result = digest("check", home=home, env={"DIGEST_BOUNCES_URL": "imaps://ana:oyster@mail.example:port"})
    assert result.code == 2
    assert "DIGEST_BOUNCES_URL" in result.out
    assert "oyster" not in result.out + result.err
    away = digest("bounces", home=home, env={"DIGEST_BOUNCES_URL": f"maildir://{tmp_path}/nowhere"})
    assert away.code == 1
    assert "no Maildir" in away.err


def test_check_names_an_address_that_is_too_long(digest, home):
    file = home / "config" / "digest.toml"
    text = file.read_text().replace('# address = "bounces@news.example"', f'address = "{"b" * 40}@news.example"')
    file.write_text(text)
    result = digest("check", home=home)
    assert result.code == 2
    assert "delivery.bounces.address" in result.out


def test_check_names_a_provider_without_its_secret(digest, home):
    file = home / "config" / "digest.toml"
    file.write_text(file.read_text().replace("providers = []", 'providers = ["mailgun", "postmark"]'))
    result = digest("check", home=home, env={"DIGEST_HOOKS_SECRET": "courier:a long enough oyster bank"})
    assert result.code == 2
    assert "nothing is taken from mailgun: DIGEST_MAILGUN_SIGNING_KEY is not set" in result.out
    assert "postmark" not in result.out
