"""A frozen letter and its filling: headers that nobody can break, holes that are all filled."""

import email
import html
from email import policy
from email.header import decode_header, make_header

import pytest
from hypothesis import given
from hypothesis import strategies as st

from digest.delivery import headers
from digest.delivery.fill import code, dotted, fill, joined, prepare
from digest.delivery.message import assemble, frozen_hash
from digest.errors import RefusedError
from digest.render import wire

VALUES = {
    "to": "ana@inbox.example",
    "date": "Tue, 24 Nov 2026 06:00:00 +0000",
    "message_id": "7.abc@news.example",
    "unsubscribe_url": "https://news.example/u/AAAAAAAAAAAAAAAAAAAAAAAAAAA.daily",
}


def _frozen(**changes):
    parts = {
        "html": '<p>Ferry</p><a href="\x01&unsubscribe_url\x02">Leave</a>\n',
        "text": "Ferry = “sails”\n.\n..\nLeave: \x01unsubscribe_url\x02",
        "subject": "The ferry sails again",
        "sender": "The Courier <letters@news.example>",
        "site": "https://news.example",
        "newsletter": "daily",
        "title": "The Daily",
        "slot": "2026-11-24",
    }
    return assemble(**(parts | changes))


def _read(body, **changes):
    return email.message_from_bytes(fill(prepare(body), VALUES | changes), policy=policy.default)


def _parts(message):
    return [part.get_payload(decode=True).decode().replace("\r\n", "\n") for part in message.iter_parts()]


