"""The product as services: all of it at once, or its parts apart."""

from __future__ import annotations

import sys

import click

from digest.cli.say import Say


@click.command("up")
@click.option("--port", type=int, default=8000, show_default=True, help="Where its pages answer.")
@click.option("--host", default="127.0.0.1", show_default=True, help="On which address of this machine.")
@click.pass_obj
def up_(say: Say, port: int, host: str) -> None:
    """Run all of it here: the web, the clock and the letters. Ends with Ctrl-C."""
    say.open()
    from digest.cli.up import supervise

    given = click.get_current_context().find_root().params
    sys.exit(supervise(say.home, port=port, host=host, options=[*["-v"] * given["verbose"], "--log", given["log"]]))


@click.command("web")
@click.option("--port", type=int, default=8000, show_default=True)
@click.option("--host", default="127.0.0.1", show_default=True)
@click.pass_obj
def web_(say: Say, port: int, host: str) -> None:
    """Run the studio and the readers' pages alone."""
    say.open()
    from digest.cli.up import serve

    serve(host=host, port=port)


@click.command("clock")
@click.pass_obj
def clock_(say: Say) -> None:
    """Run the clock alone: gathers, drafts, sends when it is time."""
    say.open()
    from digest.clock.reread import Configuration
    from digest.clock.scheduler import run

    run(Configuration(say.home), say.environment)


@click.command("worker", short_help="Share the clock's work on this machine.")
@click.option(
    "--processes",
    type=click.IntRange(0, 64),
    default=0,
    help="How many processes send letters here (default: what digest.toml says).",
)
@click.option("--queues", default="", metavar="NAMES", help="Only these queues: letters, house (default: both).")
@click.pass_obj
def worker_(say: Say, processes: int, queues: str) -> None:
    """Do the clock's work on this machine, beside others: letters, gathers. Needs PostgreSQL."""
    say.open()
    from digest.clock.jobs import Hands
    from digest.clock.reread import Configuration
    from digest.clock.worker import check, run

    wanted = tuple(queues.replace(",", " ").split())
    check(wanted)
    run(Hands(Configuration(say.home), say.environment, processes), wanted)
