"""An edition's way from draft to sent, and every way it must not go."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from django.conf import settings

from digest.audience.subscriptions import add
from digest.config import Environment
from digest.config.values import Config
from digest.delivery.message import frozen_hash
from digest.edition import content
from digest.errors import MovedOnError, RefusedError, UsageError
from digest.pipeline.approve import approve, hold
from digest.pipeline.draft import draft
from digest.pipeline.preview import show
from digest.pipeline.publish import publish
from digest.pipeline.wish import wish
from digest.store import identity
from digest.store.models import Article, Consideration, Edition, Letter, Notice, Post

NOW = datetime(2026, 11, 22, 6, tzinfo=UTC)
ALL = ("bridge", "budget", "eels", "vineyard")
Write = Callable[..., Article]

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def var(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A data folder of the test's own, which belongs to its database."""
    monkeypatch.setattr(settings, "VAR", tmp_path)
    identity.make(tmp_path, Environment({}), now=NOW)
    return tmp_path


def compose(config: Config, *, day: int = 22, now: datetime = NOW) -> Edition:
    return draft(config, "daily", key=f"2026-11-{day}", at=now.replace(day=day) + timedelta(hours=1), now=now)


def send(config: Config, edition: Edition, *, at: datetime = NOW):
    return publish(config, edition, now=lambda: at, environment=Environment({}))


def reader(email: str, *, topics: tuple[str, ...] = (), language: str = "") -> None:
    add(email, ["daily"], topics=topics, language=language, consent_source="asked at the fair", now=NOW)


def test_the_same_slot_gives_the_same_edition_and_takes_in_what_is_new(newsroom: Config, write: Write):
    write("bridge")
    first = compose(newsroom)
    write("budget")
    second = compose(newsroom)
    assert first.pk == second.pk
    assert len(content.read(second.content).stories) == 2
    assert first.hash != second.hash


def test_a_draft_that_a_person_touched_is_left_alone(newsroom: Config, write: Write):
    write("bridge")
    row = compose(newsroom)
    row.touched = True
    row.save()
    write("budget")
    assert compose(newsroom).hash == row.hash


def test_an_unknown_newsletter_is_wrong_use(newsroom: Config):
    with pytest.raises(UsageError, match="there: daily"):
        draft(newsroom, "weekly", key="x", at=NOW, now=NOW)


def test_a_day_without_stories_is_skipped_and_drafted_again_when_some_came(newsroom: Config, write: Write):
    assert compose(newsroom).status == "skipped"
    write("bridge")
    assert compose(newsroom).status == "draft"


def test_approval_freezes_every_letter_with_its_twin_the_page_and_the_posts(newsroom: Config, write: Write):
    for name in ALL:
        write(name)
    reader("all@r.example")
    reader("nature@r.example", topics=("nature",))
    reader("deutsch@r.example", language="de")
    row = approve(newsroom, compose(newsroom), by="ana@news.example", now=NOW)
    keys = set(row.variants.filter(kind="letter").values_list("key", flat=True))
    everything = "politics,nature,*"
    assert keys == {
        f"{language}|{sections}|{form}"
        for language, sections in (("en", everything), ("en", "nature"), ("de", everything))
        for form in ("appeal", "plain")
    }
    assert set(row.variants.exclude(kind="letter").values_list("kind", flat=True)) == {"page", "print"}
    for variant in row.variants.all():
        assert frozen_hash(bytes(variant.body)) == variant.hash
        assert (variant.twin is not None) == variant.asks
    assert row.letters.filter(status="pending").count() == 3
    assert Post.objects.filter(edition=row).count() == 2
    assert row.approved_by == "ana@news.example"


def test_an_editor_who_saw_another_version_is_told_so(newsroom: Config, write: Write):
    write("bridge")
    seen = compose(newsroom)
    write("budget")
    compose(newsroom)
    with pytest.raises(MovedOnError, match="has changed"):
        approve(newsroom, seen, by="ana@news.example", now=NOW)
    with pytest.raises(MovedOnError, match="has changed"):
        approve(newsroom, Edition.objects.get(), by="ana@news.example", now=NOW, expected=seen.hash)
    assert Edition.objects.get().status == "draft"


def test_approving_twice_changes_nothing(newsroom: Config, write: Write):
    write("bridge")
    reader("one@r.example")
    row = approve(newsroom, compose(newsroom), by="ana@news.example", now=NOW)
    again = approve(newsroom, row, by="ben@news.example", now=NOW + timedelta(hours=1))
    assert (again.hash, again.letters.count()) == (row.hash, 1)
    with pytest.raises(MovedOnError):
        approve(newsroom, row, by="ben@news.example", now=NOW, expected="0" * 64)


