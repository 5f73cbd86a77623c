"""Where a text may be cut."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from digest.render.cut import cut


def within(most):
    return lambda text: len(text) <= most


@pytest.mark.parametrize(
    ("text", "most", "short"),
    [
        ("The harbour reopens", 40, "The harbour reopens"),
        ("The harbour reopens on Monday", 22, "The harbour reopens…"),
        ("The harbour reopens, slowly", 21, "The harbour reopens…"),
        ("Council pays 5 million for quay", 21, "Council pays…"),
        ("Council pays $ 5 million for quay", 17, "Council pays…"),
        ("Read https://news.org/a-long-address now", 30, "Read…"),
        ("Quay shut again. Ferries will run from the other side", 34, "Quay shut again. Ferries will run…"),
        ("The old quay is closed again. Ferries run", 38, "The old quay is closed again."),
        ("Dr. Who was here. He left", 12, "Dr. Who was…"),
        ("速報：港が再開する見込みだと市長が発表した", 12, "速報：港が再開する見込…"),
        ("unbreakable", 5, ""),
    ],
)
def test_cuts(text, most, short):
    assert cut(text, within(most)) == short


words = st.text(alphabet="abcdefgh0123456789.,$%-", min_size=1, max_size=12)


@given(st.lists(words, min_size=1, max_size=60), st.integers(min_value=1, max_value=200))
def test_a_cut_ends_a_word_and_never_follows_a_number(parts, most):
    text = " ".join(parts)
    short = cut(text, within(most))
    assert len(short) <= most
    if short in ("", text):
        return
    kept = short.removesuffix("…")
    assert text.startswith(kept)
    assert not kept[-1].isdigit() or not short.endswith("…")
    rest = text[len(kept) :]
    assert not rest or not rest[0].isalnum()


@given(st.text(max_size=300), st.integers(min_value=1, max_value=100))
def test_any_text_is_cut_to_fit(text, most):
    assert len(cut(text, within(most))) <= most
