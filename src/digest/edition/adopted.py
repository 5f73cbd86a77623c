"""Holds what may have left already, when a copy of a database is to send from now on.

A copy knows nothing of what left after it was made. An edition whose hour has come since may have reached everybody by
the one it was copied from; whether it did, a person knows.
"""

from __future__ import annotations

from datetime import datetime

from django.db import transaction
from django.db.models import Q

from digest.edition.workflow import Status, step
from digest.store.models import Edition

REASON = "this database is a copy, and this may have left since it was made"


def hold_what_may_have_left(*, now: datetime) -> list[str]:
    """Hold every edition on its way, and those whose slot has passed and that would be sent; returns their names.

    Args:
        now: the present instant.
    """
    begun = Q(status=Status.SENDING) | Q(status__in=[Status.DRAFT, Status.APPROVED], slot_at__lte=now)
    with transaction.atomic():
        rows = list(Edition.objects.select_for_update().filter(begun).order_by("slot_at", "pk"))
        for row in rows:
            step(row, Status.HELD, reason=REASON)
    return [row.name for row in rows]
