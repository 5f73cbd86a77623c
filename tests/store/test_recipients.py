"""What approval freezes for whom: text alone, by the reader's clock, a canary's waves; and how an edition ends then."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from email import message_from_bytes, policy
from pathlib import Path

import pytest
from django.conf import settings

from digest.audience.subscriptions import add
from digest.clock.tick import owed
from digest.config import Environment
from digest.config.values import Config
from digest.delivery import enrol
from digest.delivery.message import frozen_hash
from digest.errors import InputError, RefusedError
from digest.pipeline.approve import approve, hold, sweep
from digest.pipeline.draft import draft
from digest.pipeline.preview import show
from digest.pipeline.publish import publish
from digest.store import identity
from digest.store.models import Article, Edition, Letter, Subscriber, Subscription

NOW = datetime(2026, 11, 22, 5, 30, tzinfo=UTC)
SLOT = datetime(2026, 11, 22, 6, tzinfo=UTC)
"""Seven in the morning in Berlin, where this newsroom is."""
HOUR = timedelta(hours=1)
Write = Callable[..., Article]

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def var(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A data folder of the test's own, which belongs to its database."""
    monkeypatch.setattr(settings, "VAR", tmp_path)
    identity.make(tmp_path, Environment({}), now=NOW)
    return tmp_path


def reader(name: str, *, zone: str = "", topics: tuple[str, ...] = (), form: str = "rich") -> None:
    made = add(f"{name}@r.example", ["daily"], topics=topics, zone=zone, consent_source="asked at the fair", now=NOW)
    Subscriber.objects.filter(pk=made.pk).update(format=form)


def with_rules(config: Config, **rules: object) -> Config:
    """The newsroom with other rules for its newsletter."""
    given = config.model_dump(mode="python", exclude_unset=True)
    given["newsletters"]["daily"] |= rules
    return Config.model_validate(given)


def approved(config: Config, *, at: datetime = NOW) -> Edition:
    row = draft(config, "daily", key="2026-11-22", at=SLOT, now=at)
    return approve(config, row, by="ana@news.example", now=at)


def send(config: Config, edition: Edition, *, at: datetime = NOW):
    return publish(config, edition, now=lambda: at, environment=Environment({}))


def parts(letter: bytes) -> list[str]:
    return [part.get_content_type() for part in message_from_bytes(letter, policy=policy.default).walk()]


def test_readers_of_text_alone_get_the_same_words_without_the_html(newsroom: Config, write: Write):
    write("bridge")
    write("eels")
    reader("rich")
    reader("plain", form="text")
    reader("eels", topics=("nature",), form="text")
    row = approved(newsroom)
    text = row.letters.get(subscriber__email="plain@r.example").variant
    rich = row.letters.get(subscriber__email="rich@r.example").variant
    assert (text.key, rich.key) == (f"{rich.key}|text", rich.key)
    assert row.variants.filter(kind="letter").count() == 6, "three letters and their twins without the appeal"
    for variant in row.variants.filter(key__endswith="|text"):
        assert frozen_hash(bytes(variant.body)) == variant.hash
        assert (variant.twin is not None) == variant.asks

    letter = show(newsroom, row, "eml", now=NOW, to="plain@r.example")
    assert parts(letter) == ["text/plain"]
    read, whole = (
        message_from_bytes(one, policy=policy.default) for one in (letter, show(newsroom, row, "eml", now=NOW))
    )
    own = {"to", "message-id", "content-type", "content-transfer-encoding"}
    assert {name.lower() for name in read} == {name.lower() for name in whole} | own
    for name in ("List-Unsubscribe-Post", "List-ID", "Subject", "From", "Date", "Feedback-ID", "MIME-Version"):
        assert read[name] == whole[name]
    assert "/u/" in read["List-Unsubscribe"]
    words = show(newsroom, row, "text", now=NOW, to="rich@r.example").decode()
    assert words.replace("rich@", "plain@") == show(newsroom, row, "text", now=NOW, to="plain@r.example").decode()
    with pytest.raises(InputError, match="text alone"):
        show(newsroom, row, "html", now=NOW, to="plain@r.example")


def test_a_preview_before_approval_has_the_readers_format_too(newsroom: Config, write: Write):
    write("bridge")
    reader("plain", form="text")
    row = draft(newsroom, "daily", key="2026-11-22", at=SLOT, now=NOW)
    assert parts(show(newsroom, row, "eml", now=NOW, to="plain@r.example")) == ["text/plain"]


def test_a_preview_shows_what_was_frozen_for_this_reader_or_why_nothing_was(newsroom: Config, write: Write):
    write("bridge")
    reader("ana")
    reader("away")
    Subscription.objects.filter(subscriber__email="away@r.example").update(paused_until=NOW + 48 * HOUR)
    row = approved(newsroom)
    Subscriber.objects.filter(email="ana@r.example").update(format="text")
    assert parts(show(newsroom, row, "eml", now=NOW, to="Ana@r.example"))[0] == "multipart/alternative"
    with pytest.raises(InputError, match="paused until 2026-11-24"):
        show(newsroom, row, "eml", now=NOW, to="away@r.example")


def test_what_text_letters_show_counts_among_the_two_hundred(newsroom: Config, write: Write, monkeypatch):
    write("bridge")
    reader("rich")
    reader("plain", form="text")
    monkeypatch.setattr("digest.edition.variants.LIMIT", 1)
    with pytest.raises(RefusedError, match="more than 1 different letters"):
        approved(newsroom)


