"""Regular expressions that a person wrote into the configuration: checked before use, bounded in use."""

from __future__ import annotations

import re
import warnings
from collections.abc import Iterator
from dataclasses import dataclass

SCANNED = 20_000
"""Characters of a text that patterns look at; aliases look at all of it."""

REACH = 40
"""Characters or repetitions that a repetition goes to where a pattern has two long ones or more."""

_WINDOW = 400  # characters that one match may span
_LONG_REPEATS = 3
_REPEATS = 12
_PIECE = re.compile(
    r"(?P<escape>\\.)|(?P<class>\[\^?\]?(?:\\.|[^\]\\])*\])"
    r"|(?P<open>\((?:\?(?:P<\w+>|P=|<?[=!]|[:>#]|\(|[a-zA-Z-]+:?))?)|(?P<close>\))|(?P<bar>\|)"
    r"|(?P<repeat>(?:[*+?]|\{\d*,?\d*\})[?+]?)|(?P<literal>.)",
    re.DOTALL,
)
_SHORT = re.compile(r"\?|\{[0-3]?,?[0-3]\}")
_OPTIONAL = re.compile(r"[?*]|\{0?,")


@dataclass(frozen=True, slots=True)
class Pattern:
    """A checked pattern at word boundaries.

    Attributes:
        words: letters that every match holds, in lower case; a line without them need not be searched.
    """

    compiled: re.Pattern[str]
    words: tuple[str, ...]


def check_pattern(pattern: str) -> str | None:
    """What is wrong with a pattern, in words for the person who wrote it; None when it is fine.

    Refused are what `re` refuses, what matches the empty string, and what can take time without end on a hostile
    text: a repeated group that holds a repetition or a choice itself, or too many repetitions.
    """
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error", FutureWarning)  # "[[:alpha:]]" is a set of other letters than it seems
            compiled = re.compile(pattern)
    except (re.error, RecursionError, OverflowError, FutureWarning) as error:
        return f"not a regular expression: {error}"
    if compiled.fullmatch(""):
        return "matches the empty string, so it would match everywhere"
    try:
        re.compile(f"(?:{pattern})")
    except re.error:
        return "leave out flags such as (?i) at its start: case is ignored unless all its letters are capitals"
    return _endless(pattern)


def compile_pattern(pattern: str, *, exact: bool = False) -> Pattern:
    """A checked pattern, compiled at word boundaries.

    Args:
        pattern: as the vocabulary has it.
        exact: case counts; otherwise it does where all of the pattern's letters are capitals.
    """
    letters = re.sub(r"\\.", "", pattern)
    flags = 0 if exact or letters.isupper() else re.IGNORECASE
    return Pattern(re.compile(rf"(?<!\w)(?:{_bounded(pattern)})(?!\w)", flags), _words(pattern))


class Scan:
    """A text made ready for patterns: its first `SCANNED` characters, line by line; long lines break at spaces."""

    __slots__ = ("lower", "text", "windows")

    def __init__(self, text: str) -> None:
        self.text = text
        # The signs that `re` takes for ASCII letters where case is ignored; none changes its length.
        plain = text[:SCANNED]
        if not plain.isascii():
            plain = plain.replace("ſ", "s").replace("\u212a", "k").replace("İ", "i").replace("ı", "i")
        self.lower = plain.lower()
        self.windows = list(_windows(text))


def spans(pattern: Pattern, scan: Scan) -> list[tuple[int, int]]:
    """Where a compiled pattern matches."""
    lower, words = scan.lower, pattern.words
    for word in words:
        if word not in lower:
            return []
    return [
        m.span()
        for start, stop in scan.windows
        if not words or all(lower.find(word, start, stop) >= 0 for word in words)
        for m in pattern.compiled.finditer(scan.text, start, stop)
        if m.end() > m.start()
    ]


def _windows(text: str) -> Iterator[tuple[int, int]]:
    start, last = 0, min(len(text), SCANNED)
    while start < last:
        stop = text.find("\n", start, min(start + _WINDOW, last))
        if stop < 0:
            stop = min(start + _WINDOW, last)
            space = text.rfind(" ", start + 1, stop) if stop < last else -1
            stop = space if space > 0 else stop
        yield start, stop
        start = max(stop, start + 1)


def _pieces(pattern: str) -> Iterator[tuple[str, str]]:
    """The pattern's pieces as (kind, text)."""
    for m in _PIECE.finditer(pattern):
        yield m.lastgroup or "", m[0]


def _endless(pattern: str) -> str | None:
    """The reason why matching could take exponential or high polynomial time, or None."""
    variable = [False]  # for each open group: does it hold a repetition or a choice
    closed: bool | None = None  # the group that has just ended
    repeats = long = 0
    for kind, piece in _pieces(pattern):
        if kind == "repeat":
            many = piece.rstrip("+?") not in {"", "{0,1}", "{1}"} or piece[0] in "+*"
            if many and closed:
                return "a repeated group holds a repetition or a choice, which can take for ever: write it without one"
            repeats += 1
            long += _is_long(piece)
            variable[-1] = True
        elif kind == "open":
            variable.append(False)
        elif kind == "close" and len(variable) > 1:
            closed = variable.pop()
            variable[-1] |= closed
            continue
        elif kind == "bar":
            variable[-1] = True
        closed = None
    if long > _LONG_REPEATS or repeats > _REPEATS:
        return (
            f"has {repeats} repetitions, {long} of them of more than three times; "
            f"{_REPEATS} and {_LONG_REPEATS} are the most: write two simpler patterns"
        )
    return None


def _is_long(repeat: str) -> bool:
    bare = repeat[:-1] if len(repeat) > 1 and repeat[-1] in "?+" else repeat
    return not _SHORT.fullmatch(bare)


def _bounded(pattern: str) -> str:
    """The pattern with repetitions that end, where several could make the work of one multiply that of another."""
    pieces = list(_pieces(pattern))
    if sum(kind == "repeat" and _is_long(piece) for kind, piece in pieces) < 2:
        return pattern
    return "".join(_ended(piece) if kind == "repeat" else piece for kind, piece in pieces)


def _ended(repeat: str) -> str:
    bare, how = (repeat[:-1], repeat[-1]) if len(repeat) > 1 and repeat[-1] in "?+" else (repeat, "")
    if bare in {"*", "+"}:
        return f"{{{int(bare == '+')},{REACH}}}{how}"
    if m := re.fullmatch(r"\{(\d*),(\d*)\}", bare):
        least = int(m[1] or 0)
        most = min(int(m[2]), max(REACH, least)) if m[2] else max(REACH, least)
        return f"{{{least},{most}}}{how}"
    return repeat


def _words(pattern: str) -> tuple[str, ...]:
    """Runs of ASCII letters that stand in every match: outside groups, and not optional."""
    found: list[str] = []
    run, depth, choice = "", 0, False
    for kind, piece in _pieces(pattern):
        if kind == "literal" and depth == 0 and piece.isascii() and piece.isalpha():
            # Outside ASCII other letters may be equal but for case (the Kelvin sign and k).
            run += piece.lower()
            continue
        if kind == "repeat" and _OPTIONAL.match(piece):
            run = run[:-1]
        found.append(run)
        run = ""
        depth += (kind == "open") - (kind == "close")
        choice |= kind == "bar" and depth == 0
    found.append(run)
    return () if choice else tuple(dict.fromkeys(word for word in found if word))
