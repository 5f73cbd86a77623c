"""A reader in a real browser: by keyboard, on a phone, in the dark, right to left, and without any script."""

from __future__ import annotations

import email
import email.policy
import re
import threading
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from browsing import look, reach

from digest.audience import tokens
from digest.audience.subscriptions import add
from digest.clock.now import now
from digest.config import Config, Environment
from digest.pipeline import confirmations
from digest.reader import stamps
from digest.store import identity
from digest.store.models import Request, Subscriber, Subscription

pytestmark = [pytest.mark.slow, pytest.mark.django_db(transaction=True)]

SECTIONS = [{"tag": "Syria"}, {"tag": "World", "title": "The World"}, {"tag": "*", "title": "Also today"}]


@pytest.fixture
def newsroom(settings: Any, tmp_path: Path, live_server: Any) -> str:
    settings.CONFIG = Config.model_validate(
        {
            "site": {
                "name": "The Port Ellery Courier", "address": live_server.url, "zone": "Europe/Berlin",
                "sender": "The Courier <letters@news.example>", "postal_address": "1 Quay Street, Port Ellery",
                "privacy_link": "https://news.example/privacy",
            },
            "newsletters": {
                "daily": {"title": "The Morning Tide", "tagline": "What the night brought in", "sections": SECTIONS},
                "weekly": {
                    "title": "The Weekly Tide", "tagline": "Every Saturday", "sections": SECTIONS, "default": False,
                },
            },
        }
    )  # fmt: skip
    settings.VAR = tmp_path / "var"
    settings.VAR.mkdir()
    identity.make(settings.VAR, Environment({}), now=now())
    return live_server.url


@pytest.fixture
def open_page(browser: Any, newsroom: str, shots: Path) -> Iterator[Any]:
    """Opens pages that must load nothing from elsewhere, fit the screen, and can be read."""
    contexts: list[Any] = []
    faults: list[str] = []

    def make(
        *,
        width: int = 375,
        scheme: str = "light",
        language: str = "en-GB",
        script: bool = True,
        elsewhere: str = "data:",
    ) -> Any:
        context = browser.new_context(
            viewport={"width": width, "height": 740}, color_scheme=scheme, locale=language, java_script_enabled=script
        )
        contexts.append(context)
        page = context.new_page()
        page.on("request", lambda r: None if r.url.startswith((newsroom, "data:", elsewhere)) else faults.append(r.url))
        page.on("console", lambda m: faults.append(m.text) if m.type == "error" and " 404 " not in m.text else None)
        return page

    yield make
    for context in contexts:
        assert context.cookies() == []
        context.close()
    assert not faults


def letters(settings: Any) -> list[str]:
    for thread in threading.enumerate():
        if thread.name == "confirmations":
            thread.join(20)
    confirmations.deliver(settings.CONFIG, Environment({}), now=now())
    files = sorted((settings.VAR / "notices").glob("*.eml"))
    found = [email.message_from_bytes(file.read_bytes(), policy=email.policy.default) for file in files]
    return [message.get_body(("html",)).get_content() for message in found]


def older(page: Any, seconds: int = 10) -> None:
    """As if the form had stood open for a while."""
    stamp = stamps.stamp(now() - timedelta(seconds=seconds))
    page.evaluate("(value) => { document.querySelector('[name=opened]').value = value }", stamp)


