"""An editor at 6 a.m.: on a phone, by keyboard alone, from the mailed link to an approved edition."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from digest.clock.now import now
from digest.store.editions import Edition
from digest.studio import gate, links

pytestmark = [pytest.mark.peers, pytest.mark.slow, pytest.mark.django_db(transaction=True)]

HERE = "/studio/editions/daily/2026-11-24/"
CHROMIUM = Path("/usr/bin/chromium")


@pytest.fixture
def chromium(monkeypatch: pytest.MonkeyPatch) -> Iterator[Any]:
    if not CHROMIUM.exists():
        pytest.skip("Chromium is not installed (make peers)")
    from playwright.sync_api import sync_playwright

    # Playwright's loop runs in this thread; the test's own queries are short and nobody waits for them.
    monkeypatch.setenv("DJANGO_ALLOW_ASYNC_UNSAFE", "true")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=str(CHROMIUM), args=["--no-sandbox"])
        yield browser
        browser.close()


@pytest.fixture
def shots(tmp_path: Path) -> Path:
    """Where pictures of the pages go; DIGEST_TEST_SHOTS keeps them to be looked at."""
    folder = Path(os.environ.get("DIGEST_TEST_SHOTS") or tmp_path / "shots")
    folder.mkdir(parents=True, exist_ok=True)
    return folder


@pytest.fixture
def plain_http(settings: Any) -> None:
    settings.SESSION_COOKIE_SECURE = settings.CSRF_COOKIE_SECURE = False


def reach(page: Any, text: str, presses: int = 60) -> None:
    """Move by Tab until what has the focus says `text`."""
    said = "document.activeElement === document.body ? '' : document.activeElement.innerText"
    for _ in range(presses):
        page.keyboard.press("Tab")
        if text in page.evaluate(said):
            return
    pytest.fail(f"Tab never reached {text!r}")


def test_on_a_phone_by_keyboard(
    chromium: Any, live_server: Any, edition: Edition, plain_http: None, shots: Path
) -> None:
    context = chromium.new_context(
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


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_every_page_is_calm_and_complete(
    chromium: Any, live_server: Any, edition: Edition, plain_http: None, shots: Path, scheme: str
) -> None:
    context = chromium.new_context(
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


CONTRAST = """() => {
  const light = c => {
    const [r, g, b] = c.map(v => { v /= 255; return v <= .04045 ? v / 12.92 : ((v + .055) / 1.055) ** 2.4 });
    return .2126 * r + .7152 * g + .0722 * b };
  const read = s => s.match(/[0-9.]+/g).map(Number);
  const ground = e => { for (; e; e = e.parentElement) { const c = read(getComputedStyle(e).backgroundColor);
    if (c.length < 4 || c[3] > 0) return c.slice(0, 3) } return read('255 255 255') };
  const low = [];
  for (const e of document.querySelectorAll('body *')) {
    if (![...e.childNodes].some(n => n.nodeType === 3 && n.textContent.trim()) || !e.offsetParent) continue;
    const a = light(read(getComputedStyle(e).color).slice(0, 3)), b = light(ground(e));
    if ((Math.max(a, b) + .05) / (Math.min(a, b) + .05) < 4.5) low.push(e.innerText.slice(0, 30));
  }
  return low }"""
