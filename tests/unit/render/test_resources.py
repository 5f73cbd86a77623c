"""A home's own template goes first, and no name leads out of templates/."""

from __future__ import annotations

from pathlib import Path

import pytest

from digest.errors import TemplateError
from digest.resources import MissingTemplateError, folder, template


def test_a_home_s_own_template_goes_first(tmp_path: Path) -> None:
    assert "mjml" in template("letter/letter.mjml")
    assert template("letter/letter.mjml", tmp_path) == template("letter/letter.mjml")
    own = tmp_path / "templates" / "letter"
    own.mkdir(parents=True)
    (own / "letter.mjml").write_text("Größe", encoding="utf-8")
    assert template("letter/letter.mjml", tmp_path) == "Größe"
    (own / "letter.mjml").write_bytes(b"\xff")
    with pytest.raises(TemplateError, match="UTF-8"):
        template("letter/letter.mjml", tmp_path)


@pytest.mark.parametrize("name", ["../pyproject.toml", "/etc/passwd", "letter/../../x", "a\\b", "a\0b"])
def test_names_stay_inside(name: str, tmp_path: Path) -> None:
    with pytest.raises(TemplateError, match="path inside templates/"):
        template(name, tmp_path)


def test_what_is_missing_is_named(tmp_path: Path) -> None:
    with pytest.raises(MissingTemplateError, match=r"letter/nothing\.txt"):
        template("letter/nothing.txt", tmp_path)
    assert folder("templates").is_dir()
