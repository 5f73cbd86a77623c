"""What is like what: the index finds what pairwise comparison finds, whatever the order, and leaves the rest out."""

from __future__ import annotations

from collections.abc import Callable

from hypothesis import given
from hypothesis import strategies as st

from digest.content.choice.nearness import NOTICED, Index, features, nearest
from digest.content.text.similarity import cosine
from digest.model import Story

Make = Callable[..., Story]
WORDS = ["bridge", "flood", "vote", "court", "harvest", "strike", "school", "port", "eel", "kiln", "moor", "quarry"]


@given(data=st.data())
def test_the_index_finds_what_comparing_all_pairs_finds(data: st.DataObject, story: Make) -> None:
    titles = data.draw(st.lists(st.lists(st.sampled_from(WORDS), min_size=1, max_size=6), min_size=1, max_size=8))
    stories = [story(str(at), title=" ".join(words)) for at, words in enumerate(titles)]
    vectors, (asked,) = features(stories, ("flood at the port", "a kiln and a moor"))
    shuffled, again = features(data.draw(st.permutations(stories)), ("flood at the port", "a kiln and a moor"))
    assert (shuffled, again) == (vectors, [asked])
    found = Index(vectors).likeness(asked)
    expected = {name: round(cosine(asked, vector), 4) for name, vector in vectors.items()}
    assert found == {name: alike for name, alike in expected.items() if alike >= NOTICED}
    assert nearest(vectors, [asked]) == found


def test_words_that_everybody_uses_find_nobody_but_count(story: Make) -> None:
    stories = [story(f"{at:03}", title=f"harbour w{at} x{at}") for at in range(200)]
    vectors, _ = features(stories)
    found = Index(vectors).likeness(vectors["007"])
    assert found == {"007": 1.0}


def test_nothing_is_like_nothing() -> None:
    assert nearest({}, []) == {}
    assert Index({"a": {}}).likeness({}) == {}
