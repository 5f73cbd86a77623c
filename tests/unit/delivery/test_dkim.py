"""Signatures, judged by dkimpy: any letter verifies, the prepared way as the plain one, and what is changed fails."""

from __future__ import annotations

from datetime import UTC, datetime

import dkim as judge
import pytest
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from hypothesis import given
from hypothesis import strategies as st

from digest.config import Environment
from digest.config.values import Config
from digest.delivery import dkim_key, fill
from digest.delivery.dkim import OVERSIGNED, Plan, Signer, canonical_body
from digest.delivery.message import assemble
from digest.errors import ConfigError, UsageError

NOW = datetime(2026, 1, 24, 6, 0, tzinfo=UTC)
KEY = rsa.generate_private_key(public_exponent=65537, key_size=2048)
SIGNER = Signer(KEY, "news.example", "digest")
VALUES = {
    "to": '"Ana  O" <ana@inbox.example>',
    "date": "Tue, 24 Nov 2026 06:00:00 +0000",
    "message_id": "1.abc@news.example",
    "unsubscribe_url": "https://news.example/u/token.daily",
    "name": "  Ana   Quay. ",
    "address": "ana@inbox.example",
}


def verifies(letter: bytes) -> bool:
    def dns(name: bytes, timeout: int = 5) -> bytes:
        assert name == b"digest._domainkey.news.example."
        return dkim_key.record(KEY).encode()

    return bool(judge.verify(letter, dnsfunc=dns))


def frozen(
    html: str = "<p>Hello \x01&name\x02</p>", text: str = "Hello \x01name\x02\n", subject: str = "News"
) -> bytes:
    return assemble(
        html=html,
        text=text,
        subject=subject,
        sender="The Courier <letters@news.example>",
        site="https://news.example",
        newsletter="daily",
        title="The Daily",
        slot="2026-11-24",
        reply_to="desk@news.example",
    )


def signed(body: bytes) -> bytes:
    letter = fill.prepare(body)
    coded = fill.code(letter, VALUES)
    whole = fill.joined(letter, coded)
    return Plan.of(SIGNER, letter).header(coded, NOW, whole) + whole


def test_a_letter_is_signed_for_each_reader() -> None:
    letter = signed(frozen())
    assert verifies(letter)
    assert letter.endswith(fill.fill(fill.prepare(frozen()), VALUES)), "the letter itself is as it was frozen"


def test_what_a_signature_covers() -> None:
    header = signed(frozen()).partition(b"\r\nFrom:")[0].replace(b"\r\n ", b"")
    covered = header.partition(b"h=")[2].partition(b";")[0].decode().split(":")
    assert all(covered.count(name) == (2 if name != "cc" else 1) for name in OVERSIGNED)
    assert {"list-unsubscribe", "list-unsubscribe-post", "list-id", "mime-version", "content-type"} <= set(covered)
    assert all(len(line) < 79 for line in signed(frozen()).partition(b"\r\nFrom:")[0].split(b"\r\n"))


@pytest.mark.parametrize(
    ("old", "new"),
    [
        (b"Subject: News", b"Subject: Nets"),
        (b"One-Click", b"Two-Click"),
        (b"/u/token", b"/u/taken"),
        (b"From: The", b"From: Evil <evil@bad.example>\r\nFrom: The"),
        (b"Subject: News", b"Subject: News\r\nSubject: Other"),
        (b"To: ", b"Cc: everybody@bad.example\r\nTo: "),
        (b"Hello", b"Hallo"),
    ],
)
def test_what_is_changed_or_added_fails(old: bytes, new: bytes) -> None:
    letter = signed(frozen())
    assert old in letter
    assert not verifies(letter.replace(old, new, 1))


@given(st.text(max_size=300), st.text(max_size=300), st.text(max_size=80))
def test_any_letter_verifies(html: str, text: str, subject: str) -> None:
    body = frozen(f"<p>{html}</p>\x01&name\x02{html}", f"{text}\x01name\x02\x01address\x02 {text}\n\n", subject)
    assert verifies(signed(body))


