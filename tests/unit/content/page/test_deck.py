"""Which of a publisher's own summaries can be shown, and how much of them."""

from __future__ import annotations

import time

import pytest

from digest.content.page.deck import clean_deck
from digest.content.summary.summarise import summarise

BODY = (
    "A ferry line that the harbour council has paid for since 1931\n\nThe harbour council of Westerhaven voted on "
    "Tuesday to close the old ferry line, which no longer carries enough workers across the bay to pay for its crews, "
    "its boats and the repairs that both of them need every winter. Eleven members voted for it."
)
LONG = (
    "Westerhaven: the harbour council voted on Tuesday to close the old ferry line, which no longer carries enough "
    "workers across the bay to pay for its crews, its boats and the"
)


@pytest.mark.parametrize(
    ("deck", "shown"),
    [
        ("A ferry line that the harbour council has paid for since 1931", True),  # a copy, but whole
        ("The harbour council of Westerhaven voted on Tuesday to", False),
        (LONG, False),  # a copy with a word in front, cut off
        ("After a vote on Tuesday to close the old ferry line", True),  # its own words, the last as in the body
        (f"{LONG} ropes.", True),
    ],
)
def test_a_copy_is_cut_off_where_its_sentence_goes_on(deck: str, shown: bool) -> None:
    assert clean_deck(deck, text=BODY) == (deck if shown else "")


def test_a_long_deck_goes_without_its_stump() -> None:
    whole = "Eleven members of the council had seen enough of a line that costs more than the tram. Crews protest."
    assert (
        clean_deck(f"{whole} How much will the town save by it, and who is going to pay for the bu", text=BODY) == whole
    )
    assert clean_deck("Crews protest. Town saves", text=BODY) == ""
    assert clean_deck("Crews protest today. Town saves", text=BODY) == "Crews protest today. Town saves"


def test_alone_a_deck_tells_rather_than_asks() -> None:
    deck = "What will become of the boats? Nobody in Westerhaven knows what the council means to do with them."
    (alone,) = summarise("Ferry line closes", BODY, deck=deck, rights="own", sentences=1)
    assert alone.text.startswith("Nobody")
    assert len(summarise("Ferry line closes", BODY, deck=deck, rights="own", sentences=2)) == 2
    only = "What will become of the boats in Westerhaven?"
    assert [s.text for s in summarise("Ferry line closes", BODY, deck=only)] == [only]


def test_a_hostile_deck_costs_no_time() -> None:
    began = time.process_time()
    for deck in ("a " * 450, "a" * 900, "? " * 440, "\\W" * 400, "x_" * 400):
        clean_deck(deck, text=deck * 200, title=deck)
    assert time.process_time() - began < 2
