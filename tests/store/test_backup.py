"""A backup holds every row, and comes back whole or not at all."""

from __future__ import annotations

import gzip
import json
import os
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from threading import Thread

import pytest
from django.apps import apps
from django.db import connection, models

from digest.errors import InputError, RefusedError, UsageError
from digest.store import backup
from digest.store.models import Article, Edition, Feed, Install, Picture, Post, Subscriber, Subscription, User

pytestmark = pytest.mark.django_db(transaction=True)
NOW = datetime(2026, 11, 24, 6, 0, 0, 123456, tzinfo=UTC)


def fill() -> None:
    """Rows of every kind of column."""
    Install.objects.create(identity="here", made_at=NOW)
    feed = Feed.objects.create(address="https://news.example/feed", title="The “Post” \u2028 العربية", due_at=NOW)
    Article.objects.bulk_create(
        Article(
            feed=feed, guid=f"g{at}", url="https://news.example/a", canonical="https://news.example/a", title=f"T {at}",
            text="a\n\nb\x7f", published_at=NOW, first_seen_at=NOW - timedelta(microseconds=1), blocks=[["body", "a"]],
            picture={"url": "https://news.example/p.jpg"} if at % 2 else None, comments=at or None,
        )
        for at in range(backup.BATCH + 5)
    )  # fmt: skip
    Picture.objects.create(origin="https://news.example/p.jpg", body=bytes(range(256)), fetched_at=NOW)
    reader = Subscriber.objects.create(email="ana@news.example", handle=2**63 - 1, joined_at=NOW)
    Subscription.objects.create(subscriber=reader, newsletter="daily", topics=["a", "b"], consent_at=NOW)
    edition = Edition.objects.create(
        newsletter="daily", number=1, slot_key="2026-11-24", slot_at=NOW, window_from=NOW, window_to=NOW,
        drafted_at=NOW, content={"a": [1, None, "x"]},
    )  # fmt: skip
    Post.objects.create(edition=edition, account="folder:x", kind="story", item="1", due_at=NOW, cost=Decimal("0.0150"))
    User.objects.create(email="nell@news.example")


def rows() -> dict[str, list[dict[str, object]]]:
    """Everything in the store, as Python sees it."""
    found = {}
    for model in apps.get_app_config("store").get_models():
        held = model._default_manager.order_by("pk").values()
        found[model.__name__] = [
            {key: bytes(v) if isinstance(v, memoryview) else v for key, v in row.items()} for row in held
        ]
    return found


def empty() -> None:
    """Take every row out again, those first that point to others."""
    for model in reversed(backup._tables()):
        model._default_manager.all().delete()


@pytest.fixture
def saved(tmp_path: Path) -> Path:
    fill()
    file = tmp_path / "digest.backup"
    assert backup.write(file, now=NOW) == sum(len(held) for held in rows().values())
    return file


def test_everything_comes_back_and_counters_go_on(saved):
    before = rows()
    empty()
    assert backup.read(saved, now=NOW) == sum(len(held) for held in before.values())
    assert rows() == before
    # The next row of each table gets a number of its own.
    Feed.objects.create(address="https://news.example/other")
    assert User.objects.get().email == "nell@news.example"


def test_a_database_with_rows_is_left_alone(saved):
    before = rows()
    with pytest.raises(RefusedError, match="not empty"):
        backup.read(saved, now=NOW)
    assert rows() == before


def test_every_table_is_in_it(saved):
    lines = gzip.decompress(saved.read_bytes()).splitlines()
    named = {json.loads(line)["table"] for line in lines if line.startswith(b'{"table"')}
    whole = [model for model in apps.get_app_config("store").get_models() if not getattr(model, "derived", False)]
    assert named == {model._meta.model_name for model in whole}


