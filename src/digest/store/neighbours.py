"""The index of telling words: which articles may be neighbours of new ones, and how they enter and leave it."""

from __future__ import annotations

import json
from array import array
from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from datetime import datetime
from heapq import nlargest

from django.db import connection

from digest.store.kin import Mark, Traits
from digest.store.rows import insert, table

NEAREST = 16
"""Articles that are looked at for each new one."""


def neighbours(asked: Mapping[int, Mapping[int, int]]) -> set[int]:
    """The articles that share most with any of these, at least two words or runs of words.

    Args:
        asked: what each new article asks for, with weights, by its id (`content/stories/marks.py`).
    """
    wanted = [
        {"fresh": fresh, "mark": mark, "weight": weight}
        for fresh, marks in asked.items()
        for mark, weight in marks.items()
    ]
    asks = table({"fresh": "bigint", "mark": "bigint", "weight": "bigint"})
    found: dict[int, list[tuple[int, int]]] = defaultdict(list)
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT r.fresh, m.article, SUM(r.weight) "  # noqa: S608 - names of our own
            f"FROM {asks} JOIN digest_mark m ON m.mark = r.mark "
            "GROUP BY r.fresh, m.article HAVING COUNT(*) > 1",
            [json.dumps(wanted)],
        )
        for fresh, article, weight in cursor.fetchall():
            if fresh != article:
                found[fresh].append((int(weight), article))
    return {article for near in found.values() for _, article in nlargest(NEAREST, near)}


def enter(marks: Mapping[int, Collection[int]]) -> None:
    """Enter what articles leave in the index, by their ids."""
    insert(Mark, ("mark", "article"), [(mark, article) for article, held in marks.items() for mark in held])


def leave(known: Iterable[Traits]) -> None:
    """Take articles out of the index, and forget what was kept of them."""
    known = list(known)
    held = [{"mark": mark, "article": one.pk} for one in known for mark in array("q", bytes(one.marks))]
    where = table({"mark": "bigint", "article": "bigint"})
    with connection.cursor() as cursor:
        cursor.execute(
            "DELETE FROM digest_mark WHERE id IN (SELECT m.id "  # noqa: S608 - names of our own
            f"FROM {where} JOIN digest_mark m ON m.mark = r.mark AND m.article = r.article)",
            [json.dumps(held)],
        )
    Traits.objects.filter(pk__in=[one.pk for one in known]).delete()


def oldest(before: datetime, most: int) -> list[Traits]:
    """Some of the articles that have left the window, oldest first."""
    return list(Traits.objects.filter(seen_at__lt=before).order_by("seen_at")[:most])


def settle(places: Iterable[tuple[int, int | None, str, int]]) -> None:
    """Write where articles belong: story, the article each repeats or None, the hash of its words when read, its id.

    One whose publisher changed it meanwhile is placed again.
    """
    with connection.cursor() as cursor:
        cursor.executemany(
            "UPDATE digest_article SET story_id = %s, copy_of_id = %s, placed = (content_hash = %s) WHERE id = %s",
            list(places),
        )
