"""The states of a letter, and which may follow which: one table, asked before every change."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from django.db.models import Case, F, Q, Value, When

from digest.store.models import Letter

Status = Letter.Status

MAY: Mapping[Status, frozenset[Status]] = {
    # Sent at once only when it was to be sent again, and then is known to have arrived.
    Status.PENDING: frozenset({Status.ATTEMPTING, Status.SKIPPED, Status.SENT}),
    Status.DEFERRED: frozenset({Status.ATTEMPTING, Status.SKIPPED}),
    Status.ATTEMPTING: frozenset(
        {Status.SENT, Status.DEFERRED, Status.FAILED, Status.UNCERTAIN, Status.PENDING, Status.SKIPPED}
    ),
    # Only evidence, a person or a policy moves these: a reply that came late, a log, a bounce, a decision.
    Status.UNCERTAIN: frozenset({Status.SENT, Status.DEFERRED, Status.FAILED, Status.PENDING}),
    # A server takes a letter and may still send it back.
    Status.SENT: frozenset({Status.FAILED}),
    # Only where nobody knew and it was but presumed (`PRESUMED`), and then is known to have arrived.
    Status.FAILED: frozenset({Status.SENT}),
    Status.SKIPPED: frozenset(),
}
"""From each state, the states that may follow."""

WAITING = (Status.PENDING, Status.DEFERRED)
"""The states from which a worker may take a letter."""


PRESUMED: Final = "presumed"
"""What stands in `Letter.bounce` of a letter that nobody knew of and that a rule or a person took for failed. No server
refused it, so evidence outranks them; the word goes with the first that comes."""

UNPROVEN: Final = Q(status=Status.UNCERTAIN) | Q(status=Status.FAILED, bounce=PRESUMED)
"""Of which nobody knows, whatever it is taken for: what evidence may still move."""

PROVEN: Final = Case(When(bounce=PRESUMED, then=Value("")), default=F("bounce"))
"""What becomes of `Letter.bounce` where evidence has come."""


def before(after: Status) -> tuple[str, ...]:
    """The states that `after` may follow; every UPDATE of the ledger is limited to them."""
    return tuple(state.value for state, following in MAY.items() if after in following)


def check(old: Status, new: Status) -> None:
    """Stop at a step that no letter may take; such a step is a bug."""
    assert new in MAY[old], f"a letter that is {old} never becomes {new}"
