"""Opens a home: reads its configuration, points Django at it, and sees that the database is of this version."""

from __future__ import annotations

from typing import TYPE_CHECKING

from digest.config import Config, load
from digest.errors import ConfigError, Problem, UsageError

if TYPE_CHECKING:
    from digest.cli.say import Say


def ready(say: Say, *, database: bool = True) -> Config:
    """The configuration of `say.home`, Django and, when asked, the database ready.

    Raises:
        ConfigError: the configuration is wrong.
        UsageError: the database is missing or made by another version of Digest.
    """
    config = load(say.home)
    if not (say.environment.get("DIGEST_SECRET_KEY") or (say.var / "secret.key").exists()):
        message = "no key yet: run `digest init` here, or set DIGEST_SECRET_KEY"
        raise ConfigError([Problem("var/secret.key", 0, "", message)])
    from digest.site import setup

    setup(say.home)
    if database:
        check_database()
    return config


def check_database() -> None:
    """See that the database can be opened and is of this version.

    Raises:
        UsageError: it is not; the message says what to do.
    """
    from django.db import DatabaseError

    from digest.store import schema

    try:
        says = schema.problem()
    except DatabaseError as error:
        raise UsageError(f"the database cannot be opened: {' '.join(str(error).split())}") from error
    if says:
        raise UsageError(says)


def refuse_newer() -> None:
    """Leave a database alone that a newer Digest made.

    Raises:
        UsageError: it did.
    """
    from django.db import DatabaseError

    from digest.store import schema

    try:
        says = schema.newer()
    except DatabaseError as error:
        raise UsageError(f"the database cannot be opened: {' '.join(str(error).split())}") from error
    if says:
        raise UsageError(says)
