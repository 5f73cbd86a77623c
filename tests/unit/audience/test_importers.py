"""The exports of other programs are read as they are, with their "no" and without a revival."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from digest.audience import zones
from digest.audience.formulas import guard, unguard
from digest.audience.importers import recognise
from digest.audience.lines import records
from digest.audience.rows import Rejected, Rules
from digest.config import Config

NOW = datetime(2026, 11, 24, 6, 0, tzinfo=UTC)
CONFIG = Config.model_validate(
    {"site": {"name": "The Courier"}, "newsletters": {"daily": {"title": "Daily", "sections": [{"tag": "syria"}]}}}
)

LISTMONK = """uuid,email,name,attributes,status,created_at,updated_at
5f1c,ana@inbox.example,Ana,"{""city"": ""Port""}",enabled,2024-05-01 10:00:00 +0000 UTC,2024-05-01 10:00:00 +0000 UTC
5f1d,bo@inbox.example,Bo,{},disabled,2024-05-01T10:00:00Z,2024-05-01T10:00:00Z
5f1e,cy@inbox.example,Cy,{},blocklisted,2024-05-01T10:00:00.123456Z,2024-05-01T10:00:00Z
"""
GHOST = """\
id,email,name,note,subscribed_to_emails,complimentary_plan,stripe_customer_id,created_at,deleted_at,labels,tiers
1,ana@inbox.example,Ana,"early, loud",true,false,,2024-05-01T10:00:00.000Z,,friends,
2,bo@inbox.example,,,false,false,,2024-05-01T10:00:00.000Z,,,
3,cy@inbox.example,,,true,false,,2024-05-01T10:00:00.000Z,2025-01-01T00:00:00.000Z,,
"""
MAILCHIMP = """\
Email Address,First Name,Last Name,OPTIN_TIME,OPTIN_IP,CONFIRM_TIME,CONFIRM_IP,TIMEZONE,LEID,EUID
ana@inbox.example,Ana,Doe,2024-05-01 09:59:00,192.0.2.7,2024-05-01 10:00:00,192.0.2.8,Europe/Berlin,1,a
bo@inbox.example,Bo,,2024-05-01 10:00:00,,,,Atlantis/Capital,2,b
cy@inbox.example,Cy,,,,,,,3,c
"""
UNSUBSCRIBED = (
    "Email Address,OPTIN_TIME,UNSUB_TIME,LEID,EUID\nana@inbox.example,2024-05-01 10:00:00,2025-01-01 00:00:00,1,a\n"
)
CLEANED = (
    "Email Address,OPTIN_TIME,CLEAN_TIME,LEID,EUID\nana@inbox.example,2024-05-01 10:00:00,2025-01-01 00:00:00,1,a\n"
)


def rows(text, consent=""):
    rules = Rules(CONFIG, consent=consent, now=NOW)
    return [
        Rejected(number, record) if isinstance(record, str) else rules.row(number, record)
        for number, record in records(text.splitlines(keepends=True))
    ]


@pytest.mark.parametrize(
    ("text", "statuses"),
    [
        (LISTMONK, ["active", "unsubscribed", "blocked"]),
        (GHOST, ["active", "unsubscribed", "unsubscribed"]),
        (MAILCHIMP, ["active", "active", "active"]),
        (UNSUBSCRIBED, ["unsubscribed"]),
        (CLEANED, ["bounced"]),
    ],
)
def test_who_they_are_there_they_are_here(text, statuses):
    assert [row.status for row in rows(text, consent="moved from our old system, where they agreed")] == statuses


@pytest.mark.parametrize("text", [LISTMONK, GHOST])
def test_programs_that_keep_no_consent_need_a_statement_of_it(text):
    first, *_ = rows(text)
    assert isinstance(first, Rejected)
    assert "consent" in first.why
    first, *_ = rows(text, consent="agreed on our site")
    assert (first.consent_at, first.consent_source) == (datetime(2024, 5, 1, 10, tzinfo=UTC), "agreed on our site")
    assert (first.email, first.name) == ("ana@inbox.example", "Ana")


def test_mailchimps_own_record_of_consent_is_kept():
    confirmed, opted_in, neither = rows(MAILCHIMP)
    assert confirmed.consent_source == "Mailchimp: opted in from 192.0.2.8"
    assert confirmed.consent_at == opted_in.consent_at == datetime(2024, 5, 1, 10, tzinfo=UTC)
    assert (confirmed.name, confirmed.zone, opted_in.name, opted_in.zone) == ("Ana Doe", "Europe/Berlin", "Bo", "")
    assert isinstance(neither, Rejected)


def test_the_time_zones_are_looked_up_once_for_a_million_lines(monkeypatch):
    looked = []
    monkeypatch.setattr(zones, "available_timezones", lambda: looked.append(1) or {"Europe/Berlin"})
    zones.names.cache_clear()
    head, *lines = MAILCHIMP.splitlines(keepends=True)
    try:
        assert rows(head + "".join(lines) * 100, consent="agreed")[0].zone == "Europe/Berlin"
        assert len(looked) == 1
    finally:
        zones.names.cache_clear()


def test_our_own_export_is_nobody_elses():
    assert recognise(("email", "name", "newsletters", "status", "consent_at")) is None


@given(st.text(alphabet=st.sampled_from("=+-@＝＋－＠'\t\r\n;,|aé "), max_size=20))
def test_what_is_guarded_comes_back_and_runs_nowhere(value):
    guarded = guard(value)
    assert unguard(guarded) == value
    for cell in (
        guarded.replace(";", "\x00").replace("\t", "\x00").replace(",", "\x00").replace("|", "\x00").split("\x00")
    ):
        assert not cell.startswith(tuple("=+-@＝＋－＠"))


@given(st.text(max_size=40))
def test_plain_text_is_left_alone(value):
    assert unguard(guard(value)) == value
    if not set(value) & set("=+-@＝＋－＠\t\r"):
        assert guard(value) == value
