"""The letter in a browser, on a phone and on a desk, by day and by night: nothing overflows, calls out or fades."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Browser, Page, Route

pytestmark = pytest.mark.django_db

WIDTHS = (375, 600)
OVERFLOWING = """() => [...document.querySelectorAll("body *")]
    .filter(e => e.getBoundingClientRect().right > innerWidth + 1 || e.getBoundingClientRect().left < -1)
    .filter(e => getComputedStyle(e).overflow !== "hidden" && e.getBoundingClientRect().width > 0)
    .map(e => e.outerHTML.slice(0, 120))"""
# A letter is no page of a site: it has no main landmark, and needs none.
NOT_FOR_LETTERS = {"rules": {rule: {"enabled": False} for rule in ("region", "landmark-one-main")}}


def opened(browser: Browser, made: Any, html: str, *, width: int, scheme: Any) -> tuple[Page, list[str]]:
    """The letter in a window, and what is wrong with it: other addresses that it asks for, errors that it makes."""
    page = browser.new_page(viewport={"width": width, "height": 900}, color_scheme=scheme)
    wrong: list[str] = []

    def answer(route: Route) -> None:
        address = urlsplit(route.request.url)
        picture = made.pictures.get(Path(address.path).name)
        if address.hostname == "courier.example" and address.path.startswith("/i/") and picture:
            route.fulfill(body=picture)
        else:
            wrong.append(f"asks for {route.request.url}")
            route.abort()

    page.route("**/*", answer)
    page.on("console", lambda said: wrong.append(said.text) if said.type in ("error", "warning") else None)
    page.on("pageerror", lambda error: wrong.append(str(error)))
    page.set_content(html, wait_until="load")
    return page, wrong


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("language", ["en", "ar"])
def test_the_letter_fits_every_window(
    language: str, scheme: str, made: Any, letter: Callable[[str], str], browser: Browser
) -> None:
    html = letter(language)
    for width in WIDTHS:
        page, wrong = opened(browser, made, html, width=width, scheme=scheme)
        assert wrong == []
        assert page.evaluate("() => document.documentElement.scrollWidth") <= width
        assert page.evaluate(OVERFLOWING) == []
        assert page.evaluate("() => [...document.images].filter(i => !i.naturalWidth).map(i => i.src)") == []
        assert page.evaluate("() => document.documentElement.dir") == ("rtl" if language == "ar" else "ltr")
        page.close()


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("language", ["en", "ar"])
def test_everybody_can_read_it(
    language: str, scheme: str, made: Any, letter: Callable[[str], str], browser: Browser, npm_peers: Path
) -> None:
    page, _ = opened(browser, made, letter(language), width=375, scheme=scheme)
    page.add_script_tag(path=npm_peers / "node_modules" / "axe-core" / "axe.min.js")
    found = page.evaluate("options => axe.run(document, options)", NOT_FOR_LETTERS)
    assert len(found["passes"]) > 10
    assert [
        (rule["id"], rule["impact"], [node["html"][:160] for node in rule["nodes"][:3]]) for rule in found["violations"]
    ] == []
