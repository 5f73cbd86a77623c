"""What came back: bounces and complaints, read from the mailbox or from a file."""

from __future__ import annotations

import sys
from collections.abc import Mapping
from pathlib import Path

import click

from digest.cli.say import Say, counted
from digest.clock.now import now
from digest.errors import UsageError


@click.command("bounces")
@click.option(
    "--file",
    "file",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="Read this one message (.eml) in place of the mailbox.",
)
@click.pass_obj
def bounces_(say: Say, file: Path | None) -> None:
    """Read the bounces and complaints that came back, now.

    The clock does so every few minutes. The mailbox is the one DIGEST_BOUNCES_URL names. A message that was understood
    is moved to its folder digest-done; one that was not is flagged and stays. Ends with 1 when the mailbox cannot be
    read, or the one message of --file is not understood.
    """
    config = say.open()
    soft_limit = config.delivery.bounces.soft_limit
    if file is not None:
        from digest.delivery import mailbox
        from digest.delivery.incoming import LONGEST

        with file.open("rb") as opened:
            effect = mailbox.one(opened.read(LONGEST), now=now(), soft_limit=soft_limit)
        say.result({"messages": {effect: 1}, "refused": {}}, f"{file}: {effect}.")
        sys.exit(1 if effect == "not understood" else 0)
    from digest.pipeline.returned import take_in

    if not say.environment.get("DIGEST_BOUNCES_URL"):
        raise UsageError(
            "no mailbox is named: set DIGEST_BOUNCES_URL, as in imaps://user:password@host/INBOX or maildir:///path; "
            "or read one message with --file"
        )
    found = take_in(config, say.environment, now=now())
    say.result(
        {"messages": dict(found.messages), "refused": dict(found.refused)},
        [
            f"{counted(sum(found.messages.values()), 'message')} came back{_each(found.messages)}.",
            f"{counted(sum(found.refused.values()), 'letter')} refused at once{_each(found.refused)}.",
        ],
    )


def _each(counts: Mapping[str, int]) -> str:
    return f": {', '.join(f'{count} {kind}' for kind, count in sorted(counts.items()))}" if counts else ""
