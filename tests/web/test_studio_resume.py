"""From the studio a run goes on that was held or rests, and the canary is passed: once, by an editor who saw it."""

from __future__ import annotations

import threading
from datetime import timedelta
from typing import Any

import pytest
from django.conf import settings
from django.db import connection

from digest.clock.now import now
from digest.delivery import allowances, unreached
from digest.delivery.waves import REST, SAMPLE, SEEDS
from digest.errors import MovedOnError
from digest.pipeline import resume
from digest.store.editions import Edition, Notice
from digest.store.letters import Letter
from digest.studio import gate, show

pytestmark = pytest.mark.django_db

HERE = "/studio/editions/daily/2026-11-24/"
CANARY = '\n[canary]\nseeds = ["desk@news.example"]\nshare = 0.1\n'


def stand(edition: Edition, status: str = "held", wave: int = REST, reason: str = "a wrong name in the lead") -> None:
    Edition.objects.filter(pk=edition.pk).update(
        status=status, approved_at=now() - timedelta(hours=1), wave=wave, reason=reason, slot_at=now(),
        wave_at=now() if wave < REST else None,
    )  # fmt: skip


def of(edition: Edition) -> tuple[str, int]:
    edition.refresh_from_db()
    return edition.status, edition.wave


def press(who: Any, page: Any, **more: str) -> Any:
    """Press the button of the run's one form, or of the one that passes the canary."""
    if not more:
        return who.press(page, HERE + "resume")
    mark = page.content.decode().split('name="mark" value="')[1][:16]
    csrf = page.content.decode().split('name="csrfmiddlewaretoken" value="')[1].split('"')[0]
    return who.post(
        HERE + "resume", {"csrfmiddlewaretoken": csrf, "mark": mark, **more},
        headers={"Referer": "https://news.example/"},
    )  # fmt: skip


def test_a_held_run_goes_on_once_and_the_editors_hear_of_it(ana: Any, edition: Edition) -> None:
    stand(edition)
    page = ana.get(HERE + "deliveries")
    text = page.content.decode()
    assert "The run is held" in text
    assert "a wrong name in the lead" in text
    assert "Approve this version" not in text
    for _ in range(2):
        answer = press(ana, page)
        assert (answer.status_code, answer["Location"]) == (302, HERE + "deliveries")
    assert of(edition) == ("sending", REST)
    assert [notice.subject for notice in Notice.objects.all()] == [f"Goes on: {edition.name}"]
    assert "The run is held" not in ana.get(HERE + "deliveries").content.decode()


def test_another_hold_is_not_lifted_by_an_old_page(ana: Any, edition: Edition) -> None:
    stand(edition)
    page = ana.get(HERE + "deliveries")
    press(ana, page)
    stand(edition, reason="held by Bo")
    assert press(ana, page).status_code == 409
    assert of(edition) == ("held", REST)


@pytest.mark.parametrize("status", ["draft", "approved", "sent", "skipped"])
def test_what_is_not_on_its_way_offers_nothing(ana: Any, edition: Edition, status: str) -> None:
    Edition.objects.filter(pk=edition.pk).update(status=status, approved_at=None if status == "draft" else now())
    page = ana.get(HERE + "deliveries")
    assert HERE + "resume" not in page.content.decode()
    csrf = ana.cookies["csrftoken"].value
    answer = ana.post(
        HERE + "resume", {"csrfmiddlewaretoken": csrf, "mark": resume._mark(edition)},
        headers={"Referer": "https://news.example/"},
    )  # fmt: skip
    assert answer.status_code == 409
    assert of(edition)[0] == status


def test_a_draft_that_was_held_is_approved_and_not_resumed(ana: Any, edition: Edition) -> None:
    Edition.objects.filter(pk=edition.pk).update(status="held")
    text = ana.get(HERE + "deliveries").content.decode()
    assert HERE + "resume" not in text
    assert "Approve this version" in text


@pytest.mark.parametrize("wave", [SEEDS, SAMPLE])
@pytest.mark.parametrize("status", ["held", "sending"])
def test_the_canary_is_passed(ana: Any, home: Any, edition: Edition, wave: int, status: str) -> None:
    (home / "config" / "newsletters" / "daily.toml").open("a").write(CANARY)
    stand(edition, status=status, wave=wave, reason="")
    page = ana.get(HERE + "deliveries")
    assert "Do not wait for the canary" in page.content.decode()
    for _ in range(2):
        assert press(ana, page, past="canary").status_code == 302
    assert of(edition) == ("sending", REST)
    assert Notice.objects.count() == 1


