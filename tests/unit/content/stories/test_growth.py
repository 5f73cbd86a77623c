"""Stories that grow: any order of arrival, editors' words among it, and ids that stay."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule, run_state_machine_as_test

from digest.content.stories.accounts import Account, account
from digest.content.stories.grouping import group, link
from digest.content.stories.packed import pack, unpack
from digest.content.stories.rarity import Counted
from digest.model import Article, Story

Make = Callable[..., Article]
EVENTS = (
    (
        "Marrowgate toll bridge closed over cracks",
        "The old toll bridge at Marrowgate was closed on Tuesday after engineers found cracks in two of its piers.",
        "Councillor Hanne Brook said the repair would take six weeks and that buses would go by Callerby until then.",
        "Shopkeepers on the quay of Marrowgate fear for their Christmas trade and ask for a free ferry.",
    ),
    (
        "Best apple harvest in the Ashel valley for twenty years",
        "Growers in the Ashel valley expect the best apple harvest for twenty years, their association says.",
        "A mild spring and a wet June have made up for the hail of last year in the Ashel valley.",
        "Cider presses at Orrin and Low Tarn are working through the night, said Petra Vane of the association.",
    ),
    (
        "Korvath parliament votes on school meals",
        "Parliament in Korvath will decide on Friday whether pupils eat free of charge, said minister Ilse Tamm.",
        "Mines in the north of Korvath pay for the school meals, and the opposition calls it an election gift.",
        "A vote of the Korvath parliament on school meals failed in spring by three voices.",
    ),
)


class Newsroom(RuleBasedStateMachine):
    """Articles come in, editors part and join stories; nobody else may."""

    def __init__(self, article: Make) -> None:
        super().__init__()
        self.article = article
        self.accounts: list[Account] = []
        self.number = 0
        self.stories = 0
        self.parted: set[frozenset[str]] = set()

    def _made(self, event: int, first: int, source: str, hours: int, *, copy: bool) -> Account:
        title, *sentences = EVENTS[event]
        said = [*sentences[first:], *sentences[:first]]
        self.number += 1
        text = " ".join(said if copy else said[:2])
        title = title if copy else f"{title.split()[0]} {said[0][:40]}"
        return account(self.article(f"{self.number:04}", hours, source=source, title=title, text=text))

    @rule(
        told=st.lists(
            st.tuples(
                st.integers(0, len(EVENTS) - 1),
                st.integers(0, 2),
                st.sampled_from("ABCD"),
                st.integers(-100, 100),
                st.booleans(),
            ),
            min_size=1,
            max_size=4,
        )
    )
    def articles_come(self, told: list[tuple[int, int, str, int, bool]]) -> None:
        """Some new articles, at times that are in no order."""
        fresh = [self._made(event, first, source, hours, copy=copy) for event, first, source, hours, copy in told]
        before = {one.id: one.story for one in self.accounts}
        everyone = [*self.accounts, *fresh]
        self.accounts = []
        for home in link(everyone, Counted(everyone), fresh={one.id for one in fresh}):
            known = {s for i in home.members if (s := everyone[i].story) is not None}
            assert len(known) <= 1
            if not known:
                self.stories += 1
            story = known.pop() if known else str(self.stories)
            self.accounts += [replace(everyone[i], story=story) for i in home.members]
        assert sorted(one.id for one in self.accounts) == sorted(one.id for one in everyone)
        for one in self.accounts:
            assert before.get(one.id) in (None, one.story)

    @precondition(lambda self: self.accounts)
    @rule(data=st.data())
    def an_editor_parts(self, data: st.DataObject) -> None:
        """One article becomes a story of its own."""
        chosen = data.draw(st.sampled_from(self.accounts))
        rest = [one for one in self.accounts if one.story == chosen.story and one.id != chosen.id]
        self.stories += 1
        self.accounts = [replace(one, story=str(self.stories)) if one is chosen else one for one in self.accounts]
        self.parted |= {frozenset((chosen.id, one.id)) for one in rest}

    @precondition(lambda self: len({one.story for one in self.accounts}) > 1)
    @rule(data=st.data())
    def an_editor_joins(self, data: st.DataObject) -> None:
        """Two stories become one: the editor's last word counts."""
        kept, gone = data.draw(
            st.lists(
                st.sampled_from(sorted({str(one.story) for one in self.accounts})), min_size=2, max_size=2, unique=True
            )
        )
        self.accounts = [replace(one, story=kept) if one.story == gone else one for one in self.accounts]
        self.parted = {pair for pair in self.parted if len({one.story for one in self.accounts if one.id in pair}) > 1}

    @invariant()
    def what_an_editor_parted_is_in_two_stories(self) -> None:
        story = {one.id: one.story for one in self.accounts}
        for pair in self.parted:
            one, other = sorted(pair)
            assert story[one] != story[other]

    @invariant()
    def what_is_kept_comes_back_as_it_was(self) -> None:
        for one in self.accounts[-2:]:
            kept = unpack(
                pack(one),
                name=one.id,
                source=one.source,
                published=one.published,
                language=one.language,
                story=one.story,
            )
            assert kept == one


def test_stories_grow_in_any_order(article: Make) -> None:
    run_state_machine_as_test(lambda: Newsroom(article), settings=settings(max_examples=25, stateful_step_count=12))


def test_one_outlet_and_one_text_have_one_vote(article: Make) -> None:
    accounts = (
        article("a", source="Wire"),
        article("b", source="Wire"),
        article("c", source="Post", copy_of="a"),
        article("d", source="Lantern"),
    )
    assert Story(id="1", lead=accounts[0], others=accounts[1:]).outlets == 2
    assert Story(id="1", lead=accounts[2]).outlets == 1


def test_a_text_in_very_many_homes_is_one_account(article: Make) -> None:
    text = " ".join(EVENTS[0][1:])
    made = [
        article(f"{n:03}", source=f"Outlet {n}", title="From the agencies", text=f"{text} Number {n} prints it.")
        for n in range(150)
    ]
    (found,) = group(made)
    assert len(found.duplicates) == 149


@pytest.mark.parametrize(
    "text",
    [
        "",
        "\x00\x1b[31m",
        "x" * 500_000,
        "あ" * 500_000,
        "aあ" * 200_000,
        "\ud800 half",
        "A " * 300_000,
        "\u0301" * 50_000,
    ],
)
def test_anything_may_come(text: str, article: Make) -> None:
    odd = [article(name, source=name, title=text[:2_000], text=text, language="") for name in ("a", "b")]
    kept = account(odd[0])
    assert len(pack(kept)) < 20_000
    assert sorted(member for found in group(odd) for member in found.members) == ["a", "b"]
