"""The studio's word on posts that may or may not be there: asked for, confirmed, and counted once."""

from __future__ import annotations

from typing import Any

import pytest

from digest.clock.now import now
from digest.store.editions import Edition
from digest.store.posts import Post

pytestmark = pytest.mark.django_db

HERE = "/studio/editions/daily/2026-11-24/"
AT = "https://x.com/newsroom/status/5"


@pytest.fixture
def unsure(edition: Edition) -> Post:
    """The edition's post, of which nobody knows whether it is there; it is no longer among those composed."""
    Edition.objects.filter(pk=edition.pk).update(status="sent")
    return Post.objects.create(
        edition=edition, account="folder:newsroom", kind="story", item="earlier", text="A pier <b>closes</b>", hash="0",
        status="uncertain", due_at=now(), at=now(), attempts=1, worker="w", reply="it did not answer",
    )  # fmt: skip


def test_only_a_post_that_is_unsure_or_failed_is_asked_about(ana: Any, unsure: Post) -> None:
    page = ana.get(HERE + "posts").content.decode()
    assert "A pier &lt;b&gt;closes&lt;/b&gt;" in page
    assert page.count("What do you see on the account?") == 1
    assert "It is not there, and shall not be" in page
    Post.objects.update(status="failed")
    page = ana.get(HERE + "posts").content.decode()
    assert "send it again" in page
    assert "It is not there, and shall not be" not in page
    Post.objects.update(status="sent")
    assert "What do you see" not in ana.get(HERE + "posts").content.decode()


@pytest.mark.parametrize(
    ("url", "shown"),
    [
        ("file:///srv/newsroom/var/posts/daily-5.txt", ">/srv/newsroom/var/posts/daily-5.txt<"),
        (AT, f'<a href="{AT}">See it</a>'),
        ("", ""),
    ],
    ids=["in a folder", "on a network", "nobody knows"],
)
def test_it_says_where_a_post_is(ana: Any, unsure: Post, url: str, shown: str) -> None:
    Post.objects.update(status="sent", url=url)
    page = ana.get(HERE + "posts")
    assert page.status_code == 200
    assert shown in page.content.decode()
    assert ("See it" in page.content.decode()) == (url == AT)


@pytest.mark.parametrize(("verdict", "status"), [("posted", "sent"), ("failed", "failed"), ("again", "planned")])
def test_an_editors_word_settles_it(ana: Any, unsure: Post, verdict: str, status: str) -> None:
    page = ana.get(HERE + "posts")
    answer = ana.press(page, HERE + "settle", verdict=verdict, looked="yes", url=AT if verdict == "posted" else "")
    assert (answer.status_code, answer["Location"]) == (302, HERE + "posts")
    unsure.refresh_from_db()
    assert unsure.status == status
    assert unsure.reply.startswith("ana@news.example: ")
    assert unsure.url == (AT if verdict == "posted" else "")


@pytest.mark.parametrize(
    "given",
    [
        {"verdict": "posted"},
        {"looked": "yes"},
        {"verdict": "sent", "looked": "yes"},
        {"verdict": "posted", "looked": "yes", "url": "javascript:alert(1)"},
        {"verdict": "posted", "looked": "yes", "post": "x"},
        {"verdict": "posted", "looked": "yes", "post": "9" * 40},
        {"verdict": "posted", "looked": "yes", "post": "999999"},
    ],
    ids=["not confirmed", "nothing said", "unknown word", "no web address", "no number", "long number", "no such post"],
)
def test_half_a_word_changes_nothing(ana: Any, unsure: Post, given: dict[str, str]) -> None:
    answer = ana.press(ana.get(HERE + "posts"), HERE + "settle", **given)
    assert answer.status_code in (400, 404)
    unsure.refresh_from_db()
    assert unsure.status == "uncertain"


def test_two_editors_at_once_settle_it_once(ana: Any, unsure: Post) -> None:
    page = ana.get(HERE + "posts")
    assert ana.press(page, HERE + "settle", verdict="posted", looked="yes").status_code == 302
    second = ana.press(page, HERE + "settle", verdict="again", looked="yes")
    assert second.status_code == 409
    assert "this post is sent" in second.content.decode()
    assert Post.objects.get().status == "sent"


def test_another_editions_post_is_out_of_reach(ana: Any, unsure: Post, edition: Edition) -> None:
    page = ana.get(HERE + "posts")
    edition.pk, edition.slot_key = None, "2026-11-25"
    edition.save()
    Post.objects.update(edition=edition)
    assert ana.press(page, HERE + "settle", verdict="posted", looked="yes").status_code == 404
    assert Post.objects.get().status == "uncertain"


def test_settling_needs_a_post_a_form_token_and_an_editor(ana: Any, stranger: Any, unsure: Post) -> None:
    given = {"post": str(unsure.pk), "verdict": "posted", "looked": "yes"}
    assert ana.get(HERE + "settle").status_code == 405
    assert ana.post(HERE + "settle", given).status_code == 403
    stranger.get("/studio/sign-in")
    token = {"csrfmiddlewaretoken": stranger.cookies["csrftoken"].value}
    answer = stranger.post(HERE + "settle", given | token, headers={"Referer": "https://news.example/"})
    assert answer["Location"].startswith("/studio/sign-in")
    unsure.refresh_from_db()
    assert unsure.status == "uncertain"
