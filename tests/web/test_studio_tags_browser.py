"""The pages of tags on a phone and by keyboard, by day and by night."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from browsing import look, reach

from digest.clock.now import now
from digest.store.articles import Article
from digest.store.editions import Edition
from digest.store.feeds import Feed
from digest.store.tagging import TagVerdict
from digest.studio import gate, links

pytestmark = [pytest.mark.slow, pytest.mark.django_db(transaction=True)]

HERE = "/studio/editions/daily/2026-11-24/"


@pytest.fixture
def plain_http(settings: Any) -> None:
    settings.SESSION_COOKIE_SECURE = settings.CSRF_COOKIE_SECURE = False


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_a_word_on_a_tag_by_keyboard_alone(
    browser: Any, live_server: Any, newsroom: Path, edition: Edition, plain_http: None, shots: Path, scheme: str
) -> None:
    (newsroom / "config" / "tags.toml").write_text('[[tags]]\nname = "Harbour"\n[[tags]]\nname = "Ferries"\n')
    Edition.objects.filter(pk=edition.pk).update(status="sent")
    addresses = [f"https://feeds.example/{name}.xml" for name in ("harbour", "hills")]
    feeds = [Feed.objects.get_or_create(address=address)[0] for address in addresses]
    for at in range(4):
        Article.objects.create(
            feed=feeds[at % 2], url=f"https://x.example/{at}", title=f"A crane number {at}", content_hash=str(at),
            text="We saw the Orran Guard on the quay.", published_at=now(), first_seen_at=now(),
        )  # fmt: skip
    context = browser.new_context(viewport={"width": 375, "height": 740}, color_scheme=scheme, java_script_enabled=True)
    page = context.new_page()
    page.goto(links.by_shell(gate.current(), live_server.url, now=now()) + f"?next={HERE}tags")
    reach(page, "Sign in to the studio")
    page.keyboard.press("Enter")
    page.wait_for_url(f"{live_server.url}{HERE}tags")
    reach(page, "Does not fit")
    page.keyboard.press("Enter")
    page.wait_for_selector("text=says it does not fit")
    assert TagVerdict.objects.get().fits is False
    for name, address in (("tags", f"{HERE}tags"), ("lacking", "/studio/tags")):
        page.goto(live_server.url + address)
        look(page, shots, f"phone-{scheme}-{name}")
    context.close()
