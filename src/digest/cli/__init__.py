"""The command line: parses, calls, prints; no logic.

    house.py     init, check, migrate, backup, restore, adopt, tidy
    feeds.py     feeds add, import, export, list, test, revive
    editions.py  gather, draft, show, approve, hold
    sending.py   publish, run          deliveries.py  deliveries, deliveries resolve
    posts.py     posts list, settle
    bounces.py   bounces
    watching.py  report
    audience.py  subscribers import, export, add, remove, erase, show
    dkim.py      dkim
    service.py   up, web, clock, worker    up.py       the supervisor
    engine.py    extract, summarise, tag, group, rank
    replay.py    replay
    tags.py      tags suggest
    evaluate.py  evaluate
    demo.py      demo                      newsroom.py its invented newsroom
    say.py       what is printed, as words or as one JSON object
    trouble.py   a full disk, a database that is gone: in words

Exit 0: the command did what it is for. 1: it failed at that. 2: wrong use or wrong configuration.
"""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

import click

from digest import __version__
from digest.cli import trouble
from digest.cli.say import Say
from digest.errors import ConfigError, DigestError, UsageError

LAZY = {
    "init": "house", "check": "house", "migrate": "house", "backup": "house", "restore": "house", "adopt": "house",
    "tidy": "house",
    "feeds": "feeds", "gather": "editions", "draft": "editions", "show": "editions", "approve": "editions",
    "hold": "editions", "publish": "sending", "run": "sending", "deliveries": "deliveries",
    "report": "watching",
    "bounces": "bounces", "dkim": "dkim", "posts": "posts", "subscribers": "audience", "up": "service",
    "web": "service", "clock": "service", "worker": "service", "extract": "engine", "summarise": "engine",
    "tag": "engine", "group": "engine", "rank": "engine", "evaluate": "evaluate", "demo": "demo", "tags": "tags",
    "replay": "replay",
}  # fmt: skip
"""Which file has a command: only that one is imported, so that `digest tag` waits for no web framework."""


class Commands(click.Group):
    """The commands in the order of a newsroom's day."""

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002 - click's way
        """All names, in order."""
        return list(LAZY)

    def get_command(self, ctx: click.Context, name: str) -> click.Command | None:  # noqa: ARG002 - click's way
        """Import the file a command stands in."""
        if name not in LAZY:
            return None
        from importlib import import_module

        module = import_module(f"digest.cli.{LAZY[name]}")
        command: click.Command = getattr(module, f"{name}_")
        return _anywhere(command)

    def invoke(self, ctx: click.Context) -> Any:
        """Run the command; an error a person can fix becomes a sentence and an exit status."""
        told: DigestError
        try:
            return super().invoke(ctx)
        except DigestError as error:
            told = error
        except trouble.kinds() as error:
            found = trouble.words(error)
            if found is None:
                raise
            told = found
        say = ctx.obj if isinstance(ctx.obj, Say) else Say()
        say.error(told)
        return ctx.exit(2 if isinstance(told, ConfigError | UsageError) else 1)


def _anywhere(command: click.Command) -> click.Command:
    """Let --home and --json stand after the command's name too."""
    for each in [command, *(command.commands.values() if isinstance(command, click.Group) else ())]:
        if not any(option.name == "_json" for option in each.params):
            each.params.append(
                click.Option(["--json", "_json"], is_flag=True, hidden=True, expose_value=False, callback=_as_json)
            )
            each.params.append(
                click.Option(["--home", "_home"], type=_HOME, hidden=True, expose_value=False, callback=_at_home)
            )
    return command


def _as_json(ctx: click.Context, _: click.Parameter, value: bool) -> None:
    if value:
        ctx.obj.as_json = True


def _at_home(ctx: click.Context, _: click.Parameter, value: Path | None) -> None:
    if value:
        ctx.obj.home = value.resolve()


_HOME = click.Path(file_okay=False, path_type=Path)


_FIRST_MORNING = """\b
A first morning:
  digest init newsroom && cd newsroom
  digest feeds add https://news.example/feed.xml --rights own
  digest subscribers add ana@news.example
  digest run daily
"""


@click.group(
    cls=Commands,
    epilog=_FIRST_MORNING,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
)
@click.option(
    "--home",
    type=_HOME,
    envvar="DIGEST_HOME",
    default=Path(),
    help="The folder with config/ and var/ (default: here).",
)
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object and nothing else.")
@click.option("-v", "--verbose", count=True, help="Say more on standard error; twice for every detail.")
@click.option("--log", type=click.Choice(["text", "json"]), default="text", help="How the log is written.")
@click.version_option(__version__, prog_name="digest")
@click.pass_context
def digest(ctx: click.Context, home: Path, as_json: bool, verbose: int, log: str) -> None:
    """Turn a newsroom's feeds into an edition worth reading, and deliver it."""
    from digest.cli.say import logs

    ctx.obj = Say(home=home.resolve(), as_json=as_json)
    logs(verbose, log)


def main() -> None:
    """The entry point of the `digest` command."""
    try:
        digest.main(prog_name="digest")
    except BrokenPipeError:
        # The reader of our output has gone, as `| head` does; there is nobody left to tell.
        sys.stderr.close()
        sys.exit(0)
