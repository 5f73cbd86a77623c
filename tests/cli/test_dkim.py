"""`digest dkim` makes a key and says what belongs into the DNS; `digest check` says what is wrong with the key."""

from __future__ import annotations

from pathlib import Path

import pytest


@pytest.fixture
def signing(home: Path) -> Path:
    """A home whose letters are to be signed."""
    file = home / "config" / "digest.toml"
    file.write_text(file.read_text().replace("[delivery.dkim]", '[delivery.dkim]\ndomain = "news.example"', 1))
    text = file.read_text().splitlines()
    at = text.index('domain = ""')
    file.write_text("\n".join(text[:at] + text[at + 1 :]) + "\n")
    return home


def test_without_a_domain_there_is_nothing_to_print(digest, home):
    done = digest("dkim", home=home)
    assert done.code == 2
    assert "delivery.dkim.domain" in done.err


def test_a_new_key_has_a_record_and_passes_the_check(digest, signing, tmp_path):
    file = tmp_path / "dkim.pem"
    made = digest("--json", "dkim", "--new", str(file), home=signing)
    assert made.code == 0, made.err
    assert made.json["name"] == "digest._domainkey.news.example"
    assert made.json["value"].startswith("v=DKIM1; k=rsa; p=")
    assert file.stat().st_mode & 0o777 == 0o600
    variables = {"DIGEST_DKIM_KEY_FILE": str(file)}
    again = digest("--json", "dkim", home=signing, env=variables)
    assert again.json == {name: made.json[name] for name in ("name", "type", "value")}
    assert "PRIVATE" not in made.out + again.out
    assert digest("check", home=signing, env=variables).code == 0
    other = digest("dkim", "--new", str(file), home=signing)
    assert other.code == 2
    assert "no key was replaced" in other.err


def test_the_check_names_the_key_and_the_domain(digest, signing, tmp_path):
    missing = digest("--json", "check", home=signing)
    assert missing.code == 2
    assert [problem["key"] for problem in missing.json["problems"]] == ["DIGEST_DKIM_KEY"]
    file = tmp_path / "dkim.pem"
    digest("dkim", "--new", str(file), home=signing)
    config = signing / "config" / "digest.toml"
    config.write_text(config.read_text().replace('domain = "news.example"', 'domain = "relay.example"', 1))
    found = digest("--json", "check", home=signing, env={"DIGEST_DKIM_KEY_FILE": str(file)}).json["problems"]
    assert [problem["key"] for problem in found] == ["delivery.dkim.domain"]
    assert config.read_text().splitlines()[found[0]["line"] - 1].startswith('domain = "relay.example"')
