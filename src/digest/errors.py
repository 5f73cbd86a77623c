"""Every error a person can fix, in one tree; anything else is a bug and crashes loudly.

DigestError
├── ConfigError        a configuration file is wrong: file, key and line; exit 2
├── UsageError         the command was called wrongly, or too early; exit 2
├── InputError         a file, feed or page that was given cannot be read
├── TemplateError      a template is wrong: its name and line
├── RefusedError       the house refuses, to protect a reader or an editor: it says which law
│   └── MovedOnError   the edition is no longer the one that was seen or approved
├── StorageError       the disk or the database does not do what it must
├── FetchError         an address could not be fetched: its reason in words
└── TransportError     a mail server or a network cannot be used at all
"""

from __future__ import annotations

from dataclasses import dataclass


class DigestError(Exception):
    """The base of all errors that carry their subject and say what to do."""


class UsageError(DigestError):
    """The command was called wrongly, or before what it needs exists."""


class InputError(DigestError):
    """A file or stream that was given cannot be read; the message names it and the line."""


class TemplateError(DigestError):
    """A template cannot be rendered; the message names the template and the line."""


class RefusedError(DigestError):
    """The house refuses an act to protect a reader or an editor; the message says what would allow it."""


class MovedOnError(RefusedError):
    """The edition is no longer the one the caller saw: look again, then decide again."""


class TransportError(DigestError):
    """A mail server or social network cannot be used at all; nothing was handed over."""


class StorageError(DigestError):
    """The disk or the database cannot be used; what was committed stays, and the same command goes on from there."""


class FetchError(DigestError):
    """An address could not be fetched.

    Attributes:
        address: the address asked for.
        reason: why, in words an editor understands.
    """

    def __init__(self, address: str, reason: str) -> None:
        super().__init__(f"{address}: {reason}")
        self.address = address
        self.reason = reason


@dataclass(frozen=True, slots=True, order=True)
class Problem:
    """One mistake in the configuration.

    Attributes:
        file: the file's path, relative to the home.
        line: the line, from 1; 0 when the mistake is an absence.
        key: the dotted key.
        message: what is wrong and what would be right.
    """

    file: str
    line: int
    key: str
    message: str

    def __str__(self) -> str:
        place = f"{self.file}:{self.line}" if self.line else self.file
        return f"{place}: {self.key}: {self.message}" if self.key else f"{place}: {self.message}"


class ConfigError(DigestError):
    """The configuration is wrong; every mistake at once.

    Attributes:
        problems: the mistakes, in the order of file and line.
    """

    def __init__(self, problems: list[Problem]) -> None:
        self.problems = sorted(problems)
        super().__init__("\n".join(str(problem) for problem in self.problems))
