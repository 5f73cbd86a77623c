"""An editor at 6 a.m.: on a phone, by keyboard alone, from the mailed link to an approved edition."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
from browsing import CONTRAST, look, reach

from digest.clock.now import now
from digest.store.editions import Edition
from digest.studio import gate, links

pytestmark = [pytest.mark.slow, pytest.mark.django_db(transaction=True)]

HERE = "/studio/editions/daily/2026-11-24/"


@pytest.fixture
def plain_http(settings: Any) -> None:
    settings.SESSION_COOKIE_SECURE = settings.CSRF_COOKIE_SECURE = False


def test_on_a_phone_by_keyboard(
    browser: Any, live_server: Any, edition: Edition, plain_http: None, shots: Path
) -> None:
    context = browser.new_context(
        viewport={"width": 375, "height": 740}, color_scheme="light", java_script_enabled=True
    )
    page = context.new_page()
    faults: list[str] = []
    page.on("console", lambda message: faults.append(message.text) if message.type == "error" else None)
    page.on("request", lambda r: None if r.url.startswith((live_server.url, "data:")) else faults.append(r.url))
    page.goto(live_server.url + HERE)
    assert "/studio/sign-in" in page.url
    page.screenshot(path=shots / "phone-sign-in.png")
    page.keyboard.type("ana@news.example")
    page.keyboard.press("Enter")
    page.wait_for_selector("text=Look in your letters")
    page.goto(links.by_shell(gate.current(), live_server.url, now=now()) + f"?next={HERE}")
    reach(page, "Sign in to the studio")
    page.keyboard.press("Enter")
    page.wait_for_url(live_server.url + HERE)
    frame = page.frame_locator("iframe")
    assert "The old pier closes" in frame.locator("body").inner_text()
    page.screenshot(path=shots / "phone-letter.png", full_page=True)
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), "the page is wider than the phone"
    reach(page, "Why these stories")
    page.keyboard.press("Enter")
    page.wait_for_url("**/ranks")
    page.screenshot(path=shots / "phone-ranks.png", full_page=True)
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), "the page is wider than the phone"
    reach(page, "Approve this version")
    page.keyboard.press("Enter")
    page.wait_for_selector("text=Approved by ana@news.example")
    page.screenshot(path=shots / "phone-approved.png", full_page=True)
    assert Edition.objects.get().status == "approved"
    assert not faults
    context.close()


def test_every_page_fits_a_phone(
    browser: Any, live_server: Any, edition: Edition, plain_http: None, shots: Path
) -> None:
    second = edition.content["sections"][0]["stories"][1]
    second["headline"] = "Harbourmaster’s night line: the quieter ferry, its crew and what passengers make of it all"
    edition.save()
    context = browser.new_context(viewport={"width": 375, "height": 740}, color_scheme="light")
    page = context.new_page()
    page.goto(links.by_shell(gate.current(), live_server.url, now=now()))
    page.get_by_role("button", name="Sign in to the studio").press("Enter")
    page.wait_for_url(live_server.url + "/studio/")
    for tab in ["", "text", "posts", "page", "print", "ranks", "tags", "deliveries"]:
        page.goto(live_server.url + HERE + tab)
        look(page, shots, f"phone-all-{tab or 'letter'}")
    context.close()


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_every_page_is_calm_and_complete(
    browser: Any, live_server: Any, edition: Edition, plain_http: None, shots: Path, scheme: str
) -> None:
    context = browser.new_context(
        viewport={"width": 1280, "height": 900}, color_scheme=scheme, java_script_enabled=True
    )
    page = context.new_page()
    page.goto(links.by_shell(gate.current(), live_server.url, now=now()))
    page.get_by_role("button", name="Sign in to the studio").press("Enter")
    page.wait_for_url(live_server.url + "/studio/")
    tabs = ["", "?width=375", "text", "posts", "page", "print", "ranks", "deliveries"]
    for address in ["/studio/", "/studio/feeds", "/studio/notices", *(HERE + tab for tab in tabs)]:
        page.goto(live_server.url + address)
        name = re.sub(
            r"[^a-z0-9]+", "-", address.removeprefix("/studio/").replace("editions/daily/2026-11-24", "edition")
        )
        page.screenshot(path=shots / f"wide-{scheme}-{name.strip('-') or 'editions'}.png", full_page=True)
        assert page.locator("h1").count() == 1
        low = page.evaluate(CONTRAST)
        assert not low, f"{address}: hard to read: {low}"
    context.close()
