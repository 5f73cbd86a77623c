"""Reads a home's `config/` into one frozen value, or names every mistake at once."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path
from typing import Any

from pydantic import BaseModel, ValidationError

from digest.config import locate
from digest.config.across import mistakes
from digest.config.values import AppealTable, Config, Newsletter
from digest.errors import ConfigError, Problem

FILES = ("digest.toml", "feeds.toml", "tags.toml", "social.toml", "appeals.toml")
"""The files of `config/` beside `newsletters/*.toml`; only the first must exist."""

_WORDS = {
    "extra_forbidden": "this key is not known here; take it out or see the shipped example",
    "missing": "this key is missing",
}
_TOML_LINE = re.compile(r"\(at line (\d+), column \d+\)")


def load(home: Path) -> Config:
    """Read and check the configuration of `home`.

    Raises:
        ConfigError: with every mistake in every file, each with its line and what would be right.
    """
    sources = _Sources(home)
    data: dict[str, Any] = {}
    for name in FILES:
        data |= sources.read(f"config/{name}")
    newsletters = home / "config" / "newsletters"
    data["newsletters"] = {
        path.stem: sources.read(f"config/newsletters/{path.name}") for path in sorted(newsletters.glob("*.toml"))
    }
    if sources.problems:
        raise ConfigError(sources.problems)
    try:
        config = Config.model_validate(data)
    except ValidationError as error:
        raise ConfigError([sources.problem(tuple(e["loc"]), _say(e)) for e in error.errors()]) from None
    problems = [sources.problem(path, message) for path, message in mistakes(config)]
    if problems:
        raise ConfigError(problems)
    return config


class _Sources:
    """The files read so far, and which file and line a path of the whole belongs to."""

    def __init__(self, home: Path) -> None:
        self.home = home
        self.problems: list[Problem] = []
        self._lines: dict[str, dict[locate.Path, int]] = {}
        self._file_of: dict[str, str] = {"site": "config/digest.toml"}

    def read(self, name: str) -> dict[str, Any]:
        path = self.home / name
        if not path.exists():
            if name == "config/digest.toml":
                message = "this file is missing; `digest init DIR` writes a home that works"
                self.problems.append(Problem(name, 0, "", message))
            return {}
        try:
            text = path.read_text(encoding="utf-8")
            data = tomllib.loads(text)
        except UnicodeDecodeError:
            self.problems.append(Problem(name, 0, "", "this file is not UTF-8 text"))
            return {}
        except tomllib.TOMLDecodeError as error:
            where = _TOML_LINE.search(str(error))
            says = _TOML_LINE.sub("", str(error)).strip()
            self.problems.append(Problem(name, int(where[1]) if where else 0, "", f"this is not TOML: {says}"))
            return {}
        self._lines[name] = locate.lines(text)
        if not name.startswith("config/newsletters/"):
            for key in data:
                if self._file_of.setdefault(key, name) != name:
                    line = locate.nearest(self._lines[name], (key,))
                    self.problems.append(Problem(name, line, key, f"this belongs in {self._file_of[key]}"))
        return data

    def problem(self, path: locate.Path, message: str) -> Problem:
        """Turn a path of the whole configuration into a place in a file."""
        if path[:1] == ("newsletters",) and len(path) > 1:
            name, inner = f"config/newsletters/{path[1]}.toml", path[2:]
        else:
            name, inner = self._file_of.get(str(path[0]), "config/digest.toml"), path
        line = locate.nearest(self._lines.get(name, {}), inner)
        return Problem(name, line, ".".join(str(part) for part in inner), message)


def _say(error: Any) -> str:
    """Pydantic's finding in plain words."""
    kind = error["type"]
    if kind == "value_error":
        return str(error["ctx"]["error"])
    if kind == "extra_forbidden":
        return _WORDS[kind] + _known(error["loc"])
    return _WORDS.get(kind) or f"{error['msg'][0].lower()}{error['msg'][1:]}; got {_short(error['input'])}"


def _short(value: object) -> str:
    text = repr(value)
    return text if len(text) <= 60 else text[:57] + "..."


def _known(loc: tuple[str | int, ...]) -> str:
    """The keys that are known where an unknown one stands."""
    model: type[BaseModel] | None = Config
    for part in loc[:-1]:
        model = model and _inner(model, part)
    return f" (known: {', '.join(model.model_fields)})" if model else ""


def _inner(model: type[BaseModel], part: str | int) -> type[BaseModel] | None:
    if isinstance(part, int):
        return model
    if part not in model.model_fields:
        # A name chosen by the newsroom: the key of a dictionary of tables.
        return model if model in (AppealTable, Newsletter) else None
    for candidate in _types(model.model_fields[part].annotation):
        if isinstance(candidate, type) and issubclass(candidate, BaseModel):
            return candidate
    return None


def _types(annotation: Any) -> list[Any]:
    arguments = getattr(annotation, "__args__", None)
    return [inner for argument in arguments for inner in _types(argument)] if arguments else [annotation]
