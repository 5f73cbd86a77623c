"""Freezes who receives an edition: SQL reduces readers to their wishes and zones, and joins the answers back.

Nothing here holds readers in memory, and no transaction is long: readers are entered in pieces of about a tenth of a
second, so that whoever unsubscribes meanwhile does not wait. It may be broken off anywhere and repeated.
"""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from datetime import datetime
from typing import Any

from django.db import IntegrityError, connection, transaction
from django.db.models import QuerySet, TextField
from django.db.models.functions import Cast

from digest.audience.addresses import NotAnAddress, normalise
from digest.config.sending import Canary
from digest.delivery import waves
from digest.delivery.headers import split_mailbox
from digest.delivery.states import Status
from digest.edition.variants import Wish
from digest.errors import MovedOnError
from digest.store.models import Edition, Letter, Subscriber, Subscription, Variant

CHUNK, SMALLEST, LARGEST = 5_000, 2_000, 20_000
"""Readers in one transaction: in the first, and at least and at most in the next; how long it took decides."""
SECONDS = 0.2
"""How long a transaction should take."""
PAUSE = 0.03
"""Seconds between two transactions on SQLite: a writer that waits asks again only every 25 ms (its busy handler), and
would never be let in otherwise."""
TRIES = 5

Choice = tuple[int | None, str]
"""A variant's id and no words, or None and the reason why these readers get nothing today."""

ACTIVE = Subscription.Status.ACTIVE


def distinct_wishes(newsletter: str) -> Iterator[Wish]:
    """Every wish that an active subscriber of `newsletter` has, one after the other."""
    active = Subscription.objects.filter(newsletter=newsletter, status=ACTIVE).order_by()
    spelled = active.annotate(spelled=Cast("topics", TextField()))
    rows = spelled.values_list("spelled", "subscriber__language", "subscriber__format").distinct()
    for row in rows.iterator(chunk_size=2000):
        yield _wish(*row)


def variants_of(edition: Edition) -> Mapping[str, int]:
    """The ids of an edition's frozen letters by key, which is what choices are made from."""
    return dict(Variant.objects.filter(edition=edition, kind="letter").values_list("key", "id"))


def enrol(
    edition: Edition,
    choose: Callable[[Wish], Choice],
    *,
    due_at: datetime,
    now: datetime,
    by_zone: Callable[[str], datetime] | None = None,
    canary: Canary = Canary(),  # noqa: B008 - a frozen value
    zone: str = "UTC",
) -> int:
    """Enter a letter for every active subscriber, once; may be broken off and repeated.

    Args:
        edition: the edition that is being approved.
        choose: the variant for a wish, or why there is none; such readers are entered as skipped.
        due_at: when the letters leave; those of a canary's seeds always then.
        now: the present instant.
        by_zone: when the letters of readers in a zone leave instead; must give the same again when it is repeated.
        canary: who is in the first waves.
        zone: the newsroom's, in which it is said until which day a reader has paused.

    Returns:
        How many letters were entered by this call.

    Raises:
        MovedOnError: the edition was held meanwhile.
    """
    active = Subscription.objects.filter(newsletter=edition.newsletter, status=ACTIVE)
    seeds = _seeds(canary)
    lot = waves.lot(edition.name, canary.share)
    at = connection.ops.adapt_datetimefield_value
    slot, due = at(edition.slot_at), at(due_at)
    day, its = connection.ops.datetime_cast_date_sql("paused_until", (), zone)
    enter = _ENTER.format(seeds=", ".join(["%s"] * len(seeds)) or "NULL", day=day)
    draw = [lot.prime, lot.factor, lot.shift, lot.prime, lot.below]
    before: list[Any] = [edition.pk, at(now), slot, *its, *seeds, due, due, *seeds, *draw]
    entered, last, size = 0, 0, CHUNK
    with _answers() as cursor:
        while (upper := _upper(active, last, size)) is not None:
            chunk = [edition.newsletter, last, upper, last, upper]
            _learn(cursor, chunk, choose, by_zone)
            began = time.perf_counter()
            entered += _entered(edition, cursor, enter, [*before, *chunk])
            pace = SECONDS / max(time.perf_counter() - began, 0.001)
            size = min(max(int(size * min(pace, 2.0)), SMALLEST), LARGEST)
            last = upper
            give_way()
        if connection.vendor == "postgresql":
            # Without statistics every window is claimed by scans of whole tables: 889 ms in place of 9.
            tables = ", ".join(model._meta.db_table for model in (Letter, Subscription, Subscriber))
            cursor.execute(f"ANALYZE {tables}")
    return entered


def give_way() -> None:
    """Let others write, between two transactions."""
    if connection.vendor == "sqlite":
        time.sleep(PAUSE)


def forget(edition: Edition) -> int:
    """Remove some letters of an edition of which nothing has left, inside a transaction; 0 when none is left."""
    with connection.cursor() as cursor:
        cursor.execute(
            "DELETE FROM digest_letter WHERE id IN (SELECT id FROM digest_letter WHERE edition_id = %s LIMIT %s)",
            [edition.pk, CHUNK],
        )
        return int(cursor.rowcount)


# The range is said of both tables: PostgreSQL does not conclude it, and would read every reader for each chunk.
_CHUNK = f"""
s.newsletter = %s AND s.status = '{ACTIVE.value}' AND s.subscriber_id > %s AND s.subscriber_id <= %s
AND u.id > %s AND u.id <= %s
"""
_READERS = "FROM digest_subscription s JOIN digest_subscriber u ON u.id = s.subscriber_id"
_BY_WISH = """
LEFT JOIN digest_enrol w ON w.topics = CAST(s.topics AS text) AND w.language = u.language AND w.format = u.format
"""
_BY_ZONE = "LEFT JOIN digest_enrol_zone z ON z.zone = u.zone"
_NEW_WISHES = f"""
SELECT DISTINCT CAST(s.topics AS text), u.language, u.format {_READERS} {_BY_WISH} WHERE {_CHUNK} AND w.topics IS NULL
"""
_NEW_ZONES = f"SELECT DISTINCT u.zone {_READERS} {_BY_ZONE} WHERE {_CHUNK} AND z.zone IS NULL"

