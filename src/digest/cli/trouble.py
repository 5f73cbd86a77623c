"""Knows which failures of the disk and of the database a person can mend, and says them in a sentence."""

from __future__ import annotations

import errno
import sys

from digest.errors import StorageError

_MENDABLE = {
    errno.ENOSPC: "make room",
    errno.EDQUOT: "make room",
    errno.EFBIG: "make room",
    errno.EROFS: "make it writable",
    errno.EACCES: "give this user the right to it",
    errno.EPERM: "give this user the right to it",
    errno.EIO: "look after the disk",
    errno.EMFILE: "allow more open files (ulimit -n)",
    errno.ENFILE: "allow more open files",
}
_AGAIN = "then say the same again; it goes on where it stopped"


def kinds() -> tuple[type[BaseException], ...]:
    """The exceptions worth a look; those of the database only where it was used at all."""
    if "django.db" not in sys.modules:
        return (OSError,)
    from django.db import DatabaseError, InterfaceError

    return (OSError, DatabaseError, InterfaceError)


def words(error: BaseException) -> StorageError | None:
    """The failure as a sentence; None for what is a bug and shall crash loudly."""
    if isinstance(error, OSError):
        advice = _MENDABLE.get(error.errno or 0)
        named = f"{error.filename}: " if error.filename else ""
        return StorageError(f"{named}{error.strerror}; {advice}, {_AGAIN}") if advice else None
    from django.db import DatabaseError, InterfaceError, OperationalError

    # SQLite tells of a damaged file by the plain class; its subclasses for wrong statements are bugs.
    if isinstance(error, OperationalError | InterfaceError) or type(error) is DatabaseError:
        said = " ".join(str(error).split())[:300]
        return StorageError(f"the database cannot be used: {said}; mend that, {_AGAIN}")
    return None
