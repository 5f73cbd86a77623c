"""The audience: subscribers import, export, add, remove, erase, show."""

from __future__ import annotations

import io
import json
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import Any, BinaryIO

import click

from digest.cli.say import Say, clock, table, user
from digest.clock.now import now
from digest.errors import InputError

Day = Callable[[datetime | None], str]

HELD = 20
"""Rejected lines that are shown to people; --json has all of them."""


@click.group("subscribers")
def subscribers_() -> None:
    """The readers: who they are and what they asked for."""


@subscribers_.command("import")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, allow_dash=True, path_type=Path))
@click.option("--consent", metavar="TEXT", default="", help="How these readers agreed, for lines that do not say.")
@click.pass_obj
def import_(say: Say, file: Path, consent: str) -> None:
    """Bring readers in from FILE: CSV or JSON lines.

    Columns: email, name, newsletters, topics, language, zone, consent_at, consent_source; lists are separated by
    semicolons. Only email is needed, beside a statement of consent. No newsletters means those marked `default`, no
    topics means everything. Nobody who unsubscribed or was erased comes back.

    Exports of listmonk, Ghost and Mailchimp are read as they are: their "no", bounces and blocks are kept.
    """
    config = say.open()
    from digest.audience.importers import never_agreed
    from digest.audience.importing import load

    if never_agreed(file.name):
        raise InputError(f"{file}: these contacts of Mailchimp never subscribed. Nobody of them was brought in.")
    with say.progress("readers", None) as step, _opened(file) as stream:
        try:
            report = load(stream, config=config, now=now(), consent=consent, on_progress=step)
        except InputError as error:
            raise InputError(f"{file}: {error}") from error
    rejected = [{"line": one.line, "why": one.why} for one in report.rejected]
    data = {
        "added": report.added,
        "updated": report.updated,
        "unchanged": report.unchanged,
        "unsubscribed": report.unsubscribed,
        "suppressed": report.suppressed,
        "rejected": rejected,
    }
    words = [
        f"{report.added} added, {report.updated} changed, {report.unchanged} as before, {len(rejected)} rejected.",
        *([f"{report.unsubscribed} of them said no and get nothing."] if report.unsubscribed else []),
        *([f"{report.suppressed} will not be written to: they bounced or were blocked."] if report.suppressed else []),
        *(f"  {file}:{one['line']}: {one['why']}" for one in rejected[:HELD]),
        *([f"  ... and {len(rejected) - HELD} more; --json has all of them"] if len(rejected) > HELD else []),
    ]
    say.result(data, words)
    if rejected and not (report.added or report.updated or report.unchanged or report.suppressed):
        sys.exit(1)


@subscribers_.command("export")
@click.argument("address", default="")
@click.option("--format", "form", type=click.Choice(["csv", "jsonl"]), default="csv", show_default=True, help="How.")
@click.option("--newsletter", metavar="NAME", default="", help="Only this newsletter's.")
@click.pass_obj
def export_(say: Say, address: str, form: str, newsletter: str) -> None:
    """Write all subscriptions and their proof of consent.

    They go to standard output; `import` reads them back.

    With ADDRESS: everything that is held about one person, as one JSON object, for who asks by letter.
    """
    config = say.open()
    from digest.audience import exporting

    if address:
        _copy(config.site.name, address)
        return
    if newsletter:
        config.newsletter(newsletter)
    if say.as_json:
        say.result({"subscribers": list(exporting.rows(newsletter))}, "")
        return
    out = io.TextIOWrapper(sys.stdout.buffer, encoding="utf-8", newline="", write_through=True)
    try:
        write = exporting.write_csv if form == "csv" else exporting.write_json_lines
        write(out, newsletter)
    finally:
        out.detach()


def _copy(site: str, address: str) -> None:
    """Print what a reader would get by their own page."""
    from digest.audience import personal
    from digest.audience.addresses import NotAnAddress

    try:
        held = personal.held(address)
    except NotAnAddress as error:
        raise InputError(f"{address!r}: {error}.") from None
    if not personal.anything(held):
        raise InputError(f"nothing is held about {address}")
    print(json.dumps({"made_at": now(), "by": site, **held}, ensure_ascii=False, indent=1, default=datetime.isoformat))


