"""What `digest check --online` tries: feeds, mail server, the way out of a letter, bounces, the language model."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from digest.cli.checks import key_of, lines_of
from digest.clock.now import now
from digest.config import Config, Environment, locate
from digest.errors import ConfigError, Problem, TransportError


@dataclass(frozen=True, slots=True, kw_only=True)
class World:
    """What the world outside answered.

    Attributes:
        mistakes: what is wrong in the configuration, though only an attempt shows it.
        failures: what keeps the newsroom from its work: no feed can be read, no letter can leave, no reader can.
        warnings: feeds that cannot be read while others can, a language model that is of no use; neither stops a thing.
    """

    mistakes: tuple[Problem, ...] = ()
    failures: tuple[Problem, ...] = ()
    warnings: tuple[Problem, ...] = ()


def online(config: Config, environment: Environment) -> World:
    """Read every feed, sign in to the mail server and the mailbox for bounces, and see that the way out answers.

    A language model, where there is one, is asked about an invented article.

    Nothing is stored or sent.
    """
    from django.conf import settings

    dead = tuple(_feeds(config, environment, settings.HOME))
    none_left = bool(dead) and len(dead) == len(config.feeds)
    mistakes = tuple(_permission(config, environment, settings.HOME))
    failures = () if mistakes else (*_mail(config, environment, settings.HOME), *_returned(environment))
    model = tuple(_model(config, environment, settings.HOME))
    return World(
        mistakes=mistakes,
        failures=((*dead, *failures) if none_left else failures),
        warnings=model if none_left else (*dead, *model),
    )


def _feeds(config: Config, environment: Environment, home: Path) -> list[Problem]:
    from digest.feeds.exchange import Fetched, Request
    from digest.feeds.fetch import fetch_all
    from digest.feeds.parse import parse
    from digest.pipeline.gather import agent

    present = now()
    wrong: dict[str, str] = {}

    def done(answer: Fetched) -> None:
        says = answer.error
        if answer.body is not None:
            says = parse(answer.body, address=answer.final, content_type=answer.content_type, now=present).problem
        if says:
            wrong[answer.address] = says

    fetch_all(
        [Request(address=feed.address) for feed in config.feeds],
        allow=environment.networks(),
        on_done=done,
        agent=agent(config),
        timeout=config.gather.timeout.total_seconds(),
        at_once=config.gather.at_once,
    )
    lines = lines_of(home / "config" / "feeds.toml")
    return [
        Problem(
            "config/feeds.toml",
            locate.nearest(lines, ("feeds", at, "address")),
            f"feeds.{at}.address",
            f"{feed.name} ({feed.address}): {wrong[feed.address]}",
        )
        for at, feed in enumerate(config.feeds)
        if feed.address in wrong
    ]


def _permission(config: Config, environment: Environment, home: Path) -> list[Problem]:
    """What forbids that letters leave at all."""
    from digest.delivery import permitted
    from digest.pipeline.publish import transport_of

    try:
        transport = transport_of(config, environment)
    except ConfigError as error:
        return list(error.problems)
    says = permitted.why_not(config, transport)
    return [key_of(home, "config/digest.toml", "site.address", says)] if says else []


def _mail(config: Config, environment: Environment, home: Path) -> list[Problem]:
    """What a letter would meet: the mail server, and the page that lets its reader go."""
    from digest.audience import tokens
    from digest.delivery import permitted
    from digest.pipeline.publish import transport_of

    if config.delivery.transport == "smtp":
        try:
            transport_of(config, environment).open().close()
        except TransportError as error:
            return [Problem("environment", 0, "DIGEST_SMTP_URL", str(error))]
    address = config.site.address
    if not address.startswith("https://"):
        return []
    status = permitted.one_click(f"{address}/u/{tokens.dead('unsubscribe', 'check')}")
    if status == 200:
        return []
    says = f"answers {status}" if status else "does not answer"
    says = f"the way out {says}: {address}/u/ should take a POST and say 200; is `digest up` running there?"
    return [key_of(home, "config/digest.toml", "site.address", says)]


def _model(config: Config, environment: Environment, home: Path) -> list[Problem]:
    """Whether the language model can be used; what it wrote is thrown away."""
    from digest.writer.rehearsal import problem

    says = problem(config, environment)
    says = f"the language model is of no use as it is, and summaries go on without it: {says}" if says else ""
    return [key_of(home, "config/digest.toml", "llm.endpoint", says)] if says else []


def _returned(environment: Environment) -> list[Problem]:
    """Whether the mailbox for bounces can be opened."""
    from digest.delivery import mailbox
    from digest.delivery.letterbox import letterbox

    url = environment.get("DIGEST_BOUNCES_URL")
    try:
        if url:
            mailbox.knock(letterbox(url))
    except ConfigError:
        return []  # `checks.rules` has named it
    except TransportError as error:
        return [Problem("environment", 0, "DIGEST_BOUNCES_URL", str(error))]
    return []
