"""Mistakes that only show when tables are read together: names that nothing answers to, and rules that clash."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from datetime import datetime

from cronsim import CronSim, CronSimError

from digest.config.locate import Path
from digest.config.values import Config, Newsletter

Mistake = tuple[Path, str]


_NAME = re.compile(r"^[a-z0-9][a-z0-9-]{0,63}$")
"""What links in letters carry of a newsletter."""


def slug(name: str) -> str:
    """A tag's key: its name in lower case, words joined by hyphens ("Al Qaeda" is "al-qaeda")."""
    return re.sub(r"[^\w]+", "-", name.casefold()).strip("-_")


def mistakes(config: Config) -> Iterator[Mistake]:
    """Yield the path and the words of every mistake that spans tables."""
    yield from _feeds(config)
    yield from _tags(config)
    yield from _accounts(config)
    yield from _llm(config)
    keys = {slug(tag.name) for tag in config.tags}
    for name, newsletter in config.newsletters.items():
        if not _NAME.match(name):
            message = 'a newsletter is named by its file: small letters, digits and hyphens, such as "daily.toml"'
            yield ("newsletters", name), message
        for inner, message in _newsletter(newsletter, config, keys):
            yield ("newsletters", name, *inner), message
    yield from _same_stories(config)


def _llm(config: Config) -> Iterator[Mistake]:
    """An endpoint without a model; a budget that lets nothing through."""
    table = config.llm
    if table.endpoint and not table.model:
        yield ("llm", "model"), "name the model that the endpoint is to use; without it none is asked"
    if not table.on:
        return
    if not table.tokens_a_day or (not table.money_a_day and (table.price_in or table.price_out)):
        yield (
            ("llm", "tokens_a_day" if not table.tokens_a_day else "money_a_day"),
            ('nothing may be spent, so no model is ever asked; leave out the table, or write endpoint = ""'),
        )


def _same_stories(config: Config) -> Iterator[Mistake]:
    """Two X accounts must not post the same stories, in one newsletter or in two (X's rules on automation)."""
    seen: list[tuple[str, str, set[str]]] = []
    for name, newsletter in config.newsletters.items():
        takes = {section.tag if section.tag == "*" else slug(section.tag) for section in newsletter.sections}
        for account in (channel for channel in newsletter.channels if channel.startswith("x:")):
            for other, where, theirs in seen:
                if other != account and (takes & theirs or "*" in takes | theirs):
                    place = "here" if where == name else f"for {where}"
                    message = (
                        f"{account} would post stories that {other} posts {place}; X closes such accounts: keep one"
                    )
                    yield ("newsletters", name, "channels"), message
            seen.append((account, name, takes))


def _feeds(config: Config) -> Iterator[Mistake]:
    keys = {slug(tag.name) for tag in config.tags}
    seen: dict[str, int] = {}
    for index, feed in enumerate(config.feeds):
        first = seen.setdefault(feed.address, index)
        if first != index:
            yield ("feeds", index, "address"), f"feed {first + 1} has this address already"
        for tag in feed.tags:
            if slug(tag) not in keys:
                yield ("feeds", index, "tags"), f'there is no tag "{tag}" in tags.toml{_like(tag, keys)}'


def _tags(config: Config) -> Iterator[Mistake]:
    keys = {slug(tag.name): index for index, tag in enumerate(config.tags)}
    taken: dict[str, int] = {}
    for index, tag in enumerate(config.tags):
        key = slug(tag.name)
        if not key:
            yield ("tags", index, "name"), "a tag's name needs at least one letter or digit"
        for word in {key, *(slug(alias) for alias in tag.aliases)}:
            other = taken.setdefault(word, index)
            if other != index:
                message = f'"{word}" already means the tag "{config.tags[other].name}"; one spelling can mean one tag'
                yield ("tags", index, "name" if word == key else "aliases"), message
        for parent in tag.parents:
            if slug(parent) not in keys:
                yield ("tags", index, "parents"), f'there is no tag "{parent}"{_like(parent, keys)}'
        for implied in tag.implies:
            if slug(implied) not in keys:
                yield ("tags", index, "implies"), f'there is no tag "{implied}"{_like(implied, keys)}'
        for pattern in tag.patterns:
            try:
                re.compile(pattern)
            except re.error as error:
                yield ("tags", index, "patterns"), f'"{pattern}" is not a regular expression: {error}'
        if _circular(config, keys, key):
            yield (
                ("tags", index, "parents"),
                f'"{tag.name}" is its own ancestor; a parent must be a wider tag',
            )


def _circular(config: Config, keys: dict[str, int], start: str) -> bool:
    todo, seen = [start], set[str]()
    while todo:
        for parent in config.tags[keys[todo.pop()]].parents:
            key = slug(parent)
            if key == start:
                return True
            if key in keys and key not in seen:
                seen.add(key)
                todo.append(key)
    return False


def _accounts(config: Config) -> Iterator[Mistake]:
    seen: dict[str, int] = {}
    for index, account in enumerate(config.accounts):
        if seen.setdefault(account.channel, index) != index:
            yield ("accounts", index, "name"), f'there are two accounts "{account.channel}"'


def _newsletter(newsletter: Newsletter, config: Config, keys: set[str]) -> Iterator[Mistake]:
    if newsletter.schedule and (says := schedule_mistake(newsletter.schedule)):
        yield ("schedule",), says
    if newsletter.appeal and newsletter.appeal not in config.appeals:
        known = ", ".join(sorted(config.appeals)) or "none"
        yield ("appeal",), f'there is no appeal "{newsletter.appeal}" in appeals.toml (there: {known})'
    channels = {account.channel for account in config.accounts}
    for channel in newsletter.channels:
        if channel not in ("letter", "web") and channel not in channels:
            known = ", ".join(sorted(channels)) or "none"
            yield ("channels",), f'there is no account "{channel}" in social.toml (there: {known})'
    taken: dict[str, int] = {}
    for index, section in enumerate(newsletter.sections):
        key = section.tag if section.tag == "*" else slug(section.tag)
        if key != "*" and key not in keys:
            yield (
                ("sections", index, "tag"),
                f'there is no tag "{section.tag}" in tags.toml{_like(section.tag, keys)}',
            )
        if taken.setdefault(key, index) != index:
            yield ("sections", index, "tag"), f'another section takes "{section.tag}" already'
        if section.minimum > section.maximum:
            yield ("sections", index, "minimum"), f"the minimum is above the maximum of {section.maximum}"
    minima = sum(section.minimum for section in newsletter.sections)
    if newsletter.maximum and minima > newsletter.maximum:
        yield ("maximum",), f"the sections' minima are {minima} stories together, more than the edition may have"


def schedule_mistake(schedule: str) -> str:
    """What is wrong with a cron line, or nothing."""
    if len(schedule.split()) != 5:
        return 'a schedule has five fields: minute hour day month weekday, such as "0 7 * * mon-fri"'
    try:
        CronSim(schedule, datetime(2026, 1, 1))  # noqa: DTZ001 - civil time is meant
    except CronSimError as error:
        return f'"{schedule}" is not a schedule: {error}; write it as in "0 7 * * mon-fri"'
    return ""


def _like(name: str, keys: Sequence[str] | set[str] | dict[str, int]) -> str:
    import difflib

    close = difflib.get_close_matches(slug(name), list(keys), n=1)
    return f'; did you mean "{close[0]}"?' if close else ""
