"""An editor at 6 a.m., on a phone, by keyboard and without a script: a run that was held goes on."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from browsing import look, reach

from digest.clock.now import now
from digest.delivery import allowances
from digest.delivery.waves import REST, SAMPLE
from digest.store.editions import Edition
from digest.store.letters import Letter
from digest.studio import gate, links

pytestmark = [pytest.mark.slow, pytest.mark.django_db(transaction=True)]

HERE = "/studio/editions/daily/2026-11-24/deliveries"
CANARY = '\n[canary]\nseeds = ["desk@news.example"]\nshare = 0.1\n'
LETTERS = (("sent", 412), ("failed", 2), ("pending", 300))


@pytest.fixture
def held(edition: Edition, home: Path, settings: Any) -> Edition:
    settings.SESSION_COOKIE_SECURE = settings.CSRF_COOKIE_SECURE = False
    (home / "config" / "newsletters" / "daily.toml").open("a").write(CANARY)
    Edition.objects.update(
        status="held", approved_at=now() - timedelta(hours=1), wave=REST, slot_at=now(),
        reason="The name in the second story is wrong; wait for the desk",
    )  # fmt: skip
    Letter.objects.bulk_create(
        Letter(edition=edition, due_at=now(), at=now(), status=status, wave=REST)
        for status, count in LETTERS
        for _ in range(count)
    )
    return edition


@pytest.mark.parametrize("width", [375, 1000])
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_a_run_goes_on(browser: Any, live_server: Any, held: Edition, shots: Path, width: int, scheme: str) -> None:
    context = browser.new_context(
        viewport={"width": width, "height": 740}, color_scheme=scheme, java_script_enabled=False
    )
    page = context.new_page()
    page.goto(links.by_shell(gate.current(), live_server.url, now=now()) + f"?next={HERE}")
    page.get_by_role("button", name="Sign in to the studio").press("Enter")
    page.wait_for_url(live_server.url + HERE)
    name = f"resume-{width}-{scheme}"
    look(page, shots, f"{name}-held")
    reach(page, "Go on")
    page.keyboard.press("Enter")
    page.wait_for_selector("text=Its letters and posts are on their way.")
    assert Edition.objects.get().status == "sending"

    allowances.leave_alone("", now())
    page.goto(live_server.url + HERE)
    look(page, shots, f"{name}-rests")
    page.get_by_role("button", name="Try again now").press("Enter")
    page.wait_for_load_state()
    assert page.locator("text=The mail server rests").count() == 0

    Edition.objects.update(wave=SAMPLE, wave_at=now(), status="held", reason="3 of the first 40 letters came back")
    Letter.objects.filter(status="failed").update(wave=SAMPLE)
    page.goto(live_server.url + HERE)
    look(page, shots, f"{name}-canary")
    reach(page, "Do not wait for the canary")
    page.keyboard.press("Enter")
    look(page, shots, f"{name}-canary-open")
    reach(page, "Let everybody’s letter go")
    page.keyboard.press("Enter")
    page.wait_for_selector("text=Its letters and posts are on their way.")
    assert Edition.objects.values_list("status", "wave").get() == ("sending", REST)
    context.close()
