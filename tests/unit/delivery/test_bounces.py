"""What came back is understood by the standards, and nothing a stranger sends costs more than reading it once."""

from __future__ import annotations

import base64
import quopri
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from digest.delivery import bounces, incoming

GONE = ("failed", "5.1.1", "smtp; 550 5.1.1 <ana@inbox.example>: no such user", "ana@inbox.example", "")
TAGGED = "bounces+7.abcdefghijklmnop@news.example"


def test_a_report_says_what_became_of_a_letter(dsn):
    found = bounces.read(dsn(GONE, to=TAGGED, envelope_id="7.abcdefghijklmnop"))
    assert found.sort == "report"
    assert found.said == (
        bounces.Said(
            kind="failed",
            status="5.1.1",
            words="550 5.1.1 <address>: no such user",
            recipients=frozenset({"ana@inbox.example"}),
        ),
    )
    assert found.addresses == (TAGGED,)
    assert found.envelope_ids == ("7.abcdefghijklmnop",)


@pytest.mark.parametrize("action", ["failed", "delayed", "delivered", "relayed", "expanded"])
def test_every_action_is_known(dsn, action):
    (said,) = bounces.read(dsn((action, "2.0.0", "", "ana@inbox.example", ""))).said
    assert said.kind == action


def test_each_recipient_has_a_word(dsn):
    found = bounces.read(dsn(GONE, ("delivered", "2.1.5", "", "ben@inbox.example", "team@inbox.example")))
    assert [(said.kind, sorted(said.recipients)) for said in found.said] == [
        ("failed", ["ana@inbox.example"]),
        ("delivered", ["ben@inbox.example", "team@inbox.example"]),
    ]


@pytest.mark.parametrize(
    ("encode", "encoding"),
    [
        (lambda text: base64.encodebytes(text.encode()), "base64"),
        (lambda text: quopri.encodestring(text.encode()), "quoted-printable"),
        (lambda text: text.replace("\n", "\r\n").encode(), "7BIT"),
        (lambda text: text.encode(), "x-invented"),
    ],
)
def test_a_report_may_be_encoded(dsn, encode, encoding):
    (said,) = bounces.read(dsn(GONE, encode=encode, encoding=encoding)).said
    assert (said.kind, said.status) == ("failed", "5.1.1")


def test_a_wrong_charset_is_no_hindrance(dsn):
    gone = ("failed", "5.1.1", "smtp; 550 5.1.1 boîte inconnue \x00\x1b[31m", "ana@inbox.example", "")
    (said,) = bounces.read(dsn(gone, encode=lambda text: text.encode("latin-1"))).said
    assert said.status == "5.1.1"
    assert said.words == "550 5.1.1 bo te inconnue  [31m"


def test_an_internationalised_report(dsn):
    kind = "message/global-delivery-status"
    (said,) = bounces.read(dsn(("failed", "5.1.1", "", "", "анна@inbox.example"), kind=kind)).said
    assert said.recipients == {"анна@inbox.example"}


def test_folded_lines_and_odd_spacing(dsn):
    folded = ("Failed (permanent)", " 5.1.1 (no user)", "smtp;\n\t550\n 5.1.1 gone", "Ana@Inbox.example", "")
    (said,) = bounces.read(dsn(folded)).said
    assert (said.kind, said.status, said.words) == ("failed", "5.1.1", "550 5.1.1 gone")


def test_a_report_may_be_wrapped_by_a_gateway(dsn):
    inner = dsn(GONE, top="X-Top: y\n").partition(b"MIME-Version: 1.0\n")[2]
    head = f"From: postmaster@relay.example\nTo: {TAGGED}\nContent-Type: multipart/mixed; boundary=outer\n\n--outer\n"
    tail = b"\n--outer\nContent-Type: text/plain\n\nScanned on its way.\n--outer--\n"
    found = bounces.read(head.encode() + inner + tail)
    assert [(said.kind, said.status) for said in found.said] == [("failed", "5.1.1")]
    assert found.addresses == (TAGGED,)


def test_a_report_that_a_person_forwards_is_not_taken_for_one(dsn):
    head = b"From: ana@inbox.example\nContent-Type: multipart/mixed; boundary=outer\n\n--outer\n"
    forwarded = head + b"Content-Type: message/rfc822\n\n" + dsn(GONE, to=TAGGED) + b"\n--outer--\n"
    assert bounces.read(forwarded).sort == "other"


