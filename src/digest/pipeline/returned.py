"""Takes in what came back: refusals that nobody has read, and the mailbox for bounces and complaints."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from django.conf import settings

from digest.config import Config, Environment
from digest.delivery import mailbox, refusals
from digest.delivery.letterbox import letterbox
from digest.errors import ConfigError, RefusedError, TransportError
from digest.pipeline import notices
from digest.store import identity

EVERY = 5
"""Minutes between two visits to the mailbox."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Returned:
    """What came back.

    Attributes:
        messages: how many messages had which effect (`digest.delivery.reports.Effect`).
        refused: how many letters, refused while they were handed over, are of which class.
    """

    messages: Mapping[str, int] = field(default_factory=dict)
    refused: Mapping[str, int] = field(default_factory=dict)


def take_in(config: Config, environment: Environment, *, now: datetime) -> Returned:
    """Count refusals, and visit the mailbox that DIGEST_BOUNCES_URL names; without it, only the former.

    Raises:
        RefusedError: this is a clone, and would take away what belongs to the original.
        ConfigError: DIGEST_BOUNCES_URL is wrong.
        TransportError: the mailbox cannot be read; what was read until then is done.
    """
    limit = config.delivery.bounces.soft_limit
    refused = refusals.catch_up(now=now, soft_limit=limit)
    url = environment.get("DIGEST_BOUNCES_URL")
    if not url:
        return Returned(refused=refused)
    if says := identity.mismatch(settings.VAR, environment):
        raise RefusedError(f"The mailbox was not read: {says}.")
    return Returned(messages=mailbox.visit(letterbox(url), now=now, soft_limit=limit), refused=refused)


def by_the_clock(config: Config, environment: Environment, *, now: datetime) -> None:
    """The same every minute, with a visit every `EVERY` of them; one that cannot be read is told of once a day."""
    if now.minute % EVERY or identity.mismatch(settings.VAR, environment):
        refusals.catch_up(now=now, soft_limit=config.delivery.bounces.soft_limit)
        return
    try:
        take_in(config, environment, now=now)
    except (ConfigError, TransportError) as error:
        text = (
            f"The mailbox for bounces and complaints was not read:\n\n{error}\n\n"
            "Letters go on meanwhile. What came back waits there and is read when it can be."
        )
        notices.tell(config, f"bounces {now:%Y-%m-%d}", "The mailbox for bounces cannot be read", text, now=now)
