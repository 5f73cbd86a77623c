"""Every way a call to X can end, against a real server on loopback."""

from __future__ import annotations

import json
import logging
import time
from datetime import UTC, datetime, timedelta

import pytest

from digest.config.environment import Environment
from digest.errors import TransportError
from digest.social import x
from digest.social.outcome import Absent, Later, Refused, Sent, Unknown

NOW = datetime(2026, 11, 24, 6, 0, tzinfo=UTC)
KEYS = {
    "CONSUMER_KEY": "ck-123",
    "CONSUMER_SECRET": "cs-456",
    "ACCESS_TOKEN": "77-at",
    "ACCESS_TOKEN_SECRET": "ats-789",
}


def environment(**keys):
    return Environment({f"DIGEST_X_NEWSROOM_{name}": value for name, value in keys.items()})


def test_a_post_is_sent_signed_for_the_host_it_goes_to(stub, network, row):
    sent = network.send(row(), NOW)
    assert sent == Sent("1900000000000000000", "https://x.com/i/status/1900000000000000000")
    assert stub.requests == [
        {"method": "POST", "path": "/2/tweets", "query": {}, "body": {"text": row().text}},
    ]


def test_a_token_of_oauth_2_serves_as_well(stub, account, row):
    opened = x.connect(account, environment(TOKEN="user-token"))
    assert isinstance(opened.send(row(), NOW), Sent)
    assert isinstance(opened.find(row(), NOW), Sent)
    assert [request["path"] for request in stub.requests] == ["/2/tweets", "/2/users/me", "/2/users/77/tweets"]


def test_a_netrc_does_not_replace_the_token(stub, account, row, tmp_path, monkeypatch):
    (tmp_path / "netrc").write_text("machine 127.0.0.1 login somebody password else\n")
    monkeypatch.setenv("NETRC", str(tmp_path / "netrc"))
    assert isinstance(x.connect(account, environment(TOKEN="user-token")).send(row(), NOW), Sent)


def test_missing_keys_are_named(account):
    with pytest.raises(TransportError, match="set DIGEST_X_NEWSROOM_ACCESS_TOKEN_SECRET, or DIGEST_X_NEWSROOM_TOKEN"):
        x.connect(account, environment(**{**KEYS, "ACCESS_TOKEN_SECRET": ""}))


def test_keys_never_travel_in_clear(account):
    with pytest.raises(TransportError, match="write https://"):
        x.connect(account.model_copy(update={"address": "http://x.example"}), environment(**KEYS))


def test_wrong_keys_are_refused(account, row):
    outcome = x.connect(account, environment(**{**KEYS, "CONSUMER_SECRET": "wrong"})).send(row(), NOW)
    assert isinstance(outcome, Refused)
    assert "DIGEST_X_NEWSROOM_" in outcome.reason


def test_a_duplicate_is_there_and_is_found(stub, network, row):
    first = network.send(row(), NOW)
    again = network.send(row(), NOW)
    assert isinstance(again, Sent)
    assert again.id == first.id
    assert "already" in again.note
    assert len(stub.posts) == 1


def test_a_duplicate_that_is_not_shown_is_there_all_the_same(stub, network, row):
    network.send(row(), NOW)
    stub.hidden = True
    assert network.send(row(), NOW) == Sent("", "", "X says it is there already")


def test_429_is_put_off_to_the_reset(stub, network, row):
    reset = NOW + timedelta(minutes=7)
    stub.answers = [(429, {"x-rate-limit-reset": str(int(reset.timestamp()))}, {"title": "Too Many Requests"})]
    outcome = network.send(row(), NOW)
    assert isinstance(outcome, Later)
    assert outcome.until == reset
    assert len(stub.requests) == 0
    assert len(stub.said) == 1


@pytest.mark.parametrize(
    ("header", "minutes"), [(None, 15), ("soon", 15), ("0", 1), ("99999999999", 25 * 60), ("9" * 40, 15)]
)
def test_429_without_a_believable_reset_waits_for_the_window(stub, network, row, header, minutes):
    stub.answers = [(429, {"x-rate-limit-reset": header} if header else {}, {})]
    assert network.send(row(), NOW).until == NOW + timedelta(minutes=minutes)
    assert len(stub.said) == 1


@pytest.mark.parametrize("status", [500, 502, 503, 504, 408])
def test_what_x_may_have_taken_all_the_same_is_unknown(stub, network, row, status):
    stub.answers = [(status, {}, b"<html>over capacity</html>")]
    assert isinstance(network.send(row(), NOW), Unknown)


@pytest.mark.parametrize("how", ["taken", "slow", "trickle", "short"])
def test_an_answer_that_does_not_come_is_unknown_in_good_time(stub, network, row, cut_off, how):
    stub.answers = [cut_off[how]]
    begun = time.monotonic()
    assert isinstance(network.send(row(), NOW), Unknown)
    assert time.monotonic() - begun < 5


