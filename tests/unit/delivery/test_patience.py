"""Waiting, the address of the mail server, and the journal."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from digest.delivery import journal
from digest.delivery.outcomes import Accepted, Later, Lost, NotStarted, Refused, quiet
from digest.delivery.patience import chance, wait
from digest.delivery.server import server
from digest.errors import ConfigError

NOW = datetime(2026, 11, 24, 6, 0, tzinfo=UTC)


@given(st.integers(1, 60_000), st.floats(0, 1))
def test_waits_grow_and_stay_within_five_hours(attempts, jitter):
    assert timedelta(minutes=3) < wait(attempts, jitter) <= timedelta(hours=5)
    assert wait(attempts, jitter) <= wait(attempts + 1, jitter)


def test_letters_do_not_come_back_all_at_once():
    assert len({round(chance(letter, 1), 3) for letter in range(1000)}) > 500
    assert chance(7, 1) == chance(7, 1)


@pytest.mark.parametrize(
    ("url", "host", "port", "tls"),
    [
        ("smtp://mail.example", "mail.example", 587, "starttls"),
        ("smtps://mail.example", "mail.example", 465, "tls"),
        ("smtp://mail.example:2525?tls=none", "mail.example", 2525, "none"),
        ("smtp://127.0.0.1:2525", "127.0.0.1", 2525, "none"),
        ("smtp://localhost:25", "localhost", 25, "none"),
        ("smtp://[::1]:2525", "::1", 2525, "none"),
        ("smtp://127.0.0.1:2525?ca=/etc/ca.pem", "127.0.0.1", 2525, "starttls"),
        ("smtp://127.0.0.1:2525?tls=starttls", "127.0.0.1", 2525, "starttls"),
    ],
)
def test_an_address_says_how_it_is_protected(url, host, port, tls):
    found = server(url)
    assert (found.host, found.port, found.tls) == (host, port, tls)


def test_a_password_may_hold_anything_and_is_never_shown():
    found = server("smtp://ana%40news:p%40ss%2Fw%3Ard@mail.example:587")
    assert (found.user, found.password) == ("ana@news", "p@ss/w:rd")
    assert "p@ss" not in repr(found)


@pytest.mark.parametrize(
    "url",
    [
        "http://mail.example",
        "mail.example:587",
        "smtp://",
        "smtp://u:hush-hush@mail.example:port",
        "smtp://u:hush-hush@mail.example?tls=none",
        "smtp://u:hush-hush@mail.example?verify=no",
        "smtp://u:hush-hush@mail.example?tls=sometimes",
        "smtps://u:hush-hush@mail.example?tls=none",
    ],
)
def test_a_wrong_address_is_explained_without_its_password(url):
    with pytest.raises(ConfigError) as caught:
        server(url)
    assert "hush" not in str(caught.value)
    assert "DIGEST_SMTP_URL" in str(caught.value)


def test_a_journal_says_what_began_and_how_it_ended(tmp_path):
    kept = journal.Journal(tmp_path / "journal" / "1.log", repeatable=False)
    outcomes = {1: Accepted("250 ok"), 2: Later("451 busy"), 3: Refused("550\r\na 9 4 1 forged"), 4: Lost("broke")}
    for letter, outcome in outcomes.items():
        kept.started(9, letter)
        kept.ended(9, letter, outcome, NOW)
    kept.started(9, 5)
    kept.started(8, 6)
    kept.started(9, 7)
    kept.ended(9, 7, NotStarted(), NOW)
    kept.close(remove=False)
    found = journal.read(kept.path, 9)
    assert set(found.ended) == {1, 2, 3, 4, 5, 7}
    assert found.ended[1] == (Accepted("250 ok"), NOW)
    assert isinstance(found.ended[3][0], Refused)
    assert found.ended[5] is None
    assert isinstance(found.ended[7][0], NotStarted)
    assert not found.repeatable


@pytest.mark.parametrize("cut", range(1, 40))
def test_a_torn_end_says_nothing(tmp_path, cut):
    kept = journal.Journal(tmp_path / "1.log", repeatable=True)
    kept.started(9, 123)
    kept.ended(9, 123, Accepted("250 ok"), NOW)
    kept.close(remove=False)
    data = kept.path.read_bytes()
    kept.path.write_bytes(data[:-cut])
    found = journal.read(kept.path, 9)
    assert found is None or found.ended in ({123: None}, {})


@pytest.mark.parametrize("text", ["", "another file\n", "digest-journal 2 x once\n", "digest-journal 1 x"])
def test_what_is_no_journal_is_no_evidence(tmp_path, text):
    (tmp_path / "1.log").write_text(text)
    assert journal.read(tmp_path / "1.log", 9) is None
    assert journal.read(tmp_path / "2.log", 9) is None


def test_a_reply_is_kept_without_addresses_and_controls():
    assert (
        quiet("550 5.1.1 <ana@inbox.example>: no\r\nsuch: bo@inbox.example;")
        == "550 5.1.1 <address>: no such: <address>;"
    )
    assert len(quiet("x" * 1000)) == 300
