"""Keeps a spreadsheet from running a field of an export as a formula, and takes the guard off again. Pure.

A cell that begins with = + - @ is run, in some countries also by their full-width forms (OWASP, "CSV Injection"). Where
semicolons or tabs part cells, a name can hold such a beginning in its middle, so every place after a separator is
guarded too.
"""

from __future__ import annotations

import re

_RUN = r"[=+\-@\uff1d\uff0b\uff0d\uff20\t\r]"
_BEGINS = re.compile(rf"(?:^|(?<=[,;|\t\r\n]))(?='*{_RUN})")
_GUARDED = re.compile(rf"(?:^|(?<=[,;|\t\r\n]))'(?='*{_RUN})")
_SUSPECT = re.compile(_RUN)


def guard(value: str) -> str:
    """The value with an apostrophe before each beginning that a spreadsheet would run."""
    return _BEGINS.sub("'", value) if _SUSPECT.search(value) else value


def unguard(value: str) -> str:
    """The value as it was before `guard`; any other value stays as it is."""
    return _GUARDED.sub("", value) if "'" in value else value