# Paused counts for the instant at which the letter can leave: who is back by then gets it.
_ENTER = f"""
INSERT INTO digest_letter
    (edition_id, subscriber_id, variant_id, status, due_at, attempts, reply, at, wave, reserved, bounce)
SELECT %s, reader, variant, CASE WHEN reason = '' THEN '{Status.PENDING.value}' ELSE '{Status.SKIPPED.value}' END,
    due_at, 0, reason, CASE WHEN reason <> '' THEN %s END, wave, FALSE, ''
FROM (
    SELECT reader, variant, due_at, wave,
        CASE WHEN paused_until > due_at AND paused_until > %s
            THEN 'paused until ' || CAST({{day}} AS text)
        ELSE COALESCE(reason, 'the reader changed their wishes while the edition was frozen') END AS reason
    FROM (
        SELECT s.subscriber_id AS reader, w.variant, w.reason, s.paused_until,
            CASE WHEN s.subscriber_id IN ({{seeds}}) THEN %s ELSE COALESCE(z.due_at, %s) END AS due_at,
            CASE WHEN s.subscriber_id IN ({{seeds}}) THEN {waves.SEEDS}
                WHEN (u.handle %% %s * %s + %s) %% %s < %s THEN {waves.SAMPLE} ELSE {waves.REST} END AS wave
        {_READERS} {_BY_WISH} {_BY_ZONE} WHERE {_CHUNK}
    ) AS timed
) AS reasoned
WHERE TRUE ORDER BY reader
ON CONFLICT (subscriber_id, edition_id) DO NOTHING
"""  # noqa: S608 - only names of our own are put in


@contextmanager
def _answers() -> Iterator[Any]:
    """Two tables of this connection's own for what was decided, by wish and by zone; yields a cursor."""
    with connection.cursor() as cursor:
        for table in ("digest_enrol", "digest_enrol_zone"):
            cursor.execute(f"DROP TABLE IF EXISTS {table}")
        cursor.execute(
            "CREATE TEMPORARY TABLE digest_enrol (topics text, language text, format text, variant bigint, "
            "reason text, PRIMARY KEY (topics, language, format))"
        )
        cursor.execute("CREATE TEMPORARY TABLE digest_enrol_zone (zone text PRIMARY KEY, due_at timestamptz)")
        yield cursor
        cursor.execute("DROP TABLE digest_enrol")
        cursor.execute("DROP TABLE digest_enrol_zone")


def _learn(
    cursor: Any, chunk: list[Any], choose: Callable[[Wish], Choice], by_zone: Callable[[str], datetime] | None
) -> None:
    """Decide the wishes and zones that first appear in this chunk, before any lock is taken."""
    cursor.execute(_NEW_WISHES, chunk)
    wishes = [[*row, *choose(_wish(*row))] for row in cursor.fetchall()]
    _note(cursor, "digest_enrol", wishes)
    if by_zone:
        cursor.execute(_NEW_ZONES, chunk)
        at = connection.ops.adapt_datetimefield_value
        _note(cursor, "digest_enrol_zone", [[zone, at(by_zone(zone))] for (zone,) in cursor.fetchall()])


def _note(cursor: Any, table: str, rows: list[list[Any]]) -> None:
    if rows:
        cursor.executemany(f"INSERT INTO {table} VALUES ({', '.join(['%s'] * len(rows[0]))})", rows)  # noqa: S608
        if connection.vendor == "postgresql":
            # Nobody else analyses a table of this connection's own, and without it each reader is a scan of it.
            cursor.execute(f"ANALYZE {table}")


def _entered(edition: Edition, cursor: Any, enter: str, values: list[Any]) -> int:
    """Enter one chunk's letters; how many."""
    for attempt in range(TRIES):
        try:
            with transaction.atomic():
                _still(edition)
                cursor.execute(enter, values)
                return int(cursor.rowcount)
        except IntegrityError:
            # On PostgreSQL somebody may be erased between the reading and the commit; the next look sees it.
            if attempt == TRIES - 1:
                raise
    raise AssertionError("the last try returns or raises")


def _upper(active: QuerySet[Subscription], last: int, size: int) -> int | None:
    """The reader with whom a chunk ends; None when all are entered."""
    ids = active.filter(subscriber_id__gt=last).order_by("subscriber_id").values_list("subscriber_id", flat=True)
    return ids[size - 1 : size].first() or ids.last()


def _still(edition: Edition) -> None:
    """See, inside a transaction and until it ends, that the edition is still frozen as the caller saw it."""
    frozen = Edition.objects.filter(pk=edition.pk, approved_at=edition.approved_at).select_for_update(no_key=True)
    if frozen.values_list("pk").first() is None:
        raise MovedOnError(f"{edition.name} was held while its readers were entered; nothing of it leaves")


def _seeds(canary: Canary) -> list[int]:
    """The readers among a canary's seeds."""
    addresses = set()
    for seed in canary.seeds:
        with suppress(NotAnAddress):  # no reader has such an address
            addresses.add(normalise(split_mailbox(seed)[1]))
    return list(Subscriber.objects.filter(email__in=addresses).order_by("id").values_list("id", flat=True))


def _wish(topics: str, language: str, form: str) -> Wish:
    """A wish from its columns, the topics as the database spells them."""
    return Wish(tuple(sorted(json.loads(topics))), language, form == "text")
