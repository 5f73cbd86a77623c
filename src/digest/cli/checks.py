"""What `digest check` looks at beside the keys: the vocabulary, the templates, the database, and the world outside."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from pathlib import Path

from digest.clock.now import now
from digest.config import Config, Environment, Newsletter, locate
from digest.errors import ConfigError, DigestError, Problem, TransportError, UsageError

_PLACE = re.compile(r"^(?P<name>[\w./-]+\.(?:mjml|html|txt|css|po))(?:, line (?P<line>\d+))?: (?P<says>.*)$", re.DOTALL)
_LINE = re.compile(r"^.*?, line \d+: ")


def database() -> list[Problem]:
    """Whether the database can be opened and is of this version."""
    from digest.cli.ready import check_database

    try:
        check_database()
    except UsageError as error:
        return [Problem("database", 0, "", str(error))]
    return []


def vocabulary(config: Config, home: Path) -> list[Problem]:
    """Patterns of tags.toml that a hostile text could keep busy for ever, or that match nothing at all."""
    from digest.content.patterns import check_pattern

    lines = _lines(home / "config" / "tags.toml")
    return [
        Problem(
            "config/tags.toml",
            locate.nearest(lines, ("tags", at, "patterns")),
            f"tags.{at}.patterns",
            f'"{p}": {wrong}',
        )
        for at, tag in enumerate(config.tags)
        for p in tag.patterns
        if (wrong := check_pattern(p))
    ]


def rules(config: Config, home: Path) -> list[Problem]:
    """Signals the rank does not know, languages the furniture does not speak, and letters that name no sender."""
    from digest import resources
    from digest.content.rank import DEFAULT_WEIGHTS

    spoken = resources.languages(home)
    found = []

    def speaks(file: str, key: str, language: str) -> None:
        if language and language.split("-", maxsplit=1)[0].lower() not in spoken:
            says = f'nothing speaks "{language}" here (there: {", ".join(sorted(spoken))}); templates/words/ can add it'
            found.append(_key_of(home, file, key, says))

    speaks("config/digest.toml", "site.language", config.site.language)
    if config.delivery.transport == "smtp" and not config.site.postal_address.strip():
        says = 'letters by SMTP must say where their sender can be found; write it as in "The Courier, 1 Quay Street"'
        found.append(_key_of(home, "config/digest.toml", "site.postal_address", says))
    for name, newsletter in config.newsletters.items():
        file = f"config/newsletters/{name}.toml"
        speaks(file, "language", newsletter.language)
        for signal in newsletter.weights.keys() - DEFAULT_WEIGHTS.keys():
            says = f"there is no such signal (there: {', '.join(DEFAULT_WEIGHTS)})"
            found.append(_key_of(home, file, f"weights.{signal}", says))
    return found


def templates(config: Config, home: Path) -> list[Problem]:
    """Render every form of every newsletter with an invented edition; Django must know the home.

    Each letter is compiled in every language the furniture speaks, since readers choose theirs.
    """
    found: dict[Problem, None] = {}
    for name, newsletter in config.newsletters.items():
        for problem in _newsletter(config, home, name, newsletter):
            found.setdefault(problem)
    return sorted(found)


def online(config: Config, environment: Environment) -> list[Problem]:
    """Read every feed, sign in to the mail server, and see that the way out answers; nothing is stored or sent."""
    from django.conf import settings

    return [*_feeds(config, environment, settings.HOME), *_mail(config, environment, settings.HOME)]


def _newsletter(config: Config, home: Path, name: str, newsletter: Newsletter) -> Iterator[Problem]:
    from digest import resources
    from digest.appeals.links import appeal
    from digest.edition.specimen import specimen
    from digest.pipeline import forms
    from digest.render import letter, posts

    file = f"config/newsletters/{name}.toml"
    site, own = config.site, newsletter.language or config.site.language
    ask = appeal(newsletter.appeal, config.appeals[newsletter.appeal]) if newsletter.appeal else None
    edition = specimen(name, newsletter, site=site.address, language=own, appeal=ask, now=now())
    using, look = forms.templates(), forms.brand(config, newsletter)

    def compiled(language: str) -> Callable[[], object]:
        return lambda: letter.compile_letter(edition, look, forms.words(config, language, using), using)

    def subject() -> object:
        bare = letter.CompiledLetter(edition=edition, language=own, html={}, text={}, date="1 January 2027")
        shown = tuple(section.tag for section in edition.sections)
        return letter.subject_for(bare, shown, newsletter.subject, using)

    yield from _tried(subject, lambda says: _key_of(home, file, "subject", _LINE.sub("", says)))
    for language in dict.fromkeys((own, *sorted(resources.languages(home)))):
        yield from _tried(compiled(language), lambda says: _template(file, says))
    for make in (forms.web_page, forms.print_page):
        yield from _tried(lambda: make(config, newsletter, edition), lambda says: _template(file, says))  # noqa: B023
    names = {tag.name: tag.name for tag in config.tags}
    asking = posts.Ask(name="specimen", text="This newsroom is paid for by its readers.", link=f"{site.address}/give")
    for account in config.accounts:
        if account.channel in newsletter.channels:
            every = account.model_copy(update={"posts_per_edition": 3, "appeal_every": 1})

            def compose() -> object:
                return posts.compose(edition, every, templates=using, tags=names, site=site.address, ask=asking)  # noqa: B023

            yield from _tried(compose, lambda says: _template(file, says))


def _tried(make: Callable[[], object], place: Callable[[str], Problem]) -> Iterator[Problem]:
    try:
        make()
    except DigestError as error:
        yield place(str(error))


def _template(newsletter: str, says: str) -> Problem:
    """Where a template's mistake stands."""
    found = _PLACE.match(says)
    if not found:
        return Problem(newsletter, 0, "", says)
    return Problem(f"templates/{found['name']}", int(found["line"] or 0), "", found["says"])


def _key_of(home: Path, file: str, key: str, says: str) -> Problem:
    return Problem(file, locate.nearest(_lines(home / file), tuple(key.split("."))), key, says)


def _lines(file: Path) -> dict[locate.Path, int]:
    return locate.lines(file.read_text(encoding="utf-8")) if file.exists() else {}


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
    lines = _lines(home / "config" / "feeds.toml")
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


def _mail(config: Config, environment: Environment, home: Path) -> list[Problem]:
    from digest.audience import tokens
    from digest.delivery import permitted
    from digest.pipeline.publish import transport_of

    found: list[Problem] = []
    try:
        transport = transport_of(config, environment)
        if config.delivery.transport == "smtp":
            transport.open().close()
        if says := permitted.why_not(config, transport):
            found.append(_key_of(home, "config/digest.toml", "site.address", says))
    except ConfigError as error:
        found += error.problems
    except TransportError as error:
        found.append(Problem("environment", 0, "DIGEST_SMTP_URL", str(error)))
    address = config.site.address
    if not found and address.startswith("https://"):
        status = permitted.one_click(f"{address}/u/{tokens.dead('unsubscribe', 'check')}")
        if status != 200:
            says = f"answers {status}" if status else "does not answer"
            says = f"the way out {says}: {address}/u/ should take a POST and say 200; is `digest up` running there?"
            found.append(_key_of(home, "config/digest.toml", "site.address", says))
    return found
