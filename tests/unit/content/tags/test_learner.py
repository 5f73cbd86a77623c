"""The learner and the editors' words: the same from the same, explained, and never against an editor."""

from __future__ import annotations

import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st

from digest.content.tags.corrections import corrected
from digest.content.tags.learner import FEWEST, Example, Learner, learn, suggested
from digest.content.tags.vocabulary import Vocabulary
from digest.model import Tagged, TagRule

SEA = ("ferry", "harbour", "quay", "tide", "crew", "pier", "boat", "dock")
LAND = ("budget", "school", "council", "bread", "court", "meadow", "tram", "bridge")
WORDS = Vocabulary(
    [
        TagRule(key="shipping", name="Shipping", parents=("transport",)),
        TagRule(key="transport", name="Transport"),
        TagRule(key="rail", name="Rail", parents=("transport",)),
    ]
)


def examples(words: tuple[str, ...], *, fits: bool, count: int = FEWEST) -> list[Example]:
    trios = itertools.islice(itertools.cycle(itertools.combinations(words, 3)), count)
    return [
        Example(title=f"{a} news number {at}", text=f"The {b} and the {c} were seen by many people.", fits=fits)
        for at, (a, b, c) in enumerate(trios)
    ]


@pytest.fixture(scope="module")
def sea() -> Learner:
    return learn([*examples(SEA, fits=True), *examples(LAND, fits=False, count=40)])


def test_what_was_learnt_is_suggested_with_the_words_that_spoke_for_it(sea: Learner) -> None:
    (tagged,) = suggested({"shipping": sea}, "A ferry is late", "Nobody at the harbour knew why the boat lay still.")
    assert (tagged.tag, tagged.origin, tagged.place, tagged.start) == ("shipping", "learner", "learner", None)
    assert tagged.why.startswith("learnt from 20 articles that an editor gave it; ")
    assert "“ferry”" in tagged.why
    assert suggested({"shipping": sea}, "The budget is late", "Nobody at the school knew why.") == ()
    assert suggested({"shipping": sea}, "", "") == ()


def test_the_order_of_examples_does_not_matter(sea: Learner) -> None:
    again = learn([*examples(LAND, fits=False, count=40), *examples(SEA, fits=True)][::-1])
    assert again == sea


def test_what_cannot_be_told_apart_is_not_suggested() -> None:
    same = [Example(title=f"ferry {at}", text="Bread is dear.", fits=bool(at % 2)) for at in range(60)]
    assert suggested({"x": learn(same)}, "ferry 61", "Bread is dear.") == ()
    assert suggested({"x": learn([])}, "ferry", "") == ()


def keys(tags: tuple[Tagged, ...]) -> dict[str, str]:
    return {t.tag: t.why for t in tags}


def test_an_editors_word_wins_and_takes_its_consequences_along() -> None:
    found = WORDS.tag("Shipping is slow", "")
    assert keys(corrected(found, {"shipping": False}, WORDS)) == {}
    assert keys(corrected(found, {"transport": False}, WORDS)) == {"shipping": "“Shipping” in the headline"}
    both = keys(corrected(found, {"shipping": False, "rail": True}, WORDS, by={"rail": "ana@news.example"}))
    assert both == {"rail": "ana@news.example says so", "transport": "implied by Rail"}
    assert corrected(found, {}, WORDS) == found


tagged = st.sampled_from(["shipping", "transport", "rail", "unknown"])


@given(st.lists(st.sampled_from(["Shipping", "Rail", "Transport"])), st.dictionaries(tagged, st.booleans()))
def test_no_word_of_an_editor_is_lost(said: list[str], verdicts: dict[str, bool]) -> None:
    now = {t.tag: t for t in corrected(WORDS.tag(" ".join(said), ""), verdicts, WORDS)}
    for tag, fits in verdicts.items():
        assert (tag in now) == fits
        assert not fits or (now[tag].origin == "editor" and now[tag].strength == 1.0)
