"""Templates fail loudly and by name; one-line templates cannot do harm."""

from __future__ import annotations

import time
from types import SimpleNamespace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from digest.errors import TemplateError
from digest.render.templates import Templates

FILES = {
    "a.txt": "{{ text }}|{{ text | plain }}",
    "a.html": "<p>{{ text }}</p>",
    "a.mjml": "<mj-text title='{{ text }}'></mj-text>",
    "missing.txt": "one\ntwo\n{{ nobody }}",
    "deep.txt": "{% include 'missing.txt' %}",
    "attribute.html": "\n{{ story.headlin }}",
    "filtered.txt": "\n{{ story.headlin | shorten(80) }}",
    "broken.txt": "fine\n{% if %}",
    "type.txt": "\n\n\n{{ 1 + text }}",
    "none.txt": "{{ nothing }}",
    "lost.txt": "{% include 'nowhere.txt' %}",
}


def read(name: str) -> str:
    if name not in FILES:
        raise TemplateError(f"There is no template {name}.")
    return FILES[name]


TEMPLATES = Templates(read)
VALUES = {"text": "a <b> & \"c\" 'd'", "story": SimpleNamespace(headline="H"), "nothing": None}


def test_escaping_goes_by_output() -> None:
    escaped = "a &lt;b&gt; &amp; &#34;c&#34; &#39;d&#39;"
    assert TEMPLATES.render("a.html", VALUES) == f"<p>{escaped}</p>"
    assert TEMPLATES.render("a.mjml", VALUES) == f"<mj-text title='{escaped}'></mj-text>"
    assert TEMPLATES.render("a.txt", VALUES) == f"{VALUES['text']}|{VALUES['text']}"


def test_values_are_never_templates() -> None:
    assert TEMPLATES.render("a.txt", {"text": "{{ 7 * 7 }}"}) == "{{ 7 * 7 }}|{{ 7 * 7 }}"


@pytest.mark.parametrize("name", ["a.txt", "a.html", "a.mjml"])
def test_controls_and_overrides_never_come_through(name: str) -> None:
    made = TEMPLATES.render(name, {"text": "x\x00\x01\x1b\u202e\u2066\u200by\ufeff"})
    assert "x\u200by" in made
    assert not set("\x00\x01\x1b\u202e\u2066\ufeff") & set(made)


@pytest.mark.parametrize(
    ("name", "message"),
    [
        ("missing.txt", r"missing\.txt, line 3: 'nobody' is undefined"),
        ("filtered.txt", r"filtered\.txt, line 2: .* has no attribute 'headlin'"),
        ("deep.txt", r"missing\.txt, line 3: 'nobody' is undefined"),
        ("attribute.html", r"attribute\.html, line 2: .*headlin"),
        ("broken.txt", r"broken\.txt, line 2: "),
        ("type.txt", r"type\.txt, line 4: "),
        ("none.txt", r"none\.txt, line 1: a value is None"),
        ("lost.txt", r"There is no template nowhere\.txt"),
        ("nowhere.txt", r"There is no template nowhere\.txt"),
    ],
)
def test_a_wrong_template_is_named_with_its_line(name: str, message: str) -> None:
    with pytest.raises(TemplateError, match=message):
        TEMPLATES.render(name, VALUES)


LEAD = SimpleNamespace(headline="Ferries\nrun \u202eagain ", tags=("a", "b"), _secret="no")


@pytest.mark.parametrize(
    ("template", "made"),
    [
        ("{{ lead.headline }}", "Ferries run again"),
        ("{{ lead.headline | upper }} & more", "FERRIES RUN AGAIN & more"),
        ("{% if lead.tags %}{{ lead.tags | join(', ') }}{% else %}none{% endif %}", "a, b"),
        ("{{ 'A' if lead.tags | length > 1 else 'B' }}: {{ lead.tags[0] ~ '!' }}", "A: a!"),
        ("{{ lead.headline | shorten(9) }}", "Ferries…"),
        ("{{ editor | default('nobody') }}", "nobody"),
    ],
)
def test_a_line_names_chooses_and_filters(template: str, made: str) -> None:
    assert TEMPLATES.line(template, {"lead": LEAD}) == made


@pytest.mark.parametrize(
    "template",
    [
        "{% for x in lead.tags %}{{ x }}{% endfor %}",
        "{{ 'a' * 999999999 }}",
        "{{ 9 ** 9 ** 9 }}",
        "{{ '%999999999d' % 1 }}",
        "{{ range(10 ** 9) | list }}",
        "{{ lead.headline.replace('a', 'aa') }}",
        "{{ lead.headline | replace('a', 'aa') }}",
        "{{ lead.headline | center(999999999) }}",
        "{{ lead | attr('__class__') }}",
        "{{ lead.__class__.__mro__ }}",
        "{{ lead._secret }}",
        "{% include 'a.txt' %}",
        "{% import 'a.txt' as a %}",
        "{% macro m() %}{{ m() }}{% endmacro %}{{ m() }}",
        "{% set x = 1 %}",
        "{{ nobody }}",
        "{{ lead.nobody }}",
        "{{ lead.headline",
        "{{ lead.tags[7] }}",
        "{{ lead.headline | shorten('x') }}",
        "x" * 501,
    ],
)
def test_a_line_that_could_do_harm_is_refused_at_once(template: str) -> None:
    start = time.perf_counter()
    with pytest.raises(TemplateError, match="the subject of daily"):
        TEMPLATES.line(template, {"lead": LEAD}, name="the subject of daily")
    assert time.perf_counter() - start < 1


def test_a_line_that_grows_too_long_is_refused() -> None:
    with pytest.raises(TemplateError, match="more than 1000"):
        TEMPLATES.line("{{ a }}", {"a": "x" * 1001})


@given(st.text(max_size=60))
def test_a_line_is_one_line_whatever_it_shows(text: str) -> None:
    made = TEMPLATES.line("{{ a }}", {"a": text})
    assert not made.splitlines()[1:]
    assert made == made.strip(" ")
