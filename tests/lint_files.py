"""Checks what no linter does: sizes of files, addresses that belong to one machine, commands that documents name.

Run as `python tests/lint_files.py` at the root of the checkout; prints what is wrong and exits 1, or that all is well.
"""

from __future__ import annotations

import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import click

LONGEST = 400
USUAL = 200
SHARE = 0.75
"""Lines no file may pass, lines most files stay under, and how many are most."""

WRITTEN = ("src/", "tests/", "templates/", "bench/", "examples/", "docs/")
CODE = {".py", ".mjml", ".html", ".txt", ".css", ".js", ".mjs", ".sh", ".toml"}
APART = ("/migrations/", "/vendor/")
GENERATED = {"package-lock.json"}

# What is true on one machine only, or was meant for a moment. A path stands after a blank or a quote; after a host's
# name it is part of an address.
FORBIDDEN = {
    "a path of one machine": re.compile(r"(?<![\w.:/*<-])/(?:home|root|Users|mnt|work|tmp)/[\w.-]"),
    "a registry's host": re.compile(r"(?i)\b(?:pypi\.org|files\.pythonhosted\.org|registry\.(?:npmjs|yarnpkg)\.\w+)"),
    "a package by path": re.compile(r"file://\S*(?:\.whl|\.tar\.gz|simple)"),
    "a tracker's number": re.compile(r"(?i)\bissue #\d"),
    "a leftover": re.compile(r"\b(?:TODO|FIXME|XXX)\b|(?i:\bhelper-\d)"),
}
DOCUMENTS = ("README.md", "CONTRIBUTING.md", "ARCHITECTURE.md", "docs/")


def main() -> int:
    files = [Path(name) for name in _git("ls-files") if Path(name).is_file()]
    wrong = [*_sizes(files), *_words(files), *_commands(files), *_rooms()]
    print("\n".join(wrong) or f"{len(files)} files: sizes, words and commands are as they should be")
    return 1 if wrong else 0


def _git(*words: str) -> list[str]:
    return subprocess.run(["git", *words], check=True, capture_output=True, text=True).stdout.splitlines()


def _sizes(files: list[Path]) -> Iterator[str]:
    lines = {
        file: file.read_bytes().count(b"\n")
        for file in files
        if file.as_posix().startswith(WRITTEN)
        and file.suffix in CODE
        and not any(part in file.as_posix() for part in APART)
    }
    for file, length in lines.items():
        if length > LONGEST:
            yield f"{file}: {length} lines; {LONGEST} is the most. Is it still one thing?"
    short = sum(length < USUAL for length in lines.values())
    if short < SHARE * len(lines):
        yield f"only {short} of {len(lines)} files are under {USUAL} lines"


def _words(files: list[Path]) -> Iterator[str]:
    for file in files:
        if file.name in GENERATED or file == Path("tests/lint_files.py"):
            continue
        body = file.read_bytes()
        if b"\0" in body:
            continue
        for number, line in enumerate(body.decode("utf-8", "replace").splitlines(), 1):
            for what, pattern in FORBIDDEN.items():
                if found := pattern.search(line):
                    yield f"{file}:{number}: {what}: {found[0]}"
    for name in GENERATED:
        for file in files:
            if file.name == name and '"resolved"' in file.read_text(encoding="utf-8"):
                yield f"{file}: records where packages come from"


def _commands(files: list[Path]) -> Iterator[str]:
    targets = set(re.findall(r"(?m)^([a-z-]+):", Path("Makefile").read_text()))
    for file in files:
        if not (file.as_posix().startswith(DOCUMENTS) and file.suffix == ".md"):
            continue
        for number, line in _code_of(file.read_text(encoding="utf-8")):
            for target in re.findall(r"(?<![\w-])make ([a-z][a-z-]*)", line):
                if target not in targets:
                    yield f"{file}:{number}: there is no `make {target}`"
            for words in re.findall(r"(?:^|[\s`/$])digest((?: --home \S+| --json| -v+)*(?: [a-z][a-z-]*){1,2})", line):
                if why := _unknown(re.sub(r" --home \S+| -\S+", "", words).split()):
                    yield f"{file}:{number}: {why}"


def _code_of(text: str) -> Iterator[tuple[int, str]]:
    """The numbered lines of fenced blocks without their comments, and what stands in backquotes elsewhere."""
    fenced = False
    for number, line in enumerate(text.splitlines(), 1):
        if line.lstrip().startswith("```"):
            fenced = not fenced
        elif fenced:
            yield number, line.partition(" #")[0]
        else:
            yield from ((number, code) for code in re.findall(r"`([^`]+)`", line))


def _unknown(words: list[str]) -> str:
    """Why these are not the first words of a command of `digest`; empty when they are."""
    from digest.cli import digest

    command = digest.get_command(click.Context(digest), words[0])
    if command is None:
        return f"there is no `digest {words[0]}`"
    if isinstance(command, click.Group) and words[1:] and words[1] not in command.commands:
        return f"there is no `digest {words[0]} {words[1]}`"
    return ""


def _rooms() -> Iterator[str]:
    page = Path("ARCHITECTURE.md")
    if not page.exists():
        return
    text = page.read_text(encoding="utf-8")
    for room in sorted(Path("src/digest").glob("*/__init__.py")):
        if f"`{room.parent.name}/" not in text:
            yield f"ARCHITECTURE.md does not name {room.parent.name}/"


if __name__ == "__main__":
    sys.exit(main())
