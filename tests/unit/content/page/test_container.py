from __future__ import annotations

import pytest

from digest.content.page.extract import read_page

URL = "https://courier.example/2026/03/ferry"
TEXTS = [
    "The harbour council of Westerhaven voted on Tuesday to close the old ferry line after a long debate.",
    "Eleven members voted for the closure and four against it, council clerk Jonas Brandt said afterwards.",
    "Opponents of the plan collected 4,200 signatures, more than a quarter of the town, in three weeks.",
    "The line will stop on 31 March, and a bus over the northern bridge will take its place from April.",
]
OTHER = [
    "Bakers in Northport have begun to sell bread by weight again, a custom that had died out years ago.",
    "The guild of bakers says that the customers asked for it, and that waste has fallen by a third since.",
    "A loaf now costs between two and four crowns, depending on the flour and on the length of the baking.",
]


def prose(texts: list[str]) -> str:
    return "".join(f"<p>{text}</p>" for text in texts)


def text_of(body: str, title: str = "Ferry line closes") -> list[str]:
    return read_page(f"<html><head><title>{title}</title></head><body>{body}</body></html>", URL).text.split("\n\n")


@pytest.mark.parametrize(
    "markup",
    [
        '<div class="article-body">{}</div>',
        '<div itemprop="articleBody">{}</div>',
        "<article><div><div>{}</div></div></article>",
        '<div class="texto-noticia">{}</div>',
        '<article><div class="sc-1a2b3c">{}</div></article>',
        '<main class="promo-page"><div class="sidebar-wrap related"><div class="entry-content">{}</div></div></main>',
    ],
)
def test_the_article_is_found_in_its_element_whatever_is_around(markup: str) -> None:
    teasers = f'<div class="c-17"><a href="/b"><h3>Bread by weight</h3></a>{prose(OTHER[:1])}</div>'
    page = f"<h1>Ferry line closes</h1>{markup.format(prose(TEXTS))}<div>{teasers}</div>"
    assert text_of(page) == TEXTS


def test_of_several_articles_on_an_endless_page_the_titled_one_is_read() -> None:
    one = f"<article><h1>Bread by weight</h1><div class='article-body'>{prose(OTHER)}</div></article>"
    two = f"<article><h1>Ferry line closes</h1><div class='article-body'>{prose(TEXTS)}</div></article>"
    assert text_of(one + two) == TEXTS
    assert text_of(two + one) == TEXTS


def test_metadata_tell_one_article_from_those_that_follow_it_without_any_mark() -> None:
    said = " ".join(TEXTS + [f"{t} It was said twice." for t in TEXTS])
    texts = TEXTS + [f"{t} It was said twice." for t in TEXTS]
    script = f'<script type="application/ld+json">{{"@type": "NewsArticle", "articleBody": "{said}"}}</script>'
    page = f"<article><div class=x>{prose(texts)}</div><div class=y>{prose([f'{t} So much is known.' for t in OTHER])}"
    page += f"{prose([f'{t} More is not.' for t in OTHER * 1])}</div></article>"
    assert text_of(script + page) == texts


def test_parts_of_one_text_between_advertisements_are_put_together() -> None:
    parts = "".join(f'<div class="story-text">{prose([text])}</div><div class="ad">Buy now</div>' for text in TEXTS)
    assert text_of(f"<article><h1>Ferry line closes</h1>{parts}</article>") == TEXTS


def test_first_paragraphs_before_the_article_s_element_belong_to_it() -> None:
    lead = f"<header>{prose(TEXTS[:1])}</header>"
    rest = TEXTS[1:] + [f"{text} So it was written." for text in TEXTS]
    page = f"<article><h1>Ferry line closes</h1>{lead}<div class='article-body'>{prose(rest)}</div></article>"
    assert text_of(page) == TEXTS[:1] + rest


def test_text_that_a_page_hides_until_its_scripts_run_is_read_where_nothing_else_is_there() -> None:
    hidden = "".join(f'<div style="display: none"><p>{text}</p></div>' for text in TEXTS[1:])
    page = f'<article><h1>Ferry line closes</h1><div class="article-body">{prose(TEXTS[:1])}{hidden}</div></article>'
    assert text_of(page) == TEXTS
    whole = prose(TEXTS + [f"{text} {text}" for text in OTHER])
    shown = f'<article><div class="article-body">{whole * 2}<p hidden>{OTHER[0]}</p></div></article>'
    assert OTHER[0] not in text_of(shown)


def test_a_page_whose_text_is_only_in_its_metadata_is_read_from_there() -> None:
    said = "\\n\\n".join(f"{text} {text.replace('the', 'a')}" for text in TEXTS)
    script = f'<script type="application/ld+json">{{"@type": "NewsArticle", "articleBody": "{said}"}}</script>'
    assert text_of(f"{script}<div id=root></div>")[0].startswith(TEXTS[0])
