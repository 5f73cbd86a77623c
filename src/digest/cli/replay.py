"""`digest replay`: what past editions would have been with other weights or rules."""

from __future__ import annotations

import math
import tomllib
from datetime import datetime, time, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

import click

from digest.cli.say import Say, counted
from digest.config.values import Newsletter
from digest.errors import InputError, UsageError

if TYPE_CHECKING:
    from digest.pipeline.replay import Change, Replayed

RULES = ("weights", "sections", "maximum", "per_source", "update_above")
"""What a file of rules may change; all else in it, such as a newsletter's title, changes nothing here."""

_NUMBERS = ("maximum", "per_source", "update_above")


@click.command("replay")
@click.argument("newsletter")
@click.option("--from", "start", metavar="DATE", required=True, help="The first day, in the newsroom's zone.")
@click.option("--to", "end", metavar="DATE", required=True, help="The last day.")
@click.option(
    "--weights",
    "file",
    metavar="FILE",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="A newsletter's file with other weights, sections, maximum, per_source, update_above; part of one will do.",
)
@click.option("--set", "sets", metavar="NAME=NUMBER", multiple=True, help="One weight or number, as in recency=0.5.")
@click.pass_obj
def replay_(say: Say, newsletter: str, start: str, end: str, file: Path | None, sets: tuple[str, ...]) -> None:
    """Show what past editions would be by other rules.

    Nothing is changed. Each edition is composed from the articles it looked at, once by the rules as they are and once
    by the changed ones; it says how much of what was sent the first of these gives, and what is gone. Without --weights
    and --set it shows how the rules as they are differ from themselves: not at all.
    """
    config = say.open()
    from digest.pipeline.replay import replay

    rules = config.newsletter(newsletter)
    changed = _changed(rules, file, sets)
    zone = ZoneInfo(config.site.zone)
    first, last = _day("--from", start, zone), _day("--to", end, zone) + timedelta(days=1) - timedelta(microseconds=1)
    if last < first:
        raise UsageError(f"--from {start} is later than --to {end}")
    found = list(replay(config, newsletter, changed, start=first, end=last))
    data = {"newsletter": newsletter, "from": start, "to": end, "editions": [_json(one) for one in found]}
    lines = [line for one in found for line in _words(one)]
    say.result(data, lines or f"No edition of {newsletter} left from {start} to {end}.")


def _day(option: str, text: str, zone: ZoneInfo) -> datetime:
    try:
        return datetime.combine(datetime.fromisoformat(text).date(), time(0), zone)
    except ValueError as error:
        raise UsageError(f'{option}: "{text}" is no date; write 2026-11-24') from error


def _changed(rules: Newsletter, file: Path | None, sets: tuple[str, ...]) -> Newsletter:
    """The newsletter with the rules of a file, and over these what was set one by one.

    Raises:
        InputError: the file cannot be read as a newsletter's.
        UsageError: a name or a number is wrong.
    """
    from pydantic import ValidationError

    update: dict[str, Any] = {}
    if file:
        try:
            written = tomllib.loads(file.read_text(encoding="utf-8"))
            parsed = Newsletter.model_validate({"title": rules.title, **written})
        except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
            raise InputError(f"{file}: {error}") from error
        except ValidationError as error:
            first = error.errors()[0]
            raise InputError(f"{file}: {'.'.join(map(str, first['loc']))}: {first['msg']}") from error
        update = {rule: getattr(parsed, rule) for rule in RULES if rule in written}
    weights = {**rules.weights, **update.get("weights", {})}
    for one in sets:
        name, equals, number = one.partition("=")
        value = _number(one, number if equals else "")
        if name in _NUMBERS:
            update[name] = int(value) if name != "update_above" else value
        else:
            weights[name] = value
    _known(weights)
    update["weights"] = weights
    try:
        whole = Newsletter.model_validate({"title": rules.title, **{n: update[n] for n in _NUMBERS if n in update}})
    except ValidationError as error:
        first = error.errors()[0]
        raise UsageError(f"--set {'.'.join(map(str, first['loc']))}: {first['msg']}") from error
    assert whole.title == rules.title
    return rules.model_copy(update=update)


def _known(weights: dict[str, float]) -> None:
    from digest.content.choice.rank import DEFAULT_WEIGHTS

    for name in weights.keys() - DEFAULT_WEIGHTS.keys():
        raise UsageError(f'there is no signal "{name}" (there: {", ".join((*DEFAULT_WEIGHTS, *_NUMBERS))})')


def _number(one: str, text: str) -> float:
    try:
        value = float(text)
    except ValueError:
        value = math.nan
    if not math.isfinite(value):
        raise UsageError(f'--set "{one}": write NAME=NUMBER, as in recency=0.5')
    return value


def _json(one: Replayed) -> dict[str, Any]:
    kinds: dict[str, list[dict[str, Any]]] = {"in": [], "out": [], "moved": []}
    for change in one.changes:
        kinds[change.kind].append(
            {
                "story": change.story,
                "headline": change.headline,
                "before": _place(change, "before"),
                "after": _place(change, "after"),
                "points": {term: list(pair) for term, pair in change.points.items()},
            }
        )
    return {
        "edition": one.edition,
        "slot": one.slot.isoformat(),
        "stories": {"before": one.stories[0], "after": one.stories[1]},
        "sent": {"stories": one.sent[0], "same": one.sent[1]},
        **kinds,
        "notes": list(one.notes),
    }


def _place(change: Change, when: str) -> dict[str, Any]:
    place = change.before if when == "before" else change.after
    return {"section": place.section, "position": place.position} if place.section else {"why": place.why}


def _words(one: Replayed) -> list[str]:
    count = {kind: sum(change.kind == kind for change in one.changes) for kind in ("in", "out", "moved")}
    said = ", ".join(f"{number} {kind}" for kind, number in count.items() if number) or "nothing differs"
    same = (
        ""
        if one.sent[1] == one.sent[0] == one.stories[0]
        else f"; of {one.sent[0]} sent, {one.sent[1]} are chosen again"
    )
    lines = [f"{one.edition}: {said} ({counted(one.stories[0], 'story', 'stories')}, then {one.stories[1]}{same})"]
    lines += [f"  note: {note}" for note in one.notes]
    marks = {"in": "+", "out": "-", "moved": "~"}
    for change in one.changes:
        lines.append(f"  {marks[change.kind]} {change.headline}")
        lines.append(f"      {_where(change, 'before')} -> {_where(change, 'after')}")
        if change.points:
            told = [f"{term} {then:.2f} -> {now:.2f}" for term, (then, now) in change.points.items()]
            lines.append(f"      {', '.join(told)}")
    return lines


def _where(change: Change, when: str) -> str:
    place = change.before if when == "before" else change.after
    return f"{place.section} {place.position}" if place.section else place.why