def test_a_damaged_file_brings_nothing(saved, tmp_path):
    whole = saved.read_bytes()
    header, *lines = gzip.decompress(whole).splitlines(keepends=True)
    later = json.dumps({**json.loads(header), "schema": "0999_later"}).encode() + b"\n"
    table = lines[0]
    for damaged, says in (
        (b"", "not"),
        (b"no gzip at all", "not a whole backup"),
        (whole[: len(whole) // 2], "not a whole backup"),
        (whole[:400] + bytes(40) + whole[440:], "not a whole backup"),
        (_packed(header, *lines[:-1]), "cut off"),
        (_packed(later, *lines), "0999_later"),
        (_packed(b'{"some": "json"}\n'), "not a backup"),
        (_packed(b"words\n"), "not a whole backup"),
        (_packed(b'{"digest": 1}\n'), "not a whole backup"),
        (_packed(header, b"[" * 200_000), "not a whole backup"),
        (_packed(*lines), "not a backup"),
        (_packed(header, header, *lines), "neither"),
        (_packed(header, b"[]\n", *lines), "neither"),
        (_packed(header, b'{"table": "nosuch", "fields": []}\n', *lines), "nosuch"),
        (_packed(header, table.replace(b'"fields":["', b'"fields":["nosuch","'), *lines[1:]), "not a whole backup"),
        (_packed(header, *(line.replace(b"2026-11-24T", b"2026-99-24T") for line in lines)), "not a whole backup"),
    ):
        empty()
        file = tmp_path / "damaged"
        file.write_bytes(damaged)
        with pytest.raises(InputError, match=says):
            backup.read(file, now=NOW)
        assert not any(rows().values())


def test_a_backup_that_fails_leaves_nothing_behind(tmp_path):
    fill()
    file = tmp_path / "digest.backup"
    file.write_bytes(b"the one before")

    def break_off(table: str) -> None:
        if table == "digest_subscriber":
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        backup.write(file, now=NOW, on_table=break_off)
    assert [each.name for each in tmp_path.iterdir()] == ["digest.backup"]
    assert file.read_bytes() == b"the one before"


def test_a_backup_is_for_nobody_elses_eyes_and_one_at_a_time_is_whole(tmp_path):
    fill()
    file, begun = tmp_path / "digest.backup", []
    file.touch(mode=0o644)

    def another() -> None:
        begun.append(backup.write(file, now=NOW))
        connection.close()

    def meanwhile(_: str) -> None:
        if not begun:
            thread = Thread(target=another)
            thread.start()
            thread.join(20)

    assert backup.write(file, now=NOW, on_table=meanwhile) == begun[0]
    assert file.stat().st_mode & 0o777 == 0o600
    empty()
    assert backup.read(file, now=NOW) == begun[0]


def test_a_backup_needs_a_folder_and_replaces_nothing_but_files(tmp_path):
    os.mkfifo(tmp_path / "pipe")
    for file, says in ((tmp_path / "nowhere" / "digest.backup", "no folder"), (tmp_path / "pipe", "no plain file")):
        with pytest.raises(UsageError, match=says):
            backup.write(file, now=NOW)
    assert [each.name for each in tmp_path.iterdir()] == ["pipe"]


def test_what_follows_a_restore_belongs_to_it(saved):
    """Whose database it is changes with its rows, or neither does."""

    def break_off() -> None:
        raise KeyboardInterrupt

    empty()
    with pytest.raises(KeyboardInterrupt):
        backup.read(saved, now=NOW, then=break_off)
    assert not any(rows().values())


def test_a_backup_is_one_moment_while_others_write(tmp_path):
    """A row that is written meanwhile is in none of the tables, whichever were read before."""
    fill()
    file = tmp_path / "digest.backup"

    def write() -> None:
        Subscriber.objects.create(email="meanwhile@news.example", handle=5, joined_at=NOW)
        connection.close()

    def meanwhile(table: str) -> None:
        if not begun:
            begun.append(table)
            thread = Thread(target=write)
            thread.start()
            thread.join(20)
            assert not thread.is_alive(), "a backup keeps writers out"

    begun: list[str] = []
    backup.write(file, now=NOW, on_table=meanwhile)
    assert Subscriber.objects.filter(email="meanwhile@news.example").exists()
    assert begun[0] != Subscriber._meta.db_table
    assert b"meanwhile" not in gzip.decompress(file.read_bytes())


def _packed(*lines: bytes) -> bytes:
    return gzip.compress(b"".join(lines))


def test_only_plain_columns_are_stored():
    """What this file can carry, so that a new kind of column is thought of here."""
    kinds = {type(f) for model in apps.get_app_config("store").get_models() for f in model._meta.concrete_fields}
    known = (
        models.AutoField, models.BigIntegerField, models.IntegerField, models.CharField, models.TextField,
        models.JSONField, models.BinaryField, models.BooleanField, models.DateTimeField, models.DateField,
        models.DecimalField, models.FloatField, models.ForeignKey, models.OneToOneField,
    )  # fmt: skip
    assert [kind for kind in kinds if not issubclass(kind, known)] == []
