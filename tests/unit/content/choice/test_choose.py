"""The choice of an edition: its laws, and the words for what is left out."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import datetime

from digest.content.choice.choose import choose
from digest.model import Choice, SectionRule, Story

SYRIA = SectionRule(tag="syria", title="Syria", maximum=2)
IRAQ = SectionRule(tag="iraq", title="Iraq", maximum=2)
WORLD = SectionRule(tag="*", title="World", maximum=2)
Make = Callable[..., Story]


def taken(choice: Choice) -> dict[str, list[str]]:
    return {rule.title: [ranked.story.id for ranked in ranked_] for rule, ranked_ in choice.sections}


def why(choice: Choice) -> dict[str, str]:
    return {skipped.story: skipped.why for skipped in choice.skipped}


def test_each_story_stands_in_its_best_section(story: Make, now: datetime) -> None:
    stories = [story("a", {"syria": 0.3, "iraq": 0.8}), story("b", {"syria": 0.8}), story("c")]
    assert taken(choose(stories, [SYRIA, IRAQ, WORLD], now=now)) == {"Syria": ["b"], "Iraq": ["a"], "World": ["c"]}


def test_the_general_section_takes_what_no_other_took(story: Make, now: datetime) -> None:
    stories = [story(str(i), {"syria": 0.8}, hours=i) for i in range(5)]
    choice = choose(stories, [WORLD, SYRIA], now=now)
    assert taken(choice) == {"World": ["2", "3"], "Syria": ["0", "1"]}
    assert why(choice) == {"4": "below place 2 in Syria"}


def test_sent_vetoed_and_homeless(story: Make, now: datetime) -> None:
    stories = [story(i, {"syria": 0.8}) for i in "ab"] + [story("c", {"sport": 0.9})]
    choice = choose(stories, [SYRIA], now=now, sent=["a"], vetoed=["a", "b"], pinned=["a", "b"])
    assert choice.sections == ()
    assert why(choice) == {"a": "already sent", "b": "taken out by an editor", "c": "no section takes its tags"}
    assert choice.skipped[-1].headline == stories[2].lead.title


def test_the_cap_counts_over_the_edition_and_spares_the_own_newsroom(story: Make, now: datetime) -> None:
    stories = [
        story("a", {"syria": 0.8}),
        story("b", {"iraq": 0.8}, hours=2),
        story("c", {"iraq": 0.8}, source="Other", hours=5),
    ]
    choice = choose(stories, [SYRIA, IRAQ], now=now, per_source=1)
    assert taken(choice) == {"Syria": ["a"], "Iraq": ["c"]}
    assert why(choice) == {"b": "cap of 1 for Example Times"}
    assert choice.skipped[0].rule == "source"
    assert re.fullmatch(r"0\.\d\d more points, to stand before “Titlea ofa nothinga”", choice.skipped[0].needed)
    own = [story("a", {"syria": 0.8}, rights="own"), story("b", {"iraq": 0.8}, hours=2, rights="own"), stories[2]]
    assert why(choose(own, [SYRIA, IRAQ], now=now, per_source=1)) == {}


def test_a_newsletter_of_one_outlet_has_no_cap(story: Make, now: datetime) -> None:
    stories = [story(i, {"syria": 0.8}) for i in "ab"]
    assert why(choose(stories, [SYRIA], now=now, per_source=1)) == {}


def test_a_near_repeat_is_left_out_and_a_likeness_costs_points(story: Make, now: datetime) -> None:
    words = "bridge closes after flood damage in Marrowgate town"
    stories = [
        story("a", {"syria": 0.8}, title=f"Old {words}"),
        story("b", {"syria": 0.8}, title=f"The {words} again", hours=2),
        story(
            "c",
            {"syria": 0.8},
            title="Flood damage closes schools, shops, markets, courts in northern villages",
            hours=3,
        ),
    ]
    choice = choose(stories, [SYRIA], now=now, similarity_limit=0.5)
    assert taken(choice) == {"Syria": ["a", "c"]}
    assert why(choice) == {"b": f"too like “Old {words}”"}
    second = choose(stories, [SYRIA], now=now, similarity_limit=0.3).sections[0][1][1]
    assert second.reasons[-1].signal == "likeness"
    assert second.reasons[-1].points < 0
    assert second.score == round(sum(r.points for r in second.reasons), 4)


def test_a_pin_comes_first_and_exceeds_a_maximum_only_by_itself(story: Make, now: datetime) -> None:
    stories = [
        story(i, {"syria": 0.8}, hours=n, source="Other" if n else "Example Times") for n, i in enumerate("abcd")
    ]
    assert taken(choose(stories, [SYRIA], now=now, per_source=1, pinned=["d"])) == {"Syria": ["d", "a"]}
    choice = choose(stories, [SYRIA], now=now, pinned=["b", "c", "d"])
    assert taken(choice) == {"Syria": ["b", "c", "d"]}
    assert why(choice) == {"a": "below place 3 in Syria"}
    assert taken(choose(stories, [SYRIA], now=now, pinned=["b", "c"], maximum=1)) == {"Syria": ["b", "c"]}


def test_a_section_with_a_pin_stands_below_its_minimum(story: Make, now: datetime) -> None:
    syria = SectionRule(tag="syria", title="Syria", minimum=3)
    stories = [story("a", {"syria": 0.9}), story("b", {"syria": 0.8})]
    assert taken(choose(stories, [syria], now=now, pinned=["a"])) == {"Syria": ["a", "b"]}


def test_no_section_takes_the_last_story_another_needs(story: Make, now: datetime) -> None:
    iraq = SectionRule(tag="iraq", title="Iraq", minimum=1)
    stories = [story("a", {"syria": 0.9, "iraq": 0.3}), story("b", {"syria": 0.8})]
    assert taken(choose(stories, [SYRIA, iraq], now=now)) == {"Syria": ["b"], "Iraq": ["a"]}


def test_a_section_below_its_minimum_gives_its_stories_back(story: Make, now: datetime) -> None:
    syria = SectionRule(tag="syria", title="Syria", minimum=3)
    stories = [story("a", {"syria": 0.9}), story("b", {"syria": 0.8, "iraq": 0.3})]
    assert taken(choose(stories, [syria, IRAQ, WORLD], now=now)) == {"Iraq": ["b"], "World": ["a"]}
    assert why(choose(stories, [syria], now=now)) == dict.fromkeys("ab", "Syria has 2 of the 3 stories it needs")


def test_a_minimum_is_met_with_a_repeat_when_there_is_nothing_else(story: Make, now: datetime) -> None:
    syria = SectionRule(tag="syria", title="Syria", minimum=2)
    words = "bridge closes after flood damage in Marrowgate town"
    stories = [story(i, {"syria": 0.8}, title=f"{words} {i * 4}", hours=n) for n, i in enumerate("abc")]
    assert taken(choose(stories, [syria], now=now)) == {"Syria": ["a", "b"]}


def test_places_are_shared_out_and_what_a_section_cannot_use_goes_on(story: Make, now: datetime) -> None:
    syria, iraq = (SectionRule(tag=t, title=t.title(), maximum=9, share=s) for t, s in (("syria", 3), ("iraq", 1)))
    many = [story(f"s{i}", {"syria": 0.9}, hours=i) for i in range(6)]
    some = [story(f"i{i}", {"iraq": 0.3}, hours=20 + i) for i in range(6)]
    assert taken(choose([*many, *some], [syria, iraq], now=now, maximum=4)) == {
        "Syria": ["s0", "s1", "s2"],
        "Iraq": ["i0"],
    }
    choice = choose([*many[:2], *some], [syria, iraq], now=now, maximum=4)
    assert taken(choice) == {"Syria": ["s0", "s1"], "Iraq": ["i0", "i1"]}
    assert choice.skipped[0].why == "the edition has the 4 stories it may have"
    assert choice.skipped[0].rule == "maximum"
    assert choice.skipped[0].needed.endswith("to stand before “Titlei1 ofi1 nothingi1”")
