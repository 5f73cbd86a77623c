"""What other outlets add, and figures that differ, stand as quiet lines in every form, in their own words."""

from __future__ import annotations

import html
import re
from collections.abc import Callable

import pytest

from digest.model import Addition, Differing, Edition, EditionStory, Figure, Section, Sentence
from digest.render.brand import Brand
from digest.render.furniture import Furniture
from digest.render.letter import compile_letter, join, preheader_for
from digest.render.page import render_page
from digest.render.printed import render_printed
from digest.render.templates import Templates

ADDS = (
    Addition(
        source="Wire", url="https://wire.example/a?b=1&c=2", text="The ferry carried 212 people, Holt Lines said."
    ),
    Addition(source="Post", url="https://post.example/a", text="Divers found the log of Captain Brandt."),
)
DIFFER = (
    Differing(
        what="killed",
        figures=(
            Figure(source="Courier", url="https://courier.example/", text="at least 14 people were killed"),
            Figure(source="Wire", url="https://wire.example/", text="30 <b>dead</b>"),
        ),
    ),
)


@pytest.fixture
def told(edition: Callable[..., Edition], story: Callable[..., EditionStory]) -> Edition:
    return edition(sections=(Section(tag="a", title="A", stories=(story(adds=ADDS, differ=DIFFER),)),), appeal=None)


@pytest.mark.parametrize("language", ["en", "de", "fr", "es", "ar"])
def test_a_letter_shows_the_first_of_each(
    language: str, told: Edition, brand: Callable[..., Brand], words: Callable[[str], Furniture], templates: Templates
) -> None:
    letter = join(compile_letter(told, brand(), words(language), templates), ("a",), None)
    assert "https://wire.example/a?b=1&amp;c=2" in letter.html
    shown = html.unescape(re.sub(r"<[^>]+>", "", letter.html))
    for output in (shown, letter.text):
        flat = " ".join(output.split())
        for part in ("at least 14 people were killed", "30 <b>dead</b>", ADDS[0].text):
            assert part in flat
        assert ADDS[1].text not in flat
    assert "<b>dead" not in letter.html


@pytest.mark.parametrize("render", [render_page, render_printed])
def test_pages_show_all(
    render: Callable[..., str], told: Edition, brand: Callable[..., Brand], words: Callable[[str], Furniture],
    templates: Templates,
) -> None:  # fmt: skip
    made = render(told, brand(), words("en"), templates)
    assert "<b>dead" not in made
    shown = " ".join(html.unescape(re.sub(r"<[^>]+>", "", made)).split())
    assert "Figures differ: Courier: “at least 14 people were killed”; Wire: “30 <b>dead</b>”" in shown
    assert "Wire adds: The ferry carried 212 people, Holt Lines said." in shown
    assert "Post adds: Divers found the log" in shown


def test_a_claim_goes_nowhere_without_its_doubt(
    edition: Callable[..., Edition], story: Callable[..., EditionStory], brand: Callable[..., Brand],
    words: Callable[[str], Furniture], templates: Templates,
) -> None:  # fmt: skip
    claim, doubt = Sentence(text="Rebels said they had sunk a ferry.", bound=True), Sentence(text="None was missing.")
    made = story(summary=(claim, doubt, Sentence(text="It rained.")))
    assert made.opening == "Rebels said they had sunk a ferry. None was missing."
    assert story(summary=()).opening == ""
    long = story("Ferry", summary=(claim, Sentence(text="None was missing, " * 20)))
    for each, preheader in ((made, made.opening), (long, "Ferry")):
        issue = edition(sections=(Section(tag="a", title="A", stories=(each,)),), appeal=None)
        assert preheader_for(compile_letter(issue, brand(), words("en"), templates), ("a",)) == preheader
