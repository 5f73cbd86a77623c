"""The shipped configuration with every commented example switched on, as files by name."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from digest.resources import folder

_SWITCHED_OFF = re.compile(r"^# ((?:\[\[?[a-z.]+\]\]?|[a-z_]+ = .*|# .*))$")


@pytest.fixture(scope="session")
def shown() -> dict[str, str]:
    """Each file of config/ with its examples switched on, by its path below config/."""
    root = folder("config")
    return {str(file.relative_to(root)): _on(file.read_text()) for file in sorted(root.rglob("*.toml"))}


@pytest.fixture
def write(tmp_path: Path, shown: dict[str, str]):
    """`write({"feeds.toml": text})`: a home with the shown configuration, some files replaced."""

    def home(changed: dict[str, str] | None = None) -> Path:
        for name, text in (shown | (changed or {})).items():
            file = tmp_path / "config" / name
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_text(text)
        return tmp_path

    return home


def _on(text: str) -> str:
    return "\n".join(_SWITCHED_OFF.sub(r"\1", line) for line in text.splitlines()) + "\n"


@pytest.fixture(scope="session")
def whole(shown: dict[str, str]) -> dict[str, str]:
    """The shown configuration made sound: the tag that its example names is there."""
    return shown | {"tags.toml": shown["tags.toml"] + '\n[[tags]]\nname = "Jihadism"\n'}
