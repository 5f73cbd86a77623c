"""Every story that some section takes has one place, in the section that scores it highest."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from digest.content.choice.places import places
from digest.content.choice.rank import rank
from digest.model import Article, SectionRule, Story, Tagged

NOW = datetime(2026, 11, 24, 6, tzinfo=UTC)
TAGS = ("world", "economy", "sport")
SECTIONS = tuple(SectionRule(tag=tag, title=tag) for tag in ("world", "economy", "*"))

stories = st.lists(
    st.tuples(st.sets(st.sampled_from(TAGS)), st.integers(0, 60), st.floats(0.25, 1.0)), max_size=12
).map(
    lambda rows: [
        Story(
            id=str(at),
            lead=Article(
                id=str(at), source=f"s{at % 3}", url="", title=f"Story {at}", published=NOW - timedelta(hours=hours)
            ),
            tags=tuple(Tagged(tag=tag, strength=strength, why="") for tag in sorted(tags)),
        )
        for at, (tags, hours, strength) in enumerate(rows)
    ]
)


@given(stories, st.randoms())
def test_places_are_whole_orders_and_do_not_depend_on_the_order_given(told, chance):
    found = places(told, SECTIONS, now=NOW)
    assert found.keys() == {story.id for story in told}
    for section in SECTIONS:
        here = sorted((p for p in found.values() if p.ranked.section == section.tag), key=lambda p: p.position)
        assert [place.position for place in here] == list(range(1, len(here) + 1))
        assert [p.ranked.score for p in here] == sorted((p.ranked.score for p in here), reverse=True)
    shuffled = list(told)
    chance.shuffle(shuffled)
    assert places(shuffled, SECTIONS, now=NOW) == found


@given(stories)
def test_a_place_is_the_best_a_section_of_its_own_gives(told):
    found = places(told, SECTIONS, now=NOW)
    for story in told:
        own = [s for s in SECTIONS if s.tag in {tag.tag for tag in story.tags}]
        if not own:
            assert found[story.id].ranked.section == "*"
            continue
        scores = {s.tag: ranked.score for s in own for ranked in rank([story], s, now=NOW)}
        assert found[story.id].ranked.score == max(scores.values())


@given(stories)
def test_without_a_general_section_some_stories_have_no_place(told):
    found = places(told, SECTIONS[:2], now=NOW)
    assert found.keys() == {s.id for s in told if {"world", "economy"} & {tag.tag for tag in s.tags}}
