"""The rules the content engine's commands go by: the home's own, or those that come with the program."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

from digest.cli.lines import instant
from digest.config import Config, Newsletter, load
from digest.errors import UsageError

# What `config/` holds of a home that has its own rules; without any of them the bundled ones serve.
_OWN = ("digest.toml", "tags.toml", "newsletters")


def config(home: Path) -> Config:
    """The home's configuration, or the one that comes with the program where the home has none.

    Raises:
        UsageError: there is no such folder.
        ConfigError: the configuration is wrong.
    """
    from digest.resources import folder

    if not home.is_dir():
        raise UsageError(f"there is no folder {home}")
    own = any((home / "config" / name).exists() for name in _OWN)
    return load(home if own else folder("config").parent)


def newsletter(config: Config, name: str | None) -> Newsletter:
    """The newsletter of that name, or the first one.

    Raises:
        UsageError: there is none.
    """
    found = next(iter(config.newsletters), None) if name is None else name
    if found is None or found not in config.newsletters:
        known = ", ".join(config.newsletters) or "none"
        raise UsageError(f'there is no newsletter "{found}" (there: {known})' if found else "there is no newsletter")
    return config.newsletters[found]


def time(text: str, config: Config) -> datetime:
    """The instant of `--at`, in the newsroom's zone unless it says otherwise.

    Raises:
        UsageError: it is no time.
    """
    try:
        return instant(text, ZoneInfo(config.site.zone))
    except ValueError as error:
        raise UsageError(f"--at: {error}") from error
