"""What a browser shows of a sent edition: a story that came back with news, and how its letters go, on every screen."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from browsing import CONTRAST

from digest import model
from digest.clock.now import now
from digest.edition import content
from digest.store.editions import Edition, Variant
from digest.store.letters import Letter
from digest.store.models import Subscriber
from digest.studio import gate, links

pytestmark = [pytest.mark.slow, pytest.mark.django_db(transaction=True)]

HERE = "/studio/editions/daily/2026-11-24/"
SCREENS = [(width, scheme) for width in (375, 1200) for scheme in ("light", "dark")]


@pytest.fixture
def told(edition: Edition) -> Edition:
    """The edition, whose first story was told six days before its slot."""
    value = content.read(edition.content)
    first, *rest = value.sections[0].stories
    news = model.Update(since=value.slot - timedelta(days=6), new=first.summary, why="new names: Quist")
    section = replace(value.sections[0], stories=(replace(first, update=news), *rest))
    value = replace(value, sections=(section, *value.sections[1:]))
    edition.content, edition.hash = content.dump(value), content.digest_of(value)
    edition.save()
    return edition


@pytest.fixture
def signed_in(browser: Any, live_server: Any, settings: Any, request: Any) -> Any:
    settings.SESSION_COOKIE_SECURE = settings.CSRF_COOKIE_SECURE = False
    width, scheme = request.param
    context = browser.new_context(viewport={"width": width, "height": 800}, color_scheme=scheme)
    page = context.new_page()
    page.goto(links.by_shell(gate.current(), live_server.url, now=now()))
    page.get_by_role("button", name="Sign in to the studio").click()
    page.wait_for_url("**/studio/")
    yield page, f"{width}-{scheme}"
    context.close()


def _fits(page: Any) -> None:
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), f"{page.url} is wider than the screen"


@pytest.mark.parametrize("signed_in", SCREENS, indirect=True)
def test_news_of_a_known_story_is_marked_in_every_form(
    signed_in: Any, live_server: Any, told: Edition, shots: Path
) -> None:
    page, name = signed_in
    since = content.read(told.content).sections[0].stories[0].update.since
    words = f"Update since {since.astimezone(ZoneInfo('Europe/Berlin')):%A}"
    bodies = {}
    for form in ("html", "page", "print"):
        bodies[form] = page.goto(f"{live_server.url}{HERE}see/{form}").body()
        assert page.get_by_text(words).is_visible(), form
        page.screenshot(path=shots / f"update-{form}-{name}.png", full_page=True)
        _fits(page)
    page.goto(f"{live_server.url}{HERE}ranks")
    assert page.get_by_text(words).is_visible()
    # And as everybody sees them, once they have left.
    for kind in ("page", "print"):
        Variant.objects.create(edition=told, kind=kind, key=kind, body=bodies[kind], hash=kind, subject="The old pier")
    Edition.objects.filter(pk=told.pk).update(status="sent")
    for address in ("/e/daily/2026-11-24", "/e/daily/2026-11-24/print", "/e/daily/"):
        page.goto(live_server.url + address)
        _fits(page)
        assert page.evaluate(CONTRAST) == [], address


@pytest.mark.parametrize("signed_in", SCREENS, indirect=True)
def test_how_letters_go_can_be_read_and_a_reason_typed(
    signed_in: Any, live_server: Any, told: Edition, shots: Path
) -> None:
    page, name = signed_in
    at = now()
    Edition.objects.filter(pk=told.pk).update(status="sending", approved_at=at)
    replies = {
        "failed": "550 5.1.1 No such user here",
        "uncertain": "the connection broke after the letter was begun",
        "deferred": "451 4.7.1 Greylisted, please try again in five minutes",
        "sent": "250 2.0.0 Ok",
    }
    for number, (status, reply) in enumerate(replies.items()):
        reader = Subscriber.objects.create(
            email=f"somebody.with.a.long.name.{number}@a-long-domain.example", handle=number + 1, joined_at=at
        )
        due = at + timedelta(hours=1)
        Letter.objects.create(edition=told, subscriber=reader, status=status, reply=reply, at=at, due_at=due)
    page.goto(f"{live_server.url}{HERE}deliveries")
    page.screenshot(path=shots / f"deliveries-{name}.png", full_page=True)
    _fits(page)
    assert page.evaluate(CONTRAST) == []
    page.get_by_role("link", name="Say why first").click()
    page.get_by_label("Why hold it?").fill("too many came back")
    page.get_by_role("button", name="Hold").click()
    page.wait_for_selector("text=too many came back")
    assert Edition.objects.get(pk=told.pk).status == "held"
