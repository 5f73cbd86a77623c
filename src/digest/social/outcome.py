"""What can become of a post, as values: no network's exceptions leave its own file."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from digest.store.posts import Post


@dataclass(frozen=True, slots=True)
class Sent:
    """It is there. `id` and `url` are the network's, empty when it does not say."""

    id: str
    url: str = ""
    note: str = ""


@dataclass(frozen=True, slots=True)
class Later:
    """Nothing was posted, and trying again can help. `until`: when (UTC), None when the network does not say."""

    until: datetime | None
    reason: str


@dataclass(frozen=True, slots=True)
class Refused:
    """Nothing was posted, and the same again would be refused again."""

    reason: str


@dataclass(frozen=True, slots=True)
class Unknown:
    """The network may have it or not: only reading the account back, or a person, can tell."""

    reason: str


@dataclass(frozen=True, slots=True)
class Absent:
    """The account was read and it is not there. `proof`: whether that settles it, or it may yet appear."""

    proof: bool


Outcome = Sent | Later | Refused | Unknown
Found = Sent | Absent | Unknown


class Network(Protocol):
    """One account of a network, ready to use."""

    def send(self, post: Post, now: datetime) -> Outcome:
        """Post a row that the ledger has committed as sending. Blocks no longer than a minute."""
        ...

    def find(self, post: Post, now: datetime) -> Found:
        """Look for a post on the account itself."""
        ...
