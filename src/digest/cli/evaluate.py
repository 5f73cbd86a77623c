"""Measures the content engine on texts whose right answers are known: evaluate."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

import click

from digest.cli import rules
from digest.cli.say import Say, table

Decorated = TypeVar("Decorated", bound=Callable[..., Any])


@click.group("evaluate")
def evaluate_() -> None:
    """Measure the content engine on your own texts.

    Prints every figure with its 95 % interval, beside what simpler ways reach on the same data. docs/how-to/evaluate.md
    says what the files hold. Needs: pip install 'digest-newsroom[evaluate]'
    """


def _data(command: Decorated) -> Decorated:
    kind = click.Path(exists=True, path_type=Path)
    return click.option(
        "--data", "data", type=kind, required=True, metavar="FILE_OR_FOLDER", help="What to measure on."
    )(command)


def _baselines(command: Decorated) -> Decorated:
    return click.option(
        "--baselines/--no-baselines", default=True, show_default=True, help="Run the slower ways to compare with too."
    )(command)


@evaluate_.command("summaries")
@_data
@_baselines
@click.option("--sentences", type=click.IntRange(1, 20), help="So many each (default: 1 for decks, 3 for summaries).")
@click.pass_obj
def summaries_(say: Say, data: Path, baselines: bool, sentences: int | None) -> None:
    """ROUGE against what people wrote, and what readers stumble over."""
    from digest.evaluation.summaries import evaluate

    _print(say, evaluate(data, sentences=sentences, baselines=baselines))


@evaluate_.command("pages")
@_data
@_baselines
@click.option("--faults", is_flag=True, help="Name every page and sentence that slipped in, too.")
@click.pass_obj
def pages_(say: Say, data: Path, baselines: bool, faults: bool) -> None:
    """What is taken from real pages, against the text a person took."""
    from digest.evaluation.pages import evaluate

    report, results = evaluate(data, baselines=baselines)
    _print(say, report)
    for key, result in results["own"].items() if faults and not say.as_json else ():
        for sentence in result.foreign:
            print(f"{key}  F1 {result.f1:.0f}  {sentence}")


@evaluate_.command("stories")
@_data
@_baselines
@click.pass_obj
def stories_(say: Say, data: Path, baselines: bool) -> None:
    """Articles put together, against known events; copies made on purpose."""
    from digest.evaluation.stories import evaluate

    _print(say, evaluate(data, baselines=baselines))


@evaluate_.command("tags")
@_data
@click.pass_obj
def tags_(say: Say, data: Path) -> None:
    """Tags found in texts, against those their publishers gave.

    The vocabulary is the home's config/tags.toml, else the one that comes with the program.
    """
    from digest.content.rules import tag_rules
    from digest.evaluation.tags import evaluate

    _print(say, evaluate(data, tag_rules(rules.config(say.home))))


@evaluate_.command("rank")
@_data
@click.pass_obj
def rank_(say: Say, data: Path) -> None:
    """The ranking by what was known, against what readers made of it later."""
    from digest.evaluation.rank import evaluate

    _print(say, evaluate(data))


def _print(say: Say, report: Any) -> None:
    from digest.evaluation.figures import HEADINGS

    say.result(report.as_json(), [*table(HEADINGS, report.table()), "", *report.notes])
