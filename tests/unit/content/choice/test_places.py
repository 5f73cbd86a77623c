"""Every story that some section takes has one place, in the section that scores it highest."""

from __future__ import annotations

from collections.abc import Callable

from hypothesis import given
from hypothesis import strategies as st

from digest.content.choice.places import places
from digest.content.choice.rank import rank
from digest.model import SectionRule, Story

Make = Callable[..., Story]
TAGS = ("world", "economy", "sport")
SECTIONS = tuple(SectionRule(tag=tag, title=tag) for tag in ("world", "economy", "*"))

drawn = st.lists(st.tuples(st.sets(st.sampled_from(TAGS)), st.integers(0, 60), st.floats(0.25, 1.0)), max_size=12)


def stories(story: Make, told: list[tuple[set[str], int, float]]) -> list[Story]:
    return [
        story(str(at), dict.fromkeys(sorted(tags), strength), hours=hours, source=f"s{at % 3}", title=f"Story {at}")
        for at, (tags, hours, strength) in enumerate(told)
    ]


@given(drawn, st.randoms())
def test_places_are_whole_orders_and_do_not_depend_on_the_order_given(story, now, rows, chance):
    told = stories(story, rows)
    found = places(told, SECTIONS, now=now)
    assert found.keys() == {one.id for one in told}
    for section in SECTIONS:
        here = sorted((p for p in found.values() if p.ranked.section == section.tag), key=lambda p: p.position)
        assert [place.position for place in here] == list(range(1, len(here) + 1))
        assert [p.ranked.score for p in here] == sorted((p.ranked.score for p in here), reverse=True)
    shuffled = list(told)
    chance.shuffle(shuffled)
    assert places(shuffled, SECTIONS, now=now) == found


@given(drawn)
def test_a_place_is_the_best_a_section_of_its_own_gives(story, now, rows):
    told = stories(story, rows)
    found = places(told, SECTIONS, now=now)
    for one in told:
        own = [s for s in SECTIONS if s.tag in {tag.tag for tag in one.tags}]
        if not own:
            assert found[one.id].ranked.section == "*"
            continue
        scores = {s.tag: ranked.score for s in own for ranked in rank([one], s, now=now)}
        assert found[one.id].ranked.score == max(scores.values())


@given(drawn)
def test_without_a_general_section_some_stories_have_no_place(story, now, rows):
    told = stories(story, rows)
    found = places(told, SECTIONS[:2], now=now)
    assert found.keys() == {s.id for s in told if {"world", "economy"} & {tag.tag for tag in s.tags}}
