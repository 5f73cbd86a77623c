"""What mjml-python gets wrong is put right, and what cannot be put right is refused."""

from __future__ import annotations

import html
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st
from markupsafe import escape

from digest.errors import TemplateError
from digest.render.mjml import DEEPEST, check_sound, compile_mjml

PAGE = (
    '<mjml lang="en" dir="ltr"><mj-head><mj-style>.a::before {{ content: "\\2014" }}</mj-style></mj-head>'
    '<mj-body><mj-section><mj-column><mj-image src="https://a.example/b.png" alt="{0}" />'
    '<mj-text>{0}</mj-text><mj-raw><tr><td title="{0}">x</td></tr></mj-raw></mj-column></mj-section></mj-body></mjml>'
)
DAMAGING = {
    "backslash": "C:\\new\\table",
    "raw quote": 'she said "no"',
    "no-break space": "50\u00a0km",
    "narrow space": "50\u202f%",
    "direction mark": "\u200fمرحبا\u200e",
    "joiners": "می\u200cخواهم 👩\u200d👩\u200d👧",
    "soft hyphen": "Donau\u00addampf",
    "combining": "e\u0301cole हिन्\u200dदी",
}


def attributes(made: str, name: str) -> list[str]:
    return [html.unescape(value) for value in re.findall(rf' {name}="([^"]*)"', made)]


@pytest.mark.parametrize("text", DAMAGING.values(), ids=DAMAGING.keys())
def test_what_the_compiler_would_damage_comes_through(text: str) -> None:
    made = compile_mjml(PAGE.format(escape(text)), name="t")
    assert attributes(made, "alt") == [text]
    assert attributes(made, "title") == [text]
    assert text in html.unescape(re.sub(r"<[^>]*>", "", made))


@given(st.text(st.characters(min_codepoint=0x20, exclude_categories=("Cs", "Cc", "Cn")), min_size=1, max_size=40))
def test_any_printable_text_comes_through(text: str) -> None:
    made = compile_mjml(PAGE.format(escape(text)), name="t")
    assert attributes(made, "alt") == [text]
    assert attributes(made, "title") == [text]


def test_a_style_over_several_lines_keeps_its_first_declaration() -> None:
    source = PAGE.format("x").replace('<td title="x">', '<td\n  title="x"\n  style="color:red;\n  margin:0">')
    assert 'style="color:red; margin:0"' in compile_mjml(source, name="t")


def test_backslashes_in_styles_stay() -> None:
    assert '"\\2014"' in compile_mjml(PAGE.format("x"), name="t")


def test_no_font_is_fetched() -> None:
    made = compile_mjml(PAGE.format("x").replace("<mj-text>", '<mj-text font-family="Ubuntu, Roboto">'), name="t")
    assert "fonts.googleapis" not in made
    assert "@import" not in made


def test_damage_that_slips_through_is_refused() -> None:
    for damaged in ('<td title="a\\nb">', '<a href="https://x/\\u{202f}">', '<img alt="say \\"x\\"">'):
        with pytest.raises(TemplateError, match="damaged"):
            check_sound(damaged, name="t")
    check_sound('<td title="a b" style="x">\\n is fine in text</td>', name="t")


@pytest.mark.parametrize(
    "source", ["<mjml><mj-body><mj-text>a < b</mj-text></mj-body></mjml>", "<mjml><mj-body>", "", "text"]
)
def test_markup_that_is_not_well_formed_is_a_template_error(source: str) -> None:
    with pytest.raises(TemplateError, match=r"letter\.mjml"):
        compile_mjml(source, name="letter.mjml")


def test_ten_thousand_nested_elements_are_refused_and_the_process_lives() -> None:
    deep = "<div>" * 10_000 + "</div>" * 10_000
    with pytest.raises(TemplateError, match=str(DEEPEST)):
        compile_mjml(PAGE.format("x").replace("<mj-text>x", "<mj-text>" + deep), name="t")
