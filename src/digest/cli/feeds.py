"""The feeds: add, import, export, list, test, revive."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

import click
from pydantic import ValidationError

from digest.cli.ready import ready
from digest.cli.say import Say, counted, instant, table
from digest.clock.now import now
from digest.config import Config, slug
from digest.config.values import Feed
from digest.errors import InputError, UsageError

BOOK = Path("config") / "feeds.toml"


@click.group("feeds")
def feeds_() -> None:
    """The feeds that are read, and how they are doing."""


@feeds_.command("add", short_help="Add the feed at URL.")
@click.argument("address", metavar="URL")
@click.option(
    "--rights",
    type=click.Choice(["own", "licensed", "excerpt"]),
    default="excerpt",
    show_default=True,
    help="What you may do with its text: show it all, or headline, link and one sentence.",
)
@click.option("--name", help="The outlet's name (default: the feed's own title).")
@click.pass_obj
def add_(say: Say, address: str, rights: str, name: str | None) -> None:
    """Read the feed at URL and, if it is one, add it to config/feeds.toml."""
    from digest.feeds import book

    config = ready(say, database=False)
    wanted = _address(address)
    _refuse_known(config, wanted)
    found = _look(say, config, wanted)
    _refuse_known(config, found.address)
    feed = _feed(address=found.address, name=_name(name or found.parsed.title, found.address), rights=rights)
    book.rewrite(say.home / BOOK, lambda text: book.add(text, [feed]))
    entries = len(found.parsed.entries)
    say.result(
        {"feeds": [{**_row(feed), "healthy": True, "why": ""}], "entries": entries},
        f"{feed.name} is added ({feed.address}, {rights}); it has {counted(entries, 'entry', 'entries')} now. "
        "`digest gather` reads it.",
    )


@feeds_.command("import", short_help="Add the feeds of an OPML list.")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, allow_dash=True, path_type=Path), metavar="OPML")
@click.pass_obj
def import_(say: Say, file: Path) -> None:
    """Add the feeds of an OPML list, as feed readers write it, to config/feeds.toml.

    Those that stand there already are left alone. Folders become tags where config/tags.toml has a tag of that
    name. All are taken as excerpts; change `rights` in the file where you have more.
    """
    from digest.feeds import book, opml

    config = ready(say, database=False)
    try:
        listed = opml.read(sys.stdin.buffer.read() if str(file) == "-" else file.read_bytes())
    except InputError as error:
        raise InputError(f"{file}: {error}") from error
    taken = {book.same(feed.address) for feed in config.feeds}
    tags = {slug(tag.name): tag.name for tag in config.tags}
    fresh: list[Feed] = []
    for outline in listed:
        if book.same(outline.address) not in taken:
            taken.add(book.same(outline.address))
            named = {key: tags[key] for tag in outline.tags if (key := slug(tag)) in tags}
            more: dict[str, Any] = {"tags": tuple(named.values())} if named else {}
            fresh.append(_feed(address=outline.address, name=_name(outline.title, outline.address), **more))
    book.rewrite(say.home / BOOK, lambda text: book.add(text, fresh))
    known = len(listed) - len(fresh)
    say.result(
        {
            "added": len(fresh),
            "known": known,
            "feeds": [{**_row(f), "healthy": True, "why": "not read yet"} for f in fresh],
        },
        f"{counted(len(fresh), 'feed')} added, {known} there already. `digest check --online` tries them all.",
    )


@feeds_.command("export")
@click.pass_obj
def export_(say: Say) -> None:
    """Write the feeds as an OPML list to standard output."""
    from digest.feeds import opml

    config = ready(say, database=False)
    outlines = [opml.Outline(address=f.address, title=f.name, tags=f.tags) for f in config.feeds]
    written = opml.write(outlines, title=config.site.name)
    if say.as_json:
        say.result({"feeds": [_row(feed) for feed in config.feeds], "opml": written.decode("utf-8")}, "")
    else:
        sys.stdout.buffer.write(written)
        sys.stdout.buffer.flush()


@feeds_.command("list")
@click.pass_obj
def list_(say: Say) -> None:
    """Show every feed and its health."""
    config = say.open()
    from digest.feeds.standing import standings

    found, zone = standings(config.feeds), ZoneInfo(config.site.zone)
    rows = [
        {
            **_row(one.feed),
            "healthy": one.healthy,
            "why": one.why,
            "last_success": instant(one.last_success_at),
            "next": instant(one.due_at),
            "failures": one.failures,
        }
        for one in found
    ]
    words = table(
        ["name", "health", "last read", "rights", "address"],
        [
            [
                one.feed.name[:40],
                "well" if one.healthy and not one.why else one.why,
                f"{one.last_success_at.astimezone(zone):%Y-%m-%d %H:%M}" if one.last_success_at else "never",
                one.feed.rights,
                one.feed.address,
            ]
            for one in found
        ],
    )
    say.result({"feeds": rows}, words if rows else "No feeds yet; add one with `digest feeds add URL`.")


@feeds_.command("test", short_help="Show what would be kept of the feed at URL.")
@click.argument("address", metavar="URL")
@click.pass_obj
def test_(say: Say, address: str) -> None:
    """Read the feed at URL and show what would be kept of it; nothing is stored."""
    from digest.feeds.look import fresh
    from digest.feeds.reading import read

    config = ready(say, database=False)
    found = _look(say, config, _address(address))
    present, parsed = now(), found.parsed
    rows = [
        {
            "headline": entry.title,
            "url": entry.url,
            "published": instant(entry.published),
            "language": entry.language,
            "characters": len(entry.page.text) if entry.page else 0,
            "kept": fresh(entry, first_look=config.gather.first_look, now=present),
        }
        for entry in map(read, parsed.entries)
    ]
    kept = sum(bool(row["kept"]) for row in rows)
    data = {
        "address": found.address,
        "title": parsed.title,
        "language": parsed.language,
        "kept": kept,
        "entries": rows,
        "feeds": [{"address": found.address, "name": parsed.title, "healthy": True, "why": ""}],
    }
    headings = ["would be sent", "published", "text", "headline"]
    lines = [
        [
            "yes" if row["kept"] else "too old" if row["published"] else "no date",
            str(row["published"] or "")[:16].replace("T", " "),
            f"{row['characters']} characters" if row["characters"] else "none",
            str(row["headline"])[:80],
        ]
        for row in rows
    ]
    title = parsed.title or "A feed without a title"
    words = [
        f"{title} ({found.address}): {counted(len(rows), 'entry', 'entries')}, {kept} new enough.",
        *(table(headings, lines) if lines else []),
    ]
    say.result(data, words)


@feeds_.command("revive", short_help="Ask the feed at URL again.")
@click.argument("address", metavar="URL")
@click.pass_obj
def revive_(say: Say, address: str) -> None:
    """Ask the feed at URL again at the next gather: one that answered 410 (gone for good), or that keeps failing."""
    config = say.open()
    from digest.feeds.book import same
    from digest.feeds.standing import revive

    wanted = same(_address(address))
    feed = next((feed for feed in config.feeds if same(feed.address) == wanted), None)
    if feed is None:
        raise UsageError(f"{address} is not in config/feeds.toml; `digest feeds list` shows what is")
    revived = revive(feed)
    says = "is asked again at the next gather." if revived else "was well already; nothing was changed."
    say.result({"feeds": [_row(feed)], "revived": revived}, f"{feed.name} {says}")


def _look(say: Say, config: Config, address: str) -> Any:
    from digest.feeds.look import look
    from digest.pipeline.gather import agent

    known = next((feed.language for feed in config.feeds if feed.address == address), "")
    return look(
        address,
        allow=say.environment.networks(),
        agent=agent(config),
        timeout=config.gather.timeout.total_seconds(),
        language=known,
        now=now(),
    )


def _address(text: str) -> str:
    from digest.feeds.address import http_address

    found = http_address(text if "://" in text else f"https://{text}")
    if not found:
        raise UsageError(f'"{text}" is no web address; write it as in https://news.example/feed.xml')
    return found


def _refuse_known(config: Config, address: str) -> None:
    from digest.feeds.book import same

    for feed in config.feeds:
        if same(feed.address) == same(address):
            raise UsageError(f"{feed.address} is in config/feeds.toml already, as {feed.name}; nothing was changed")


def _feed(**values: Any) -> Feed:
    try:
        return Feed(**values)
    except ValidationError as error:
        raise InputError(f"{values['address']} cannot stand in feeds.toml; write another address") from error


def _name(title: str, address: str) -> str:
    return " ".join(title.split())[:200] or (urlsplit(address).hostname or address)


def _row(feed: Feed) -> dict[str, Any]:
    return {"address": feed.address, "name": feed.name, "rights": feed.rights}
