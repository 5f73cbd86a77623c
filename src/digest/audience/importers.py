"""Reads the exports of listmonk, Ghost and Mailchimp as if they were our own; each is known by its columns. Pure.

listmonk   uuid, email, name, attributes, status, created_at, updated_at      (its "Export" of subscribers)
Ghost      id, email, name, note, subscribed_to_emails, ..., created_at, ...  (Members, "Export all members")
Mailchimp  Email Address, First Name, ..., OPTIN_TIME, ..., LEID, EUID, ...   (each CSV of an audience's export)

A foreign "no" is kept: who unsubscribed there is unsubscribed here, an address that bounced or was blocked there is
suppressed here. Only Mailchimp says when somebody agreed; with the others a statement of consent is needed.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from digest.audience import zones

Record = Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Foreign:
    """Another program's export.

    Attributes:
        name: the program's.
        record: makes a record of ours from one of its; keys are its columns in lower case.
    """

    name: str
    record: Callable[[Record], Record]


def recognise(columns: Sequence[str]) -> Foreign | None:
    """Whose export has these columns (lower case); None when it is none of them."""
    names = set(columns)
    return next((foreign for needs, foreign in _KNOWN if needs <= names), None)


def never_agreed(file: str) -> bool:
    """Whether a file has the name of Mailchimp's contacts who never subscribed; its columns do not tell them apart."""
    return file.lower().startswith("nonsubscribed_")


def _listmonk(record: Record) -> Record:
    # "enabled" says that the account may be written to; "disabled" that it may not, of which nobody knows why.
    status = {"enabled": "active", "blocklisted": "blocked"}.get(record.get("status", ""), "unsubscribed")
    return {
        "email": record.get("email", ""),
        "name": record.get("name", ""),
        "consent_at": _instant(record.get("created_at", "")),
        "status": status,
    }


def _ghost(record: Record) -> Record:
    wants = record.get("subscribed_to_emails", "").lower() == "true" and not record.get("deleted_at")
    return {
        "email": record.get("email", ""),
        "name": record.get("name", ""),
        "consent_at": _instant(record.get("created_at", "")),
        "status": "active" if wants else "unsubscribed",
    }


def _mailchimp(record: Record) -> Record:
    first, last = (_first(record, names) for names in (("first name", "fname"), ("last name", "lname")))
    agreed = record.get("confirm_time") or record.get("optin_time") or ""
    place = record.get("confirm_ip") or record.get("optin_ip") or ""
    status = "bounced" if record.get("clean_time") else "unsubscribed" if record.get("unsub_time") else "active"
    zone = record.get("timezone", "")
    return {
        "email": record.get("email address", ""),
        "name": f"{first} {last}".strip(),
        "zone": zone if zone in zones.names() else "",
        "consent_at": _instant(agreed),
        "consent_source": f"Mailchimp: opted in{f' from {place}' if place else ''}" if agreed else "",
        "status": status,
    }


def _first(record: Record, names: Sequence[str]) -> str:
    return next((record[name] for name in names if record.get(name)), "")


_NOT_ISO = re.compile(r"^(\d{4}-\d\d-\d\d \d\d:\d\d:\d\d(?:\.\d+)?) (?:\+0000|UTC)(?: UTC)?$")


def _instant(text: str) -> str:
    """A time as ISO 8601; one without a zone is UTC. Go's own form ("2024-05-01 10:00:00 +0000 UTC") is known."""
    found = _NOT_ISO.match(text)
    return f"{found[1]}+00:00" if found else text


_KNOWN: tuple[tuple[frozenset[str], Foreign], ...] = (
    (frozenset({"uuid", "email", "attributes", "status"}), Foreign("listmonk", _listmonk)),
    (frozenset({"email", "subscribed_to_emails", "created_at"}), Foreign("Ghost", _ghost)),
    (frozenset({"email address", "leid", "euid"}), Foreign("Mailchimp", _mailchimp)),
    (frozenset({"email address", "optin_time"}), Foreign("Mailchimp", _mailchimp)),
)
