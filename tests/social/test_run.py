"""A run over all accounts: what is due leaves, what is not waits, and it may be broken off between any two steps."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import threading
from datetime import UTC, datetime, timedelta

import pytest
from django.db import connection

from digest.config.environment import Environment
from digest.config.values import Account
from digest.social import ledger, run, x
from digest.store.posts import Post

NOW = datetime(2026, 11, 24, 6, 0, tzinfo=UTC)
KEYS = {
    "CONSUMER_KEY": "ck-123",
    "CONSUMER_SECRET": "cs-456",
    "ACCESS_TOKEN": "77-at",
    "ACCESS_TOKEN_SECRET": "ats-789",
}
VARIABLES = {f"DIGEST_X_NEWSROOM_{name}": value for name, value in KEYS.items()}
NONE = {"sent": 0, "failed": 0, "deferred": 0, "uncertain": 0, "skipped": 0}


class CrashError(BaseException):
    """Stands for the death of the process: nothing catches it."""


@pytest.fixture
def post(tmp_path, account):
    def go(edition=None, *, now=NOW, accounts=None, keys=VARIABLES, **more):
        return run.post(
            edition, now=now, environment=Environment(keys), var=tmp_path, accounts=accounts or [account], **more
        )

    return go


def counts(**some):
    return {**NONE, **some}


@pytest.mark.django_db
def test_an_edition_goes_to_all_its_accounts(post, leaving, account, stub, tmp_path):
    edition = leaving("1", "2")
    folder = Account(name="newsroom", posts_per_edition=2)
    rows = list(edition.posts.all())
    for row in rows:
        row.pk, row.account, row._state.adding = None, "folder:newsroom", True
        row.hash = ledger.fingerprint(ledger._value(row))
        row.save()
    assert post(edition, accounts=[account, folder]) == counts(sent=3, deferred=1)
    assert len(stub.posts) == 1
    assert len(list((tmp_path / "posts").glob("*.txt"))) == 2
    assert post(edition, accounts=[account, folder]) == counts(sent=3, deferred=1)
    assert post(now=NOW + timedelta(minutes=20), accounts=[account, folder]) == counts(sent=1)
    assert [made["given"].splitlines()[0] for made in stub.posts] == ["Story 1", "Story 2"]
    assert post(now=NOW + timedelta(hours=1), accounts=[account, folder]) == NONE


@pytest.mark.django_db
def test_missing_keys_fail_the_posts_and_a_repeat_takes_them_up(post, leaving, stub):
    edition = leaving("1")
    assert post(edition, keys={}) == counts(failed=1)
    assert "DIGEST_X_NEWSROOM_CONSUMER_KEY" in Post.objects.get().reply
    assert post(edition) == counts(sent=1)


@pytest.mark.django_db
def test_an_account_that_was_removed_fails_its_posts(post, leaving):
    edition = leaving("1", channel="x:gone")
    assert post(edition) == counts(failed=1)
    assert "no account x:gone" in Post.objects.get().reply


@pytest.mark.django_db
def test_a_held_edition_keeps_its_posts(post, leaving, stub):
    edition = leaving("1", status="held")
    assert post(edition) == counts(deferred=1)
    assert stub.posts == []


@pytest.mark.django_db
def test_429_leaves_the_rest_for_later(post, leaving, stub, account):
    edition = leaving("1", "2")
    stub.answers = [(429, {}, {})]
    quick = account.model_copy(update={"gap": timedelta(0)})
    assert post(edition, accounts=[quick]) == counts(deferred=2)
    assert len(stub.said) == 1
    assert post(edition, now=NOW + timedelta(minutes=15), accounts=[quick]) == counts(sent=2)


@pytest.mark.django_db
def test_an_unanswered_post_is_settled_by_reading_back_before_anything_new(post, leaving, stub, account):
    quick = account.model_copy(update={"gap": timedelta(0)})
    edition = leaving("1", "2")
    stub.answers = [(502, {}, b"")]
    assert post(edition, accounts=[quick]) == counts(uncertain=1, deferred=1)
    stub.answers = [(500, {}, b"")]
    assert post(edition, accounts=[quick]) == counts(uncertain=1, deferred=1)
    assert post(edition, accounts=[quick]) == counts(uncertain=1, sent=1)
    first = Post.objects.get(item="1")
    assert "settle" in first.reply
    stub.create(first.text)
    assert post(now=NOW + timedelta(minutes=10), accounts=[quick]) == counts(sent=1)
    assert len(stub.posts) == 2


STEPS = ["before the call", "after the call", "before the outcome is written", "while reading back"]


@pytest.mark.django_db
@pytest.mark.parametrize("step", STEPS)
def test_a_crash_between_any_two_steps_posts_once_and_forgets_nothing(post, leaving, stub, account, step, monkeypatch):
    edition = leaving("1")
    opened = x.connect(account, Environment(VARIABLES))

    class Crashing:
        def send(self, row, now):
            if step == "before the call":
                raise CrashError
            outcome = opened.send(row, now)
            if step != "before the outcome is written":
                raise CrashError
            return outcome

        def find(self, row, now):
            raise CrashError

    def crash(*_):
        raise CrashError

    with monkeypatch.context() as patch:
        if step == "before the outcome is written":
            patch.setattr(ledger, "conclude", crash)
        with pytest.raises(CrashError):
            post(edition, connect=lambda _: Crashing())
    if step == "while reading back":
        with pytest.raises(CrashError):
            post(edition, connect=lambda _: Crashing())
    there = 0 if step == "before the call" else 1
    assert post(edition) == (counts(sent=1) if there else counts(uncertain=1))
    assert post(edition, now=NOW + timedelta(hours=1)) == (counts(sent=1) if there else counts(uncertain=1))
    assert len(stub.posts) == there
    if not there:
        ledger.settle(Post.objects.get(), "send again", by="ana@news.example", now=NOW)
        assert post(edition) == counts(sent=1)
        assert len(stub.posts) == 1


@pytest.mark.django_db
@pytest.mark.parametrize("written", [False, True])
def test_a_folder_is_never_uncertain(post, leaving, tmp_path, written):
    edition = leaving("1", channel="folder:newsroom")
    folder = Account(name="newsroom")

    class Crashing:
        def send(self, row, now):
            if written:
                run.Folder(tmp_path / "posts").send(row, now)
            raise CrashError

    with pytest.raises(CrashError):
        post(edition, accounts=[folder], connect=lambda _: Crashing())
    assert Post.objects.get().status == "sending"
    assert post(edition, accounts=[folder]) == counts(sent=1)
    assert len(list((tmp_path / "posts").glob("*.txt"))) == 1


CHILD = """
import sys
from datetime import datetime
from pathlib import Path
from digest.site import setup
setup(Path(sys.argv[1]))
from digest.config.environment import Environment
from digest.config.values import Account
from digest.social import run
account = Account(name="newsroom", network="x", address=sys.argv[2], gap="0 minutes", monthly_cap=100)
now = datetime.fromisoformat(sys.argv[3])
print(run.post(now=now, environment=Environment(), var=Path(sys.argv[4]), accounts=[account]))
"""


@pytest.fixture
def child(stub, tmp_path):
    """Starts a publisher of its own process on the tests' database."""
    started = []

    def start():
        settings = connection.settings_dict
        address = f"sqlite:///{settings['NAME']}"
        if connection.vendor == "postgresql":
            address = f"postgresql://{settings['USER']}:@/{settings['NAME']}?host={settings['OPTIONS']['host']}"
        process = subprocess.Popen(
            [sys.executable, "-c", CHILD, os.environ["DIGEST_HOME"], stub.address, NOW.isoformat(), str(tmp_path)],
            env={**os.environ, **VARIABLES, "DIGEST_DATABASE_URL": address},
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        started.append(process)
        return process

    yield start
    for process in started:
        if process.poll() is None:
            process.kill()
        process.communicate()


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("taken", [True, False])
def test_a_killed_publisher_doubles_nothing(post, leaving, stub, child, taken, account):
    leaving("1", "2")
    asked, over = threading.Event(), threading.Event()

    def hang(stub, handler, raw):
        if taken:
            stub.create(json.loads(raw)["text"])
        asked.set()
        over.wait(20)

    stub.answers = [hang]
    process = child()
    assert asked.wait(30), process.communicate()
    process.send_signal(signal.SIGKILL)
    process.wait(10)
    over.set()
    quick = account.model_copy(update={"gap": timedelta(0)})
    assert post(accounts=[quick]) == (counts(sent=2) if taken else counts(uncertain=1, sent=1))
    assert len(stub.posts) == (2 if taken else 1)


@pytest.mark.django_db(transaction=True)
def test_two_publishers_share_an_account(leaving, stub, child):
    leaving(*map(str, range(6)))
    both = [child(), child()]
    said = [process.communicate(timeout=60) for process in both]
    assert [process.returncode for process in both] == [0, 0], said
    assert len(stub.posts) == 6
    assert set(Post.objects.values_list("status", flat=True)) == {"sent"}
