"""The checks on real sentences, kept outside the project: what is verbatim passes, what was changed does not."""

from __future__ import annotations

import gzip
import json
import os
import random
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from digest.content.claims.asked import Claim, Numbered, numbered
from digest.content.claims.cited import refusal

pytestmark = pytest.mark.data

NAMES = ["Brook", "Callerby", "Westerhaven", "Quill", "Dremmin"]


def articles() -> Iterator[Numbered]:
    folder = os.environ.get("DIGEST_TEST_DATA", "")
    if not folder or not Path(folder).is_dir():
        pytest.skip("DIGEST_TEST_DATA names no folder")
    packed = (Path(folder) / "summaries" / "decks.jsonl.gz").read_bytes()
    for line in gzip.decompress(packed).decode().split("\n"):
        if line:
            yield numbered(json.loads(line)["text"], "en")


def why(text: str, n: int, article: Numbered) -> str:
    return refusal([Claim(text=text, cites=(n,))], article, sentences=1, words=300)


def test_changed_sentences_never_pass() -> None:
    chance = random.Random(5)
    tried = 0
    for article in articles():
        for n, sentence in enumerate(article.sentences[:6], start=1):
            if why(sentence, n, article):
                continue
            figures = re.findall(r"\d+", sentence)
            names = re.findall(r"(?<=[a-z,] )[A-Z][a-z]{3,}", sentence)
            verb = re.search(r"\b(?:is|was|were|are|has|have|will|had|did)\b ", sentence)
            changed = []
            if figures:
                changed.append(sentence.replace(figures[-1], str(int(figures[-1]) + 1), 1))
            if names:
                changed.append(sentence.replace(chance.choice(names), chance.choice(NAMES), 1))
            if verb:
                changed.append(f"{sentence[: verb.end()]}not {sentence[verb.end() :]}")
            for text in changed:
                tried += 1
                assert why(text, n, article), f"{sentence}\n{text}"
    assert tried > 1_000


def test_other_sentences_of_the_article_do_not_pass() -> None:
    tried = passed = 0
    for article in articles():
        for n in range(2, min(7, len(article.sentences) + 1)):
            tried += 1
            passed += not why(article.sentences[n - 2], n, article)
    assert tried > 1_000
    assert passed <= tried / 200
