"""Writes the reference pages from the program itself; with --check, says whether they are current."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from digest.cli import LAZY, digest

HERE = Path(__file__).resolve().parent
REFERENCE = HERE / "reference"
CONFIG = HERE.parent / "config"
MADE = "<!-- Made by `make docs`; change the program's own words instead. -->\n"


def commands() -> str:
    """Every command's help."""
    parts = [MADE, "# Commands\n", "```text\n" + _help(digest, "digest") + "```\n"]
    for name in LAZY:
        command = digest.get_command(click.Context(digest), name)
        assert command is not None
        parts.append(f"\n## digest {name}\n\n```text\n{_help(command, f'digest {name}')}```\n")
        if isinstance(command, click.Group):
            for inner, sub in command.commands.items():
                parts.append(f"\n### digest {name} {inner}\n\n```text\n{_help(sub, f'digest {name} {inner}')}```\n")
    return "\n".join(part.rstrip("\n") + "\n" for part in parts)


def configuration() -> str:
    """The shipped files of `config/`, which explain every key."""
    parts = [MADE, "# Configuration\n\nThe files `digest init` writes. Unknown keys are refused.\n"]
    files = [*sorted(CONFIG.glob("*.toml"), key=lambda f: (f.name != "digest.toml", f.name)), *CONFIG.glob("*/*.toml")]
    parts += [f"\n## config/{f.relative_to(CONFIG)}\n\n```toml\n{f.read_text(encoding='utf-8')}```\n" for f in files]
    return "".join(parts)


def _help(command: click.Command, name: str) -> str:
    context = click.Context(command, info_name=name, max_content_width=96, terminal_width=96)
    return command.get_help(context) + "\n"


def main() -> int:
    """Write or compare the pages; 1 when one is out of date."""
    old = []
    for name, text in (("commands.md", commands()), ("configuration.md", configuration())):
        file = REFERENCE / name
        if "--check" in sys.argv:
            if not file.exists() or file.read_text(encoding="utf-8") != text:
                old.append(name)
        else:
            file.write_text(text, encoding="utf-8")
    if old:
        sys.stderr.write(f"out of date: {', '.join(old)}; run `make docs`\n")
    return 1 if old else 0


if __name__ == "__main__":
    sys.exit(main())
