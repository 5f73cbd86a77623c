"""An edition in the making, from the shell: gather, draft, show, approve, hold."""

from __future__ import annotations

import sys
from datetime import datetime
from typing import TYPE_CHECKING, Any

import click

from digest.cli.say import Say, counted, user
from digest.clock.now import now
from digest.config.values import Config
from digest.errors import UsageError

if TYPE_CHECKING:
    from digest.store.editions import Edition

FORMS = ["html", "text", "eml", "posts", "page", "print", "json"]


@click.command("gather")
@click.option("--all", "everything", is_flag=True, help="Also the feeds that are not due.")
@click.pass_obj
def gather_(say: Say, everything: bool) -> None:
    """Poll the feeds that are due and keep what is new."""
    config = say.open()
    report = gathering(say, config, everything=everything)
    say.result(report, gathered(config, report))
    if _all_failed(report):
        sys.exit(1)


@click.command("draft")
@click.argument("newsletter")
@click.option("--at", "at", metavar="TIME", help="The slot, as in 2026-11-24 or 2026-11-24T07:00 (its zone).")
@click.pass_obj
def draft_(say: Say, newsletter: str, at: str | None) -> None:
    """Compose the edition of a slot. Again for the same slot gives the same one."""
    config = say.open()
    edition = drafting(config, newsletter, at)
    say.result(edition_json(edition), [*drafted(edition), *waits(config, edition)])


@click.command("show")
@click.argument("edition")
@click.option("--as", "form", type=click.Choice(FORMS), default="text", help="In which form (default: text).")
@click.option("--to", "to", metavar="ADDRESS", default="", help="As this subscriber would get it.")
@click.pass_obj
def show_(say: Say, edition: str, form: str, to: str) -> None:
    """Print exactly what would be sent, personal links dead."""
    config = say.open()
    from digest.edition.workflow import find
    from digest.pipeline.preview import show

    row = find(edition)
    shown = show(config, row, form, to=to, now=now())
    if say.as_json and form != "json":
        say.result({"edition": row.name, "as": form, "content": shown.decode("utf-8", "replace")}, "")
    else:
        sys.stdout.buffer.write(shown)
        sys.stdout.buffer.flush()


@click.command("approve")
@click.argument("edition")
@click.option("--hash", "expected", metavar="H", default="", help="Refuse if the edition is no longer this one.")
@click.pass_obj
def approve_(say: Say, edition: str, expected: str) -> None:
    """Approve an edition: freeze its letters, pages and posts."""
    config = say.open()
    from digest.edition.workflow import find
    from digest.pipeline.approve import approve
    from digest.pipeline.preview import findings

    row = approve(config, find(edition), by=user(), now=now(), expected=expected)
    notes = [str(finding) for finding in findings(config, row)]
    words = f"{row.name} is {row.status}, as {row.hash[:12]}. It leaves at its slot, or now with `digest publish`."
    say.result(
        {"edition": row.name, "status": row.status, "hash": row.hash, "notes": notes},
        [words, *(f"  {note}" for note in notes)],
    )


@click.command("hold")
@click.argument("edition")
@click.option("--reason", default="", help="Why; the other editors see it.")
@click.pass_obj
def hold_(say: Say, edition: str, reason: str) -> None:
    """Hold an edition back; its stories return to the next."""
    config = say.open()
    from digest.edition.workflow import find
    from digest.pipeline.approve import hold

    row = hold(config, find(edition), by=user(), now=now(), reason=reason)
    say.result({"edition": row.name, "status": row.status, "hash": row.hash}, f"{row.name} is held.")