@pytest.mark.parametrize(
    ("as_it_should_be", "as_it_came"),
    [
        ("Action: failed", "550 5.1.1 does not exist, try again\nAction: failed"),
        ("Action: failed", "Action : failed"),
        ("Status: 5.1.1", "a line that is none\nStatus: 5.1.1"),
    ],
)
def test_lines_that_are_none_do_not_hide_the_rest(dsn, as_it_should_be, as_it_came):
    raw = dsn(GONE, to=TAGGED).replace(as_it_should_be.encode(), as_it_came.encode())
    assert [(said.kind, said.status) for said in bounces.read(raw).said] == [("failed", "5.1.1")]


def test_the_returned_letter_tells_its_names(dsn):
    letter = f"Return-Path: <{TAGGED}>\nMessage-ID: <7.qqqqqqqqqqqqqqqq@news.example>\n"
    found = bounces.read(dsn(GONE, returned=letter))
    assert found.addresses == (TAGGED,)
    assert found.message_ids == ("<7.qqqqqqqqqqqqqqqq@news.example>",)


@pytest.mark.parametrize(
    ("kind", "sort"),
    [("abuse", "complaint"), ("fraud", "complaint"), ("opt-out", "complaint"), ("Abuse", "complaint"),
     ("not-spam", "automatic"), ("virus", "automatic"), ("other", "automatic"), ("invented", "automatic")],
)  # fmt: skip
def test_a_complaint_is_a_no(complaint, kind, sort):
    extra = f"Original-Mail-From: <{TAGGED}>\nOriginal-Rcpt-To: somebody@mailboxes.example"
    found = bounces.read(complaint(kind, extra=extra))
    assert found.sort == sort
    if sort == "complaint":
        assert found.said[0].kind == "complaint"
        assert found.said[0].words == f"{kind.lower()}, reported by Mailboxes/2.1"
        assert found.addresses == (TAGGED,)


def test_a_complaint_is_known_by_the_letter_in_it(complaint):
    found = bounces.read(complaint(letter=f"Return-Path: <{TAGGED}>\nMessage-ID: <7.qq@news.example>\n"))
    assert (found.addresses, found.message_ids) == ((TAGGED,), ("<7.qq@news.example>",))


@pytest.mark.parametrize(
    "headers",
    ["Auto-Submitted: auto-replied", "Auto-Submitted: Auto-Generated; owner=x", "X-Autoreply: yes", "Precedence: junk"],
)
def test_a_holiday_reply_says_nothing_of_delivery(headers):
    raw = f"From: ana@inbox.example\nTo: {TAGGED}\n{headers}\n\nI am away. Error 5.1.1 in my head.\n".encode()
    assert bounces.read(raw) == bounces.Reading(sort="automatic")


def test_a_receipt_says_nothing_of_delivery(dsn):
    assert bounces.read(dsn(GONE, kind="message/disposition-notification")).sort == "automatic"


@pytest.mark.parametrize(
    ("text", "kind", "status"),
    [
        ("Hi. This is the mail program at relay.\n\n<ana@inbox.example>:\nRemote host said: 550 unknown (#5.1.1)\n",
         "failed", "5.1.1"),
        ("A message could not be delivered:\n  host mx.inbox.example: 552 5.2.2 full\n", "failed", "5.2.2"),
        ("A message is delayed:\n  host mx.inbox.example: 451 4.7.1 come back\n", "delayed", "4.7.1"),
    ],
)  # fmt: skip
def test_a_bounce_without_a_report_is_known_by_its_code(text, kind, status):
    raw = f"From: Mailer-Daemon@relay.example\nTo: {TAGGED}\nAuto-Submitted: auto-replied\n\n{text}".encode()
    found = bounces.read(raw)
    assert [(said.kind, said.status) for said in found.said] == [(kind, status)]
    assert found.addresses == (TAGGED,)


