"""What a hand-over by SMTP promises, with and without PIPELINING, one letter at a time and many at once."""

from __future__ import annotations

import pytest

from digest.delivery.outcomes import Accepted, Later, Lost, Refused

MANY = [f"reader{number}" for number in range(40)]


def test_every_letter_arrives_once_with_its_own_sender_and_every_byte(office, hand_over, letter):
    served = office()
    letters = [letter(to, sender=f"back+{to}@news.example") for to in MANY]
    assert all(isinstance(outcome, Accepted) for outcome in hand_over(served.port, letters))
    assert sorted(served.to()) == sorted(MANY)
    for sender, to, body in served.received:
        assert sender == f"back+{to.partition('@')[0]}@news.example"
        assert body == letters[0].body


@pytest.mark.parametrize("goes_ahead", [False, True])
def test_refused_readers_among_others_disturb_nobody(office, hand_over, letter, goes_ahead):
    rcpt = dict.fromkeys(MANY[::3], "550 5.1.1 no such person") | dict.fromkeys(MANY[1::6], "450 4.2.0 later")
    served = office(rcpt=rcpt, goes_ahead=goes_ahead)
    outcomes = hand_over(served.port, [letter(to, sender=f"back+{to}@news.example") for to in MANY])
    for name, outcome in zip(MANY, outcomes, strict=True):
        wanted = {"550": Refused, "450": Later}.get(rcpt.get(name, "250")[:3], Accepted)
        assert isinstance(outcome, wanted), (name, outcome)
    assert sorted(served.to()) == sorted(set(MANY) - set(rcpt))
    assert all(sender == f"back+{to.partition('@')[0]}@news.example" for sender, to, _ in served.received)


def test_each_answer_has_its_outcome(office, hand_over, letter):
    served = office(
        rcpt={"full": "452 4.2.2 <full@inbox.example> is full", "gone": "550 5.1.1 no such person"},
        end={"spam": "554 5.7.1 looks odd", "busy": "451 4.3.0 try later", "ends": "421 4.3.2 going down"},
    )
    names = ["full", "gone", "spam", "busy", "ends", "ana"]
    outcomes = hand_over(served.port, [letter(to) for to in names])
    assert [type(outcome) for outcome in outcomes] == [Later, Refused, Refused, Later, Later, Accepted]
    assert outcomes[0].reply == "452 4.2.2 <address> is full"
    assert served.to() == ["ana"]


def test_where_the_connection_breaks_decides_what_is_known(office, hand_over, letter):
    served = office(end={"ana": "take and hang up"}, rcpt={"bo": "hang up"})
    outcomes = hand_over(served.port, [letter(to) for to in ("ana", "bo", "cy", "di")])
    assert [type(outcome) for outcome in outcomes] == [Lost, Later, Accepted, Accepted]
    assert sorted(served.to()) == ["ana", "cy", "di"]


def test_a_server_that_serves_few_letters_a_connection_is_dialled_again(office, hand_over, letter):
    served = office(per_connection=3)
    outcomes = hand_over(served.port, [letter(to) for to in MANY])
    assert all(isinstance(outcome, Accepted) for outcome in outcomes)
    assert sorted(served.to()) == sorted(MANY)


def test_replies_may_come_byte_by_byte(office, hand_over, letter):
    served = office(dribble=True, rcpt={"reader3": "550 5.1.1 gone"})
    outcomes = hand_over(served.port, [letter(to) for to in MANY[:9]])
    assert [type(outcome) for outcome in outcomes] == [*[Accepted] * 3, Refused, *[Accepted] * 5]


def test_a_reply_of_several_lines_is_one_reply(office, hand_over, letter):
    served = office(rcpt={"gone": "550-5.1.1 no such person\r\n550 5.1.1 or not any more"})
    outcome, after = hand_over(served.port, [letter("gone"), letter("ana")])
    assert outcome == Refused("550 5.1.1 no such person 5.1.1 or not any more")
    assert isinstance(after, Accepted)


def test_reports_are_asked_for_where_the_server_makes_them(office, hand_over, letter):
    served = office(extensions=("DSN",))
    hand_over(served.port, [letter("ana", number=5)])
    assert "MAIL FROM:<letters@news.example> RET=HDRS ENVID=5.abc" in served.heard
    assert "RCPT TO:<ana@inbox.example> NOTIFY=FAILURE" in served.heard
    silent = office()
    hand_over(silent.port, [letter("ana", number=5)])
    assert "MAIL FROM:<letters@news.example>" in silent.heard


def test_an_address_beyond_ascii_needs_a_server_that_takes_it(office, hand_over, letter):
    served = office(extensions=("SMTPUTF8",))
    taken, plain = hand_over(served.port, [letter("zoë"), letter("ana")])
    assert isinstance(taken, Accepted)
    assert "MAIL FROM:<letters@news.example> SMTPUTF8" in served.heard
    assert "MAIL FROM:<letters@news.example>" in served.heard
    assert isinstance(plain, Accepted)
    other = office()
    refused, taken = hand_over(other.port, [letter("zoë"), letter("ana")])
    assert isinstance(refused, Refused)
    assert "SMTPUTF8" in refused.reply
    assert isinstance(taken, Accepted)
    assert other.to() == ["ana"]


@pytest.mark.parametrize("to", ["ana@inbox.example>\r\nRSET", "a b@inbox.example", "ana@x.example> NOTIFY=NEVER"])
def test_an_address_says_nothing_to_the_server_but_itself(office, hand_over, letter, to):
    served = office()
    refused, taken = hand_over(served.port, [letter(to), letter("ana")])
    assert isinstance(refused, Refused)
    assert isinstance(taken, Accepted)
    assert served.to() == ["ana"]
