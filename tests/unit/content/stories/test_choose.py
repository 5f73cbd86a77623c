"""The choice of an edition: its laws, and the words for what is left out."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from datetime import datetime

from hypothesis import given
from hypothesis import strategies as st

from digest.content.choose import choose
from digest.content.rank import SIGNALS
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


def test_a_pin_comes_first_but_keeps_to_the_maximum(story: Make, now: datetime) -> None:
    stories = [
        story(i, {"syria": 0.8}, hours=n, source="Other" if n else "Example Times") for n, i in enumerate("abcd")
    ]
    assert taken(choose(stories, [SYRIA], now=now, per_source=1, pinned=["d"])) == {"Syria": ["d", "a"]}
    choice = choose(stories, [SYRIA], now=now, pinned=["b", "c", "d"])
    assert taken(choice) == {"Syria": ["b", "c"]}
    assert why(choice) == {"a": "below place 2 in Syria", "d": "below place 2 in Syria"}


def test_no_section_takes_the_last_story_another_needs(story: Make, now: datetime) -> None:
    iraq = SectionRule(tag="iraq", title="Iraq", minimum=1)
    stories = [story("a", {"syria": 0.9, "iraq": 0.3}), story("b", {"syria": 0.8})]
    assert taken(choose(stories, [SYRIA, iraq], now=now)) == {"Syria": ["b"], "Iraq": ["a"]}


def test_a_section_below_its_minimum_gives_its_stories_back(story: Make, now: datetime) -> None:
    syria = SectionRule(tag="syria", title="Syria", minimum=3)
    stories = [story("a", {"syria": 0.9}), story("b", {"syria": 0.8, "iraq": 0.3})]
    assert taken(choose(stories, [syria, IRAQ, WORLD], now=now)) == {"Iraq": ["b"], "World": ["a"]}
    assert why(choose(stories, [syria], now=now)) == dict.fromkeys("ab", "Syria has 2 of the 3 stories it needs")


TAGS = ["syria", "iraq", "iran"]
VOCABULARY = ["bridge", "flood", "vote", "court", "harvest", "strike", "school", "port"]


@given(data=st.data())
def test_the_laws(data: st.DataObject, story: Make, now: datetime) -> None:
    draw = data.draw
    stories = [
        story(
            str(i),
            draw(st.dictionaries(st.sampled_from(TAGS), st.sampled_from([0.2, 0.5, 0.9]))),
            hours=draw(st.integers(0, 4)),
            source=draw(st.sampled_from("AB")),
            rights=draw(st.sampled_from(["own", "excerpt"])),
            title=" ".join(draw(st.lists(st.sampled_from(VOCABULARY), min_size=1, max_size=4))),
        )
        for i in range(draw(st.integers(0, 9)))
    ]
    sections = [
        SectionRule(tag=tag, title=tag, minimum=draw(st.integers(0, 2)), maximum=draw(st.integers(2, 3)))
        for tag in draw(st.lists(st.sampled_from([*TAGS, "*"]), unique=True))
    ]
    names = st.sets(st.sampled_from([s.id for s in stories])) if stories else st.just(set())
    sent, vetoed, pinned = draw(names), draw(names), draw(names)
    cap = draw(st.integers(0, 2))

    def run(candidates: list[Story]) -> Choice:
        return choose(candidates, sections, now=now, per_source=cap, sent=sent, vetoed=vetoed, pinned=pinned)

    choice = run(stories)
    assert choice == run(draw(st.permutations(stories)))

    places = [name for chosen in taken(choice).values() for name in chosen]
    assert Counter([*places, *(s.story for s in choice.skipped)]) == Counter(s.id for s in stories)
    assert not set(places) & (sent | vetoed)
    assert all(skipped.why for skipped in choice.skipped)
    assert [rule for rule, _ in choice.sections] == [rule for rule in sections if rule.title in taken(choice)]
    led: Counter[str] = Counter()
    for rule, ranked in choice.sections:
        assert max(1, rule.minimum) <= len(ranked) <= rule.maximum
        keys = [(r.story.id not in pinned, -r.score) for r in ranked]
        assert keys == sorted(keys)
        for r in ranked:
            assert rule.tag in {"*", *(t.tag for t in r.story.tags)}
            assert [reason.signal for reason in r.reasons][: len(SIGNALS)] == list(SIGNALS)
            led[r.story.lead.source] += r.story.lead.rights != "own" and r.story.id not in pinned
    open_sources = {s.lead.source for s in stories if s.id not in sent | vetoed}
    if cap and len(open_sources) > 1:
        assert all(count <= cap for count in led.values())