@pytest.mark.parametrize(
    "raw",
    [
        b"From: ana@inbox.example\nTo: bounces@news.example\n\nPlease stop. 550 5.1.1\n",
        b"From: Mailer-Daemon@relay.example\n\nsorry, it did not work\n",
        b"From: Mailer-Daemon@relay.example\nAuto-Submitted: auto-replied\n\nsorry, it did not work\n",
        b"X-Failed-Recipients: a@b.example\nAuto-Submitted: auto-replied\n\nno such route\n",
        b"Auto-Submitted: auto-replied\nContent-Type: multipart/report; boundary*=x''y\n\n--y\n\n550 5.1.1\n",
        b"From: Mailer-Daemon@relay.example\n\nsorry\n\nReceived: from x\n 550 5.1.1 in the letter itself\n",
        b"From: Mailer-Daemon@relay.example\nContent-Type: text/html\n\n<b>550 5.1.1</b>\n",
        b"", b"\n", b"\r\n\r\n", b"\xff\xfe\x00", b"Content-Type: multipart/report; boundary=x",
    ],
)  # fmt: skip
def test_anything_else_is_left_to_a_person(raw):
    assert bounces.read(raw) == bounces.Reading(sort="other")


TOP = b"Content-Type: multipart/report; boundary=x\n\n"
STATUS = TOP + b"--x\nContent-Type: message/delivery-status\n\n"


def _boxes(depth):
    opened = b"".join(b"Content-Type: multipart/mixed; boundary=b%d\n\n--b%d\n" % (at, at) for at in range(depth))
    return b"From: mailer-daemon@relay.example\n" + opened


@pytest.mark.parametrize(
    "bomb",
    [
        TOP + b"--x\n\n" * 200_000,
        TOP + b"--x\nContent-Type: message/delivery-status\n\nA: b\n" * 1000,
        STATUS
        + b"Action: failed\nFinal-Recipient: rfc822; a@b.example\n\n" * 100_000,
        STATUS + b"\n \n" * 300_000,
        STATUS + b"Action:" + b" " * 10**6,
        b"To: " + b"a+b@c.example, " * 100_000 + b"\n\n",
        b"X: y\n" * 200_000,
        b"Content-Type: multipart/report;" + b' boundary="' * 50_000,
        b"From: mailer-daemon@relay.example\n\n" + b"550 5.1." * 100_000,
        b"From: mailer-daemon@relay.example\nContent-Transfer-Encoding: base64\n\n" + b"=A" * 300_000,
        _boxes(12_000),
        b"\n" * 10**6,
        b"\r" * 10**6,
        b" " * 10**6,
        b"a" * 10**8,
    ],
    ids=["parts", "reports", "recipients", "blanks", "value", "addresses", "headers", "quotes", "codes", "base64",
         "boxes", "newlines", "returns", "spaces", "100 MB"],
)  # fmt: skip
def test_a_bomb_costs_no_more_than_reading_it(bomb):
    begin = time.process_time()
    found = bounces.read(bomb)
    assert time.process_time() - begin < 2
    assert len(found.said) <= 100
    assert len(found.addresses) <= 50


@given(st.binary(max_size=400))
def test_no_bytes_break_it(raw):
    assert bounces.read(raw).sort in ("report", "complaint", "automatic", "other")


PIECES = st.lists(
    st.sampled_from(
        [b"Content-Type: multipart/report; boundary=x\n", b"Content-Type: message/delivery-status\n", b"\n", b"\r\n",
         b"--x\n", b"--x--\n", b"Action: failed\n", b"Status: 5.1.1\n", b"Final-Recipient: rfc822;", b" \n",
         b"\xc3\x28\n",
         b"Content-Type: message/feedback-report\n", b"Feedback-Type: abuse\n", b"Content-Transfer-Encoding: base64\n",
         b"boundary*0*=x; boundary*=y\n", b"From: mailer-daemon@x\n", b":\n", b"=?utf-8?b?x?=\n"]
    ),
    max_size=25,
)  # fmt: skip


@given(PIECES)
def test_no_order_of_pieces_breaks_it(pieces):
    assert bounces.read(b"".join(pieces)).sort in ("report", "complaint", "automatic", "other")


def test_a_report_that_is_cut_off_still_tells(dsn):
    raw = dsn(GONE, returned="X-Long: y\n" * 100_000)
    assert bounces.read(raw[: incoming.LONGEST]).said == bounces.read(raw).said != ()