def gathering(say: Say, config: Config, *, everything: bool) -> dict[str, Any]:
    """Poll, with progress on a terminal; what `digest gather` reports."""
    from digest.pipeline.gather import gather

    with say.progress("feeds", len(config.feeds)) as step:
        report = gather(config, now=now(), allow=say.environment.networks(), everything=everything, on_feed=step)
    return {
        "feeds": {
            "polled": report.polled,
            "changed": report.changed,
            "unchanged": report.unchanged,
            "failed": [{"address": f.address, "name": f.name, "why": f.why} for f in report.failed],
        },
        "articles": {"new": report.new, "updated": report.updated},
    }


def drafting(config: Config, newsletter: str, at: str | None) -> Edition:
    """Compose the edition of the slot that `at` names, or of the next one.

    Raises:
        UsageError: `at` is no time, or there is no such newsletter.
    """
    from digest.clock.due import slot_at
    from digest.pipeline.draft import draft

    rules = config.newsletter(newsletter)
    present = now()
    slot = slot_at(rules.schedule, config.site.zone, _time(at, config.site.zone) if at else present, exact=bool(at))
    return draft(config, newsletter, key=slot.key, at=slot.at, now=present)


def _time(text: str, zone: str) -> datetime:
    from zoneinfo import ZoneInfo

    try:
        when = datetime.fromisoformat(text)
    except ValueError as error:
        raise UsageError(f'--at: "{text}" is not a time; write 2026-11-24 or 2026-11-24T07:00') from error
    return when if when.tzinfo else when.replace(tzinfo=ZoneInfo(zone))


def edition_json(edition: Edition) -> dict[str, Any]:
    """The edition as JSON: the fields of its content, and where it stands."""
    body = dict(edition.content)
    window = body.pop("window", {"start": edition.window_from, "end": edition.window_to})
    return {
        **body,
        "id": edition.name,
        "edition": edition.name,
        "newsletter": edition.newsletter,
        "slot": edition.content["slot"],
        "window": {"from": window["start"], "to": window["end"]},
        "status": edition.status,
        "hash": edition.hash,
        "reason": edition.reason,
    }


def drafted(edition: Edition) -> list[str]:
    """An edition in words: its stories by section, and where it stands."""
    stories = [s for section in edition.content.get("sections", []) for s in section["stories"]]
    reason = f" ({edition.reason})" if edition.reason else ""
    lines = [f"{edition.name}: {counted(len(stories), 'story', 'stories')}, {edition.status}{reason}"]
    for section in edition.content.get("sections", []):
        lines.append(f"  {section['title']}")
        lines += [f"    {story['headline']} ({story['source']})" for story in section["stories"]]
    return [*lines, *(f"  {note}" for note in _notes(edition))]


def waits(config: Config, edition: Edition) -> list[str]:
    """What an editor does next with a draft that does not approve itself."""
    if edition.status != "draft" or config.newsletter(edition.newsletter).approval.mode == "automatic":
        return []
    return [f"It waits for an editor: `digest show {edition.name}`, then `digest approve {edition.name}`."]


def _notes(edition: Edition) -> tuple[str, ...]:
    """What a language model had to do with it."""
    from digest.edition.content import read
    from digest.edition.reworded import notes

    return notes(read(edition.content).stories) if edition.content else ()


def gathered(config: Config, report: dict[str, Any]) -> list[str]:
    """What a gather brought, in words."""
    feeds, articles = report["feeds"], report["articles"]
    line = (
        f"{counted(feeds['polled'], 'feed')} polled: {feeds['changed']} changed, {feeds['unchanged']} unchanged, "
        f"{len(feeds['failed'])} failed; {counted(articles['new'], 'new article')}, {articles['updated']} updated"
    )
    if not config.feeds:
        return ["There are no feeds yet; add one with `digest feeds add URL`."]
    if not feeds["polled"]:
        return ["No feed is due; `digest gather --all` polls them all the same."]
    return [line, *(f"  {failed['name']}: {failed['why']}" for failed in feeds["failed"])]


def _all_failed(report: dict[str, Any]) -> bool:
    return bool(report["feeds"]["polled"]) and len(report["feeds"]["failed"]) == report["feeds"]["polled"]
