"""Keeping the house: init, check, migrate, backup, restore, adopt, tidy."""

from __future__ import annotations

import secrets
import shutil
import sys
from pathlib import Path

import click

from digest.cli.ready import ready, refuse_newer
from digest.cli.say import Say, counted
from digest.clock.now import now
from digest.errors import ConfigError, UsageError


@click.command("init")
@click.argument("folder", type=click.Path(file_okay=False, path_type=Path), metavar="DIR")
@click.pass_obj
def init_(say: Say, folder: Path) -> None:
    """Write a commented starter home in DIR, with key and database."""
    from digest.resources import folder as bundled

    home = folder.resolve()
    if (home / "config").exists():
        raise UsageError(f"{home} is a home already; nothing was changed")
    shutil.copytree(bundled("config"), home / "config")
    (home / "templates").mkdir(exist_ok=True)
    var = home / "var"
    var.mkdir(mode=0o700, exist_ok=True)
    key = var / "secret.key"
    if not key.exists():
        key.touch(mode=0o600)
        key.write_text(secrets.token_urlsafe(48) + "\n")
    say.home = home
    prepared(say)
    say.result(
        {"home": str(home)},
        [
            f"A newsroom's home is ready in {home}.",
            "Its letters go to var/outbox/ and its posts to var/posts/ until you say otherwise.",
            f"Next: digest --home {folder} feeds add https://your.site/feed.xml --rights own",
        ],
    )


@click.command("check")
@click.option("--online", "try_online", is_flag=True, help="Also read the feeds and speak with the mail server.")
@click.pass_obj
def check_(say: Say, try_online: bool) -> None:
    """Name every mistake in configuration, templates and database.

    Ends with 2 for a mistake. Seeds of a canary who are no readers, and a proxy that was met in front of the pages and
    is not in site.proxies, are named and count as none. With --online also with 1 where no feed can be read, the mail
    server cannot be used or nobody could unsubscribe; a feed that is dead while others live is named, and the newsroom
    counts as in order.
    """
    from digest.cli import checks
    from digest.cli.online import World, online

    outside = World()
    try:
        config = ready(say, database=False)
    except ConfigError as error:
        mistakes = list(error.problems)
    else:
        mistakes = [
            *checks.vocabulary(config, say.home),
            *checks.rules(config, say.home),
            *checks.templates(config, say.home),
            *checks.database(),
        ]
        if try_online:
            outside = online(config, say.environment)
            mistakes += outside.mistakes
    warnings = [] if mistakes else [*checks.seeds(config, say.home), *checks.proxies(config, say.home)]
    problems = [*mistakes, *outside.failures, *warnings, *outside.warnings]
    wrong = bool(mistakes or outside.failures)
    data = {
        "ok": not wrong,
        "problems": [{"file": p.file, "line": p.line, "key": p.key, "message": p.message} for p in problems],
    }
    stands = [] if wrong else ["Everything else is in order."] if problems else ["Everything is in order."]
    say.result(data, [*map(str, problems), *stands])
    if wrong:
        sys.exit(2 if mistakes else 1)


@click.command("migrate")
@click.pass_obj
def migrate_(say: Say) -> None:
    """Bring the database to this version."""
    prepared(say)
    say.result({"ok": True}, "The database is up to date.")


@click.command("backup")
@click.argument("file", type=click.Path(dir_okay=False, path_type=Path))
@click.pass_obj
def backup_(say: Say, file: Path) -> None:
    """Write the whole database to FILE, while everything runs. FILE fits both kinds of database.

    What it does not hold, and you need too: config/, and the keys in var/ or in the environment.
    """
    say.open()
    from digest.store import backup

    with say.progress("tables", None) as step:
        rows = backup.write(file, now=now(), on_table=lambda _: step())
    say.result(
        {"file": str(file), "rows": rows, "keep": _beside(say)},
        [f"{counted(rows, 'row')} written to {file}.", f"Keep these too, apart from it: {', '.join(_beside(say))}."],
    )


def _beside(say: Say) -> list[str]:
    """What an installation needs beside its database, where it is here."""
    keys = {"DIGEST_SECRET_KEY": "var/secret.key", "DIGEST_SUPPRESSION_KEY": "var/suppression.key"}
    return ["config/", "templates/", *(name if say.environment.get(name) else file for name, file in keys.items())]


@click.command("restore")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.pass_obj
def restore_(say: Say, file: Path) -> None:
    """Read FILE into an empty database. Nothing leaves from it until `digest adopt`."""
    ready(say, database=False)
    _make_room(say)
    refuse_newer()
    from django.core.management import call_command

    from digest.store import backup, identity

    backup.refuse_rows()  # an older one with rows would be brought to this version first
    call_command("migrate", verbosity=0, interactive=False)
    # In one: a crash between them would leave a copy that takes itself for the original, and sends.
    rows = backup.read(file, now=now(), then=lambda: identity.disown(say.var))
    say.result(
        {"file": str(file), "rows": rows, "keep": _beside(say)},
        [
            f"{counted(rows, 'row')} read. Put back what was kept beside it: {', '.join(_beside(say))}.",
            "Then say `digest adopt`; before that nothing is sent from here.",
        ],
    )


@click.command("adopt")
@click.pass_obj
def adopt_(say: Say) -> None:
    """Let this machine send from this database. The one it came from must send no more.

    Of a copy nobody knows what left since it was made: editions on their way and those whose hour has passed are held,
    and issues whose hour has passed are not made. `digest publish` and `digest run` send them after all.
    """
    say.open()
    from django.db import transaction

    from digest.edition.adopted import hold_what_may_have_left
    from digest.store import identity

    at = now()
    with transaction.atomic():
        held = hold_what_may_have_left(now=at) if identity.mismatch(say.var, say.environment) else []
        identity.adopt(say.var, say.environment, now=at)
    words = [
        f"{name} is held, for it may have left by the other database; if it did not: `digest publish {name}`."
        for name in held
    ]
    say.result({"ok": True, "held": held}, ["This database belongs to this machine now.", *words])


@click.command("tidy", short_help="Shrink what is older than delivery.keep.")
@click.pass_obj
def tidy_(say: Say) -> None:
    """Shrink at once what is older than `delivery.keep`; the clock does it by and by."""
    config = say.open()
    from digest.delivery import retention

    rows = retention.shrink(keep=config.delivery.keep, now=now())
    old = f"editions finished more than {config.delivery.keep.days} days ago"
    words = f"{counted(rows, 'row')} of {old} emptied or removed."
    say.result({"rows": rows}, words)


def _make_room(say: Say) -> None:
    """Make the data folder; readers' addresses are in there."""
    say.var.mkdir(mode=0o700, parents=True, exist_ok=True)


def prepared(say: Say) -> None:
    """Bring a home's database to this version, and give it an identity when it is new."""
    ready(say, database=False)
    from django.core.management import call_command

    from digest.audience import suppression
    from digest.store import identity

    _make_room(say)
    refuse_newer()
    call_command("migrate", verbosity=0, interactive=False)
    suppression.hash_of("")  # makes the key, should there be none: every machine of an installation must have the same
    identity.make(say.var, say.environment, now=now())
