"""What other accounts add to a story, and the figures in which they differ."""

from __future__ import annotations

import time
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from digest.content.summary.others import others_add
from digest.content.summary.tolls import differing, tolls
from digest.model import Addition, Article, Differing, Rights

AT = datetime(2026, 11, 22, 6, tzinfo=UTC)
LEAD = (
    "A ferry ran aground off Quay Point on Monday, and at least 14 people were killed, the coast guard said. "
    "The ferry had left the harbour in thick fog. Divers searched the wreck until dark."
)


def account(source: str, text: str, rights: Rights = "excerpt", **more: str) -> Article:
    return Article(
        id=source, source=source, url=f"https://{source}.example/", title="Ferry runs aground off Quay Point",
        published=AT, text=text, rights=rights, language=more.get("language", "en"),
    )  # fmt: skip


def add(*accounts: Article, most: int = 2) -> tuple[tuple[Addition, ...], tuple[Differing, ...]]:
    return others_add(account("courier", LEAD, "own"), (), accounts, most=most)


def test_a_sentence_with_figures_of_its_own_is_added_with_its_place() -> None:
    news = "The ferry carried 212 passengers when it ran aground off Quay Point, its owner Holt Lines said."
    text = f"The ferry had left the harbour in thick fog. {news}"
    (found,), _ = add(account("wire", text))
    assert (found.source, found.text, text[found.start : found.end]) == ("wire", news, news)


@pytest.mark.parametrize(
    "text",
    [
        LEAD,
        "The ferry ran aground off Quay Point on Monday in fog.",  # nothing new
        "It carried 212 passengers when the ferry ran aground off Quay Point, Holt Lines said.",  # leans
        "Share prices of Brandt Mining fell by 12.5 points to 311 in Kelstad.",  # another matter
        "The ferry carried 212 people off Quay Point, Holt Lines said. That could not be verified.",
        "The ferry that ran aground off Quay Point is seen in this photo, 12 hours before Holt Lines lost it.",
        "The ferry had 212 passengers " + "and many more things than anybody cares to count " * 4 + "off Quay Point.",
        "",
    ],
)  # fmt: skip
def test_what_adds_nothing_or_cannot_stand_is_left(text: str) -> None:
    assert add(account("wire", text))[0] == ()


def test_an_outlet_adds_once_and_never_to_itself() -> None:
    news = "The ferry carried {} passengers when it ran aground off Quay Point, Holt Lines said."
    assert add(account("courier", news.format(212)))[0] == ()
    found, _ = add(account("wire", news.format(212)), account("wire", news.format(213)), account("post", "Nothing."))
    assert [one.source for one in found] == ["wire"]
    same, _ = add(account("wire", news.format(212)), account("post", news.format(212)))
    assert len(same) == 1


def test_figures_that_differ_stand_side_by_side_in_their_own_words() -> None:
    wire = "The rescue service said 30 people were killed when a ferry ran aground."
    post = "At least 14 people were killed when a ferry ran aground off Quay Point."
    _, (found,) = add(account("wire", wire), account("post", post))
    assert found.what == "killed"
    assert [(one.source, one.text) for one in found.figures] == [
        ("courier", "at least 14 people were killed"),
        ("wire", "30 people were killed"),
        ("post", "At least 14 people were killed"),
    ]
    assert wire[found.figures[1].start : found.figures[1].end] == "30 people were killed"


def test_each_figure_comes_once_before_one_comes_again() -> None:
    told = [f"{number} people were killed on Monday." for number in (14, 14, 14, 30)]
    _, (found,) = add(*(account(f"wire{place}", text) for place, text in enumerate(told)))
    assert [one.source for one in found.figures] == ["courier", "wire3", "wire0", "wire1", "wire2"]


@pytest.mark.parametrize(
    "text",
    [
        "At least 14 people were killed on Monday.",  # the same
        "The ferry line has killed 40 people since 1999.",  # years
        "The blast killed 30 people, officials said, while rebels said 12 were killed.",  # two figures
        "No evidence shows that 30 people were killed.",
        "Among the dead were others, including 30 killed abroad.",
        "The war has killed 900 people.",  # another order of size
        "In 2019, 30 people were killed there.",
        "A 30-year-old man died, and the dog, 12, was killed.",
        "It cost $30 and 30 percent of voters were killed time.",
    ],
)
def test_what_may_count_something_else_is_not_set_beside(text: str) -> None:
    assert add(account("wire", text))[1] == ()


def test_shares_and_sums_need_the_same_words_next_to_them() -> None:
    one = "Consumer prices in Kelstad rose 3.1 percent in October, officials said."
    other = "Officials said consumer prices in Kelstad rose 3.4 percent in October."
    third = "Turnout in the Kelstad vote was 61 percent."
    assert differing([tolls(one), tolls(third)]) == ()
    ((_, first), (index, second)) = differing([tolls(one), tolls(third), tolls(other)])[0]
    assert (first.value, index, second.value) == (3.1, 2, 3.4)
    offer = "The authority in Kelstad offers crews a rise of 4.5 percent in pay."
    assert differing([tolls(offer), tolls("Crews in Kelstad want a rise of 6 percent in pay.")]) == ()
    assert tolls("Die Feuerwehr sagte, 30 people were killed.", "de") == ()


def test_the_headline_says_which_figure_an_account_stands_for() -> None:
    text = "Eleven people died when the ferry ran aground. By night 12 people were dead."
    assert tolls(text) == ()
    (told,) = tolls(text, "en", "Twelve dead off Quay Point")
    assert (told.value, told.text, text[told.start : told.end]) == (12, "12 people were dead", "12 people were dead")
    (told,) = tolls("Eleven people died at once.", "en", "Twelve dead off Quay Point")
    assert (told.text, told.start) == ("Twelve dead", None)


_PIECES = st.sampled_from(["killed ", "14 ", "at least ", "people ", "were ", "$3.1 million ", "12% ", ". ", "x "])


@given(st.lists(_PIECES, max_size=60))
def test_any_text_may_come_and_figures_stand_where_they_say(words: list[str]) -> None:
    text = "".join(words)
    for toll in tolls(text):
        assert any(c.isdigit() for c in text[toll.start : toll.end])
    adds, differ = add(account("wire", text))
    assert all(text[one.start : one.end] == one.text for one in adds)
    assert all(len(one.figures) >= 2 for one in differ)


@pytest.mark.parametrize(
    "part", ["killed 1 ", "1 people were ", "at least ", "$1,", "1,111,", "people ", "death toll "]
)
def test_a_hostile_text_costs_no_time(part: str) -> None:
    began = time.process_time()
    tolls(part * 20_000)
    tolls((part * 60 + ". ") * 200)
    assert time.process_time() - began < 2
