"""The configuration as frozen values; every key a newsroom can write, with its meaning.

The shipped files in `config/` show and explain every key; a test compares them with these classes.
"""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Annotated, Any, Literal
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field

from digest.model import Rights

_UNITS = {"second": 1, "minute": 60, "hour": 3600, "day": 86400, "week": 604800}
_DURATION = re.compile(r"^\s*(\d+)\s+(second|minute|hour|day|week)s?\s*$")


def duration(value: Any) -> timedelta:
    """Read "90 minutes" and the like.

    Raises:
        ValueError: it is not a number and a unit.
    """
    if isinstance(value, timedelta):
        return value
    match = _DURATION.match(value) if isinstance(value, str) else None
    if not match:
        raise ValueError('a duration is a number and a unit, such as "90 minutes", "18 hours" or "2 days"')
    return timedelta(seconds=int(match[1]) * _UNITS[match[2]])


def _zone(value: str) -> str:
    try:
        ZoneInfo(value)
    except (ZoneInfoNotFoundError, ValueError, OSError) as error:
        raise ValueError(f'there is no time zone "{value}"; write it as in "Europe/Berlin" or "UTC"') from error
    return value


def _web(value: str) -> str:
    if not re.match(r"^https?://[^\s/?#@]+(?:[/?#]\S*)?$", value):
        raise ValueError("this is a web address: it begins with https:// and has no spaces and no password in it")
    return value


def _site(value: str) -> str:
    return _web(value).rstrip("/")


def _mailbox(value: str) -> str:
    if not re.match(r"^(?:[^<>\r\n]*<)?[^\s<>@,]+@[^\s<>@,]+>?$", value):
        raise ValueError('an address is written as "ana@news.example" or "The Courier <letters@news.example>"')
    return value


def _colour(value: str) -> str:
    if not re.match(r"^#[0-9a-fA-F]{6}$", value):
        raise ValueError('a colour is written as "#8a1c1c"')
    return value.lower()


Duration = Annotated[timedelta, BeforeValidator(duration)]
Zone = Annotated[str, AfterValidator(_zone)]
Web = Annotated[str, AfterValidator(_web)]
Site = Annotated[str, AfterValidator(_site)]
Mailbox = Annotated[str, AfterValidator(_mailbox)]
Colour = Annotated[str, AfterValidator(_colour)]
Name = Annotated[str, Field(pattern=r"^[a-z0-9][a-z0-9-]{0,63}$")]


class Value(BaseModel):
    """A frozen table that refuses keys it does not know."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class SiteTable(Value):
    """[site] of digest.toml: who the newsroom is."""

    name: str = Field(min_length=1)
    address: Site = "http://127.0.0.1:8000"
    zone: Zone = "UTC"
    language: str = "en"
    sender: Mailbox = "newsroom@localhost"
    reply_to: Mailbox | None = None
    postal_address: str = ""
    editors: tuple[Mailbox, ...] = ()
    donation_link: Web | None = None
    accent: Colour = "#8a1c1c"


class GatherTable(Value):
    """[gather] of digest.toml: how feeds are polled."""

    every: Duration = timedelta(minutes=15)
    timeout: Duration = timedelta(seconds=20)
    at_once: int = Field(default=64, ge=1, le=512)
    first_look: Duration = timedelta(days=2)
    contact: str = ""


class DeliveryTable(Value):
    """[delivery] of digest.toml: how letters leave."""

    transport: Literal["folder", "smtp"] = "folder"
    window: int = Field(default=100, ge=1, le=1000)
    connections: int = Field(default=8, ge=1, le=64)
    processes: int = Field(default=1, ge=1, le=64)
    attempts_for: Duration = timedelta(days=1)


class Feed(Value):
    """One [[feeds]] of feeds.toml."""

    address: Web
    name: str = Field(min_length=1)
    weight: float = Field(default=1.0, ge=0, le=10)
    rights: Rights = "excerpt"
    tags: tuple[str, ...] = ()
    language: str = ""
    full_text: bool = False


class Tag(Value):
    """One [[tags]] of tags.toml."""

    name: str = Field(min_length=1)
    aliases: tuple[str, ...] = ()
    parents: tuple[str, ...] = ()
    patterns: tuple[str, ...] = ()
    unless: tuple[str, ...] = ()
    sensitive: bool = False


class Account(Value):
    """One [[accounts]] of social.toml."""

    name: Name
    network: Literal["folder", "x"] = "folder"
    posts_per_edition: int = Field(default=1, ge=0, le=20)
    gap: Duration = timedelta(minutes=20)
    monthly_cap: float = Field(default=10.0, ge=0)
    appeal_every: int = Field(default=0, ge=0)
    hashtags: int = Field(default=2, ge=0, le=10)
    link: bool = True
    address: Web | None = None

    @property
    def channel(self) -> str:
        """Its name in a newsletter's `channels`."""
        return f"{self.network}:{self.name}"


class GoalTable(Value):
    """[appeals.NAME.goal]: whole units of the appeal's currency, and the civil date they are true of."""

    total: int = Field(gt=0)
    raised: int = Field(ge=0)
    as_of: str = ""


class AppealTable(Value):
    """[appeals.NAME] of appeals.toml."""

    headline: str = Field(min_length=1)
    reason: str = Field(min_length=1)
    link: Web
    currency: str = Field(default="EUR", pattern=r"^[A-Z]{3}$")
    once: tuple[int, ...] = ()
    monthly: tuple[int, ...] = ()
    note: str = ""
    post: str = ""
    goal: GoalTable | None = None


class Approval(Value):
    """`approval` of a newsletter: who lets it leave, and what happens when nobody does."""

    mode: Literal["required", "automatic"] = "required"
    by: Literal[1] = 1
    deadline: Duration = timedelta(minutes=10)
    otherwise: Literal["hold", "send", "send without appeal"] = "hold"


class ThinDay(Value):
    """`thin_day` of a newsletter: below how many stories, and what then."""

    below: int = Field(default=1, ge=0)
    then: Literal["skip", "roll over", "send short"] = "roll over"


class SectionTable(Value):
    """One [[sections]] of a newsletter."""

    tag: str = Field(min_length=1)
    title: str = ""
    minimum: int = Field(default=0, ge=0)
    maximum: int = Field(default=5, ge=1, le=50)
    half_life: Duration = timedelta(hours=18)


class Newsletter(Value):
    """One file of newsletters/; its name is the file's."""

    title: str = Field(min_length=1)
    tagline: str = ""
    schedule: str = ""
    draft_before: Duration = timedelta(minutes=60)
    late_by: Duration = timedelta(hours=3)
    approval: Approval = Approval()
    subject: str = "{{ lead.headline }}"
    language: str = ""
    default: bool = True
    thin_day: ThinDay = ThinDay()
    appeal: str = ""
    channels: tuple[str, ...] = ("letter", "web")
    look_back_on_first_run: Duration = timedelta(days=2)
    per_source: int = Field(default=3, ge=1)
    sentences: int = Field(default=3, ge=1, le=3)
    weights: dict[str, float] = {}
    sections: tuple[SectionTable, ...] = Field(
        default=(SectionTable(tag="*", title="Today", maximum=12),), min_length=1
    )


class Config(Value):
    """Everything in a home's `config/`, whole and valid."""

    site: SiteTable
    gather: GatherTable = GatherTable()
    delivery: DeliveryTable = DeliveryTable()
    feeds: tuple[Feed, ...] = ()
    tags: tuple[Tag, ...] = ()
    accounts: tuple[Account, ...] = ()
    appeals: dict[str, AppealTable] = {}
    newsletters: dict[str, Newsletter] = {}
