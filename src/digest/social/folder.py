"""Posts into files: one for each, named by edition and item, so that it is there or it is not."""

from __future__ import annotations

import json
import os
import re
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from digest.social.outcome import Absent, Later, Sent
from digest.store.posts import Post


@dataclass(frozen=True, slots=True)
class Folder:
    """An account whose posts are files. `place` is made when missing."""

    place: Path

    def send(self, post: Post, now: datetime) -> Sent | Later:
        """Write the text, and beside it what is known of it as JSON; the text comes last and whole, and means done."""
        file = self._file(post)
        facts = {
            "edition": post.edition.name,
            "account": post.account,
            "kind": post.kind,
            "item": post.item,
            "text": post.text,
            "link": post.link,
            "language": post.language,
            "posted_at": now.isoformat(),
        }
        try:
            self.place.mkdir(parents=True, exist_ok=True)
            _write(file.with_suffix(".json"), json.dumps(facts, ensure_ascii=False, indent=2) + "\n")
            _write(file, post.text + "\n")
        except OSError as error:
            return Later(None, f"{file} cannot be written: {error.strerror}")
        return Sent(id=file.name, url=file.as_uri())

    def find(self, post: Post, now: datetime) -> Sent | Absent:  # noqa: ARG002 - every network is asked alike
        """Whether the file is there and holds this text."""
        file = self._file(post)
        try:
            there = file.read_text(encoding="utf-8") == post.text + "\n"
        except (FileNotFoundError, UnicodeDecodeError):
            there = False
        return Sent(id=file.name, url=file.as_uri()) if there else Absent(proof=True)

    def _file(self, post: Post) -> Path:
        account = post.account.partition(":")[2]
        name = f"{post.edition.name}-{account}-{post.kind}-{post.item}"
        return self.place.resolve() / (re.sub(r"[^\w.-]+", "-", name) + ".txt")


def _write(file: Path, text: str) -> None:
    """Write a file so that it appears whole, and stays through a loss of power."""
    draft = file.with_name(f".{file.name}.{os.getpid()}")
    with draft.open("w", encoding="utf-8") as stream:
        stream.write(text)
        stream.flush()
        os.fsync(stream.fileno())
    draft.replace(file)
    folder = os.open(file.parent, os.O_RDONLY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)