def test_preflight_blocks_what_must_not_leave(newsroom: Config, write: Write):
    write("bridge")
    row = compose(newsroom)
    value = content.read(row.content)
    row.content = content.dump(replace(value, subject=""))
    row.save()
    with pytest.raises(RefusedError, match="subject: it is empty"):
        approve(newsroom, row, by="ana@news.example", now=NOW)
    row.refresh_from_db()
    assert (row.status, row.variants.count(), Consideration.objects.count()) == ("draft", 0, 0)


def test_a_held_edition_gives_its_stories_back_and_tells_the_editors(newsroom: Config, write: Write):
    write("bridge")
    row = approve(newsroom, compose(newsroom), by="ana@news.example", now=NOW)
    held = hold(newsroom, row, by="ben@news.example", now=NOW, reason="the bridge is open again")
    assert (held.status, held.variants.count(), held.letters.count()) == ("held", 0, 0)
    assert "open again" in Notice.objects.get().text
    with pytest.raises(RefusedError, match="held"):
        send(newsroom, held)
    following = compose(newsroom, day=23, now=NOW + timedelta(days=1))
    assert [story.headline for story in content.read(following.content).stories] == [Article.objects.get().title]


def test_an_edition_that_is_held_while_it_is_sent_goes_on_and_is_not_approved_anew(newsroom: Config, write: Write):
    write("bridge")
    row = approve(newsroom, compose(newsroom), by="ana@news.example", now=NOW)
    Edition.objects.filter(pk=row.pk).update(status="sending")
    held = hold(newsroom, row, by="ben@news.example", now=NOW)
    assert (held.status, held.letters.count()) == ("held", row.letters.count())
    with pytest.raises(RefusedError, match=r"`digest publish daily/.*` goes on"):
        approve(newsroom, held, by="ana@news.example", now=NOW)
    send(newsroom, held)
    held.refresh_from_db()
    assert held.status == "sent"


def test_an_edition_whose_stories_went_out_meanwhile_is_drafted_again(newsroom: Config, write: Write):
    write("bridge")
    old = hold(newsroom, compose(newsroom), by="ana@news.example", now=NOW)
    later = NOW + timedelta(days=1)
    approve(newsroom, compose(newsroom, day=23, now=later), by="ana@news.example", now=later)
    with pytest.raises(MovedOnError, match="draft it again"):
        approve(newsroom, old, by="ana@news.example", now=later)
    write("budget", at=later)
    again = draft(newsroom, "daily", key=old.slot_key, at=old.slot_at, now=later)
    assert [s.headline for s in content.read(again.content).stories] == [Article.objects.get(guid="budget").title]
    approve(newsroom, again, by="ana@news.example", now=later)


def test_a_story_without_news_never_comes_twice_even_when_another_outlet_tells_it_later(newsroom: Config, write: Write):
    write("bridge")
    approve(newsroom, compose(newsroom), by="ana@news.example", now=NOW)
    later = NOW + timedelta(days=1)
    copy = write("bridge", feed=1, at=later)
    write("eels", at=later)
    row = compose(newsroom, day=23, now=later)
    value = content.read(row.content)
    assert [story.headline for story in value.stories] == [Article.objects.get(guid="eels").title]
    assert any(skipped.why == "carried on Sunday, nothing new" for skipped in value.skipped)
    approve(newsroom, row, by="ana@news.example", now=later)
    assert not Consideration.objects.get(article=copy).carried


def test_nothing_leaves_before_it_is_approved(newsroom: Config, write: Write):
    write("bridge")
    with pytest.raises(RefusedError, match="waits for an editor"):
        send(newsroom, compose(newsroom))


def test_publishing_reaches_everybody_once_however_often_it_is_said(newsroom: Config, write: Write, var: Path):
    for name in ALL:
        write(name)
    for n in range(5):
        reader(f"reader{n}@r.example", topics=("nature",) if n % 2 else ())
    row = approve(newsroom, compose(newsroom), by="ana@news.example", now=NOW)
    first = send(newsroom, row)
    assert (first.letters["sent"], first.posts["sent"], first.stopped) == (5, 2, "")
    row.refresh_from_db()
    assert row.status == "sent"
    assert len(list((var / "outbox").rglob("*.eml"))) == 5
    before = {file: file.stat().st_mtime_ns for file in var.rglob("*.eml")}
    assert send(newsroom, row).letters["sent"] == 5
    assert {file: file.stat().st_mtime_ns for file in var.rglob("*.eml")} == before


