"""A database of another version is refused by name, whichever of the two is newer."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime

import pytest
from django.conf import settings
from django.db import connection

from digest.cli.ready import check_database, refuse_newer
from digest.config import Environment
from digest.errors import RefusedError, UsageError
from digest.store import identity, schema
from digest.store.models import Install, Suppression

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 11, 24, tzinfo=UTC)
OURS = sorted(schema._here("store"))
LATEST = OURS[-1]


@contextmanager
def applied(*changes: tuple[str, str]) -> Iterator[None]:
    """As if these migrations had run ("+") or not ("-"), until the test's transaction is undone."""
    with connection.cursor() as cursor:
        for sign, name in changes:
            if sign == "+":
                cursor.execute(
                    "INSERT INTO django_migrations (app, name, applied) VALUES ('store', %s, CURRENT_TIMESTAMP)", [name]
                )
            else:
                cursor.execute("DELETE FROM django_migrations WHERE app = 'store' AND name = %s", [name])
    yield


def test_the_same_version_fits() -> None:
    assert schema.problem() == ""
    check_database()
    refuse_newer()


def test_a_newer_database_is_refused_by_name_and_not_migrated() -> None:
    with applied(("+", "0999_later")):
        assert schema.problem().startswith(f"this database is at 0999_later, this program wants {LATEST}: install")
        for refuse in (check_database, refuse_newer):
            with pytest.raises(UsageError, match="0999_later"):
                refuse()


def test_an_older_database_is_refused_but_may_be_migrated(monkeypatch: pytest.MonkeyPatch) -> None:
    own = schema._here
    monkeypatch.setattr(schema, "_here", lambda app: own(app) | ({"0998_next"} if app == "store" else set()))
    with pytest.raises(UsageError, match=f"at {LATEST}, this program wants 0998_next: run `digest migrate`"):
        check_database()
    refuse_newer()


def test_an_empty_database_is_refused_but_may_be_migrated() -> None:
    with applied(*(("-", name) for name in OURS)):
        with pytest.raises(UsageError, match="empty"):
            check_database()
        refuse_newer()


def test_looking_costs_one_small_question(django_assert_max_num_queries) -> None:
    with django_assert_max_num_queries(2):
        check_database()


def test_another_suppression_key_sends_nothing_and_is_not_adopted(tmp_path, monkeypatch) -> None:
    monkeypatch.setattr(settings, "VAR", tmp_path)
    mine, other = Environment({"DIGEST_SUPPRESSION_KEY": "mine"}), Environment({"DIGEST_SUPPRESSION_KEY": "other"})
    identity.make(tmp_path, mine, now=NOW)
    assert identity.mismatch(tmp_path, mine) == ""
    assert "is not the one" in identity.mismatch(tmp_path, other)
    assert "is missing" in identity.mismatch(tmp_path, Environment({}))
    Suppression.objects.create(hash="x", reason="person", at=NOW)
    with pytest.raises(RefusedError, match="suppression"):
        identity.adopt(tmp_path, other, now=NOW)
    assert identity.mismatch(tmp_path, mine) == ""
    Suppression.objects.all().delete()
    identity.adopt(tmp_path, other, now=NOW)
    assert identity.mismatch(tmp_path, other) == ""
    assert "mine" not in Install.objects.get().suppression_key


def test_a_restored_database_sends_nothing_even_where_the_environment_names_its_identity(tmp_path) -> None:
    here = Environment({"DIGEST_INSTALL_ID": "one"})
    identity.make(tmp_path, here, now=NOW)
    assert identity.mismatch(tmp_path, here) == ""
    identity.disown(tmp_path)
    assert "restored" in identity.mismatch(tmp_path, here)
    identity.adopt(tmp_path, here, now=NOW)
    assert identity.mismatch(tmp_path, here) == ""


@pytest.mark.skipif(connection.vendor != "postgresql", reason="PostgreSQL alone compresses what it keeps")
def test_what_is_packed_is_not_compressed_again() -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT attname FROM pg_attribute WHERE attrelid IN ('digest_tally'::regclass, 'digest_traits'::regclass) "
            "AND attname IN ('packed', 'marks') AND attstorage <> 'e'"
        )
        assert cursor.fetchall() == []
