"""Servers that break the rules of SMTP: no letter goes twice, none to the wrong reader, none is taken for sent."""

from __future__ import annotations

import pytest

from digest.delivery.outcomes import Accepted, Later, Lost, NotStarted, Refused
from digest.errors import TransportError


def _outcome(hand_over, port, letter, **more):
    """The one outcome, or None when the server is of no use at all."""
    try:
        outcome = hand_over(port, [letter("ana")], **more)[0]
    except TransportError:
        return None
    return None if isinstance(outcome, NotStarted) else outcome


def test_after_a_go_ahead_for_a_refused_reader_nothing_is_said_any_more(office, hand_over, letter):
    served = office(rcpt={"gone": "550 5.1.1 gone"}, goes_ahead=True)
    assert [type(one) for one in hand_over(served.port, [letter("gone")])] == [Refused]
    assert served.received == []
    assert "." not in served.heard


@pytest.mark.parametrize("unasked", [b"250 2.0.0 taken\r\n", b"250 a\r\n250 b\r\n250 c\r\n354 d\r\n", b"2"])
def test_an_answer_to_a_body_that_has_not_left_is_not_believed(office, hand_over, letter, unasked):
    served = office(unasked=unasked)
    outcome = _outcome(hand_over, served.port, letter)
    # It depends on the packets whether the answer comes before the body begins (then nothing has left) or while it
    # leaves, or so late that only its own words tell; never is a body begun twice.
    assert outcome is None or isinstance(outcome, Later | Lost | Accepted)
    assert len(served.received) <= 1
    if not served.received:
        assert not isinstance(outcome, Accepted) or unasked != b"2"


@pytest.mark.parametrize("reply", ["hello there", "25", "2500 much", "250+plus", "\x00\x00\x00", "250-and more\r\n999"])
@pytest.mark.parametrize("place", ["mail", "rcpt", "data", "end"])
def test_garbage_ends_the_connection(office, hand_over, letter, reply, place):
    told = {"ana": reply} if place in ("rcpt", "end") else reply
    served = office(**{place: told})
    outcome = _outcome(hand_over, served.port, letter, reply=0.5)
    assert isinstance(outcome, Lost) if place == "end" else outcome is None or isinstance(outcome, Later | Refused)
    assert served.received == []


@pytest.mark.parametrize("place", ["mail", "rcpt", "end"])
def test_a_line_without_end_is_not_read_without_end(office, hand_over, letter, place):
    endless = "250-" + "x" * 2_000_000
    served = office(**{place: {"ana": endless} if place != "mail" else endless})
    outcome = _outcome(hand_over, served.port, letter, reply=5.0)
    assert isinstance(outcome, Lost) if place == "end" else outcome is None or isinstance(outcome, Later)


@pytest.mark.parametrize("place", ["mail", "rcpt", "data", "end"])
def test_a_reply_that_never_ends_is_given_up_in_time(office, hand_over, letter, place):
    told = {"ana": "250-not yet"} if place in ("rcpt", "end") else "250-not yet"
    outcome = _outcome(hand_over, office(**{place: told}).port, letter, reply=0.5)
    assert isinstance(outcome, Lost) if place == "end" else outcome is None or isinstance(outcome, Later)


@pytest.mark.parametrize("place", ["mail", "reset", "rcpt", "data", "end"])
def test_a_server_may_hang_up_anywhere(office, hand_over, letter, place):
    told = {"ana": "hang up"} if place in ("rcpt", "end") else "hang up"
    served = office(**{place: told})
    outcome = _outcome(hand_over, served.port, letter)
    if place == "end":
        assert isinstance(outcome, Lost)
    elif place == "reset" and not served.pipelining:
        assert isinstance(outcome, Accepted), "a first letter needs no RSET"
    else:
        assert outcome is None or isinstance(outcome, Later)


def test_one_answer_too_many_shifts_no_outcome_to_another_reader(office, hand_over, letter):
    """From the second letter on, answers would be those of the letter before."""
    served = office(end={"ana": "250 2.0.0 taken\r\n250 2.0.0 taken again"}, rcpt={"gone": "550 5.1.1 gone"})
    try:
        outcomes = hand_over(served.port, [letter(to) for to in ("ana", "gone", "cy", "di")])
    except TransportError:
        outcomes = []
    assert len(served.to()) == len(set(served.to()))
    for name, outcome in zip(("ana", "gone", "cy", "di"), outcomes, strict=False):
        assert not isinstance(outcome, Accepted) or name in served.to()
        assert not isinstance(outcome, Refused) or name == "gone"
