"""How letters leave, as frozen values: the tables under [delivery], and a newsletter's canary."""

from __future__ import annotations

from datetime import timedelta
from typing import Annotated, Literal

from pydantic import Field

from digest.config.kinds import DayHours, Duration, Mailbox, Rate, Value

Provider = Literal["ses", "mailgun", "postmark", "sendgrid", "brevo"]
Topic = Annotated[
    str, Field(pattern=r"^arn:aws[a-z-]{0,20}:sns:[a-z0-9-]{3,30}:[0-9]{12}:[A-Za-z0-9_-]{1,256}(\.fifo)?$")
]
"""A topic of Amazon SNS by its full name (ARN)."""


class Dkim(Value):
    """[delivery.dkim]: who signs, when no relay does; the key comes from DIGEST_DKIM_KEY."""

    domain: str = ""
    selector: str = "digest"


class WarmUp(Value):
    """[delivery.warm_up]: how many letters may leave on each day of a new sender's first weeks.

    `first` on the day `since` (ISO 8601, in the newsroom's zone), growing evenly by a factor to `last` after `days`.
    """

    since: str = Field(default="", pattern=r"^(\d{4}-\d\d-\d\d)?$")
    first: int = Field(default=200, ge=1)
    last: int = Field(default=200_000, ge=1)
    days: int = Field(default=42, ge=1, le=365)


class Bounces(Value):
    """[delivery.bounces]: where bounces and complaints come back; the mailbox comes from DIGEST_BOUNCES_URL."""

    address: Mailbox | None = None
    soft_limit: int = Field(default=5, ge=1)
    providers: tuple[Provider, ...] = ()
    topics: tuple[Topic, ...] = ()


class DeliveryTable(Value):
    """[delivery] of digest.toml: how letters leave."""

    transport: Literal["folder", "smtp"] = "folder"
    window: int = Field(default=100, ge=1, le=1000)
    connections: int = Field(default=8, ge=1, le=64)
    processes: int = Field(default=1, ge=1, le=64)
    attempts_for: Duration = timedelta(days=1)
    rate: Rate = None
    domains: dict[str, Rate] = Field(default_factory=dict)
    quiet_hours: DayHours = None
    keep: Duration = timedelta(days=90)
    dkim: Dkim = Dkim()
    warm_up: WarmUp = WarmUp()
    bounces: Bounces = Bounces()


class Canary(Value):
    """`canary` of a newsletter: who gets a letter first, and when the rest is stopped.

    The `seeds` first, then `share` of the readers, then after `wait` everybody; more than `halt_above` of the first
    letters refused or bounced halts the rest.
    """

    seeds: tuple[Mailbox, ...] = ()
    share: float = Field(default=0.0, ge=0, le=0.5)
    wait: Duration = timedelta(minutes=15)
    halt_above: float = Field(default=0.05, gt=0, le=1)
