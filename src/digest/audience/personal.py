"""Everything that is held about one reader, as a value they can be given: JSON, and complete."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from digest.audience import suppression
from digest.audience.addresses import normalise
from digest.store.models import Letter, Report, Request, Subscriber, Subscription


def held(email: str) -> Mapping[str, Any]:
    """Everything the database holds about an address; mostly empty lists when that is nothing.

    Args:
        email: an address in any spelling.

    Raises:
        digest.audience.addresses.NotAnAddress: it is none.
    """
    address = normalise(email)
    reader = Subscriber.objects.filter(email=address).first()
    return {
        "address": address,
        "reader": _reader(reader) if reader else None,
        "subscriptions": [_subscription(row) for row in reader.subscriptions.order_by("newsletter")] if reader else [],
        "letters": [_letter(row) for row in _letters(reader)] if reader else [],
        "requests": [_request(row) for row in Request.objects.filter(email=address).order_by("asked_at", "pk")],
        "not_to_be_written_to": suppression.why(address) or None,
        "explained": {
            "letters.reply": "what the mail server that took or refused the letter said",
            "letters.reports": "what mail servers and providers said of the letter afterwards",
            "subscriptions.consent_text": "the sentence that was agreed to, as it was shown",
            "not_counted": "which stories were opened is not recorded for any person",
        },
    }


def anything(found: Mapping[str, Any]) -> bool:
    """Whether `held` has found anything."""
    return any(found[key] for key in ("reader", "subscriptions", "letters", "requests", "not_to_be_written_to"))


def _reader(row: Subscriber) -> dict[str, Any]:
    return {
        "name": row.name,
        "language": row.language,
        "zone": row.zone,
        "format": row.format,
        "joined_at": row.joined_at,
    }


def _subscription(row: Subscription) -> dict[str, Any]:
    fields = (
        "newsletter", "status", "topics", "consent_at", "consent_source", "consent_text", "paused_until",
        "unsubscribed_at",
    )  # fmt: skip
    return {name: getattr(row, name) for name in fields}


def _letters(reader: Subscriber) -> list[Letter]:
    found = Letter.objects.filter(subscriber=reader).select_related("edition", "variant")
    return list(found.defer("edition__content", "variant__body").prefetch_related("reports").order_by("pk"))


def _letter(row: Letter) -> dict[str, Any]:
    reports = [{"source": r.source, "kind": r.kind, "words": r.words, "at": r.at} for r in _reports(row)]
    return {
        "edition": row.edition.name,
        "subject": row.variant.subject if row.variant else "",
        "status": row.status,
        "at": row.at,
        "reply": row.reply,
        "came_back": row.bounce,
        "reports": reports,
    }


def _reports(row: Letter) -> list[Report]:
    return list(row.reports.all())


def _request(row: Request) -> dict[str, Any]:
    return {
        "for": row.act,
        # Who wants to move here is named by a number that is somebody else's.
        "chosen": {key: value for key, value in row.wish.items() if key != "reader"},
        "text": row.text,
        "network": row.network,
        "asked_at": row.asked_at,
        "mailed_at": row.mailed_at,
        "confirmed_at": row.confirmed_at,
    }
