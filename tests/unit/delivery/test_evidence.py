"""What a mail server's log says, and what it does not, whoever writes into it."""

import gzip
import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from digest.delivery import evidence, returns
from digest.delivery.evidence import Handed, Tally
from digest.errors import InputError


def _id(letter):
    return returns.message_id(letter, "news.example")


def _named(queue, letter, head="Nov 24 06:00:01 mx1 postfix/cleanup[7]: "):
    return f"{head}{queue}: message-id=<{_id(letter)}>"


def _taken(queue, head="Nov 24 06:00:02 mx1 postfix/qmgr[5]: "):
    return f"{head}{queue}: from=<bounces+1.abc@news.example>, size=53210, nrcpt=1 (queue active)"


def _fate(queue, fate, words, head="Nov 24 06:00:03 mx1 postfix/smtp[9]: "):
    return (
        f"{head}{queue}: to=<ana@inbox.example>, relay=mx.inbox.example[192.0.2.1]:25, delay=0.31, "
        f"delays=0.01/0/0.2/0.1, dsn=2.0.0, status={fate} ({words})"
    )


def _read(*lines, wanted=(1, 2, 3)):
    return evidence.read([(Tally(), [f"{line}\n".encode() for line in lines])], set(wanted))


def test_a_log_says_who_got_it():
    found = _read(
        _named("4A1B2C3D", 1), _taken("4A1B2C3D"), _fate("4A1B2C3D", "sent", "250 2.0.0 <ana@inbox.example> ok"),
        _named("4A1B2C3E", 2), _taken("4A1B2C3E"), _fate("4A1B2C3E", "deferred", "450 later"),
        _fate("4A1B2C3E", "bounced", "550 no"), _named("4A1B2C3F", 3), _taken("4A1B2C3F"),
    )  # fmt: skip
    assert found == {
        1: Handed("sent", "250 2.0.0 <address> ok"),
        2: Handed("bounced", "550 no"),
        3: Handed("taken", "into its queue"),
    }


@pytest.mark.parametrize(
    "head",
    [
        "",
        "2026-11-24T06:00:01.123456+00:00 mx1 postfix/cleanup[7]: ",
        "Nov  4 06:00:01 mx1 postfix-out/smtp[9]: ",
        "Nov 24 06:00:01 mx1 mail.info postfix/smtp[9]: ",
    ],
)
def test_every_way_to_write_a_log_is_read(head):
    assert _read(_named("3xyzABCDEF", 1, head), _fate("3xyzABCDEF", "sent", "250 ok", head))[1].fate == "sent"
    said = [{"MESSAGE": _named("Q1234", 1, "")}, {"MESSAGE": _fate("Q1234", "bounced", "gone", "")}]
    assert _read(*(json.dumps(one) for one in said))[1].fate == "bounced"


@pytest.mark.parametrize("word", ["expired", "force-expired"])
def test_a_server_that_gives_up_says_so_in_words_of_its_own(word):
    given_up = f"4A1B2C3D: from=<bounces+1.abc@news.example>, status={word}, returned to sender"
    tried = _fate("4A1B2C3D", "deferred", "452 4.2.2 full")
    assert _read(_named("4A1B2C3D", 1), tried, given_up) == {1: Handed("expired", "452 4.2.2 full")}
    assert _read(_named("4A1B2C3D", 1), given_up)[1].fate == "expired"


@pytest.mark.parametrize("tls", ["none", "dane", "may/requiretls:encrypt!"])
def test_a_newer_postfix_tells_how_the_way_was_protected(tls):
    line = _fate("4A1B2C3D", "bounced", "550 no").replace(" dsn=", f" tls={tls}, dsn=")
    assert _read(_named("4A1B2C3D", 1), _taken("4A1B2C3D"), line)[1].fate == "bounced"


def test_a_name_alone_proves_nothing():
    assert _read(_named("4A1B2C3D", 1)) == {}