@subscribers_.command("add")
@click.argument("address")
@click.option("--newsletter", metavar="N", default="", help="Which, separated by ; (default: those marked so).")
@click.option("--topics", metavar="A;B", default="", help="Only these sections (default: everything).")
@click.option("--language", metavar="L", default="", help='As in "de" (default: the newsletter\'s).')
@click.option("--name", default="", help="The reader's name.")
@click.option("--consent", metavar="TEXT", default="", help="How the reader agreed (default: told to you).")
@click.pass_obj
def add_(say: Say, address: str, newsletter: str, topics: str, language: str, name: str, consent: str) -> None:
    """Add one reader, who asked for it."""
    config = say.open()
    from digest.audience import subscriptions
    from digest.audience.rows import Rejected, Rules

    said = {"email": address, "newsletters": newsletter, "topics": topics, "language": language, "name": name}
    told = consent or f"told to {user()}, who added them by hand"
    line = Rules(config, consent=told, now=now()).row(1, said)
    if isinstance(line, Rejected):
        raise InputError(f"{address} was not added: {line.why}")
    subscriptions.add(
        line.email,
        line.newsletters,
        now=now(),
        consent_source=told,
        name=line.name,
        language=line.language,
        topics=line.topics,
    )
    about = f", on {', '.join(line.topics)}" if line.topics else ""
    say.result(
        {"email": line.email, "newsletters": list(line.newsletters), "topics": list(line.topics)},
        f"{line.email} receives {', '.join(line.newsletters)}{about}.",
    )


@subscribers_.command("remove")
@click.argument("address")
@click.option("--newsletter", metavar="NAME", default="", help="Only from this one (default: from all).")
@click.pass_obj
def remove_(say: Say, address: str, newsletter: str) -> None:
    """Unsubscribe a reader. Only they themselves can come back; their history stays until it is erased."""
    config = say.open()
    from digest.audience import subscriptions

    if newsletter:
        config.newsletter(newsletter)
    ended = subscriptions.remove(address, now=now(), newsletter=newsletter)
    say.result(
        {"email": address, "removed": ended},
        f"{address}: {ended} subscription{'s' if ended > 1 else ''} ended."
        if ended
        else f"{address} had no active subscription.",
    )
    if not ended:
        sys.exit(1)


@subscribers_.command("erase")
@click.argument("address")
@click.pass_obj
def erase_(say: Say, address: str) -> None:
    """Forget a reader for good. A keyed hash stays, so that no import brings them back."""
    say.open()
    from digest.audience import subscriptions

    held = subscriptions.erase(address, now=now())
    say.result(
        {"email": address, "erased": held},
        f"{address} is forgotten." if held else f"Nothing was held about {address}; no import will bring it in.",
    )


@subscribers_.command("show")
@click.argument("address")
@click.pass_obj
def show_(say: Say, address: str) -> None:
    """Show everything that is held about a reader."""
    config = say.open()
    from digest.audience import subscriptions

    titles = {name: newsletter.titles for name, newsletter in config.newsletters.items()}
    found = subscriptions.show(address, titles)
    if found is None:
        raise InputError(f"nothing is held about {address}")
    say.result(dict(found), _words(dict(found), config.site.zone))


@contextmanager
def _opened(file: Path) -> Iterator[BinaryIO]:
    if str(file) == "-":
        yield sys.stdin.buffer
        return
    with file.open("rb") as stream:
        yield stream


def _asked(one: dict[str, Any], day: Day) -> str:
    """A request in words: what for, whether its mail left, and whether its link was pressed."""
    mailed = f"mailed {day(one['mailed_at'])}" if one["mailed_at"] else "not mailed yet"
    pressed = f"confirmed {day(one['confirmed_at'])}" if one["confirmed_at"] else "not confirmed"
    return f"asked on a page ({one['act']}): {day(one['asked_at'])}, {mailed}, {pressed}"


def _words(found: dict[str, Any], zone: str) -> list[str]:
    """All of it for people, times in the newsroom's zone."""

    def day(at: datetime | None) -> str:
        return f"{clock(at, zone)} ({zone})" if at else "at an unknown time"

    barred = found.get("suppressed")
    lines = [f"{found['email']}{f' must not be written to ({barred})' if barred else ''}"]
    lines += [f"  {key}: {found[key]}" for key in ("name", "language", "zone") if found.get(key)]
    lines += [f"  joined: {day(found['joined_at'])}"] if found.get("joined_at") else []
    for one in found.get("subscriptions", ()):
        about = ", ".join(one["topics"]) or "everything"
        agreed = f"agreed {day(one['consent_at'])}: {one['consent_source']}"
        lines.append(f"  {one['newsletter']}: {one['status']}, {about}; {agreed}")
    lines += [f"  {_asked(one, day)}" for one in found.get("asked", ())]
    if letters := found.get("letters"):
        columns = {"edition": "edition", "shown": "variant", "status": "status", "at": f"at ({zone})", "reply": "reply",
                   "bounce": "bounce"}  # fmt: skip
        dated = [{**one, "at": clock(one["at"], zone) if one["at"] else ""} for one in letters]
        lines += ["", *table([*columns.values()], [[one[name] for name in columns] for one in dated])]
    return lines
