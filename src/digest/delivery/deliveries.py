"""Answers who got an edition, which variant, when, and what the server said."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import cache
from typing import Any, TypedDict

from django.db.models import QuerySet

from digest.delivery.states import Status
from digest.edition.variants import words
from digest.errors import UsageError
from digest.store.models import Edition, Letter

AT_ONCE = 2000
"""Rows that are read at a time: an edition may have a million."""


class Delivery(TypedDict):
    """What became of one reader's letter.

    `variant` is the name of the letter in the store, `shown` says in words what stands in it; `at` is in UTC, empty
    when nothing happened yet.
    """

    address: str
    status: str
    variant: str
    shown: str
    at: str
    reply: str


def deliveries(edition: Edition, status: str = "", *, titles: Mapping[str, str] | None = None) -> Iterator[Delivery]:
    """Every letter of an edition, in the order of the ledger, without holding them all.

    Args:
        edition: the row.
        status: only those in this state; empty for all.
        titles: of the newsletter's sections, by their tags.

    Raises:
        UsageError: there is no such state.
    """
    if status and status not in Status.values:
        raise UsageError(f'no letter is "{status}"; they are {", ".join(Status.values)}')
    letters = Letter.objects.filter(edition=edition, **({"status": status} if status else {})).order_by("pk")
    return _read(titles or {}, letters.values_list("subscriber__email", "status", "variant__key", "at", "reply"))


def _read(titles: Mapping[str, str], rows: QuerySet[Letter, tuple[Any, ...]]) -> Iterator[Delivery]:
    # Readers are many, variants are few.
    shown = cache(lambda key: words(key, titles))
    for address, state, variant, at, reply in rows.iterator(chunk_size=AT_ONCE):
        yield Delivery(
            address=address or "(erased)",
            status=state,
            variant=variant or "",
            shown=shown(variant) if variant else "",
            at=at.isoformat().replace("+00:00", "Z") if at else "",
            reply=reply,
        )
