"""The page and the page to print show the whole edition to everybody, and nobody's name."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace

import pytest

from digest.errors import RefusedError
from digest.model import Edition, EditionStory, Section
from digest.render.brand import Brand
from digest.render.furniture import Furniture
from digest.render.page import render_page
from digest.render.printed import render_printed
from digest.render.templates import Templates

Make = Callable[..., Edition]
MakeBrand = Callable[..., Brand]
MakeStory = Callable[..., EditionStory]
Words = Callable[[str], Furniture]
BOTH = pytest.mark.parametrize("render", [render_page, render_printed])
HOSTILE = '</style><script>alert(1)</script>" onload="x" {{ 7 * 7 }} \\ \u202e\x00\x01address\x02'


@BOTH
def test_every_story_is_told_once(
    render: Callable[..., str], edition: Make, brand: MakeBrand, words: Words, templates: Templates
) -> None:
    made = render(edition(), brand(), words("en"), templates)
    assert made.startswith("<!doctype html>")
    assert made.count("<article") == made.count("</article>") == 25
    assert made.count("<h1") == 1
    for story in edition().stories:
        assert len(re.findall(rf'<h[23]><a href="[^"]*/{re.escape(story.id)}\?', made)) == 1
    assert '<article lang="ar" dir="rtl">' in made
    assert "no owner but its readers" in made


@BOTH
def test_nothing_in_it_runs_or_names_anybody(
    render: Callable[..., str], edition: Make, brand: MakeBrand, words: Words, templates: Templates
) -> None:
    made = render(edition(), brand(), words("en"), templates)
    for banned in (
        "<script",
        "<form",
        "<iframe",
        " style=",
        " onclick",
        "@import",
        "@font-face",
        "url(",
        "\x01",
        "You receive",
    ):
        assert banned not in made


@BOTH
def test_hostile_text_is_shown_as_text(
    render: Callable[..., str], edition: Make, story: MakeStory, brand: MakeBrand, words: Words, templates: Templates
) -> None:
    told = story(HOSTILE, source=HOSTILE, authors=(HOSTILE,))
    made = render(
        edition(sections=(Section(tag="a", title=HOSTILE, stories=(told, told)),)), brand(), words("en"), templates
    )
    assert "<script" not in made
    assert "{{ 7 * 7 }}" in made
    assert not set("\u202e\x00\x01\x02") & set(made)
    assert made.count("</style>") == 1
    assert not re.search(r"<[^>]*\sonload=", re.sub(r'"[^"]*"', "", made))


def test_the_page_has_what_link_previews_read(
    edition: Make, brand: MakeBrand, words: Words, templates: Templates
) -> None:
    made = render_page(edition(), brand(page_url="https://x.example/e/142"), words("en"), templates)
    for name, content in {
        "og:title": "The last ferry to Osk keeps its winter timetable after a night of talks",
        "og:url": "https://x.example/e/142",
        "og:image": "https://www.harbourledger.example/pictures/harbour-1.jpg",
        "article:published_time": "2026-11-24T06:00:00+00:00",
    }.items():
        assert f'<meta property="{name}" content="{content}">' in made
    assert "og:url" not in render_page(edition(), brand(), words("en"), templates)


def test_contents_lead_to_places_that_exist(
    edition: Make, story: MakeStory, brand: MakeBrand, words: Words, templates: Templates
) -> None:
    alone = edition(sections=tuple(Section(tag=t, title=t, stories=(story(),)) for t in "ab"))
    for each in (edition(), alone):
        made = render_page(each, brand(), words("en"), templates)
        anchors = re.findall(r'href="#([^"]+)"', made)
        assert len(anchors) == len(each.sections) + 1
        assert set(anchors) <= set(re.findall(r' id="([^"]+)"', made))


def test_paper_shows_addresses_and_no_pictures(
    edition: Make, brand: MakeBrand, words: Words, templates: Templates
) -> None:
    made = render_printed(edition(), brand(), words("ar"), templates)
    assert "<img" not in made
    assert "@page" in made
    assert made.count('<p class="address') == 26
    assert '<html lang="ar" dir="rtl">' in made


@BOTH
def test_an_edition_without_stories_is_no_page(
    render: Callable[..., str], edition: Make, brand: MakeBrand, words: Words, templates: Templates
) -> None:
    with pytest.raises(RefusedError, match="no story"):
        render(replace(edition(), sections=()), brand(), words("en"), templates)


@BOTH
@pytest.mark.parametrize(
    ("corrections", "line"), [(("Correction: two <b>years</b>.",), "Correction: two &lt;b&gt;"), ((), "Corrected by")]
)
def test_a_correction_stands_under_its_story(
    render: Callable[..., str], edition: Make, brand: MakeBrand, words: Words, templates: Templates,
    corrections: tuple[str, ...], line: str,
) -> None:  # fmt: skip
    plain = edition()
    assert line not in render(plain, brand(), words("en"), templates)
    story = replace(plain.stories[0], corrected=True, corrections=corrections)
    section = replace(plain.sections[0], stories=(story, *plain.sections[0].stories[1:]))
    made = render(replace(plain, sections=(section, *plain.sections[1:])), brand(), words("en"), templates)
    assert made.count(line) == 1
