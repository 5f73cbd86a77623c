"""Gauges for Prometheus: well formed, true, and for the newsroom's own eyes."""

from __future__ import annotations

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from prometheus_client.parser import text_string_to_metric_families

from digest.config import Environment
from digest.store.letters import Letter
from digest.store.models import Subscriber


def _samples(answer):
    families = text_string_to_metric_families(answer.content.decode())
    return {(s.name, *sorted(s.labels.values())): s.value for family in families for s in family.samples}


def test_they_tell_how_things_stand(edition):
    reader = Subscriber.objects.create(email="ana@inbox.example", handle=1, joined_at=timezone.now())
    edition.approved_at, edition.status = timezone.now(), "sending"
    edition.save()
    late = timezone.now() - timezone.timedelta(minutes=5)
    Letter.objects.create(edition=edition, subscriber=reader, due_at=late)
    Letter.objects.create(edition=edition, subscriber=None, due_at=late, status="uncertain")
    found = _samples(Client().get("/metrics"))
    assert found["digest_letters", "daily", "pending"] == 1
    assert found["digest_letters_uncertain",] == 1
    assert 290 < found["digest_letters_late_seconds",] < 400
    assert found["digest_editions", "daily", "sending"] == 1
    assert "digest_info" in {name for name, *_ in found}


def test_several_editions_of_one_newsletter_are_one_sample(edition):
    twin = type(edition).objects.get(pk=edition.pk)
    twin.pk, twin.slot_key, twin.number = None, "2020-01-01", 99
    twin.save()
    type(edition).objects.update(approved_at=timezone.now(), status="approved")
    for row in type(edition).objects.all():
        Letter.objects.create(edition=row, subscriber=None, due_at=timezone.now())
    assert _samples(Client().get("/metrics"))["digest_letters", "daily", "pending"] == 2


@pytest.mark.skipif(connection.vendor != "sqlite", reason="PostgreSQL reads small tables whole")
def test_a_scrape_never_reads_every_letter(edition):
    with CaptureQueriesContext(connection) as asked:
        Client().get("/metrics")
    with connection.cursor() as cursor:
        for query in asked.captured_queries:
            if "digest_letter" in query["sql"]:
                cursor.execute(f"EXPLAIN QUERY PLAN {query['sql']}")
                plan = " ".join(row[3] for row in cursor.fetchall())
                assert "SCAN digest_letter" not in plan, query["sql"]


@pytest.mark.parametrize(
    ("token", "given", "status"),
    [("", {}, 200), ("", {"REMOTE_ADDR": "192.0.2.1"}, 403), ("", {"HTTP_X_FORWARDED_FOR": "192.0.2.1"}, 403),
     ("", {"HTTP_FORWARDED": "for=192.0.2.1"}, 403), ("", {"HTTP_X_FORWARDED_PROTO": "https"}, 403),
     ("", {"HTTP_X_REAL_IP": "192.0.2.1"}, 403), ("", {"HTTP_VIA": "1.1 proxy"}, 403),
     ("secret", {}, 403), ("secret", {"HTTP_AUTHORIZATION": "Bearer wrong"}, 403),
     ("secret", {"HTTP_AUTHORIZATION": "Bearer secret", "REMOTE_ADDR": "192.0.2.1"}, 200)],
)  # fmt: skip
def test_strangers_see_nothing(newsroom, settings, token, given, status):
    settings.ENVIRONMENT = Environment({"DIGEST_METRICS_TOKEN": token})
    assert Client().get("/metrics", **given).status_code == status
