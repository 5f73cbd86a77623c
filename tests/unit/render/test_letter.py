"""A letter compiles once, joins into any variant, and every variant is sound mail."""

from __future__ import annotations

import html
import itertools
import quopri
import re
import time
from collections.abc import Callable
from dataclasses import replace
from html.parser import HTMLParser

import pytest

from digest.errors import RefusedError, TemplateError
from digest.model import Addition, Also, Differing, Edition, EditionStory, Figure, Section, Sentence
from digest.render.brand import Brand
from digest.render.furniture import Furniture
from digest.render.letter import CompiledLetter, Letter, compile_letter, join, preheader_for, subject_for
from digest.render.plain import plain
from digest.render.templates import Templates
from digest.render.wire import encode, fill, holes

TAGS = ("harbour", "city", "islands", "levant", "science", "*")
VARIANTS = [shown for size in range(1, 7) for shown in itertools.combinations(TAGS, size)]
VALUES = {
    "address": "o'neil@example.org",
    "unsubscribe_url": "https://x.example/u/1",
    "preferences_url": "https://x.example/p/1",
    "page_url": "https://x.example/e/1",
}
VOID = {"meta", "br", "img", "hr", "link", "o:allowpng"}
Make = Callable[..., Edition]
MakeBrand = Callable[..., Brand]
Words = Callable[[str], Furniture]
MakeStory = Callable[..., EditionStory]


class Balance(HTMLParser):
    """Follows open elements and complains at the first that does not match."""

    def __init__(self) -> None:
        super().__init__()
        self.open: list[str] = []
        self.faults: list[str] = []

    def handle_starttag(self, tag: str, attrs: object) -> None:
        if tag not in VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag: str, attrs: object) -> None:
        pass

    def handle_endtag(self, tag: str) -> None:
        if tag in VOID:
            return
        if not self.open or self.open[-1] != tag:
            self.faults.append(f"</{tag}> after {self.open[-5:]}")
        else:
            self.open.pop()


def faults(made: str) -> list[str]:
    """What is unbalanced, as Outlook reads it and as everybody else does."""
    outlook = re.sub(r"<!--\[if [^!][^\]]*\]>(.*?)<!\[endif\]-->", r"\1", made, flags=re.DOTALL)
    found = [] if made.count("<!--[if") == made.count("<![endif]") else ["conditionals do not pair"]
    for view in (outlook, made):
        balance = Balance()
        balance.feed(view)
        balance.close()
        found += balance.faults + [f"<{tag}> is never closed" for tag in balance.open]
    return found


def read(body: str) -> str:
    """A body as its reader sees it, holes filled."""
    return quopri.decodestring(fill(encode(body), VALUES)).decode().replace("\r\n", "\n")


@pytest.fixture(scope="session")
def whole(compiled: CompiledLetter) -> Letter:
    return join(compiled, TAGS, "city")


def test_25_stories_stay_far_under_the_size_at_which_letters_are_cut(whole: Letter) -> None:
    assert len(read(whole.html).encode()) < 60_000
    assert len(fill(encode(whole.html), VALUES)) < 100_000


@pytest.mark.parametrize("shown", VARIANTS, ids="+".join)
def test_every_variant_is_well_formed(compiled: CompiledLetter, shown: tuple[str, ...]) -> None:
    for appeal_after in (None, shown[0], shown[-1]):
        letter = join(compiled, shown, appeal_after)
        assert faults(letter.html) == []
        assert letter.html.count("<h1") == 1
        assert ("tax-deductible" in letter.html) == (appeal_after is not None)
        assert ("tax-deductible" in letter.text) == (appeal_after is not None)
        assert "CUT" not in letter.html + letter.text
        assert "HOLE" not in letter.html + letter.text


def test_each_story_of_a_variant_is_told_once(compiled: CompiledLetter) -> None:
    shown = ("city", "science")
    letter = join(compiled, shown, None)
    for section in compiled.edition.sections:
        for story in section.stories:
            expected = 1 if section.tag in shown else 0
            assert letter.text.count(f"/{story.id}?") == expected
            assert len(re.findall(rf'<h[23][^>]*><a href="[^"]*/{re.escape(story.id)}\?', letter.html)) == expected


def test_the_first_shown_section_leads(compiled: CompiledLetter) -> None:
    for shown in (("harbour", "city"), ("levant", "city"), ("science",)):
        letter = join(compiled, shown, None)
        first = next(s for s in compiled.edition.sections if s.tag in shown)
        large = re.findall(r'<h2 class="headline[^>]*><a [^>]*>([^<]*)', letter.html)
        assert large == [first.stories[0].headline]


