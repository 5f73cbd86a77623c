"""Addresses, tokens and the lines of an import."""

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from digest.audience import tokens
from digest.audience.addresses import NotAnAddress, normalise
from digest.audience.lines import records
from digest.audience.rows import Rejected, Rules
from digest.config import Config
from digest.errors import InputError

NOW = datetime(2026, 11, 24, 6, 0, tzinfo=UTC)
CONFIG = Config.model_validate(
    {
        "site": {"name": "The Courier"},
        "newsletters": {
            "daily": {"title": "Daily", "sections": [{"tag": "syria"}, {"tag": "Al Qaeda"}, {"tag": "*"}]},
            "weekly": {"title": "Weekly", "default": False},
        },
    }
)


@pytest.mark.parametrize(
    ("text", "address"),
    [
        ("Ana@Inbox.Example", "ana@inbox.example"),
        ("  o'neil+news@inbox.example \n", "o'neil+news@inbox.example"),
        ("ana@bücher.example", "ana@xn--bcher-kva.example"),
        ("ana@BÜCHER.example", "ana@xn--bcher-kva.example"),
        ("ana@localhost", "ana@localhost"),
    ],
)
def test_an_address_has_one_spelling(text, address):
    assert normalise(text) == address
    assert normalise(address) == address


@pytest.mark.parametrize(
    "text",
    [
        "", "ana", "@inbox.example", "ana@", "ana@inbox", "a na@inbox.example", "ana@in box.example", "ana@127.0.0.1",
        "ana@[127.0.0.1]", '"ana"@inbox.example', "ana..bo@inbox.example", ".ana@inbox.example", "änä@inbox.example",
        "ana@inbox.example\r\nBcc: x@y.z", "ana@-inbox.example", "a" * 65 + "@inbox.example",
        "ana@" + "a" * 64 + ".example",
        "Ana <ana@inbox.example>", "ana@inbox.example,bo@inbox.example", "ana@inbox..example", "ana\x00@inbox.example",
        "ana@\u2028.example", "ana@xn--a.example\x7f", "ana@ex_ample.example",
    ],
)  # fmt: skip
def test_what_is_no_address_is_refused_with_the_reason(text):
    with pytest.raises(NotAnAddress, match=r"\w+ \w+"):
        normalise(text)


@given(st.text(max_size=80))
def test_whatever_passes_can_stand_in_a_header_and_an_envelope(text):
    try:
        address = normalise(text + "@inbox.example")
    except NotAnAddress:
        return
    assert address.isascii()
    assert not set(address) & set('\r\n\t <>,;:"\\()[]\x00')


@given(st.integers(-(2**63), 2**63 - 1), st.from_regex(r"[a-z0-9][a-z0-9-]{0,63}", fullmatch=True))
def test_a_token_names_its_reader_and_newsletter(handle, newsletter):
    token = tokens.make("unsubscribe", handle, newsletter)
    assert tokens.read("unsubscribe", token) == tokens.Holder(handle, newsletter)
    assert tokens.read("settings", token) is None
    assert len(token) == 28 + len(newsletter)


@given(st.text(max_size=60))
def test_nothing_invented_is_a_token(text):
    assert tokens.read("unsubscribe", text) is None


@pytest.mark.parametrize("at", range(28))
def test_a_damaged_token_is_none(at):
    token = tokens.make("unsubscribe", 7, "daily")
    damaged = token[:at] + ("A" if token[at] != "A" else "B") + token[at + 1 :]
    # The last character of 27 carries two bits that mean nothing.
    if at != 26:
        assert tokens.read("unsubscribe", damaged) is None
    assert tokens.read("unsubscribe", token[:-1]) is None
    assert tokens.read("unsubscribe", token.replace("daily", "weekly")) is None


def test_an_old_key_still_opens_and_the_first_one_signs(settings):
    old = tokens.make("unsubscribe", 7, "daily")
    settings.KEYS = ("a-new-key", *settings.KEYS)
    assert tokens.read("unsubscribe", old).handle == 7
    assert tokens.make("unsubscribe", 7, "daily") != old
    settings.KEYS = ("a-new-key",)
    assert tokens.read("unsubscribe", old) is None


