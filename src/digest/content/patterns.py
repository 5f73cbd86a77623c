"""Regular expressions that a person wrote into the configuration: checked before use, bounded in use."""

from __future__ import annotations

import re

SCANNED = 20_000
"""Characters of a text that patterns look at; aliases look at all of it."""

_WINDOW = 400  # characters that one match may span: time grows with its fourth power at worst
_LONG_REPEATS = 3
_REPEATS = 12
_QUANTIFIER = re.compile(r"[*+?]|\{\d*,?\d*\}")
_SHORT = re.compile(r"\?|\{[0-3]?,?[0-3]\}")


def check_pattern(pattern: str) -> str | None:
    """What is wrong with a pattern, in words for the person who wrote it; None when it is fine.

    Refused are what `re` refuses, what matches the empty string, and what can take time without end on a hostile
    text: a repeated group that holds a repetition or a choice itself, or too many repetitions.
    """
    try:
        compiled = re.compile(pattern)
    except re.error as error:
        return f"not a regular expression: {error}"
    if compiled.fullmatch(""):
        return "matches the empty string, so it would match everywhere"
    try:
        re.compile(f"(?:{pattern})")
    except re.error:
        return "leave out flags such as (?i) at its start: case is ignored unless all its letters are capitals"
    return _endless(pattern)


def compile_pattern(pattern: str) -> re.Pattern[str]:
    """A checked pattern, compiled at word boundaries; case is ignored unless all its letters are capitals."""
    letters = re.sub(r"\\.", "", pattern)
    flags = 0 if letters.isupper() else re.IGNORECASE
    return re.compile(rf"(?<!\w)(?:{pattern})(?!\w)", flags)


def spans(pattern: re.Pattern[str], text: str) -> list[tuple[int, int]]:
    """Where a compiled pattern matches in the first `SCANNED` characters, line by line; long lines break at spaces."""
    found = []
    start = 0
    last = min(len(text), SCANNED)
    while start < last:
        stop = text.find("\n", start, min(start + _WINDOW, last))
        if stop < 0:
            stop = min(start + _WINDOW, last)
            space = text.rfind(" ", start + 1, stop) if stop < last else -1
            stop = space if space > 0 else stop
        found += [m.span() for m in pattern.finditer(text, start, stop) if m.end() > m.start()]
        start = max(stop, start + 1)
    return found


def _endless(pattern: str) -> str | None:
    """The reason why matching could take exponential or high polynomial time, or None."""
    variable = [False]  # for each open group: does it hold a repetition or a choice
    closed: bool | None = None  # the group that has just ended
    repeats = long = 0
    at = 0
    while at < len(pattern):
        quantifier = _QUANTIFIER.match(pattern, at)
        if quantifier and at and pattern[at - 1] != "(":
            many = quantifier[0] not in {"?", "{0,1}", "{1}"}
            if many and closed:
                return "a repeated group holds a repetition or a choice, which can take for ever: write it without one"
            repeats += 1
            long += not _SHORT.fullmatch(quantifier[0])
            variable[-1] = True
            at = quantifier.end()
            at += pattern[at : at + 1] in {"?", "+"}
            closed = None
            continue
        closed = None
        char = pattern[at]
        if char == "[":
            at = _class_end(pattern, at)
        elif char == "(":
            variable.append(False)
        elif char == ")":
            closed = variable.pop()
            variable[-1] |= closed
        elif char == "|":
            variable[-1] = True
        at += 2 if char == "\\" else 1
    if long > _LONG_REPEATS or repeats > _REPEATS:
        return (
            f"has {repeats} repetitions, {long} of them of more than three times; "
            f"{_REPEATS} and {_LONG_REPEATS} are the most: write two simpler patterns"
        )
    return None


def _class_end(pattern: str, at: int) -> int:
    """The index of the bracket that closes the character class opened at `at`."""
    at += 1
    at += pattern[at] == "^"
    at += pattern[at] == "]"
    while pattern[at] != "]":
        at += 2 if pattern[at] == "\\" else 1
    return at