def test_a_run_that_the_canary_halts_offers_only_to_pass_it(ana: Any, home: Any, edition: Edition) -> None:
    (home / "config" / "newsletters" / "daily.toml").open("a").write(CANARY)
    stand(edition, wave=SAMPLE, reason="3 of the first 4 letters failed or came back")
    for status in ("sent", "failed", "failed", "failed"):
        Letter.objects.create(edition=edition, due_at=now(), status=status, at=now(), wave=SAMPLE)
    text = ana.get(HERE + "deliveries").content.decode()
    assert "canary.halt_above" in text
    assert ">Go on<" not in text
    assert "Let everybody’s letter go" in text


def test_a_mail_server_that_rests_is_tried_again(ana: Any, edition: Edition) -> None:
    stand(edition, status="sending", reason="")
    assert HERE + "resume" not in ana.get(HERE + "deliveries").content.decode()
    allowances.leave_alone("", now())
    allowances.leave_alone("slow.example", now())
    page = ana.get(HERE + "deliveries")
    assert "The mail server rests" in page.content.decode()
    for _ in range(2):
        assert press(ana, page).status_code == 302
    assert list(allowances.left_alone(now())) == ["slow.example"]


def test_a_mail_server_that_cannot_be_used_is_told_of_and_tried_again(ana: Any, edition: Edition) -> None:
    stand(edition, status="sending", reason="")
    unreached.failed(settings.VAR, "The mail server mx:25 refuses the connection: 554 5.7.1 <not> you", now())
    page = ana.get(HERE + "deliveries")
    text = page.content.decode()
    assert "The mail server cannot be used" in text
    assert "mx:25 refuses the connection: 554 5.7.1 &lt;not&gt; you" in text
    (trouble,) = unreached.trouble(now())
    assert f"It is tried again by itself at {show.moment(trouble.until, gate.current().site.zone)}" in text
    assert press(ana, page).status_code == 302
    assert unreached.rests_until(settings.VAR, now()) is None
    assert "It is tried again by itself within a minute" in ana.get(HERE + "deliveries").content.decode()
    unreached.worked(settings.VAR)
    assert "The mail server cannot be used" not in ana.get(HERE + "deliveries").content.decode()


def test_what_the_clock_would_leave_alone_is_said(ana: Any, edition: Edition) -> None:
    stand(edition)
    page = ana.get(HERE + "deliveries")
    long_ago = now() - timedelta(days=9)
    Edition.objects.filter(pk=edition.pk).update(slot_at=long_ago, approved_at=long_ago)
    assert "digest publish daily/2026-11-24" in ana.get(HERE + "deliveries").content.decode()
    assert press(ana, page).status_code == 409
    assert of(edition)[0] == "held"


def test_only_an_editor_with_a_form_of_ours_may(ana: Any, stranger: Any, home: Any, edition: Edition) -> None:
    stand(edition)
    page = ana.get(HERE + "deliveries")
    mark = {"mark": resume._mark(Edition.objects.get())}
    assert stranger.post(HERE + "resume", mark).status_code == 403
    assert ana.post(HERE + "resume", mark).status_code == 403
    assert ana.get(HERE + "resume").status_code == 405
    config = home / "config" / "digest.toml"
    config.write_text(config.read_text().replace("ana@news", "bo@news"))
    answer = press(ana, page)
    assert "/studio/sign-in" in answer["Location"]
    assert of(edition)[0] == "held"


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("past", [False, True])
def test_two_at_once_do_what_one_does(home: Any, edition: Edition, past: bool) -> None:
    if past:
        (home / "config" / "newsletters" / "daily.toml").open("a").write(CANARY)
    stand(edition, wave=SAMPLE if past else REST)
    mark = resume.choices(gate.current(), Edition.objects.get(), now=now()).mark
    both, errors = threading.Barrier(2), []

    def word() -> None:
        row = Edition.objects.get()
        both.wait(5)
        try:
            resume.resume(gate.current(), row, by="ana@news.example", now=now(), mark=mark, past_canary=past)
        except MovedOnError as error:
            errors.append(error)
        finally:
            connection.close()

    threads = [threading.Thread(target=word) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert errors == []
    assert of(edition) == ("sending", REST)
    assert Notice.objects.count() == 1
