"""An edition to judge, left-to-right or right-to-left, and the letter and markup made from it."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import pytest

from digest.render.templates import Templates
from digest.resources import template


class Recording(Templates):
    """Templates that keep what each of them gave, so that another compiler can be shown the same markup."""

    def __init__(self) -> None:
        super().__init__(template)
        self.made: dict[str, str] = {}

    def render(self, name: str, values: Mapping[str, Any]) -> str:
        self.made[name] = super().render(name, values)
        return self.made[name]


@pytest.fixture
def recording() -> Recording:
    return Recording()


@pytest.fixture(scope="session")
def npm_mjml(npm_peers: Path) -> Callable[[str], dict[str, Any]]:
    """Compiles MJML with npm mjml: {"html", "errors"}."""

    def compiled(source: str) -> dict[str, Any]:
        done = subprocess.run(
            ["node", "compile.mjs"], input=source.encode(), capture_output=True, check=True, cwd=npm_peers, timeout=60
        )
        return dict(json.loads(done.stdout))

    return compiled