def test_signing_up_by_keyboard_on_a_phone(open_page: Any, newsroom: str, shots: Path, settings: Any) -> None:
    page = open_page()
    page.goto(f"{newsroom}/subscribe")
    look(page, shots, "reader-sign-up")
    order = []
    for _ in range(20):
        page.keyboard.press("Tab")
        order.append(page.evaluate("document.activeElement.name || document.activeElement.innerText"))
    assert "homepage" not in order, "nobody tabs into the trap"
    page.goto(f"{newsroom}/subscribe")
    reach(page, "email")
    page.keyboard.type("ana@inbox.example")
    reach(page, "Only some topics of The Morning Tide")
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")
    page.keyboard.press("Tab")
    page.keyboard.press("Space")
    reach(page, "Language, time zone")
    page.keyboard.press("Enter")
    look(page, shots, "reader-sign-up-open")
    older(page)
    reach(page, "Subscribe")
    page.keyboard.press("Enter")
    page.wait_for_selector("text=Look in your mailbox")
    look(page, shots, "reader-asked")
    (html,) = letters(settings)
    mail = page.context.new_page()
    mail.set_content(html)
    look(mail, shots, "reader-mail-join")
    mail.close()
    page.goto(re.search(r'href="([^"]+/confirm/[^"]+)"', html)[1])
    look(page, shots, "reader-confirm")
    assert not Subscriber.objects.exists()
    reach(page, "Confirm")
    page.keyboard.press("Enter")
    page.wait_for_selector("text=You are subscribed")
    look(page, shots, "reader-confirmed")
    assert Subscription.objects.get().topics == ["world"]


def test_a_form_on_the_newsrooms_own_page_without_script(
    open_page: Any, newsroom: str, shots: Path, tmp_path: Path
) -> None:
    """The snippet of docs/how-to/sign-up.md, on another origin."""
    guide = (Path(__file__).parents[2] / "docs" / "how-to" / "sign-up.md").read_text(encoding="utf-8")
    snippet = re.search(r"```html\n(.*?)```", guide, re.DOTALL)[1].replace("https://letters.news.example", newsroom)
    page = open_page(script=False, width=1000, elsewhere="https://www.courier.example/")
    page.route("https://www.courier.example/**", lambda route: route.fulfill(body=snippet, content_type="text/html"))
    page.goto("https://www.courier.example/")
    page.fill("[name=email]", "bo@inbox.example")
    page.press("[name=email]", "Enter")
    page.wait_for_selector("text=press the button once more")
    page.screenshot(path=shots / "reader-embedded.png", full_page=True)
    assert page.input_value("[name=email]") == "bo@inbox.example"
    assert not Request.objects.exists()
    page.wait_for_timeout(2100)
    page.click("main button")
    page.wait_for_selector("text=Look in your mailbox")
    assert Request.objects.get().email == "bo@inbox.example"


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("language", ["en", "ar"])
def test_every_page_can_be_read(
    open_page: Any, newsroom: str, shots: Path, settings: Any, scheme: str, language: str
) -> None:
    reader = add("ana@inbox.example", ["daily"], now=now(), consent_source="the shop", language=language)
    own = f"/s/{tokens.make('settings', reader.handle, 'daily')}"
    leave = f"/u/{tokens.make('unsubscribe', reader.handle, 'daily')}"
    page = open_page(scheme=scheme, language=language)
    for name, address in (("sign-up", "/subscribe/daily"), ("preferences", own), ("leave", leave), ("missing", "/s/x")):
        page.goto(newsroom + address)
        look(page, shots, f"reader-{name}-{scheme}-{language}")
    page.goto(newsroom + own)
    page.click("[value=erase]")
    look(page, shots, f"reader-erase-asked-{scheme}-{language}")
    (html,) = letters(settings)
    mail = page.context.new_page()
    mail.set_content(html)
    look(mail, shots, f"reader-mail-erase-{scheme}-{language}")
    paper = mail.evaluate("getComputedStyle(document.body).backgroundColor")
    assert paper == ("rgb(255, 255, 255)" if scheme == "light" else "rgb(21, 22, 24)"), "a mail at night is dark"
    mail.close()
    page.goto(re.search(r'href="([^"]+/confirm/[^"]+)"', html)[1])
    look(page, shots, f"reader-erase-{scheme}-{language}")
    page.goto(newsroom + leave)
    page.click("[value=pause]")
    look(page, shots, f"reader-paused-{scheme}-{language}")
    page.goto(newsroom + leave)
    page.click("main form:first-of-type button")
    look(page, shots, f"reader-left-{scheme}-{language}")


