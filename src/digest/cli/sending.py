"""An edition on its way, from the shell: publish and run."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import click

from digest.cli.editions import drafted, drafting, edition_json, gathered, gathering, waits
from digest.cli.say import Say, clock, instant, until_told
from digest.clock.now import now
from digest.config.values import Config, duration
from digest.errors import DigestError, UsageError

if TYPE_CHECKING:
    from digest.store.editions import Edition


@click.command("publish")
@click.argument("edition")
@click.option("--wait", metavar="D", default=None, help='Stay so long for letters told "later", as in "30 minutes".')
@click.option("--past-canary", is_flag=True, help="Let everybody's letter go, whatever became of the first ones.")
@click.pass_obj
def publish_(say: Say, edition: str, wait: str | None, past_canary: bool) -> None:
    """Send an approved edition's letters and posts. Goes on where a stopped run left off, and may run twice at once."""
    config = say.open()
    from digest.edition.workflow import find

    row = find(edition)
    before = _before(row, config.site.zone)
    report = publishing(say, config, row, wait, past_canary=past_canary)
    say.result(report, [*before, *_published(report, config.site.zone)])
    if _undone(report):
        sys.exit(1)


@click.command("run")
@click.argument("newsletter")
@click.option("--wait", metavar="D", default=None, help='Stay so long for letters told "later".')
@click.pass_obj
def run_(say: Say, newsletter: str, wait: str | None) -> None:
    """The main job: gather, draft, approve if allowed, publish.

    With --json, `letters` and `posts` count what became of them, and `content` is the edition itself, its own
    `posts` with their words among the rest, as `digest draft` prints it.
    """
    config = say.open()
    from digest.pipeline.approve import approve
    from digest.store.moments import one_at_a_time

    brought = gathering(say, config, everything=False)
    # Another run at once waits here, finds this edition approved, and helps to send it.
    with one_at_a_time("run"):
        edition = drafting(config, newsletter, None)
        with _telling(say, config, edition):
            if edition.status == "draft" and config.newsletters[newsletter].approval.mode == "automatic":
                edition = approve(config, edition, by="rule: automatic", now=now())
    with _telling(say, config, edition):
        if edition.status in ("draft", "held", "skipped"):
            words = [*gathered(config, brought), *drafted(edition), *waits(config, edition)]
            say.result(ran(brought, edition, {"letters": {}, "posts": {}}), words)
            return
        before = _before(edition, config.site.zone)
        report = publishing(say, config, edition, wait)
    edition.refresh_from_db()
    words = [*gathered(config, brought), *drafted(edition), *before, *_published(report, config.site.zone)]
    say.result(ran(brought, edition, report), words)
    if _undone(report):
        sys.exit(1)


@contextmanager
def _telling(say: Say, config: Config, edition: Edition) -> Iterator[None]:
    """Tell the editors by mail of a draft that waits, and of what stops the run."""
    from digest.pipeline import notices

    notices.drafted(config, edition, now=now())
    try:
        yield
    except DigestError as error:
        then = f"Say `digest run {edition.newsletter}` once it is mended."
        notices.stopped(config, "send", edition.name, error, then, edition=edition, now=now())
        raise
    finally:
        notices.deliver(config, say.environment, now=now())


def publishing(
    say: Say, config: Config, edition: Edition, wait: str | None, *, past_canary: bool = False
) -> dict[str, Any]:
    """Send what was approved, with progress on a terminal; what `digest publish` reports.

    Raises:
        UsageError: `wait` is no duration, or this machine's clock is wrong.
    """
    from digest.clock import agreed
    from digest.pipeline.publish import publish

    if says := agreed.problem():
        raise UsageError(says)
    try:
        patience = duration(wait) if wait else None
    except ValueError as error:
        raise UsageError(f"--wait: {error}") from error
    with say.progress("letters", edition.letters.count() or None) as step, until_told() as go_on:
        report = publish(
            config,
            edition,
            now=now,
            environment=say.environment,
            wait=patience,
            past_canary=past_canary,
            on_letter=step,
            go_on=go_on,
        )
    return {
        "letters": report.letters,
        "posts": report.posts,
        "stopped": report.stopped,
        "due": instant(report.due),
        "waits": report.waits,
    }


def ran(brought: dict[str, Any], edition: Edition, report: dict[str, Any]) -> dict[str, Any]:
    """What `digest run` reports: the fields of all its steps; `posts` are counts, as `digest publish` has them."""
    content = edition_json(edition)
    return {**brought, **content, **report, "content": content}


def _before(edition: Edition, zone: str) -> list[str]:
    """Say of an edition whose letters have all left that none leaves again."""
    if edition.status != "sent" or not (at := instant(edition.finished_at)):
        return []
    return [f"{edition.name} was finished at {clock(at, zone)} ({zone}); no letter leaves again. In all:"]


def _published(report: dict[str, Any], zone: str) -> list[str]:
    lines = [
        f"{what}: " + (", ".join(f"{count} {state}" for state, count in report[what].items() if count) or "none")
        for what in ("letters", "posts")
    ]
    if report["due"]:
        at = clock(report["due"], zone)
        lines.append(f"the next letters are due at {at} ({zone}); `digest publish` sends them, or the clock")
    if report["waits"]:
        lines.append(f"waiting: {report['waits']}")
    return [*lines, f"stopped: {report['stopped']}"] if report["stopped"] else lines


def _undone(report: dict[str, Any]) -> bool:
    letters, posts = report["letters"], report["posts"]
    return bool(
        report["stopped"]
        or letters.get("failed")
        or letters.get("uncertain")
        or posts.get("failed")
        or posts.get("uncertain")
    )
