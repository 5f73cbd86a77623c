"""Two MJML compilers, written apart, must agree on what our letter says, links and shows."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable
from typing import Any

import lxml.html
import pytest

from digest.render.letter import HTML_TEMPLATE, CompiledLetter
from digest.render.mjml import compile_mjml

pytestmark = pytest.mark.django_db

LANGUAGES = ["en", "de", "ar"]


def words(page: lxml.html.HtmlElement) -> str:
    """What is read, in order, without conditional comments, styles and differences of white space."""
    for unseen in page.xpath("//comment() | //style | //head/title"):
        unseen.drop_tree()
    return " ".join(" ".join(page.itertext()).split())


def links(page: lxml.html.HtmlElement) -> list[str]:
    return [str(address) for address in page.xpath("//a/@href")]


def images(page: lxml.html.HtmlElement) -> list[tuple[str, str, str]]:
    return [(image.get("src"), image.get("alt"), image.get("width")) for image in page.xpath("//img")]


@pytest.mark.parametrize("language", LANGUAGES)
def test_both_compilers_agree(
    language: str,
    compile_in: Callable[[str], CompiledLetter],
    recording: Any,
    npm_mjml: Callable[[str], dict[str, Any]],
) -> None:
    compile_in(language)
    source = recording.made[HTML_TEMPLATE]
    theirs = npm_mjml(source)
    assert theirs["errors"] == []
    ours, others = (lxml.html.document_fromstring(html) for html in (compile_mjml(source, name="x"), theirs["html"]))
    assert len(images(ours)) > 0
    assert images(ours) == images(others)
    assert len(links(ours)) > 20
    assert links(ours) == links(others)
    assert len(words(ours)) > 2000
    assert words(ours) == words(others)


@pytest.mark.parametrize("language", LANGUAGES)
def test_both_compilers_keep_language_and_direction(
    language: str,
    compile_in: Callable[[str], CompiledLetter],
    recording: Any,
    npm_mjml: Callable[[str], dict[str, Any]],
) -> None:
    compile_in(language)
    source = recording.made[HTML_TEMPLATE]
    found = [
        Counter(re.findall(r'\s(?:lang|dir)="[^"]*"', html))
        for html in (compile_mjml(source, name="x"), npm_mjml(source)["html"])
    ]
    assert found[0] == found[1]
    assert found[0][f' lang="{language}"'] >= 2