@pytest.mark.parametrize(("scheme", "language"), [("light", "en"), ("dark", "ar")])
def test_letters_move_to_another_address_by_keyboard(
    open_page: Any, newsroom: str, shots: Path, settings: Any, scheme: str, language: str
) -> None:
    reader = add("ana@inbox.example", ["daily"], now=now(), consent_source="the shop", language=language)
    page = open_page(scheme=scheme, language=language, script=False)
    page.goto(f"{newsroom}/s/{tokens.make('settings', reader.handle, 'daily')}")
    reach(page, "email")
    page.keyboard.type("ana@new.example")
    page.keyboard.press("Enter")
    page.wait_for_load_state()
    look(page, shots, f"reader-move-asked-{scheme}-{language}")
    (html,) = letters(settings)
    page.goto(re.search(r'href="([^"]+/confirm/[^"]+)"', html)[1])
    look(page, shots, f"reader-move-{scheme}-{language}")
    page.click("main button")
    look(page, shots, f"reader-move-done-{scheme}-{language}")
    told = next(one for one in letters(settings) if "/s/" in one)
    page.set_content(told)
    look(page, shots, f"reader-mail-moved-{scheme}-{language}")
    moved = dict(Subscription.objects.values_list("subscriber__email", "status"))
    assert moved == {"ana@inbox.example": "unsubscribed", "ana@new.example": "active"}


def test_a_reader_changes_their_mind_without_script(open_page: Any, newsroom: str) -> None:
    reader = add("ana@inbox.example", ["daily"], now=now(), consent_source="the shop")
    page = open_page(script=False)
    page.goto(f"{newsroom}/s/{tokens.make('settings', reader.handle, 'daily')}")
    page.select_option("[name=days]", "90")
    page.click("[value=pause]")
    assert Subscription.objects.get().paused_until > now() + timedelta(days=89)
    page.click("[value=resume]")
    assert Subscription.objects.get().paused_until is None
    page.select_option("[name=format]", "text")
    page.select_option("[name=zone]", "Asia/Tehran")
    page.click("[value=adjust]")
    reader.refresh_from_db()
    assert (reader.format, reader.zone) == ("text", "Asia/Tehran")
    page.click("[value=move]")
    page.click("text=Your choice")
    assert page.locator("h1").inner_text() == "The Weekly Tide"
    page.click("[value='leave all']")
    assert set(Subscription.objects.values_list("status", flat=True)) == {"unsubscribed"}


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("language", ["en", "ar"])
def test_everybody_can_use_it(
    browser: Any, newsroom: str, npm_peers: Path, settings: Any, scheme: str, language: str
) -> None:
    """axe-core finds nothing to say of any page."""
    reader = add("ana@inbox.example", ["daily"], now=now(), consent_source="the shop", language=language)
    own = f"/s/{tokens.make('settings', reader.handle, 'daily')}"
    leave = f"/u/{tokens.make('unsubscribe', reader.handle, 'daily')}"
    # The pages' own policy lets no script in, axe neither.
    context = browser.new_context(color_scheme=scheme, locale=language, bypass_csp=True)
    page = context.new_page()
    for address in ("/subscribe", "/subscribe/daily", own, leave, "/s/x", "/e/daily/"):
        page.goto(newsroom + address)
        for closed in page.locator("summary").all():
            closed.click()
        page.add_script_tag(path=npm_peers / "node_modules" / "axe-core" / "axe.min.js")
        found = page.evaluate("() => axe.run(document)")
        assert len(found["passes"]) > 10
        wrong = [(rule["id"], [node["html"][:160] for node in rule["nodes"][:3]]) for rule in found["violations"]]
        assert wrong == [], address
    context.close()