def test_a_previews_token_belongs_to_nobody():
    assert tokens.read("unsubscribe", tokens.dead("unsubscribe", "daily")).nobody
    assert not tokens.read("unsubscribe", tokens.make("unsubscribe", 7, "daily")).nobody


def _rows(text, *, consent="paper form"):
    made = []
    for number, record in records(text.splitlines(keepends=True)):
        made.append(
            Rejected(number, record)
            if isinstance(record, str)
            else Rules(CONFIG, consent=consent, now=NOW).row(number, record)
        )
    return made


def test_a_full_line_is_read():
    text = (
        "email,name,newsletters,topics,language,zone,consent_at,consent_source\n"
        "Ana@Inbox.example,Ana Ruiz,daily;weekly,Al Qaeda; syria,PT_br,Europe/Lisbon,2025-01-02T03:04:05Z,web form\n"
    )
    (found,) = _rows(text, consent="")
    assert (found.line, found.email, found.name) == (2, "ana@inbox.example", "Ana Ruiz")
    assert found.newsletters == ("daily", "weekly")
    assert found.topics == ("al-qaeda", "syria")
    assert (found.language, found.zone) == ("pt-br", "Europe/Lisbon")
    assert found.consent_at == datetime(2025, 1, 2, 3, 4, 5, tzinfo=UTC)
    assert found.consent_source == "web form"


def test_json_lines_say_the_same():
    text = (
        '{"email": "ana@inbox.example", "topics": ["syria"], "newsletters": ["daily"], "name": null}\n\nnot json\n[1]\n'
    )
    good, bad, worse = _rows(text)
    assert (good.topics, good.consent_source) == (("syria",), "paper form")
    assert (bad, worse) == (Rejected(3, "it is not JSON"), Rejected(4, "it is not a JSON object"))


@pytest.mark.parametrize(
    ("fields", "why"),
    [
        ("ana", "not an address"),
        ("ana@inbox.example,,hourly", 'no newsletter "hourly"'),
        ("ana@inbox.example,,,sport", 'no section on "sport"'),
        ("ana@inbox.example,,,,english please", "a language is written as"),
        ("ana@inbox.example,,,,,Europe/Atlantis", "no time zone"),
        ("ana@inbox.example,,,,,../../etc/passwd", "no time zone"),
        ("ana@inbox.example,,,,,,yesterday", "consent_at is written as"),
        ("ana@inbox.example,,,,,,2030-01-01", "future"),
        ("ana@inbox.example,\x07", "control characters"),
        ("ana@inbox.example,\udcff", "not UTF-8"),
        ("ana@inbox.example,,,,,,,,maybe", "a status is"),
        ("ana@inbox.example,,,,,,,,active,more", "10 fields"),
    ],
)
def test_each_mistake_is_named_with_its_line(fields, why):
    head = "email,name,newsletters,topics,language,zone,consent_at,consent_source,status\n"
    (found,) = _rows(head + fields + "\n")
    assert found.line == 2
    assert why in found.why


def test_consent_is_needed_to_write_and_not_to_stop():
    head = "email,consent_at,consent_source,status\n"
    lines = "a@b.example,,,\nc@d.example,2025-01-01,,\ne@f.example,2025-01-01,form,\ng@h.example,,,unsubscribed\n"
    found = _rows(head + lines, consent="")
    assert [isinstance(one, Rejected) for one in found] == [True, True, False, False]
    assert "reader agreed" in found[0].why


@pytest.mark.parametrize("head", ["name\n", "ana@inbox.example\n", "email,newsletter\n"])
def test_columns_that_are_not_known_stop_an_import(head):
    with pytest.raises(InputError, match="line 1"):
        _rows(head + "x\n")


def test_a_field_without_end_is_one_bad_line():
    found = _rows("email,name\n" + 'a@b.example,"' + "x" * 1_100_000 + '"\nc@d.example,C\n')
    assert isinstance(found[0], Rejected)
    assert found[-1].email == "c@d.example"
