"""The vocabulary: tags suggest."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path
from typing import Any

import click

from digest.cli.say import Say, counted
from digest.clock.now import now
from digest.content.tags.suggest import Suggestion


@click.group("tags")
def tags_() -> None:
    """Tend the vocabulary."""


@tags_.command("suggest")
@click.argument("file", required=False, type=click.Path(exists=True, dir_okay=False, allow_dash=True, path_type=Path))
@click.option("--days", type=click.IntRange(1, 365), default=14, show_default=True, help="How far to look back.")
@click.option("--count", type=click.IntRange(1, 500), default=25, show_default=True, help="At most so many.")
@click.pass_obj
def suggest_(say: Say, file: Path | None, days: int, count: int) -> None:
    """Name capitalised phrases that recur and have no tag.

    Looks through the newest articles of the home, at most 5,000, for phrases that stand in three articles and two
    outlets, and prints each with headlines and with what to paste into config/tags.toml. With FILE, JSON lines with
    "id", "title", "text", "source", "authors"? and "language"? are read instead ("-" for standard input).
    """
    found = _of_lines(say, file, count) if file else _of_home(say, days, count)
    data: list[dict[str, Any]] = [asdict(one) | {"toml": one.toml} for one in found]
    words = [line for one in found for line in _words(one)]
    say.result({"suggestions": data}, words or ["Nothing recurs that the vocabulary does not know."])


def _words(one: Suggestion) -> list[str]:
    outlets = f"{one.sources} outlets" if one.sources != 1 else "one outlet"
    return [f"# {counted(one.articles, 'article')} of {outlets}", *(f"#   {line}" for line in one.headlines), one.toml]


def _of_home(say: Say, days: int, count: int) -> list[Suggestion]:
    config = say.open()
    from digest.pipeline.vocabulary import suggestions

    return suggestions(config, now=now(), days=days, count=count)


def _of_lines(say: Say, file: Path, count: int) -> list[Suggestion]:
    from digest.cli import rules
    from digest.cli.lines import Line, Lines
    from digest.content.rules import tag_rules
    from digest.content.tags.suggest import Suggestions
    from digest.content.tags.vocabulary import Vocabulary

    found = Suggestions(Vocabulary(tag_rules(rules.config(say.home))))
    sources: set[str] = set()

    def read(_name: str, line: Line) -> None:
        sources.add(line.text("source"))
        found.add(
            line.text("title"),
            line.text("text"),
            source=line.text("source"),
            authors=line.texts("authors"),
            language=line.text("language"),
        )

    lines = Lines(file)
    lines.collect(read)
    best = found.best(count, sources=2 if len(sources) > 1 else 1)
    lines.finish()
    return best
