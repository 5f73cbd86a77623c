"""Ranking: what each signal says, and that a score is the sum of what is shown."""

from __future__ import annotations

import math
from collections.abc import Callable
from datetime import datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from digest.content.choice.prior import priors, response, usual_comments
from digest.content.choice.rank import DEFAULT_WEIGHTS, SIGNALS, Case, Context, rank
from digest.model import Picture, SectionRule, Story

SYRIA = SectionRule(tag="syria", title="Syria", half_life=12)
WORLD = SectionRule(tag="*", title="World")
Make = Callable[..., Story]


def value(name: str, story: Story, now: datetime, section: SectionRule = SYRIA, context: Context = Context()) -> float:  # noqa: B008
    return SIGNALS[name](Case(story=story, section=section, now=now, context=context))


def test_recency_halves_with_each_half_life(story: Make, now: datetime) -> None:
    assert [value("recency", story("a", hours=h), now) for h in (-5, 0, 12, 24)] == [1, 1, 0.5, 0.25]


def test_tag_is_the_sections_own_or_the_strongest(story: Make, now: datetime) -> None:
    told = story("a", {"iraq": 0.9, "syria": 0.4})
    assert value("tag", told, now) == 0.4
    assert value("tag", told, now, WORLD) == 0.9
    assert value("tag", story("b"), now, WORLD) == 0


def test_source_weighs_and_lifts_the_rare(story: Make, now: datetime) -> None:
    context = Context(volume={"Example Times": 300, "Rare Weekly": 1})
    assert value("source", story("a"), now) == 0.5
    assert value("source", story("a", weight=3.0), now) == 0.75
    assert value("source", story("a", weight=0.0), now) == 0
    assert value("source", story("a"), now, context=context) == pytest.approx(0.5, abs=0.01)
    assert value("source", story("a", source="Rare Weekly"), now, context=context) == pytest.approx(7 / 11)


def test_readers_are_a_prior_of_the_lead_and_nothing_where_nobody_counts(story: Make, now: datetime) -> None:
    known = Context(readers={"Example Times": 0.7})
    assert value("readers", story("a"), now) == 0
    assert value("readers", story("a"), now, context=known) == 0.7
    assert value("readers", story("a", source="Never Seen"), now, context=known) == 0.5


def test_clicks_and_novelty_look_at_what_was_carried(story: Make, now: datetime) -> None:
    context = Context(follows={"a": 0.8}, carried={"a": 0.25, "b": 0.9})
    assert [value("clicks", story(i), now, context=context) for i in "ab"] == [0.8, 0]
    assert [value("novelty", story(i), now, context=context) for i in "abc"] == [0.5, 0, 1]


def test_coverage_counts_outlets_not_articles(story: Make, now: datetime) -> None:
    assert value("coverage", story("a"), now) == 0
    assert value("coverage", story("a", others=1), now) == pytest.approx(1 / 3)
    assert value("coverage", story("a", others=20), now) == 1
    assert value("coverage", story("a", others=1, source="Outlet 0"), now) == 0


def test_discussion_is_measured_by_what_is_usual(story: Make, now: datetime) -> None:
    busy = Context(comments={"Example Times": 100})
    assert value("discussion", story("a"), now) == 0
    assert value("discussion", story("a", comments=5), now) == 0.5
    assert value("discussion", story("a", comments=100), now, context=busy) == 0.5
    assert value("discussion", story("a", comments=-3), now) == 0


def test_completeness_and_boost(story: Make, now: datetime) -> None:
    whole = story("a", text="x" * 9000, deck="d", picture=Picture(url="https://times.example/p.jpg"), boost=0.5)
    assert value("completeness", whole, now) == 1
    assert value("completeness", story("a"), now) == 0
    assert value("boost", whole, now) == 0.5
    assert value("boost", story("a", boost=-2.0), now) == 0


def test_the_score_is_the_sum_of_what_is_shown(story: Make, now: datetime) -> None:
    ranked = rank([story("a", {"syria": 0.5}, others=2, comments=7)], SYRIA, now=now)[0]
    assert [r.signal for r in ranked.reasons] == list(SIGNALS)
    assert ranked.score == round(math.fsum(r.points for r in ranked.reasons), 4)
    assert {r.signal: r.points for r in ranked.reasons}["tag"] == DEFAULT_WEIGHTS["tag"] * 0.5


