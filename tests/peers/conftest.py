"""An edition to judge, left-to-right or right-to-left, and the letter and markup made from it."""

from __future__ import annotations

import json
import re
import subprocess
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from django.db import transaction
from pytest_django.plugin import DjangoDbBlocker

from digest import config as configuration
from digest.cli.newsroom import Newsroom
from digest.config import Environment
from digest.config.values import Config
from digest.edition import content
from digest.model import Edition
from digest.pipeline import forms
from digest.pipeline.draft import draft
from digest.pipeline.gather import gather
from digest.render.letter import CompiledLetter, compile_letter, join
from digest.render.templates import Templates
from digest.resources import folder, template
from digest.store.feeds import Picture


@dataclass(frozen=True, slots=True, kw_only=True)
class Made:
    """The demo newsroom's edition, its configuration, and its pictures by name."""

    config: Config
    edition: Edition
    pictures: Mapping[str, bytes]


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


@pytest.fixture(scope="session")
def made(django_db_setup: None, django_db_blocker: DjangoDbBlocker, tmp_path_factory: pytest.TempPathFactory) -> Made:
    """What gather and draft make of the demo newsroom; the database forgets it."""
    now = datetime.now(UTC)  # noqa: TID251 - the newsroom's news is of today
    home = tmp_path_factory.mktemp("home")
    with (
        pytest.MonkeyPatch.context() as environment,
        Newsroom(folder("examples") / "newsroom", now) as newsroom,
        django_db_blocker.unblock(),
        transaction.atomic(),
    ):
        environment.setenv("DIGEST_ALLOW_PRIVATE", "127.0.0.0/8")
        newsroom.write_home(home, "https://courier.example")
        config = configuration.load(home)
        gather(config, now=now, allow=Environment().networks(), everything=True)
        row = draft(config, "morning", key="2026-11-24", at=now, now=now)
        pictures = {picture.name: bytes(picture.body) for picture in Picture.objects.exclude(name="")}
        transaction.set_rollback(True)
    return Made(config=config, edition=content.read(row.content), pictures=pictures)


@pytest.fixture
def compile_in(made: Made, recording: Recording) -> Callable[[str], CompiledLetter]:
    """Compiles the edition with the furniture of a language."""

    def compiled(language: str) -> CompiledLetter:
        look = forms.brand(made.config, made.config.newsletters["morning"])
        words = forms.words(made.config, language, recording)
        return compile_letter(made.edition, look, words, recording)

    return compiled


@pytest.fixture
def letter(compile_in: Callable[[str], CompiledLetter]) -> Callable[[str], str]:
    """The whole letter as HTML in a language, its holes filled."""

    def filled(language: str) -> str:
        compiled = compile_in(language)
        tags = tuple(section.tag for section in compiled.edition.sections)
        html = join(compiled, tags, tags[-1] if compiled.edition.appeal else None).html
        return re.sub("\x01&?[a-z_]+\x02", "https://courier.example/u/anybody", html)

    return filled