def test_a_queue_name_that_is_used_again_is_another_letter():
    assert _read(_named("4A1B2C3D", 1), _named("4A1B2C3D", 9), _fate("4A1B2C3D", "sent", "250 ok")) == {}


@pytest.mark.parametrize(
    "line",
    [
        "Nov 24 06:00:01 mx1 postfix/cleanup[7]: 4A1B2C3D: message-id=<1.aaaaaaaaaaaaaaaa@news.example>",
        "Nov 24 06:00:01 mx1 postfix/cleanup[7]: 4A1B2C3D: warning: header Subject: message-id=<{id}>",
        "Nov 24 06:00:01 mx1 sshd[7]: 4A1B2C3D: message-id=<{id}>",
        '{{"MESSAGE": ["4A1B2C3D: message-id=<{id}>"]}}',
        "[" * 5000,
    ],
)
def test_words_of_strangers_are_not_believed(line):
    assert _read(line.format(id=_id(1)) if "{" in line else line, _fate("4A1B2C3D", "sent", "250 ok")) == {}


def test_only_letters_that_are_asked_for_are_looked_at():
    assert _read(_named("4A1B2C3D", 1), _taken("4A1B2C3D"), wanted=[2]) == {}


@given(st.lists(st.binary(max_size=200), max_size=20))
def test_any_bytes_are_harmless(lines):
    assert evidence.read([(Tally(), lines)], {1}) == {}


@given(st.integers(0, 400))
def test_a_line_that_is_cut_anywhere_is_harmless(cut):
    lines = "\n".join([_named("4A1B2C3D", 1), _taken("4A1B2C3D"), _fate("4A1B2C3D", "sent", "250 ok")])
    assert set(_read(*lines[:cut].split("\n"))) <= {1}


def test_what_kind_of_lines_a_log_has_is_counted():
    old, new = Tally(), Tally()
    before = ["", _named("4A1B2C3D", 1), _named("4A1B2C3E", 7), "Nov 24 06:00:01 mx1 sshd[7]: hello"]
    after = ["Nov 24 06:00:03 mx1 postfix/smtpd[9]: connect from <ana@inbox.example>\x1b[2J"]
    after += [_fate("4A1B2C3D", "sent", "250 ok"), _fate("ZZZZZZ", "sent", "250 ok")]
    logs = [(tally, [f"{line}\n".encode() for line in lines]) for tally, lines in ((old, before), (new, after))]
    assert evidence.read(logs, {1})[1].fate == "sent", "named in one part, and its end in the next"
    assert (old.lines, old.understood, old.ours, old.wanted) == (4, 2, 2, 1)
    assert (new.lines, new.understood, new.ours, new.wanted) == (3, 2, 0, 0)
    assert (old.first, new.first) == (2, 1)
    assert new.found == "Nov 24 06:00:03 mx1 postfix/smtpd[9]: connect from <address> [2J"


def test_what_people_are_told_to_expect_is_read():
    named, fate = (line.replace("<...>", f"<{_id(1)}>").replace("...", "mx") for line in evidence.EXPECTED)
    assert _read(named, fate) == {1: Handed("sent", "250 ok")}


def test_a_log_may_be_packed_and_its_long_lines_are_cut(tmp_path):
    body = b"x" * 100_000 + b"\n" + _named("4A1B2C3D", 1).encode() + b"\n"
    plain, packed = tmp_path / "mail.log", tmp_path / "mail.log.1.gz"
    plain.write_bytes(body)
    packed.write_bytes(gzip.compress(body))
    assert list(evidence.lines_of(plain)) == list(evidence.lines_of(packed))
    assert len(next(evidence.lines_of(plain))) == evidence.LONGEST
    packed.write_bytes(gzip.compress(body)[:-20])
    with pytest.raises(InputError, match=r"mail\.log\.1\.gz"):
        list(evidence.lines_of(packed))
    with pytest.raises(InputError):
        list(evidence.lines_of(tmp_path / "none"))
