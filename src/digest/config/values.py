"""The configuration as frozen values; every key a newsroom can write, with its meaning.

The shipped files in `config/` show and explain every key; a test compares them with these classes.
"""

from __future__ import annotations

from datetime import timedelta
from typing import Literal

from pydantic import Field, FiniteFloat

from digest.config.kinds import Colour, Duration, Mailbox, Name, Network, Site, Value, Web, Zone, duration
from digest.config.llm import LlmTable
from digest.config.sending import Canary, DeliveryTable
from digest.errors import UsageError
from digest.model import Rights

__all__ = ["DeliveryTable", "Value", "duration"]


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
    privacy_link: Web | None = None
    proxies: tuple[Network, ...] = ()


class GatherTable(Value):
    """[gather] of digest.toml: how feeds are polled."""

    every: Duration = timedelta(minutes=15)
    timeout: Duration = timedelta(seconds=20)
    at_once: int = Field(default=64, ge=1, le=512)
    first_look: Duration = timedelta(days=2)
    contact: str = ""


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
    name_is_spelling: bool = True
    aliases: tuple[str, ...] = ()
    parents: tuple[str, ...] = ()
    patterns: tuple[str, ...] = ()
    unless: tuple[str, ...] = ()
    implies: tuple[str, ...] = ()
    exact: bool = False
    transliterate: bool | None = None
    sensitive: bool = False


class TaggingTable(Value):
    """[tagging] of tags.toml: what is made of editors' words on tags."""

    learner: Literal["off", "suggest", "tag"] = "suggest"
    examples: int = Field(default=20, ge=20)


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
    share: float = Field(default=1.0, ge=0, le=100)


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
    clock: Literal["newsroom", "reader"] = "newsroom"
    open: bool = True
    uncertain: Literal["ask", "resend", "drop"] = "ask"
    count_clicks: bool = False
    canary: Canary = Canary()
    look_back_on_first_run: Duration = timedelta(days=2)
    maximum: int = Field(default=0, ge=0, le=500)
    per_source: int = Field(default=3, ge=1)
    per_story: int = Field(default=6, ge=1, le=50)
    update_above: float = Field(default=0.6, ge=0, le=1)
    sentences: int = Field(default=3, ge=1, le=3)
    weights: dict[str, FiniteFloat] = Field(default_factory=dict)
    sections: tuple[SectionTable, ...] = Field(
        default=(SectionTable(tag="*", title="Today", maximum=12),), min_length=1
    )

    @property
    def titles(self) -> dict[str, str]:
        """The titles of its sections, by their tags."""
        return {section.tag: section.title for section in self.sections}


class Config(Value):
    """Everything in a home's `config/`, whole and valid."""

    site: SiteTable
    gather: GatherTable = GatherTable()
    delivery: DeliveryTable = DeliveryTable()
    llm: LlmTable = LlmTable()
    feeds: tuple[Feed, ...] = ()
    tags: tuple[Tag, ...] = ()
    tagging: TaggingTable = TaggingTable()
    accounts: tuple[Account, ...] = ()
    appeals: dict[str, AppealTable] = Field(default_factory=dict)
    newsletters: dict[str, Newsletter] = Field(default_factory=dict)

    def newsletter(self, name: str) -> Newsletter:
        """The newsletter called `name`.

        Raises:
            UsageError: there is none; the message lists those there are.
        """
        if name not in self.newsletters:
            known = ", ".join(sorted(self.newsletters)) or "none yet: write config/newsletters/daily.toml"
            raise UsageError(f'there is no newsletter "{name}" (there: {known})')
        return self.newsletters[name]
