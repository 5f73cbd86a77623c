"""Plain text, links and colours: small laws the rest stands on."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from digest.errors import RefusedError, TemplateError
from digest.render.colour import contrast, palette
from digest.render.links import link
from digest.render.plain import columns, plain, shorten, underline, wrap

WORDS = st.lists(st.text("abcéß漢字مر", min_size=1, max_size=14), min_size=1, max_size=40).map(" ".join)


@given(st.text())
def test_plain_is_one_clean_line_and_stays_so(text: str) -> None:
    made = plain(text)
    assert not made.splitlines()[1:]
    assert plain(made) == made
    assert "  " not in made
    assert not set(made) & set("\x00\x01\x02\x1b\u202e\u2067\ufeff")


@given(WORDS, st.integers(20, 80))
def test_wrapping_keeps_every_sign_and_the_width(text: str, width: int) -> None:
    made = wrap(text, "  ", width=width)
    assert "".join(made.split()) == "".join(text.split())
    assert all(columns(line) <= width for line in made.splitlines())
    assert all(line.startswith("  ") and line == line.rstrip() for line in made.splitlines())


def test_addresses_stay_whole_and_wide_signs_count_two() -> None:
    address = "https://x.example/" + "a" * 100
    assert wrap(f"See {address} now") == f"See\n{address}\nnow"
    assert columns("漢字") == 4
    assert columns("e\u0301\u200d") == 1
    assert max(columns(line) for line in wrap("漢" * 100).splitlines()) == 72
    assert wrap("") == ""
    assert wrap("one two", "  ", first="* ", width=6) == "* one\n  two"


def test_a_line_is_drawn_as_long_as_its_title() -> None:
    assert underline("Les îles") == "Les îles\n========"
    assert underline("漢字", "-") == "漢字\n----"
    assert underline("") == "\n"


@given(st.text(max_size=300), st.integers(2, 120))
def test_shortened_text_fits(text: str, limit: int) -> None:
    made = shorten(text, limit)
    assert len(made) <= limit
    assert made == plain(text) or made.endswith("…")


@pytest.mark.parametrize(
    ("url", "made"),
    [
        ("https://x.example/a?b=1&c=2#d", "https://x.example/a?b=1&c=2#d"),
        ("http://x.example:8080/a", "http://x.example:8080/a"),
        ("HTTPS://X.Example/A", "https://x.example/A"),
        ("https://x.example/é/\"'<>\\|", "https://x.example/%C3%A9/%22'%3C%3E%5C%7C"),
        ("https://bücher.example/", "https://xn--bcher-kva.example/"),
        ("https://x.example/a%20b", "https://x.example/a%20b"),
        ("https://[2001:db8::1]/a", "https://[2001:db8::1]/a"),
        (" https://x.example/a\n", "https://x.example/a"),
    ],
)
def test_links_are_ascii_and_mean_the_same(url: str, made: str) -> None:
    assert link(url) == made


@pytest.mark.parametrize(
    "url",
    [
        "javascript:alert(1)",
        "data:text/html,x",
        "/a",
        "//x.example",
        "",
        "https:///a",
        "https://a@x.example",
        "https://[x/",
    ],
)
def test_other_addresses_are_refused(url: str) -> None:
    with pytest.raises(RefusedError):
        link(url)


@given(st.integers(0, 0xFFFFFF))
def test_any_accent_can_be_read_by_day_and_by_night(number: int) -> None:
    colours = palette(f"#{number:06x}")
    for ground in (colours.paper, colours.tint):
        assert contrast(colours.accent, ground) >= 4.5
    for ground in (colours.night_paper, colours.night_tint):
        assert contrast(colours.night_accent, ground) >= 4.5


def test_all_text_colours_can_be_read() -> None:
    colours = palette("#a3312c")
    for name in ("ink", "text", "soft"):
        for ground in ("paper", "tint"):
            assert contrast(getattr(colours, name), getattr(colours, ground)) >= 4.5
            assert contrast(getattr(colours, f"night_{name}"), getattr(colours, f"night_{ground}")) >= 4.5


def test_a_colour_is_nothing_but_a_colour() -> None:
    assert contrast("#000000", "#ffffff") == pytest.approx(21)
    for wrong in ("red", "#fff", "#12345g", "#123456;}", "#123456\n"):
        with pytest.raises(TemplateError):
            palette(wrong)