def test_the_message_is_what_mail_programs_expect():
    message = _read(_frozen(reply_to="desk@news.example"))
    assert message.defects == []
    assert [part.get_content_type() for part in message.iter_parts()] == ["text/plain", "text/html"]
    plain, rich = _parts(message)
    assert plain.strip() == f"Ferry = “sails”\n.\n..\nLeave: {VALUES['unsubscribe_url']}"
    assert rich.strip() == f'<p>Ferry</p><a href="{VALUES["unsubscribe_url"]}">Leave</a>'
    assert message["From"] == "The Courier <letters@news.example>"
    assert message["Reply-To"] == "desk@news.example"
    assert message["List-ID"] == '"The Daily" <daily.news.example>'
    assert message["List-Unsubscribe"] == f"<{VALUES['unsubscribe_url']}>"
    assert message["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    assert message["List-Archive"] == "<https://news.example/e/daily/>"
    assert message["Auto-Submitted"] == "auto-generated"
    assert message["Precedence"] == "bulk"
    assert message["Feedback-ID"] == "2026-11-24:daily:letter:newsexample"


def test_the_same_arguments_give_the_same_bytes_and_others_give_others():
    assert _frozen() == _frozen()
    assert frozen_hash(_frozen()) != frozen_hash(_frozen(text="another"))


def test_every_line_is_short_enough_and_ends_in_crlf():
    body = fill(prepare(_frozen(text="ü" * 5000, html="x" * 5000, subject="é" * 300)), VALUES)
    assert b"\n" not in body.replace(b"\r\n", b"")
    assert b"\r" not in body.replace(b"\r\n", b"")
    assert max(len(line) for line in body.split(b"\r\n")) <= 78
    assert body.isascii()


def test_a_list_header_is_never_folded_or_encoded_however_long():
    long = "https://a-very-long-newsroom-name.example/u/" + "A" * 27 + "." + "n" * 64
    raw = fill(
        prepare(_frozen(title="Die Zeitung für Übersee", newsletter="n" * 64)), VALUES | {"unsubscribe_url": long}
    )
    lines = raw.split(b"\r\n\r\n", 1)[0].split(b"\r\n")
    assert f"List-Unsubscribe: <{long}>".encode() in lines
    assert all(b"=?" not in line for line in lines if line.startswith((b"List-", b"Feedback-ID")))


@pytest.mark.parametrize("evil", ["a\r\nBcc: x@evil.example", "a\nBcc: x", "a\r\n\r\nbody", "a\u2028Bcc: x", "a\x00b"])
def test_no_subject_or_name_begins_another_header(evil):
    message = _read(
        _frozen(subject=evil, sender=f"{evil} <letters@news.example>"), to=headers.mailbox(evil, "a@b.example")
    )
    assert message["Bcc"] is None
    assert "evil.example" not in str(message["To"].addresses[0].addr_spec)
    assert message["To"].addresses[0].addr_spec == "a@b.example"
    assert message["From"].addresses[0].addr_spec == "letters@news.example"


@given(st.text(max_size=200))
def test_any_subject_comes_back_as_it_was(subject):
    line = headers.unstructured("Subject", subject)
    assert line.isascii()
    assert all(len(part) <= 76 and part.strip() for part in line.split("\r\n")) or not headers.clean(subject)
    assert all(len(word) <= 75 for word in line.split() if word.startswith("=?"))
    unfolded = line.replace("\r\n", "").removeprefix("Subject:").removeprefix(" ")
    assert str(make_header(decode_header(unfolded))) == headers.clean(subject)


@given(st.text(max_size=200))
def test_any_name_comes_back_and_leaves_the_address_alone(name):
    raw = f"To: {headers.mailbox(name, 'ana@inbox.example')}\r\n\r\n".encode("ascii")
    found = email.message_from_bytes(raw, policy=policy.default)["To"].addresses
    assert [one.addr_spec for one in found] == ["ana@inbox.example"]


@pytest.mark.parametrize("address", ["a@b.example\r\nBcc: x@y.z", "a b@c.d", "a\u2028@b.example", "a@b,c@d", "<a@b.c>"])
def test_an_address_that_was_not_checked_is_refused(address):
    with pytest.raises(ValueError, match="not an address"):
        headers.mailbox("Ana", address)


def test_a_hole_that_nothing_fills_stops_the_letter():
    with pytest.raises(RefusedError, match="horoscope"):
        fill(prepare(_frozen(text="\x01horoscope\x02")), VALUES)


@pytest.mark.parametrize("body", [b"no headers", b"A: b\r\n\r\n\x01broken", b"A: b\r\n\r\n\x01two words\x02"])
def test_a_broken_letter_is_refused(body):
    with pytest.raises(RefusedError):
        prepare(body)


@pytest.mark.parametrize(
    "values",
    [{"to": "a@b.c\r\nBcc: x@y.z"}, {"date": ""}, {"unsubscribe_url": "https://x\ny"}, {"message_id": "ü@b.example"}],
)
def test_a_value_that_could_break_out_is_refused(values):
    with pytest.raises(RefusedError):
        fill(prepare(_frozen()), VALUES | values)


def test_values_are_escaped_where_the_hole_asks_for_it():
    html = "<p>\x01&name\x02</p>"
    message = _read(_frozen(html=html, text="\x01name\x02"), name='<b>"Ana" & Bo</b>')
    plain, rich = _parts(message)
    assert plain.strip() == '<b>"Ana" & Bo</b>'
    assert rich.strip() == "<p>&lt;b&gt;&quot;Ana&quot; &amp; Bo&lt;/b&gt;</p>"


@given(st.text(st.characters(exclude_categories=["Cs", "Cc"]), max_size=120), st.integers(0, 80))
def test_a_value_of_any_length_at_any_place_arrives_whole(name, at):
    message = _read(_frozen(text="x" * at + "\x01name\x02" + "y" * 50), name=name)
    assert _parts(message)[0] == "x" * at + name + "y" * 50


@pytest.mark.parametrize(
    ("mailbox", "name", "address"),
    [
        ("letters@news.example", "", "letters@news.example"),
        ("The Courier <letters@news.example>", "The Courier", "letters@news.example"),
        ('"Courier, The" <letters@news.example>', "Courier, The", "letters@news.example"),
        ("Zeitung <post@bücher.example>", "Zeitung", "post@xn--bcher-kva.example"),
    ],
)
def test_a_configured_mailbox_is_read_and_written(mailbox, name, address):
    assert headers.split_mailbox(mailbox) == (name, address)
    sender = _read(_frozen(sender=mailbox))["From"].addresses[0]
    assert (sender.display_name, sender.addr_spec) == (name, address)


@given(
    st.lists(st.sampled_from([".", "..", "a", "\r\n", "\x01name\x02", "\x01&name\x02", "=", " "]), max_size=30),
    st.text(st.sampled_from(". a=<é"), max_size=90),
)
def test_the_dots_of_smtp_are_doubled_as_the_whole_letter_would_have_them(pieces, name):
    letter = prepare(b"Subject: x\r\n\r\n" + wire.encode("".join(pieces)))
    coded = code(letter, {"name": name})
    whole = joined(letter, coded)
    wired = dotted(letter, coded, whole)
    assert wired in (b"", whole.replace(b"\r\n.", b"\r\n.."))


@pytest.mark.parametrize("line", [b"plain", b".hidden", b"..twice"])
def test_where_the_dots_stand_is_known_for_a_plain_name(line):
    letter = prepare(b"Subject: x\r\n\r\nDear \x01name\x02,\r\n" + line + b"\r\n")
    coded = code(letter, {"name": "Ann"})
    whole = joined(letter, coded)
    assert dotted(letter, coded, whole) == whole.replace(b"\r\n.", b"\r\n..")


@given(st.text(st.sampled_from("aZ09/:@_+~.- =<é"), max_size=90))
def test_plain_values_are_coded_as_all_are(name):
    letter = prepare(b"Subject: x\r\n\r\n\x01name\x02\x01&name\x02")
    assert code(letter, {"name": name}) == [wire.encode_value(name), wire.encode_value(html.escape(name))]