def test_letters_sent_are_text_alone_for_who_wants_that(newsroom: Config, write: Write, var: Path):
    write("bridge")
    reader("plain", form="text")
    row = approved(newsroom)
    assert send(newsroom, row).letters["sent"] == 1
    (file,) = (var / "outbox").rglob("*.eml")
    assert parts(file.read_bytes()) == ["text/plain"]


def test_by_the_readers_clock_an_edition_leaves_from_morning_to_morning(newsroom: Config, write: Write):
    write("bridge")
    for name, zone in (("berlin", ""), ("new-york", "America/New_York"), ("tokyo", "Asia/Tokyo"), ("odd", "Mars/Base")):
        reader(name, zone=zone)
    config = with_rules(newsroom, clock="reader", schedule="0 7 * * *")
    row = approved(config)
    due = dict(row.letters.values_list("subscriber__email", "due_at"))
    assert {name.partition("@")[0]: (at - SLOT) // HOUR for name, at in due.items()} == {
        "berlin": 0, "new-york": 6, "tokyo": 16, "odd": 0,
    }  # fmt: skip

    early = send(config, row)
    assert (early.letters["sent"], early.due) == (0, SLOT), "nobody before the newsroom's slot"
    first = send(config, row, at=SLOT)
    assert (first.letters["sent"], first.letters["pending"], first.due) == (2, 2, SLOT + 6 * HOUR)
    for later, sent in ((5 * HOUR, 2), (6 * HOUR, 3), (15 * HOUR, 3)):
        done = send(config, row, at=SLOT + later)
        assert done.letters["sent"] == sent
        assert Edition.objects.get().status == "sending"
        # The clock goes on with it although it is long past `late_by`.
        assert [(action.kind, action.slot.key) for action in owed(config, SLOT + later)][:1] == [
            ("publish", "2026-11-22")
        ]
    last = send(config, row, at=SLOT + 16 * HOUR)
    assert (last.letters["sent"], last.due) == (4, None)
    assert Edition.objects.get().status == "sent"


def test_an_entry_that_is_taken_up_again_decides_by_the_freeze_and_not_by_the_hour(newsroom: Config, write: Write):
    write("bridge")
    reader("helsinki", zone="Europe/Helsinki")
    config = with_rules(newsroom, clock="reader", late_by="2 hours")
    row = approved(config)
    before = row.letters.values_list("due_at", "wave").get()
    Letter.objects.all().delete()
    Edition.objects.update(enrolled_at=None)
    row.refresh_from_db()
    approve(config, row, by="ana@news.example", now=NOW + 9 * HOUR)
    assert row.letters.values_list("due_at", "wave").get() == before == (SLOT, 2)


def test_a_canary_holds_the_first_wave_until_it_is_let_go(newsroom: Config, write: Write):
    write("bridge")
    for name in ("seed", *(f"reader{n}" for n in range(30))):
        reader(name)
    config = with_rules(newsroom, canary={"seeds": ["The seed <seed@r.example>"], "share": 0.4})
    row = approved(config)
    assert (row.wave, row.wave_at) == (0, None)
    waves = dict(row.letters.values_list("subscriber__email", "wave"))
    assert waves.pop("seed@r.example") == 0
    assert set(waves.values()) == {1, 2}
    hold(config, row, by="ana@news.example", now=NOW)
    again = approved(newsroom, at=NOW + HOUR / 2)
    assert (again.wave, set(again.letters.values_list("wave", flat=True))) == (2, {2})


def test_a_hold_that_is_broken_off_is_finished_by_the_next_approval(newsroom: Config, write: Write, monkeypatch):
    write("bridge")
    for number in range(11):
        reader(f"reader{number}")
    row = approved(newsroom)
    monkeypatch.setattr(enrol, "CHUNK", 4)
    forget = enrol.forget
    with monkeypatch.context() as patch:
        patch.setattr(enrol, "forget", lambda edition: forget(edition) if Letter.objects.count() > 4 else 1 / 0)
        with pytest.raises(ZeroDivisionError):
            hold(newsroom, row, by="ana@news.example", now=NOW)
    row.refresh_from_db()
    assert (row.status, row.approved_at, Letter.objects.count()) == ("held", None, 3)
    with pytest.raises(RefusedError, match="approve it first"):
        send(newsroom, row)
    again = approved(newsroom, at=NOW + HOUR / 4)
    assert again.letters.filter(status="pending").count() == 11
    assert send(newsroom, again, at=SLOT).letters["sent"] == 11


def test_what_was_frozen_anew_is_not_swept_away_by_a_hold_that_came_before(newsroom: Config, write: Write):
    write("bridge")
    reader("ana")
    row = approved(newsroom)
    hold(newsroom, row, by="ana@news.example", now=NOW)
    again = approved(newsroom, at=NOW + HOUR / 4)
    sweep(row)
    assert (again.letters.count(), again.variants.filter(kind="letter").count()) == (1, 2)


def test_a_canary_that_is_configured_after_the_approval_counts_from_the_next_edition(newsroom: Config, write: Write):
    write("bridge")
    for number in range(20):
        reader(f"reader{number}")
    row = approved(newsroom)
    Letter.objects.all().delete()
    Edition.objects.update(enrolled_at=None)
    row.refresh_from_db()
    approve(with_rules(newsroom, canary={"share": 0.5}), row, by="ana@news.example", now=NOW)
    assert set(row.letters.values_list("wave", flat=True)) == {2}
    assert send(newsroom, row, at=SLOT).letters["sent"] == 20
