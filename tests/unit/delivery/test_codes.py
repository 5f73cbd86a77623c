"""A code tells a reader who is gone from one who is full, and both from a server that will not have us."""

from __future__ import annotations

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from digest.delivery.codes import RULES, classify, enhanced


@pytest.mark.parametrize(
    ("status", "words", "expected"),
    [
        ("5.1.1", "550 5.1.1 no such user here", "hard"),
        ("5.1.2", "", "hard"),
        ("5.1.3", "", "hard"),
        ("5.1.6", "", "hard"),
        ("5.1.10", "556 5.1.10 recipient domain takes no mail", "hard"),
        ("5.2.2", "552 5.2.2 mailbox is full", "soft"),
        ("4.2.2", "452 4.2.2 over quota", "soft"),
        ("5.2.1", "550 5.2.1 this account gets mail too fast", "soft"),
        ("4.4.7", "delivery time expired", "soft"),
        ("4.1.1", "for now nobody here", "soft"),
        ("5.2.3", "552 5.2.3 too long for this mailbox", "policy"),
        ("5.1.8", "553 5.1.8 your domain does not resolve", "policy"),
        ("5.3.4", "552 5.3.4 too big", "policy"),
        ("5.4.1", "550 5.4.1 recipient address rejected", "soft"),
        ("5.4.4", "name service error", "policy"),
        ("5.5.2", "syntax", "policy"),
        ("5.6.1", "media not supported", "policy"),
        ("5.7.1", "554 5.7.1 refused by our rules", "policy"),
        ("4.7.28", "421 4.7.28 unusual rate of mail from you", "policy"),
        ("5.7.515", "access denied, must be authenticated", "policy"),
        ("5.9.9", "", "soft"),
        ("", "", "soft"),
        ("", "550 no such user", "soft"),
        ("", "554 your network is on our blocklist", "policy"),
        # A vague code gives way to an exact one in the words.
        ("5.0.0", "smtp; 550 5.1.1 unknown", "hard"),
        ("5.1.0", "550 5.1.1 unknown", "hard"),
        ("5.0.0", "550-5.7.26 this mail is not authenticated", "policy"),
        ("5.0.0", "550 blocked using a list", "policy"),
        # Of two exact ones the milder holds.
        ("5.1.1", "550 5.7.1 rejected as spam", "policy"),
        ("5.1.1", "552 5.2.2 full", "soft"),
        ("5.7.1", "550 5.1.1 unknown", "policy"),
        ("", "given up after 9 attempts; the last answer: 452 4.2.2 full", "soft"),
    ],
)
def test_each_code_is_of_one_class(status, words, expected):
    assert classify(status, words) == expected


@pytest.mark.parametrize(
    ("words", "code"),
    [
        ("550 5.1.1 <address> unknown", "5.1.1"),
        ("550-5.1.1 The account does not exist", "5.1.1"),
        ("Remote host said: 550 no mailbox by that name (#5.1.1)", "5.1.1"),
        ("host 192.0.2.25 said: 550 5.7.1 no", "5.7.1"),
        ("refused by 5.1.1.10 and 4.2.2.2", ""),
        ("mailer 4.96.1 says no", ""),
        ("4.9.1 is not a subject", ""),
        ("", ""),
    ],
)
def test_a_code_is_found_in_words_and_an_address_is_none(words, code):
    assert enhanced(words) == code


@given(st.text(), st.text())
def test_no_words_break_it_and_only_a_listed_code_is_hard(status, words):
    found = classify(status, words)
    if found == "hard":
        codes = {enhanced(status)[2:], enhanced(words)[2:]}
        assert any(RULES.get(code, ("",))[0] == "hard" for code in codes)


@given(st.sampled_from("45"), st.integers(3, 7), st.integers(0, 999))
def test_what_is_about_us_never_counts_against_a_reader(severity, subject, detail):
    code = f"{severity}.{subject}.{detail}"
    assume(code != "5.4.1")  # of a mailbox, whatever its subject says
    assert classify(code) == ("soft" if severity == "4" and subject != 7 else "policy")


def test_every_rule_has_a_source():
    assert all(source.startswith(("RFC", "IANA")) for _, source in RULES.values())
