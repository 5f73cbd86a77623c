"""Freezes who receives an edition: SQL reduces readers to their wishes, and joins the answers back."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from django.db import connection, transaction

from digest.delivery.states import Status
from digest.errors import MovedOnError
from digest.store.models import Edition, Letter, Subscription, Variant

CHUNK = 50_000
"""Rows in one transaction: SQLite has one writer, and nobody should wait a second for it."""


@dataclass(frozen=True, slots=True, order=True)
class Wish:
    """What decides which letter a reader gets: the topics (sorted; none means everything) and the language."""

    topics: tuple[str, ...]
    language: str


Choice = tuple[int | None, str]
"""A variant's id and no words, or None and the reason why these readers get nothing today."""


def distinct_wishes(newsletter: str) -> set[Wish]:
    """Every wish that an active subscriber of `newsletter` has."""
    return {wish for wish, _, _ in _wishes(newsletter)}


def enrol(edition: Edition, choose: Mapping[Wish, Choice], *, due_at: datetime, now: datetime) -> int:
    """Enter a letter for every active subscriber, once; may be broken off and repeated.

    Args:
        edition: the edition that is being approved.
        choose: for each wish of `distinct_wishes` the variant, or why there is none; such readers are entered as
            skipped. Those whose wish appeared since are skipped too, and it is said why.
        due_at: when the letters leave.
        now: the present instant.

    Returns:
        How many letters were entered by this call.

    Raises:
        MovedOnError: the edition was held meanwhile.
    """
    rows = []
    for wish, topics, language in _wishes(edition.newsletter):
        variant, reason = choose.get(wish, (None, "the reader changed their topics while the edition was frozen"))
        rows.append([topics, language, variant, reason])
    subscriptions = Subscription.objects.filter(newsletter=edition.newsletter, status=Subscription.Status.ACTIVE)
    entered, last = 0, 0
    with connection.cursor() as cursor:
        cursor.execute("DROP TABLE IF EXISTS digest_enrol")
        cursor.execute("CREATE TEMPORARY TABLE digest_enrol (topics text, language text, variant bigint, reason text)")
        cursor.executemany("INSERT INTO digest_enrol VALUES (%s, %s, %s, %s)", rows)
        cursor.execute("CREATE INDEX digest_enrol_wish ON digest_enrol (topics, language)")
        instants = [connection.ops.adapt_datetimefield_value(moment) for moment in (due_at, now)]
        while True:
            ids = subscriptions.filter(id__gt=last).order_by("id").values_list("id", flat=True)
            upper = ids[CHUNK - 1 : CHUNK].first() or ids.last()
            if upper is None:
                break
            with transaction.atomic():
                _still(edition)
                cursor.execute(
                    _ENTER.format(topics=_text("s.topics")), [edition.pk, *instants, edition.newsletter, last, upper]
                )
                entered += cursor.rowcount
            last = upper
        cursor.execute("DROP TABLE digest_enrol")
        if connection.vendor == "postgresql":
            # Without statistics every window is claimed by a scan of the whole table: 889 ms in place of 9.
            cursor.execute(f"ANALYZE {Letter._meta.db_table}")
    return entered


_ENTER = f"""
INSERT INTO digest_letter
    (edition_id, subscriber_id, variant_id, status, due_at, attempts, reply, at, wave, reserved, bounce)
SELECT %s, s.subscriber_id, w.variant,
       CASE WHEN w.variant IS NULL THEN '{Status.SKIPPED.value}' ELSE '{Status.PENDING.value}' END,
       %s, 0, w.reason, CASE WHEN w.variant IS NULL THEN %s END, 2, FALSE, ''
FROM digest_subscription s
JOIN digest_subscriber u ON u.id = s.subscriber_id
JOIN digest_enrol w ON w.topics = {{topics}} AND w.language = u.language
WHERE s.newsletter = %s AND s.status = '{Subscription.Status.ACTIVE.value}' AND s.id > %s AND s.id <= %s
ON CONFLICT (edition_id, subscriber_id) DO NOTHING
"""  # noqa: S608 - only names of our own are put in


def _still(edition: Edition) -> None:
    """See, inside a transaction and until it ends, that the edition is still frozen as the caller saw it."""
    frozen = Edition.objects.filter(pk=edition.pk, approved_at=edition.approved_at).select_for_update(no_key=True)
    if frozen.values_list("pk").first() is None:
        raise MovedOnError(f"{edition.name} was held while its readers were entered; nothing of it leaves")


def _text(column: str) -> str:
    """A JSON column as the text that both databases can compare."""
    return f"CAST({column} AS text)"


def _wishes(newsletter: str) -> list[tuple[Wish, str, str]]:
    """Each distinct wish beside its topics and language exactly as the database spells them."""
    sql = f"""
    SELECT DISTINCT {_text("s.topics")}, u.language
    FROM digest_subscription s JOIN digest_subscriber u ON u.id = s.subscriber_id
    WHERE s.newsletter = %s AND s.status = %s
    """  # noqa: S608 - only names of our own are put in
    with connection.cursor() as cursor:
        cursor.execute(sql, [newsletter, Subscription.Status.ACTIVE.value])
        found = cursor.fetchall()
    return [(Wish(tuple(sorted(json.loads(topics))), language), topics, language) for topics, language in found]


def variants_of(edition: Edition) -> Mapping[str, int]:
    """The ids of an edition's frozen letters by key, which is what `choose` is made from."""
    return dict(Variant.objects.filter(edition=edition, kind="letter").values_list("key", "id"))
