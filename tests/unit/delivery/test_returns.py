"""A letter comes back by names that are signed, short, and survive a change of keys and of case."""

from __future__ import annotations

from email import message_from_bytes

import pytest
from hypothesis import given
from hypothesis import strategies as st

from digest.delivery import fill, message, returns
from digest.errors import RefusedError

LETTERS = st.integers(1, 2**63 - 1)


@given(LETTERS)
def test_every_name_leads_back_to_its_letter_in_any_case(letter):
    address = returns.address("bounces@news.example", letter)
    assert len(address.rpartition("@")[0]) <= 64
    assert returns.letter_of(address) == returns.letter_of(address.upper()) == letter
    assert returns.letter_of_envelope_id(returns.envelope_id(letter).upper()) == letter
    message_id = returns.message_id(letter, "news.example")
    assert returns.letter_of_message_id(f"<{message_id}>") == returns.letter_of_message_id(message_id) == letter


@given(LETTERS, LETTERS)
def test_a_name_says_nothing_of_another_letter(mine, other):
    mac = returns.envelope_id(mine).partition(".")[2]
    forged = f"{other}.{mac}"
    expected = mine if mine == other else None
    assert returns.letter_of(f"bounces+{forged}@news.example") == expected
    assert returns.letter_of_envelope_id(forged) == expected


def test_what_readers_see_is_no_return_address():
    seen = returns.message_id(7, "news.example").partition("@")[0]
    assert returns.letter_of(f"bounces+{seen}@news.example") is None
    assert returns.letter_of_envelope_id(seen) is None
    assert returns.letter_of_message_id(f"<{returns.envelope_id(7)}@news.example>") is None


@given(st.text())
def test_any_other_text_is_nobodys(text):
    assert returns.letter_of(text) is returns.letter_of_envelope_id(text) is returns.letter_of_message_id(text) is None


def test_old_letters_outlive_a_change_of_keys(settings):
    address, old = returns.address("bounces@news.example", 7), settings.KEYS
    settings.KEYS = ("another key", *old)
    assert returns.letter_of(address) == 7
    assert returns.address("bounces@news.example", 7) != address
    settings.KEYS = ("another key",)
    assert returns.letter_of(address) is None


def test_an_address_that_cannot_carry_a_name_is_refused():
    returns.address("a" * 27 + "@news.example", 2**63 - 1)
    for base in ("a" * 28 + "@news.example", "news.example"):
        with pytest.raises(RefusedError):
            returns.address(base, 2**63 - 1)


def test_a_tag_of_the_newsrooms_own_stays():
    address = returns.address("post+digest@news.example", 7)
    assert address.startswith("post+digest+7.")
    assert returns.letter_of(address) == 7


@pytest.mark.parametrize("providers", [(), ("postmark",), ("brevo", "ses"), ("postmark", "brevo", "mailgun")])
def test_a_letter_carries_its_name_where_a_provider_has_its_own(providers):
    made = message.assemble(
        html="", text="Harbour news\n", subject="The ferry", sender="letters@news.example", site="https://news.example",
        newsletter="daily", title="The Daily", slot="2026-11-24", providers=providers,
    )  # fmt: skip
    name = returns.message_id(2**63 - 1, "letters.of-a-long-name.news.example")
    values = {"message_id": name, "to": "a@b.example", "date": "today", "unsubscribe_url": "https://news.example/u/x"}
    letter = fill.prepare(made)
    read = message_from_bytes(fill.joined(letter, fill.code(letter, values)))
    assert read["X-PM-Metadata-letter"] == (name if "postmark" in providers else None)
    assert read["X-Mailin-custom"] == (f'{{"letter": "{name}"}}' if "brevo" in providers else None)
    assert len(name) <= 80  # what Postmark takes as a value