def test_the_appeal_stands_where_it_was_put(compiled: CompiledLetter) -> None:
    made = join(compiled, ("harbour", "city", "islands"), "city").text
    assert made.index("Night buses") < made.index("no owner but its readers") < made.index("Les îles\n")


def test_joining_costs_less_than_a_millisecond(compiled: CompiledLetter) -> None:
    fastest = min(_timed(lambda: join(compiled, TAGS, "city")) for _ in range(20))
    assert fastest < 0.001


def _timed(act: Callable[[], object]) -> float:
    start = time.perf_counter()
    act()
    return time.perf_counter() - start


def test_holes_are_where_a_person_is_named(whole: Letter) -> None:
    for body in (whole.html, whole.text):
        assert set(holes(encode(body))) == set(VALUES)
        filled = read(body)
        assert "\x01" not in filled
        assert "https://x.example/u/1" in filled
    assert "o&#x27;neil@example.org" in read(whole.html)
    assert "o'neil@example.org" in read(whole.text)


def test_nothing_remote_runs_or_loads_but_pictures(whole: Letter) -> None:
    for banned in ("<script", "<form", "<iframe", "<link", "@import", "@font-face", "javascript:", "fonts.g"):
        assert banned not in whole.html
    for tag in re.findall(r"<img[^>]*>", whole.html):
        assert re.search(r'alt="[^"]+"', tag)
        assert re.search(r'width="\d+"', tag)
        assert 'src="https://' in tag


def test_dark_direction_and_language_are_said(whole: Letter) -> None:
    assert "@media (prefers-color-scheme: dark)" in whole.html
    assert "[data-ogsc] .ink" in whole.html
    assert '<meta name="color-scheme" content="light dark"' in whole.html
    assert re.search(r'<html lang="en-gb" dir="ltr"', whole.html)
    assert re.search(r'role="article" lang="en-gb" dir="ltr"', whole.html)
    assert re.search(r'<td class="line" lang="ar" dir="rtl" align="right"', whole.html)
    assert re.search(r'<td class="line" lang="fr" dir="ltr" align="left"', whole.html)
    for table in re.findall(r"<table[^>]*>", whole.html):
        assert 'role="presentation"' in table


def test_a_right_to_left_letter_carries_stories_of_both_directions(
    edition: Make, brand: MakeBrand, words: Words, templates: Templates
) -> None:
    compiled = compile_letter(edition(), brand(), words("ar"), templates)
    made = join(compiled, TAGS, "city").html
    assert '<html lang="ar" dir="rtl"' in made
    assert "في هذا العدد" in made
    assert "direction:ltr" not in made
    assert '<td class="line" lang="en" dir="ltr" align="left"' in made
    assert '<td class="line" lang="ar" dir="rtl" align="right"' in made
    for style in re.findall(r'style="([^"]*letter-spacing[^"]*)"[^>]*>([^<]*)', made):
        assert not re.search("[\u0600-\u06ff]", style[1])


def test_the_preheader_is_hidden_without_a_colour(compiled: CompiledLetter) -> None:
    made = join(compiled, ("science",), None).html
    hidden = re.search(r'<div style="(display:none[^"]*)">([^<]*)', made)
    assert hidden
    assert "color" not in hidden[1]
    assert hidden[2].startswith("Buoys off the cape measured 14.2 degrees on Sunday")


def test_plain_text_is_plain(whole: Letter) -> None:
    text = read(whole.text)
    assert not re.search(r"&#?\w+;|<[a-z/]", text)
    assert "\n\n\n\n" not in text
    assert not text.startswith("\n")
    for line in text.splitlines():
        assert len(line) <= 72 or "://" in line
        assert line == line.rstrip()
    assert "The harbour\n===========" in text
    assert "€31,200 of €50,000 given (62%)" in text


def test_subject_and_preheader_follow_what_is_shown(compiled: CompiledLetter, templates: Templates) -> None:
    template = "{{ newsletter.title }}: {{ lead.headline }}"
    assert subject_for(compiled, TAGS, template, templates) == compiled.edition.subject
    assert subject_for(compiled, ("science",), template, templates).startswith("The Morning Tide: A warm current")
    assert preheader_for(compiled, TAGS).startswith("The island council")
    edited = replace(compiled, edition=replace(compiled.edition, preheader="An editor's own line"))
    assert preheader_for(edited, TAGS) == "An editor's own line"
    assert preheader_for(edited, ("science",)).startswith("Buoys")


def test_a_lead_without_a_summary_lends_the_preheader_to_the_headlines(
    edition: Make, story: MakeStory, brand: MakeBrand, words: Words, templates: Templates
) -> None:
    stories = (story("First", summary=()), story("Second"), story("Third"))
    made = edition(sections=(Section(tag="a", title="A", stories=stories),), appeal=None)
    assert preheader_for(compile_letter(made, brand(), words("en"), templates), ("a",)) == "Second · Third"


