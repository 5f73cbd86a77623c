"""What became of an edition's letters, from the shell, and what to do about those of which nobody knows."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from digest.cli.say import Say, clock, counted, instant, user
from digest.clock.now import now
from digest.errors import UsageError

if TYPE_CHECKING:
    from digest.delivery.deliveries import Delivery
    from digest.delivery.doubt import Word
    from digest.delivery.evidence import Tally
    from digest.store.editions import Edition


class _Listing(click.Group):
    """A group whose first command is meant where none is named: `digest deliveries EDITION`."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        if args and args[0] not in (*self.commands, "-h", "--help"):
            args = ["list", *args]
        return super().parse_args(ctx, args)


@click.group("deliveries", cls=_Listing, short_help="Who got an edition, when, and the server's words.")
def deliveries_() -> None:
    """Who got an edition, when, and what the server said: `digest deliveries EDITION`."""


@deliveries_.command("list")
@click.argument("edition")
@click.option(
    "--status", default="", help="Only these: pending, attempting, sent, deferred, failed, uncertain, skipped."
)
@click.pass_obj
def list_(say: Say, edition: str, status: str) -> None:
    """List them; the word "list" may be left out."""
    config = say.open()
    from digest.delivery.deliveries import deliveries
    from digest.edition.workflow import find

    row = find(edition)
    newsletter = config.newsletters.get(row.newsletter)
    found = deliveries(row, status=status, titles=newsletter.titles if newsletter else {})
    told = found if say.as_json else (_told(one, config.site.zone) for one in found)
    stuck = troubles(row)
    if not say.as_json:
        for line in in_words(stuck, config.site.zone):
            print(line)
    say.stream({"edition": row.name, "server": stuck}, "deliveries", told, "No letters.")


def troubles(edition: Edition) -> list[dict[str, Any]]:
    """What a mail server said that cannot be used, and when it is tried next; nothing where nobody waits for it."""
    from digest.delivery.ledger import MAY_SEND
    from digest.delivery.unreached import trouble

    found = trouble(now()) if edition.status in MAY_SEND else ()
    return [{"said": one.said, "next_try": instant(one.until), "failed": one.tries} for one in found]


def in_words(stuck: Iterable[dict[str, Any]], zone: str) -> Iterator[str]:
    """The same for people."""
    for one in stuck:
        times = f"{one['failed']} times in a row" if one["failed"] > 1 else "once"
        yield f"{one['said']} That failed {times}; it is tried again at {clock(one['next_try'], zone)} ({zone})."


def _told(one: Delivery, zone: str) -> dict[str, str]:
    """A letter for people: what it shows in words, its time in the newsroom's zone."""
    return {
        "address": one["address"],
        "status": one["status"],
        "variant": one["shown"],
        f"at ({zone})": clock(one["at"], zone) if one["at"] else "",
        "reply": one["reply"],
    }


@deliveries_.command("resolve")
@click.argument("edition")
@click.argument("letters", nargs=-1, metavar="[LETTER]...")
@click.option(
    "--postfix-log",
    "logs",
    metavar="FILE",
    multiple=True,
    type=click.Path(path_type=Path),
    help="A log of Postfix, as syslog or journalctl writes it, packed by gzip or not; the oldest first.",
)
@click.option("--as", "word", type=click.Choice(["sent", "failed", "again"]), help="What you say became of them.")
@click.option("--all", "everything", is_flag=True, help="With --as: of all that are uncertain.")
@click.pass_obj
def resolve_(
    say: Say, edition: str, letters: tuple[str, ...], logs: tuple[Path, ...], word: Word | None, everything: bool
) -> None:
    """Say what became of uncertain letters.

    By a mail server's log or by your word, where nobody knows whether they arrived.
    LETTER is a reader's address or a letter's number. "again" sends them once more, with the next `digest publish`.
    """
    if not logs and word is None:
        raise UsageError("name a log with --postfix-log FILE, or say what became of the letters with --as")
    if word is None and (letters or everything):
        raise UsageError("say with --as what became of these letters")
    if word is not None and bool(letters) == everything:
        raise UsageError("name the letters, or say --all")
    config = say.open()
    from django.conf import settings

    from digest.delivery import doubt, evidence
    from digest.delivery.recover import recover
    from digest.edition.workflow import find

    row, at = find(edition), now()
    words: list[str] = []
    read: dict[str, evidence.Tally] = {}
    # The journals first, of workers that died meanwhile.
    recover(row, var=settings.VAR, now=at, attempts_for=config.delivery.attempts_for)
    settled = dict.fromkeys(("sent", "failed", "again"), 0)
    if logs:
        wanted = set(doubt.unproven(row).values_list("pk", flat=True))
        tallies = [evidence.Tally() for _ in logs]
        parts = ((tally, evidence.lines_of(file)) for tally, file in zip(tallies, logs, strict=True))
        for fate, count in doubt.by_log(row, evidence.read(parts, wanted), now=at).items():
            settled[fate] += count
        read = {str(file): tally for file, tally in zip(logs, tallies, strict=True)}
        words += told(read)
    if word is not None:
        settled[word] += doubt.by_word(row, letters, word, by=user(), now=at)
    left = doubt.uncertain(row).count()
    ways = ", ".join(f"{number} {as_}" for as_, number in settled.items() if number)
    words.append(f"{counted(sum(settled.values()), 'letter')} settled{f': {ways}' if ways else ''}.")
    if settled["again"]:
        words.append(f"`digest publish {row.name}` sends them again.")
    if left:
        listed = f"`digest deliveries {row.name} --status uncertain`"
        words.append(f"{counted(left, 'letter')} still uncertain: {listed} says whose.")
    logged = [{"file": file, **asdict(tally)} for file, tally in read.items()]
    say.result({"edition": row.name, "settled": settled, "uncertain": left, "logs": logged}, words)
    if read and word is None and not any(tally.understood for tally in read.values()):
        sys.exit(1)


def told(logs: Mapping[str, Tally]) -> Iterator[str]:
    """What was read of logs, file by file, and of one in which nothing was understood why."""
    from digest.delivery.evidence import EXPECTED

    for file, tally in logs.items():
        if not tally.first:
            yield f"{file}: it is empty."
            continue
        yield (
            f"{file}: {tally.lines} lines read, {tally.understood} of them tell of letters; "
            f"{tally.ours} name a letter of ours, {tally.wanted} of these one in doubt."
        )
        if not tally.understood:
            yield "  Nothing in it was understood: it is read as a log of Postfix, whose lines look like these:"
            yield from (f"    {line}" for line in EXPECTED)
            yield f"  What stands in {file} instead, in line {tally.first}:"
            yield f"    {tally.found}"
    known = [tally for tally in logs.values() if tally.understood]
    if known and not any(tally.ours for tally in known):
        yield (
            "None of it names a letter of ours: is it the log of the server they were handed to, and of those days? "
            "A letter is named when the server takes it, perhaps in an older part of the log."
        )