@given(st.lists(st.sampled_from([b" ", b"\t", b"\r\n", b".", b"a", b"\x01name\x02", b"=20"]), max_size=40))
def test_a_body_with_holes_anywhere_verifies(pieces: list[bytes]) -> None:
    head = b"From: a@news.example\r\nTo: \x01to\x02\r\nSubject:   many   blanks \t\r\n\there\r\n\r\n"
    assert verifies(signed(head + b"".join(pieces) + b"\r\n"))


@given(st.lists(st.sampled_from([b" ", b"\t", b"\r\n", b".", b"a"]), max_size=30))
def test_bodies_are_made_canonical_as_dkimpy_does(pieces: list[bytes]) -> None:
    body = b"".join(pieces) + b"\r\n"
    assert canonical_body(body) == judge.canonicalization.Relaxed.canonicalize_body(body)


def test_a_message_that_is_not_frozen_is_signed_too() -> None:
    message = b"From: Desk <desk@news.example>\r\nTo: ana@news.example\r\nSubject: A draft waits\r\n\r\nLook  here.\r\n"
    assert verifies(SIGNER.sign(message, NOW))


def _config(domain: str, sender: str = "The Courier <letters@news.example>") -> Config:
    site = {"name": "The Courier", "address": "https://news.example", "zone": "UTC", "sender": sender}
    return Config.model_validate({"site": site, "delivery": {"dkim": {"domain": domain}}})


def _pem(key: rsa.RSAPrivateKey | ec.EllipticCurvePrivateKey) -> str:
    return key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()).decode()


@pytest.mark.parametrize(
    ("key", "says"),
    [
        ("", "it is not set"),
        ("-----BEGIN PRIVATE KEY-----\nnonsense\n-----END PRIVATE KEY-----", "no private key in PEM"),
        ("hello", "no private key in PEM"),
        (_pem(ec.generate_private_key(ec.SECP256R1())), "not an RSA key"),
    ],
)
def test_a_key_of_no_use_is_named(key: str, says: str) -> None:
    with pytest.raises(ConfigError, match=says) as caught:
        dkim_key.signer(_config("news.example"), Environment({"DIGEST_DKIM_KEY": key}))
    assert "nonsense" not in str(caught.value)


@pytest.mark.parametrize(
    ("sender", "domain", "good"),
    [
        ("letters@news.example", "news.example", True),
        ("letters@mail.news.example", "news.example", True),
        ("letters@news.example", "mail.news.example", True),
        ("letters@News.Example", "news.EXAMPLE", True),
        ("letters@news.example", "relay.example", False),
        ("letters@fakenews.example", "news.example", False),
    ],
)
def test_the_domain_must_be_the_senders(sender: str, domain: str, good: bool) -> None:
    found = dkim_key.problems(_config(domain, sender), Environment({"DIGEST_DKIM_KEY": _pem(KEY)}))
    assert [problem.key for problem in found] == ([] if good else ["delivery.dkim.domain"])


def test_without_a_domain_nothing_is_signed_and_nothing_wrong() -> None:
    assert dkim_key.signer(_config(""), Environment({})) is None


def test_a_new_key_is_its_owners_alone_and_replaces_none(tmp_path) -> None:
    file = tmp_path / "dkim.pem"
    made = dkim_key.write_new(file)
    assert file.stat().st_mode & 0o777 == 0o600
    variables = {"DIGEST_DKIM_KEY_FILE": str(file)}
    found = dkim_key.signer(_config("news.example"), Environment(variables))
    assert found is not None
    assert dkim_key.record(found.key) == dkim_key.record(made)
    with pytest.raises(UsageError, match="no key was replaced"):
        dkim_key.write_new(file)
    line = dkim_key.zone_line("digest._domainkey.news.example", dkim_key.record(made))
    assert all(len(part) <= 255 for part in line.split('"')[1::2])
