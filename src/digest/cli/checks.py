"""What `digest check` looks at beside the keys: the vocabulary, the rules, the templates, the database."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from pathlib import Path

from digest.clock.now import now
from digest.config import Config, Environment, Newsletter, locate
from digest.errors import ConfigError, DigestError, Problem, RefusedError, UsageError

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


def seeds(config: Config, home: Path) -> list[Problem]:
    """Seeds of a canary to whom nothing can go first, because they do not receive the newsletter."""
    from digest.audience.addresses import NotAnAddress, normalise
    from digest.delivery.headers import split_mailbox
    from digest.store.models import Subscription

    def receives(name: str, seed: str) -> bool:
        try:
            who = normalise(split_mailbox(seed)[1])
        except NotAnAddress:
            return False
        active = Subscription.objects.filter(newsletter=name, status=Subscription.Status.ACTIVE)
        return active.filter(subscriber__email=who).exists()

    return [
        key_of(home, f"config/newsletters/{name}.toml", "canary.seeds", f"{seed} does not receive it: subscribe them")
        for name, newsletter in config.newsletters.items()
        for seed in newsletter.canary.seeds
        if not receives(name, seed)
    ]


def proxies(config: Config, home: Path) -> list[Problem]:
    """A proxy in front of the pages that nobody named, as far as this machine's web has met one."""
    from digest.audience import proxied

    says = proxied.says(home / "var", config.site.proxies, now=now())
    return [key_of(home, "config/digest.toml", "site.proxies", says)] if says else []


def vocabulary(config: Config, home: Path) -> list[Problem]:
    """Patterns of tags.toml that a hostile text could keep busy for ever, or that match nothing at all."""
    from digest.content.tags.patterns import check_pattern

    lines = lines_of(home / "config" / "tags.toml")
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
    from digest.content.choice.rank import DEFAULT_WEIGHTS

    spoken = resources.languages(home)
    found = []

    def speaks(file: str, key: str, language: str) -> None:
        if language and language.split("-", maxsplit=1)[0].lower() not in spoken:
            says = f'nothing speaks "{language}" here (there: {", ".join(sorted(spoken))}); templates/words/ can add it'
            found.append(key_of(home, file, key, says))

    speaks("config/digest.toml", "site.language", config.site.language)
    if config.delivery.transport == "smtp" and not config.site.postal_address.strip():
        says = 'letters by SMTP must say where their sender can be found; write it as in "The Courier, 1 Quay Street"'
        found.append(key_of(home, "config/digest.toml", "site.postal_address", says))
    if config.delivery.dkim.domain:
        from digest.delivery import dkim_key

        found += [
            key_of(home, one.file, one.key, one.message) if one.file.startswith("config/") else one
            for one in dkim_key.problems(config, Environment())
        ]
    for name, newsletter in config.newsletters.items():
        file = f"config/newsletters/{name}.toml"
        speaks(file, "language", newsletter.language)
        for signal in newsletter.weights.keys() - DEFAULT_WEIGHTS.keys():
            says = f"there is no such signal (there: {', '.join(DEFAULT_WEIGHTS)})"
            found.append(key_of(home, file, f"weights.{signal}", says))
    return [*found, *_returned(config, home)]


def _returned(config: Config, home: Path) -> Iterator[Problem]:
    """An address for bounces that cannot carry a letter's name, a mailbox not well named, providers without secret."""
    from digest.delivery import returns
    from digest.delivery.headers import split_mailbox
    from digest.delivery.letterbox import letterbox
    from digest.reader.providers import why_not

    try:
        if address := config.delivery.bounces.address:
            returns.address(split_mailbox(address)[1], 2**63 - 1)
    except RefusedError as error:
        yield key_of(home, "config/digest.toml", "delivery.bounces.address", str(error))
    environment = Environment()
    try:
        if url := environment.get("DIGEST_BOUNCES_URL"):
            letterbox(url)
    except ConfigError as error:
        yield from error.problems
    for provider in config.delivery.bounces.providers:
        if says := why_not(provider, environment, config.delivery.bounces.topics):
            says = f"nothing is taken from {provider}: {says}"
            yield key_of(home, "config/digest.toml", "delivery.bounces.providers", says)


def templates(config: Config, home: Path) -> list[Problem]:
    """Render every form of every newsletter with an invented edition; Django must know the home.

    Each letter is compiled in every language the furniture speaks, since readers choose theirs.
    """
    found: dict[Problem, None] = {}
    for name, newsletter in config.newsletters.items():
        for problem in _newsletter(config, home, name, newsletter):
            found.setdefault(problem)
    return sorted(found)


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

    yield from _tried(subject, lambda says: key_of(home, file, "subject", _LINE.sub("", says)))
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


def key_of(home: Path, file: str, key: str, says: str) -> Problem:
    """A problem at the line where a key stands, or would stand."""
    return Problem(file, locate.nearest(lines_of(home / file), tuple(key.split("."))), key, says)


def lines_of(file: Path) -> dict[locate.Path, int]:
    """The line of each key of a TOML file; none where there is no file."""
    return locate.lines(file.read_text(encoding="utf-8")) if file.exists() else {}
