"""How an edition's letters go: report, once or live."""

from __future__ import annotations

import sys
import time
from collections.abc import Iterator
from dataclasses import asdict
from typing import Any

import click

from digest.cli.deliveries import in_words, troubles
from digest.cli.say import Say, clock, instant, table
from digest.clock.now import now

EVERY = 2.0
"""Seconds between two looks of --watch."""


@click.command("report", short_help="Sum up an edition's letters.")
@click.argument("edition")
@click.option("--domains", is_flag=True, help="Also by the readers' mail providers (reads every letter).")
@click.option("--watch", is_flag=True, help="On a terminal: again every two seconds, until nothing more leaves.")
@click.pass_obj
def report_(say: Say, edition: str, domains: bool, watch: bool) -> None:
    """Sum up an edition's letters: states, pace and time left, reasons, bounces, and what was followed."""
    config = say.open()
    from digest.edition.workflow import find

    row = find(edition)
    if watch and not say.as_json and sys.stdout.isatty():
        from rich.live import Live
        from rich.text import Text

        with Live(auto_refresh=False) as live:
            while True:
                found = _found(row.name, domains=domains)
                live.update(Text("\n".join(_words(found, config.site.zone))), refresh=True)
                if found["status"] not in ("approved", "sending"):
                    return
                time.sleep(EVERY)
    found = _found(row.name, domains=domains)
    say.result(found, list(_words(found, config.site.zone)))


def _found(edition: str, *, domains: bool) -> dict[str, Any]:
    from digest.delivery import summary
    from digest.edition import content
    from digest.edition.workflow import find

    row, at = find(edition), now()
    made = summary.summary(row, at)
    counts = asdict(made.counts)
    followed = summary.follows(row)
    stories = content.read(row.content).stories if row.content else ()
    return {
        "edition": row.name,
        "status": str(row.status),
        "letters": {name: number for name, number in counts.items() if name not in ("next_due", "stopped")},
        "server": troubles(row),
        "next_due": instant(made.counts.next_due),
        "per_second": round(made.pace, 1),
        "seconds_left": None if made.left is None else made.left.total_seconds(),
        "began": instant(made.began),
        "ended": instant(made.ended),
        "reasons": [asdict(reason) for reason in made.reasons],
        "bounces": dict(made.bounces),
        "follows": [
            {"story": story.id, "headline": story.headline, "count": followed[story.id]}
            for story in stories
            if story.id in followed
        ],
        **({"domains": summary.domains(row)} if domains else {}),
    }


def _words(found: dict[str, Any], zone: str) -> Iterator[str]:
    letters = found["letters"]
    total = sum(letters.values())
    yield f"{found['edition']}: {found['status']}, {total} letters"
    if not total:
        yield "No reader is entered yet: that happens when it is approved."
        return
    yield from in_words(found["server"], zone)
    yield from table(["", "letters", ""], [[s, n, f"{100 * n / total:.1f} %"] for s, n in letters.items() if n])
    if found["per_second"]:
        left = found["seconds_left"]
        yield f"{found['per_second']} a second{f', about {_span(left)} left' if left is not None else ''}"
    elif found["next_due"] and letters["pending"] + letters["deferred"]:
        yield f"the next are due at {clock(found['next_due'], zone)}"
    if found["reasons"]:
        rows = [[one["status"], one["letters"], one["example"][:100]] for one in found["reasons"][:15]]
        yield from ("", *table(["why", "letters", "for example"], rows))
    if found["bounces"]:
        yield from ("", *table(["came back", "letters"], sorted(found["bounces"].items())))
    if found["follows"]:
        ranked = sorted(found["follows"], key=lambda one: -one["count"])
        yield from ("", *table(["followed", "story"], [[one["count"], one["headline"]] for one in ranked]))
    if domains := found.get("domains"):
        states = [state for state in letters if letters[state]]
        rows = [[name, *(by.get(state, 0) for state in states)] for name, by in domains.items()]
        yield from ("", *table(["provider", *states], rows))


def _span(seconds: float) -> str:
    if seconds < 90:
        return f"{seconds:.0f} s"
    return f"{seconds / 60:.0f} min" if seconds < 5400 else f"{seconds / 3600:.1f} h"