def test_weights_change_and_switch_off(story: Make, now: datetime) -> None:
    off = dict.fromkeys(SIGNALS, 0.0)
    ranked = rank([story("a", {"syria": 0.5})], SYRIA, now=now, weights=off | {"tag": 10.0})[0]
    assert ranked.score == 5


def test_only_stories_with_the_tag_and_ties_to_the_newer_then_by_id(story: Make, now: datetime) -> None:
    off = dict.fromkeys(SIGNALS, 0.0)
    stories = [
        story("b", {"syria": 1}),
        story("c", {"iraq": 1}),
        story("a", {"syria": 1}),
        story("d", {"syria": 1}, hours=0),
    ]
    assert [r.story.id for r in rank(stories, SYRIA, now=now, weights=off)] == ["d", "a", "b"]
    assert [r.story.id for r in rank(stories, WORLD, now=now, weights=off)] == ["d", "a", "b", "c"]


def test_a_passing_mention_files_no_story_under_a_section(story: Make, now: datetime) -> None:
    stories = [story("a", {"syria": 0.2433}), story("b", {"syria": 0.25})]
    assert [r.story.id for r in rank(stories, SYRIA, now=now)] == ["b"]
    assert len(rank(stories, WORLD, now=now)) == 2


@given(data=st.data())
def test_signals_stay_between_0_and_1_and_order_of_input_does_not_matter(
    data: st.DataObject, story: Make, now: datetime
) -> None:
    fields = st.fixed_dictionaries(
        {
            "hours": st.floats(-1e4, 1e5),
            "weight": st.floats(-5, 1e6),
            "comments": st.none() | st.integers(-5, 10**9),
            "boost": st.floats(-5, 5),
            "others": st.integers(0, 12),
            "text": st.text(max_size=20),
        }
    )
    stories = [
        story(str(i), {"syria": 0.5}, **chosen) for i, chosen in enumerate(data.draw(st.lists(fields, max_size=6)))
    ]
    for name in SIGNALS:
        assert all(0 <= value(name, told, now) <= 1 for told in stories)
    assert rank(stories, SYRIA, now=now) == rank(data.draw(st.permutations(stories)), SYRIA, now=now)


@given(
    st.dictionaries(
        st.sampled_from("ABCD"),
        st.lists(st.floats(0, 1e12).map(lambda count: response(count, 10)), min_size=1, max_size=8),
    ),
    st.floats(0.1, 50),
)
def test_a_prior_lies_between_an_outlets_own_mean_and_that_of_all(
    responses: dict[str, list[float]], doubt: float
) -> None:
    found = priors(responses, doubt=doubt)
    assert found.keys() == responses.keys()
    everything = [one for values in responses.values() for one in values]
    for outlet, values in responses.items():
        low, high = sorted((math.fsum(values) / len(values), math.fsum(everything) / len(everything)))
        assert low - 1e-6 <= found[outlet] <= high + 1e-6


def test_what_is_usual_is_the_median() -> None:
    counts = [("A", 3), ("A", 5), ("A", 4_000), ("A", None), ("B", 1)]
    assert usual_comments(counts) == {"A": 5, "B": 1}
    assert usual_comments(counts, least=2) == {"A": 5}
    assert response(10, 10) == 0.5
    assert response(0, 10) == 0
    assert response(3, 0) == 0.5


def test_a_publisher_with_one_feed_is_ranked_by_what_is_left(story: Make, now: datetime) -> None:
    """Corroboration, source and cap say nothing of one outlet; a fuller, newer, fitting piece still leads."""
    full = story("full", {"syria": 0.9}, hours=2, text="x" * 3000, deck="d")
    old = story("old", {"syria": 0.9}, hours=40, text="x" * 3000, deck="d")
    thin = story("thin", {"syria": 0.4}, hours=1, text="x" * 200)
    assert [r.story.id for r in rank([thin, old, full], SYRIA, now=now)] == ["full", "thin", "old"]
