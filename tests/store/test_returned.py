"""The clock takes in what came back every few minutes; a clone leaves the original's mailbox alone."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from django.conf import settings

from digest.config import Environment
from digest.errors import RefusedError
from digest.pipeline.returned import by_the_clock, take_in
from digest.store.models import Install, Notice

NOW = datetime(2026, 11, 24, 6, 0, tzinfo=UTC)
pytestmark = pytest.mark.django_db


@pytest.fixture
def maildir(tmp_path):
    for kind in ("tmp", "new", "cur"):
        (tmp_path / "mail" / kind).mkdir(parents=True)
    (tmp_path / "mail" / "new" / "1").write_bytes(b"Auto-Submitted: auto-replied\n\nAway.\n")
    Install.objects.create(identity="here", made_at=NOW)
    return tmp_path / "mail"


def environment(folder, identity="here"):
    return Environment({"DIGEST_BOUNCES_URL": f"maildir://{folder}", "DIGEST_INSTALL_ID": identity})


def test_the_mailbox_is_visited_every_five_minutes(maildir):
    for minute in (1, 2, 3, 4):
        by_the_clock(settings.CONFIG, environment(maildir), now=NOW.replace(minute=minute))
    assert [file.name for file in (maildir / "new").iterdir()] == ["1"]
    by_the_clock(settings.CONFIG, environment(maildir), now=NOW.replace(minute=5))
    assert not list((maildir / "new").iterdir())


def test_a_clone_takes_nothing_away(maildir):
    by_the_clock(settings.CONFIG, environment(maildir, "elsewhere"), now=NOW)
    with pytest.raises(RefusedError, match="adopt"):
        take_in(settings.CONFIG, environment(maildir, "elsewhere"), now=NOW)
    assert [file.name for file in (maildir / "new").iterdir()] == ["1"]


def test_editors_hear_once_a_day_that_a_mailbox_cannot_be_read(maildir):
    for minute in (0, 5, 10):
        by_the_clock(settings.CONFIG, environment(maildir / "nowhere"), now=NOW.replace(minute=minute))
    notice = Notice.objects.get()
    assert "no Maildir" in notice.text


def test_without_a_mailbox_refusals_are_counted_all_the_same(maildir):
    by_the_clock(settings.CONFIG, Environment({"DIGEST_INSTALL_ID": "here"}), now=NOW)
    assert not Notice.objects.exists()
