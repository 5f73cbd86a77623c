"""Finds the files that come with the program: templates, configuration and examples.

They lie at the root of a checkout, or in `digest/_bundled/` of an installed wheel. A home's own `templates/`
goes before both, so a newsroom changes one file and keeps the rest.
"""

from __future__ import annotations

from pathlib import Path, PurePosixPath
from typing import Literal

from digest.errors import TemplateError

Bundled = Literal["templates", "config", "examples"]
"""The folders that come with the program."""


class MissingTemplateError(TemplateError):
    """There is no template of that name, neither in the home nor among the bundled ones."""


_PACKAGE = Path(__file__).resolve().parent


def folder(name: Bundled) -> Path:
    """The bundled folder of that name: inside the wheel if installed, else at the root of the checkout.

    Raises:
        FileNotFoundError: neither place has it; the installation is broken.
    """
    # The wheel's copy exists only beside installed code: an editable copy never shadows the checkout.
    for place in (_PACKAGE / "_bundled" / name, _PACKAGE.parents[1] / name):
        if place.is_dir():
            return place
    raise FileNotFoundError(f"The folder '{name}' that comes with digest is missing; install it again.")


def template(name: str, home: Path | None = None) -> str:
    """The text of a template, the home's own if it has one.

    Args:
        name: the path inside `templates/`, with forward slashes ("letter/letter.mjml").
        home: the folder whose `templates/` goes first; None for the bundled ones alone.

    Raises:
        MissingTemplateError: there is no such template.
        TemplateError: the name leads out of templates/, or the file is not UTF-8.
    """
    path = PurePosixPath(name)
    if path.is_absolute() or ".." in path.parts or "\\" in name or "\0" in name:
        raise TemplateError(f"{name}: a template's name is a path inside templates/, without '..'.")
    places = ([home / "templates"] if home else []) + [folder("templates")]
    for place in places:
        file = place / path
        if file.is_file():
            try:
                return file.read_text(encoding="utf-8")
            except UnicodeDecodeError as error:
                raise TemplateError(f"{file}: not UTF-8 at byte {error.start}; save it as UTF-8.") from error
    raise MissingTemplateError(f"There is no template {name} in {' or '.join(str(p) for p in places)}.")


def languages(home: Path | None = None) -> frozenset[str]:
    """The languages the furniture speaks: English, and one for each catalogue in `templates/words/`."""
    places = ([home / "templates"] if home else []) + [folder("templates")]
    return frozenset({"en"} | {file.stem for place in places for file in (place / "words").glob("*.po")})