@pytest.mark.parametrize(
    "said",
    [
        b"",
        b"null",
        b"[1]",
        b"{}",
        b'{"data": []}',
        b'{"data": {"id": 7}}',
        b'{"data": {"id": "seven"}}',
        b"[" * 100_000,
    ],
)
def test_a_strange_yes_is_unknown(stub, network, row, said):
    stub.answers = [(201, {}, said)]
    assert isinstance(network.send(row(), NOW), Unknown)


@pytest.mark.parametrize("status", [301, 302, 307, 400, 402, 403, 404, 409, 413, 422])
@pytest.mark.parametrize(
    "said",
    [
        b"",
        b"null",
        b'"no"',
        b'{"errors": null}',
        b'{"errors": 5, "detail": 7}',
        b'{"error": {}}',
        b'{"errors": [1, null]}',
    ],
)
def test_a_no_is_a_no_however_it_is_said(stub, network, row, status, said):
    stub.answers = [(status, {"Location": "/elsewhere"}, said)]
    outcome = network.send(row(), NOW)
    assert isinstance(outcome, Refused)
    assert str(status) in outcome.reason
    assert len(stub.said) == 1


def test_a_no_says_what_x_said(stub, network, row):
    stub.answers = [(403, {}, {"title": "Forbidden", "detail": "Your account is\nlocked.", "type": "about:blank"})]
    assert network.send(row(), NOW) == Refused("X refuses this post: Your account is locked.")


def test_a_host_that_is_not_there_is_tried_later(account, row):
    nowhere = account.model_copy(update={"address": "http://127.0.0.1:9"})
    outcome = x.connect(nowhere, environment(**KEYS)).send(row(), NOW)
    assert outcome == Later(None, "X cannot be reached: the connection failed")
    assert isinstance(x.connect(nowhere, environment(**KEYS)).find(row(), NOW), Unknown)


def test_reading_back_finds_a_post_by_its_link_or_its_words(stub, network, row):
    stub.create("Storm & tide\n\nhttps://courier.com/1")
    assert isinstance(network.find(row(text="Storm & tide\n\nhttps://courier.com/1"), NOW), Sent)
    assert isinstance(network.find(row(text="Other words\n\nhttps://courier.com/1"), NOW), Sent)
    assert network.find(row(text="Storm & tide\n\nhttps://courier.com/2", link="https://courier.com/2"), NOW) == Absent(
        proof=False
    )
    stub.create("Only <words> here")
    assert isinstance(network.find(row(text="Only <words>  here", link=""), NOW), Sent)
    assert network.find(row(text="Only words here", link=""), NOW) == Absent(proof=False)


def test_reading_back_looks_at_what_came_after_the_attempt(stub, network, row):
    stub.clock = NOW - timedelta(hours=1)
    stub.create(row().text)
    assert network.find(row(), NOW) == Absent(proof=False)
    assert network.find(row(at=NOW - timedelta(hours=1)), NOW) != Absent(proof=False)


def test_reading_back_asks_again_by_the_other_name_of_the_fields(stub, network, row):
    stub.answers = [
        (400, {}, {"title": "Invalid Request", "detail": "post.fields"}),
        (200, {}, {"data": [{"id": "5", "text": row().text}]}),
    ]
    assert isinstance(network.find(row(), NOW), Sent)


@pytest.mark.parametrize(
    "answer",
    [(500, {}, {}), (429, {}, {}), (401, {}, {}), (200, {}, b"null")],
)
def test_an_account_that_cannot_be_read_says_so(stub, network, row, answer):
    stub.answers = [answer]
    assert isinstance(network.find(row(), NOW), Unknown)


@pytest.mark.parametrize(
    "data", [None, {}, [None], [[]], [{"id": None}], [{"entities": 3}], [{"entities": {"urls": [None, {"url": 3}]}}]]
)
def test_strange_timelines_hold_nothing(stub, network, row, data):
    stub.answers = [(200, {}, {"data": data})]
    assert network.find(row(), NOW) == Absent(proof=False)


def test_no_key_is_ever_written_down(stub, account, row, caplog):
    caplog.set_level(logging.DEBUG)
    for keys in (KEYS, {"TOKEN": "user-token"}):
        opened = x.connect(account, environment(**keys))
        opened.send(row(), NOW)
        opened.find(row(), NOW)
        assert not any(secret in repr(opened) for secret in keys.values())
    log = caplog.text + json.dumps([record.getMessage() for record in caplog.records])
    assert "user-token" not in log
    assert not any(secret in log for secret in KEYS.values())
