"""What holds of every choice, whatever came in: caps, minima, vetoes, pins, order, and more points never hurting."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from itertools import product

from hypothesis import assume, given
from hypothesis import strategies as st

from digest.content.choice.choose import choose
from digest.content.choice.quota import quotas
from digest.content.choice.rank import SIGNALS, belongs
from digest.model import Choice, SectionRule, Story

Make = Callable[..., Story]
TAGS = ["syria", "iraq", "iran"]
VOCABULARY = ["bridge", "flood", "vote", "court", "harvest", "strike", "school", "port"]


@dataclass(frozen=True)
class Case:
    stories: list[Story]
    sections: list[SectionRule]
    cap: int
    places: int

    def run(self, now: datetime, stories: Sequence[Story] = (), **wishes: Collection[str]) -> Choice:
        return choose(
            stories or self.stories, self.sections, now=now, per_source=self.cap, maximum=self.places, **wishes
        )


def draw_case(draw: st.DrawFn, story: Make, most: int = 9) -> Case:
    stories = [
        story(
            str(i),
            draw(st.dictionaries(st.sampled_from(TAGS), st.sampled_from([0.2, 0.5, 0.9]))),
            hours=draw(st.integers(0, 4)),
            source=draw(st.sampled_from("AB")),
            rights=draw(st.sampled_from(["own", "excerpt", "excerpt"])),
            title=" ".join(draw(st.lists(st.sampled_from(VOCABULARY), min_size=1, max_size=4))),
        )
        for i in range(draw(st.integers(0, most)))
    ]
    sections = [
        SectionRule(
            tag=tag,
            title=tag,
            minimum=draw(st.integers(0, 2)),
            maximum=draw(st.integers(2, 3)),
            share=draw(st.sampled_from([0.0, 1.0, 2.5])),
        )
        for tag in draw(st.lists(st.sampled_from([*TAGS, "*"]), unique=True))
    ]
    return Case(stories, sections, cap=draw(st.integers(0, 2)), places=draw(st.sampled_from([0, 0, 1, 3, 5])))


def chosen(choice: Choice) -> dict[str, list[str]]:
    return {rule.title: [ranked.story.id for ranked in ranked_] for rule, ranked_ in choice.sections}


def names(case: Case) -> st.SearchStrategy[set[str]]:
    return st.sets(st.sampled_from([s.id for s in case.stories])) if case.stories else st.just(set())


@given(data=st.data())
def test_every_story_has_one_place_or_one_reason(data: st.DataObject, story: Make, now: datetime) -> None:
    draw = data.draw
    case = draw_case(draw, story)
    wishes = {wish: draw(names(case)) for wish in ("sent", "vetoed", "pinned")}
    choice = case.run(now, **wishes)
    shuffled = draw(st.permutations(case.stories))
    assert repr(choice).encode() == repr(case.run(now, shuffled, **wishes)).encode()

    gone, pinned = wishes["sent"] | wishes["vetoed"], wishes["pinned"]
    places = [name for there in chosen(choice).values() for name in there]
    assert Counter([*places, *(s.story for s in choice.skipped)]) == Counter(s.id for s in case.stories)
    assert not set(places) & gone
    assert all(skipped.why and skipped.rule for skipped in choice.skipped)
    assert [rule for rule, _ in choice.sections] == [rule for rule in case.sections if rule.title in chosen(choice)]
    fitting = {s.id for s in case.stories if any(belongs(s, section) for section in case.sections)}
    assert pinned & fitting - gone <= set(places)

    led: Counter[str] = Counter()
    for rule, ranked in choice.sections:
        pins = sum(r.story.id in pinned for r in ranked)
        assert len(ranked) <= max(rule.maximum, pins)
        assert len(ranked) >= min(rule.minimum, case.places or rule.minimum) or pins
        keys = [(r.story.id not in pinned, -r.score) for r in ranked]
        assert keys == sorted(keys)
        for r in ranked:
            assert rule.tag in {"*", *(t.tag for t in r.story.tags)}
            assert [reason.signal for reason in r.reasons][: len(SIGNALS)] == list(SIGNALS)
            led[r.story.lead.source] += r.story.lead.rights != "own" and r.story.id not in pinned
    if case.cap and len({s.lead.source for s in case.stories if s.id not in gone}) > 1:
        assert all(count <= case.cap for count in led.values())
    if case.places:
        assert len(places) <= max(case.places, len(pinned & fitting - gone))


@given(data=st.data())
def test_more_points_never_hurt(data: st.DataObject, story: Make, now: datetime) -> None:
    case = draw_case(data.draw, story)
    before = case.run(now)
    places = [(section, name) for section, there in chosen(before).items() for name in there]
    assume(places)
    section, name = data.draw(st.sampled_from(places))
    lift = data.draw(st.sampled_from([0.02, 0.2, 1.0]))
    lifted = [replace(s, lead=replace(s.lead, boost=lift)) if s.id == name else s for s in case.stories]
    after = case.run(now, lifted)
    assert name in {other for there in chosen(after).values() for other in there}
    if not any(rule.minimum for rule in case.sections) and name in chosen(after).get(section, ()):
        assert chosen(after)[section].index(name) <= chosen(before)[section].index(name)


def possible(case: Case, wanted: Sequence[SectionRule]) -> bool:
    """Whether some choice gives all these sections their minimum, tried one after another."""
    capped = case.cap if len({s.lead.source for s in case.stories}) > 1 else 0
    homes = [[None, *(at for at, rule in enumerate(wanted) if belongs(s, rule))] for s in case.stories]
    for assigned in product(*homes):
        counts = Counter(at for at in assigned if at is not None)
        led = Counter(
            s.lead.source
            for s, at in zip(case.stories, assigned, strict=True)
            if at is not None and s.lead.rights != "own"
        )
        needs = [min(rule.minimum, case.places or rule.minimum) for rule in wanted]
        total = sum(needs)
        if (
            all(counts[at] >= need for at, need in enumerate(needs))
            and (not capped or all(count <= capped for count in led.values()))
            and (not case.places or total <= case.places)
        ):
            return True
    return False


@given(data=st.data())
def test_a_minimum_is_met_whenever_any_choice_could(data: st.DataObject, story: Make, now: datetime) -> None:
    case = draw_case(data.draw, story, most=6)
    standing: list[SectionRule] = []
    for rule in case.sections:
        if possible(case, [*standing, rule]):
            standing.append(rule)
    found = chosen(case.run(now))
    for rule in standing:
        assert len(found.get(rule.title, ())) >= min(rule.minimum, case.places or rule.minimum)


@given(
    st.integers(0, 30),
    st.lists(st.tuples(st.floats(0, 10), st.integers(0, 4), st.integers(0, 9)), min_size=1, max_size=6),
)
def test_quotas_use_every_place_that_can_be_used(places: int, rows: list[tuple[float, int, int]]) -> None:
    shares, least, more = zip(*rows, strict=True)
    most = [low + extra for low, extra in zip(least, more, strict=True)]
    given_ = quotas(places, shares, least, most)
    assert sum(given_) <= places
    assert all(count <= top for count, top in zip(given_, most, strict=True))
    if sum(least) <= places:
        assert all(count >= low for count, low in zip(given_, least, strict=True))
        usable = sum(m if share > 0 else low for share, low, m in zip(shares, least, most, strict=True))
        assert sum(given_) == min(places, usable)


def test_quotas_follow_shares() -> None:
    assert quotas(8, [2, 1, 1], [0, 0, 0], [9, 9, 9]) == (4, 2, 2)
    assert quotas(3, [1, 1], [1, 1], [9, 9]) == (2, 1)
    assert quotas(2, [1, 1, 1], [1, 1, 1], [9, 9, 9]) == (1, 1, 0)
