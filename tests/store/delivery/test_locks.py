"""Who is alive is known from locks: of this folder's own workers for certain, of a copy's never."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from django.db import connection

from digest.delivery import ledger, locks
from digest.delivery.journal import Journal
from digest.delivery.recover import recover, tidy
from digest.store.models import Letter

pytestmark = pytest.mark.django_db(transaction=True)
DAY = timedelta(days=1)


def test_a_living_worker_is_not_dead_and_one_that_ended_is(tmp_path):
    with locks.worker(tmp_path) as name:
        with locks.if_dead(tmp_path, name) as dead:
            assert not dead
        assert locks.known(tmp_path) == [name]
        assert locks.is_ours(tmp_path, name)
    with locks.if_dead(tmp_path, name) as dead:
        assert dead
    assert locks.known(tmp_path) == []


def test_a_copy_of_the_data_folder_judges_nobody_by_it(enrolled, clock, tmp_path):
    """Whoever copies a home to have one more machine copies locks and journals with it, of workers that live."""
    edition, var, copy = enrolled(4), tmp_path / "var", tmp_path / "copy"
    with locks.worker(var) as name:
        journal = Journal(var / "journal" / f"{name.partition('/')[2]}.log", repeatable=False)
        window = ledger.claim(edition, worker=name, journal=journal.path.name, now=clock(), size=4)
        first, second, *_ = window.letters
        journal.started(window.id, first.id)
        shutil.copytree(var, copy)
        journal.started(window.id, second.id)
        assert not locks.is_ours(copy, name)
        tidy(var=copy)
        # In a session of its own, as the other machine has one: a session may always take its own lock again.
        assert _elsewhere(lambda: recover(edition, var=copy, now=clock(), attempts_for=DAY)) == 0
        assert set(Letter.objects.values_list("status", flat=True)) == {"attempting"}
        journal.close(remove=False)
    assert recover(edition, var=var, now=clock(), attempts_for=DAY) == 1
    assert sorted(Letter.objects.values_list("status", flat=True)) == ["pending", "pending", "uncertain", "uncertain"]


def _elsewhere(question: Callable[[], int]) -> int:
    def ask() -> int:
        try:
            return question()
        finally:
            connection.close()

    with ThreadPoolExecutor(1) as pool:
        return pool.submit(ask).result()
