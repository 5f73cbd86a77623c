"""The key that signs letters: what belongs into the DNS, and a new key."""

from __future__ import annotations

from pathlib import Path

import click

from digest.cli.say import Say
from digest.errors import UsageError


@click.command("dkim", short_help="Print the DNS record of your signatures.")
@click.option(
    "--new",
    "file",
    type=click.Path(dir_okay=False, path_type=Path),
    metavar="FILE",
    help="First write a new key into FILE.",
)
@click.pass_obj
def dkim_(say: Say, file: Path | None) -> None:
    """Print the DNS record that lets receivers verify our signature.

    The domain and the selector are those of [delivery.dkim]; the key is that of DIGEST_DKIM_KEY, or a new one.
    """
    from digest.cli.ready import ready
    from digest.delivery import dkim_key

    config = ready(say, database=False)
    dkim = config.delivery.dkim
    if not dkim.domain:
        raise UsageError("Nothing is signed yet: name your domain as delivery.dkim.domain in config/digest.toml.")
    if file:
        key = dkim_key.write_new(file)
    else:
        signer = dkim_key.signer(config, say.environment)
        assert signer is not None, "it signs where a domain is set"
        key = signer.key
    name, value = f"{dkim.selector}._domainkey.{dkim.domain}", dkim_key.record(key)
    data = {"name": name, "type": "TXT", "value": value} | ({"file": str(file)} if file else {})
    lines = [dkim_key.zone_line(name, value)]
    if file:
        lines += ["", f"The key is in {file}. Enter the record, wait until it is there, then set DIGEST_DKIM_KEY_FILE."]
    say.result(data, lines)