def test_what_cannot_be_joined_is_refused(compiled: CompiledLetter) -> None:
    with pytest.raises(RefusedError, match="shows no section"):
        join(compiled, (), None)
    with pytest.raises(RefusedError, match="shows no section"):
        join(compiled, ("harbour", "nowhere"), None)
    with pytest.raises(RefusedError, match="the appeal cannot stand after 'islands'"):
        join(compiled, ("harbour",), "islands")


HOSTILE = [
    "</mj-text><mj-raw><script>alert(1)</script></mj-raw><mj-text>",
    '{{ 7 * 7 }}{% include "letter/letter.txt" %}{{ brand.__class__ }}',
    '<script>alert(1)</script><img src=x onerror="alert(2)">',
    "He said \"no\" & 'never' <b>again</b>",
    "C:\\new\\u{202f}\\",
    "invoice\u202egpj.exe \u2066x\u2069 \x00\x01address\x02 \x07",
    "50\u202f% de vent",
    "👩\u200d👩\u200d👧 e\u0301cole",
    "line one\r\nBcc: x@example.org\u2028two",
    "CUTdeadbeefXfootXEND HOLEdeadbeefXaddressXEND",
    "]]> --> <![endif]--> <!--[if mso]>",
]


@pytest.mark.parametrize("text", HOSTILE)
def test_hostile_text_is_shown_as_text(
    text: str, edition: Make, story: MakeStory, brand: MakeBrand, words: Words, templates: Templates
) -> None:
    told = story(
        text, source=text, authors=(text,), summary=(Sentence(text=text),),
        also=(Also(source=text, url="https://o.example/1", headline=text),),
        adds=(Addition(source=text, url="https://o.example/1", text=text),),
        differ=(Differing(what="killed", figures=(Figure(source=text, url="https://o.example/1", text=text),)),),
    )  # fmt: skip
    image = replace(edition().sections[0].stories[0].image or pytest.fail("no image"), alt=text, credit=text)
    sections = (
        Section(tag="a", title=text, stories=(replace(told, image=image), told)),
        Section(tag="b", title="B", stories=(told,)),
    )
    clean = compile_letter(edition(), brand(), words("en"), templates)
    letter = join(compile_letter(edition(sections=sections), brand(), words("en"), templates), ("a", "b"), "b")
    assert faults(letter.html) == []
    assert "<script" not in letter.html
    assert "<b>again" not in letter.html
    assert not re.search(r"<[^>]*\sonerror=", re.sub(r'"[^"]*"', "", letter.html))
    # Ours is one of the summaries: whole, and as text.
    assert plain(text) in html.unescape(letter.html)
    assert "".join(plain(text).split()) in "".join(letter.text.split())
    for output in (letter.html, letter.text):
        assert not re.search("[\u202a-\u202e\u2066-\u2069\x00\x07]", output)
        assert holes(encode(output)) == holes(encode(output.replace(text, "")))
    assert holes(encode(letter.text)) == holes(encode(join(clean, TAGS, None).text))
    assert "Bcc: x" not in [line[:6] for line in letter.text.splitlines()]


@pytest.mark.parametrize(
    "url", ["javascript:alert(1)", "//x.example/a", "/a", "", "ftp://x.example/", "https://", "https://a:b@x.example/"]
)
def test_only_absolute_web_addresses_are_linked(
    url: str, edition: Make, story: MakeStory, brand: MakeBrand, words: Words, templates: Templates
) -> None:
    made = edition(sections=(Section(tag="a", title="A", stories=(story(url=url),)),))
    with pytest.raises(RefusedError):
        compile_letter(made, brand(), words("en"), templates)


def test_an_edition_that_cannot_be_a_letter_is_refused(
    edition: Make, story: MakeStory, brand: MakeBrand, words: Words, templates: Templates
) -> None:
    with pytest.raises(RefusedError, match="no story"):
        compile_letter(edition(sections=(Section(tag="a", title="A"),)), brand(), words("en"), templates)
    twice = tuple(Section(tag="a", title="A", stories=(story(),)) for _ in range(2))
    with pytest.raises(RefusedError, match="same tag"):
        compile_letter(edition(sections=twice), brand(), words("en"), templates)
    with pytest.raises(TemplateError, match="#rrggbb"):
        compile_letter(edition(), brand(accent="red;}</style>"), words("en"), templates)


def test_the_same_edition_gives_the_same_letter(
    edition: Make, brand: MakeBrand, words: Words, templates: Templates
) -> None:
    one, other = (compile_letter(edition(), brand(), words("fr"), templates) for _ in range(2))
    assert join(one, TAGS, "city") == join(other, TAGS, "city")
