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

_HOLDS = dict(zip((f"config/{name}" for name in FILES), ("site", "feeds", "tags", "accounts", "appeals"), strict=True))
_NOBODY = {"name": "?"}
_WORDS = {
    "extra_forbidden": "this key is not known here; take it out or see the shipped example",
    "missing": "this key is missing",
    "tuple_type": 'this is a list, such as ["one", "two"]',
    "string_type": "this is text, in quotation marks",
    "string_too_short": "this must not be empty",
    "int_type": "this is a whole number",
    "int_from_float": "this is a whole number",
    "int_parsing": "this is a whole number",
    "float_type": "this is a number",
    "float_parsing": "this is a number",
    "bool_type": "this is true or false, without quotation marks",
    "bool_parsing": "this is true or false, without quotation marks",
    "model_type": 'this is a table: keys with values, such as { mode = "required" }',
    "dict_type": "this is a table of names with values",
}
_PATTERNS = {
    "^[A-Z]{3}$": 'a currency is three capitals, such as "EUR"',
    "^[a-z0-9][a-z0-9-]{0,63}$": 'a name is small letters, digits and hyphens, such as "newsroom"',
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
    errors, config, lost = _validated({"site": _NOBODY} | data if "site" in sources.unread else data)
    problems = sources.problems + [sources.problem(tuple(e["loc"]), _say(e)) for e in errors]
    # What is missing for want of a sound table would look like a mistake in those that name it.
    blind = sources.unread | lost
    problems += [sources.problem(path, says) for path, says in mistakes(config) if _names(path) not in blind]
    if problems:
        raise ConfigError(problems)
    return config


def _validated(data: dict[str, Any]) -> tuple[list[Any], Config, set[str]]:
    """All that is wrong by itself, the configuration without it, and the tables that had to go with it."""
    try:
        return [], Config.model_validate(data), set()
    except ValidationError as error:
        errors = error.errors()
    lost = {"accounts"} & {str(e["loc"][0]) for e in errors}
    data = _without(data, {tuple(e["loc"]) for e in errors}, ())
    try:
        return errors, Config.model_validate(data), lost
    except ValidationError as error:
        # A table that lacks a key it cannot do without, or that is none.
        gone = {tuple(e["loc"][: 2 if e["loc"][0] == "newsletters" else 1]) for e in error.errors()}
    data = {"site": _NOBODY} | _without(data, gone, ())
    return errors, Config.model_validate(data), lost | {str(path[0]) for path in gone}


def _without(value: Any, wrong: set[locate.Path], path: locate.Path) -> Any:
    """The same data without the keys at these paths; tables in lists stay, since paths count them."""
    if isinstance(value, dict):
        return {key: _without(v, wrong, (*path, key)) for key, v in value.items() if (*path, key) not in wrong}
    if isinstance(value, list):
        kept = [(at, v) for at, v in enumerate(value) if isinstance(v, dict) or (*path, at) not in wrong]
        return [_without(v, wrong, (*path, at)) for at, v in kept]
    return value


def _names(path: locate.Path) -> str:
    """The table that a key's value names something in."""
    if path[0] == "accounts":
        return "accounts"
    if path[0] in ("feeds", "newsletters"):
        return {"tags": "tags", "tag": "tags", "appeal": "appeals", "channels": "accounts"}.get(str(path[-1]), "")
    return ""


class _Sources:
    """The files read so far, and which file and line a path of the whole belongs to."""

    def __init__(self, home: Path) -> None:
        self.home = home
        self.problems: list[Problem] = []
        self.unread: set[str] = set()
        self._lines: dict[str, dict[locate.Path, int]] = {}
        self._file_of: dict[str, str] = {"site": "config/digest.toml"}

    def read(self, name: str) -> dict[str, Any]:
        path = self.home / name
        if not path.exists():
            if name == "config/digest.toml":
                message = "this file is missing; `digest init DIR` writes a home that works"
                self.problems.append(Problem(name, 0, "", message))
                return self._unread(name)
            return {}
        try:
            text = path.read_text(encoding="utf-8")
            data = tomllib.loads(text)
        except UnicodeDecodeError:
            self.problems.append(Problem(name, 0, "", "this file is not UTF-8 text"))
            return self._unread(name)
        except tomllib.TOMLDecodeError as error:
            where = _TOML_LINE.search(str(error))
            says = _TOML_LINE.sub("", str(error)).strip()
            self.problems.append(Problem(name, int(where[1]) if where else 0, "", f"this is not TOML: {says}"))
            return self._unread(name)
        self._lines[name] = locate.lines(text)
        if not name.startswith("config/newsletters/"):
            for key in data:
                if self._file_of.setdefault(key, name) != name:
                    line = locate.nearest(self._lines[name], (key,))
                    self.problems.append(Problem(name, line, key, f"this belongs in {self._file_of[key]}"))
        return data

    def _unread(self, name: str) -> dict[str, Any]:
        """Note whose tables are not known because their file cannot be read."""
        self.unread |= {_HOLDS[name]} if name in _HOLDS else set()
        return {}

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
    if kind == "missing":
        return _WORDS[kind]
    says = _WORDS.get(kind) or _PATTERNS.get(error.get("ctx", {}).get("pattern", "")) or error["msg"]
    return f"{says[0].lower()}{says[1:]}; got {_short(error['input'])}"


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