def test_readers_whose_topics_yield_nothing_are_skipped_with_the_reason(newsroom: Config, write: Write):
    write("budget")
    reader("nature@r.example", topics=("nature",))
    reader("all@r.example")
    row = approve(newsroom, compose(newsroom), by="ana@news.example", now=NOW)
    assert send(newsroom, row).letters["skipped"] == 1
    assert "topics" in Letter.objects.get(status="skipped").reply


def test_a_freeze_that_was_broken_off_forgets_nobody(newsroom: Config, write: Write):
    write("bridge")
    for n in range(3):
        reader(f"reader{n}@r.example")
    row = approve(newsroom, compose(newsroom), by="ana@news.example", now=NOW)
    # As if the process had died between the freeze and the last of its readers.
    row.letters.order_by("pk").first().delete()
    row.enrolled_at = None
    row.save()
    assert send(newsroom, row).letters["sent"] == 3


def test_a_copy_of_the_database_sends_nothing(newsroom: Config, write: Write, var: Path):
    write("bridge")
    reader("one@r.example")
    row = approve(newsroom, compose(newsroom), by="ana@news.example", now=NOW)
    (var / identity.FILE).write_text("another machine")
    with pytest.raises(RefusedError, match="digest adopt"):
        send(newsroom, row)
    identity.adopt(var, Environment({}), now=NOW)
    assert send(newsroom, row).letters["sent"] == 1


def test_changed_bytes_are_refused(newsroom: Config, write: Write):
    write("bridge")
    reader("one@r.example")
    row = approve(newsroom, compose(newsroom), by="ana@news.example", now=NOW)
    for variant in row.variants.filter(kind="letter"):
        variant.body = bytes(variant.body).replace(b"bridge", b"bribes")
        variant.save()
    with pytest.raises(RefusedError):
        send(newsroom, row)
    assert row.letters.get().status == "pending"


def test_no_appeal_in_a_letter_that_opens_on_the_dead_nor_beside_them(newsroom: Config, write: Write):
    write("ferry")
    row = compose(newsroom)
    assert content.read(row.content).appeal.after == ""
    row = approve(newsroom, row, by="ana@news.example", now=NOW)
    assert not row.variants.filter(asks=True).exists()
    assert not Post.objects.filter(kind="appeal").exists()


def test_the_rule_may_send_without_the_appeal(newsroom: Config, write: Write):
    write("bridge")
    row = approve(newsroom, compose(newsroom), by="the clock", now=NOW, appeal=False)
    assert not row.variants.filter(asks=True).exists()


@pytest.mark.parametrize("form", ["html", "text", "eml", "posts", "page", "print", "json"])
def test_what_is_shown_before_approval_is_what_is_frozen(newsroom: Config, write: Write, form: str):
    for name in ALL:
        write(name)
    row = compose(newsroom)
    before = show(newsroom, row, form, now=NOW)
    row = approve(newsroom, row, by="ana@news.example", now=NOW)
    after = show(newsroom, row, form, now=NOW)
    if form == "json":
        assert b'"status": "approved"' in after
    else:
        assert before == after


def test_a_preview_as_a_reader_is_that_readers_letter(newsroom: Config, write: Write):
    for name in ALL:
        write(name)
    reader("nature@r.example", topics=("nature",))
    text = show(newsroom, compose(newsroom), "text", now=NOW, to="nature@r.example").decode()
    assert "eels" in text
    assert "budget" not in text


def test_an_editors_wish_shapes_a_draft_and_is_left_alone_afterwards(newsroom: Config, write: Write):
    for name in ALL:
        write(name)
    row = compose(newsroom)
    value = content.read(row.content)
    last, first = value.stories[-1], value.stories[0]
    lifted = wish(newsroom, row, last.id, "lift", expected=row.hash, now=NOW)
    story = next(s for s in content.read(lifted.content).stories if s.id == last.id)
    assert next(reason.points for reason in story.reasons if reason.signal == "boost") > 0
    out = wish(newsroom, lifted, first.id, "out", expected=lifted.hash, now=NOW)
    shaped = content.read(out.content)
    assert first.id not in {s.id for s in shaped.stories}
    assert next(s.why for s in shaped.skipped if s.story == first.id) == "taken out by an editor"
    write("ferry")
    assert compose(newsroom).hash == out.hash
    with pytest.raises(MovedOnError):
        wish(newsroom, out, first.id, "", expected=row.hash, now=NOW)
    approved = approve(newsroom, out, by="ana@news.example", now=NOW)
    with pytest.raises(RefusedError, match="only a draft"):
        wish(newsroom, approved, first.id, "", expected=approved.hash, now=NOW)
