"""Two imports at once, and readers who sign up meanwhile: each reader comes in once, and nothing breaks off."""

from __future__ import annotations

import io
from datetime import UTC, datetime
from pathlib import Path

import pytest
from at_once import together
from django.conf import settings

from digest.audience import subscriptions
from digest.audience.importing import BATCH, Report, load
from digest.config.values import Config
from digest.store.models import Subscriber, Subscription

NOW = datetime(2026, 11, 22, 6, tzinfo=UTC)
MANY = 2 * BATCH
EMAILS = [f"reader{number}@inbox.example" for number in range(MANY)]

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def var(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(settings, "VAR", tmp_path)


def test_two_imports_and_a_sign_up_at_once_bring_each_reader_in_once(newsroom: Config) -> None:
    reports: list[Report] = []

    def bring(emails: list[str]) -> None:
        file = io.BytesIO("\n".join(["email,newsletters", *(f"{email},daily" for email in emails)]).encode())
        reports.append(load(file, config=newsroom, now=NOW, consent="paper form"))

    def sign_up() -> None:
        for email in EMAILS[::40]:
            subscriptions.add(email, ["daily"], now=NOW, consent_source="the form", topics=["syria"], by_reader=True)

    together(lambda: bring(EMAILS), lambda: bring(EMAILS[::-1]), sign_up)
    assert [report.rejected for report in reports] == [[], []]
    assert Subscriber.objects.count() == Subscription.objects.count() == MANY
    # What a reader chose in person is there, whoever came first.
    assert Subscription.objects.filter(topics=["syria"]).count() == len(EMAILS[::40])
