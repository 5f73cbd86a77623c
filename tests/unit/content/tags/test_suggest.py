"""Suggestions for the vocabulary: names that recur, and none of what merely begins a sentence or signs an article."""

from __future__ import annotations

import tomllib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from digest.content.tags import suggest
from digest.content.tags.capitals import phrases
from digest.content.tags.suggest import Suggestions
from digest.content.tags.vocabulary import Vocabulary
from digest.model import TagRule

KNOWN = Vocabulary(
    [TagRule(key="al-qaeda", name="Al Qaeda"), TagRule(key="un", name="UN", aliases=("United Nations",))]
)


def read(*texts: str, title: str = "news of the day", names: tuple[str, ...] = (), **more: str) -> Suggestions:
    found = Suggestions(KNOWN, names)
    for at, text in enumerate(texts):
        found.add(f"{title} {at}", text, source=f"outlet {at % 3}", authors=["Ada Quill"], **more)
    return found


def names(found: Suggestions) -> list[str]:
    return [one.name for one in found.best(10)]


def test_names_that_recur_are_suggested_with_what_to_paste() -> None:
    text = "Yesterday the Orran Guard left, and officials of the Bank of Sahlan met Jaysh al-Harrat in New Dremmin."
    found = read(*[text] * 3)
    assert sorted(names(found)) == ["Bank of Sahlan", "Jaysh al-Harrat", "New Dremmin", "Orran Guard"]
    one = found.best(1)[0]
    assert (one.articles, one.sources) == (3, 3)
    assert one.headlines == ("news of the day 0", "news of the day 1", "news of the day 2")
    assert tomllib.loads(one.toml)["tags"] == [{"name": one.name}]


def test_what_is_no_topic_is_not_suggested() -> None:
    text = (
        "Instead, he said, Monday is good. Ada Quill saw it. The Harbour Wire wrote of al-Qaida and the "
        "United Nations. "
        "“Perhaps,” she said. I’m sure. Windows were broken: in the north, windows are dear. Then Windows broke."
    )
    assert names(read(*[text] * 6, names=("Harbour Wire",))) == []


def test_few_articles_or_one_outlet_are_too_few() -> None:
    found = read("He met the Orran Guard.", "She met the Orran Guard.")
    assert names(found) == []
    alone = Suggestions(KNOWN)
    for at in range(4):
        alone.add(f"day {at}", "He met the Orran Guard.", source="ours")
    assert alone.best(5) == []
    assert [one.name for one in alone.best(5, sources=1)] == ["Orran Guard"]


def test_spellings_and_short_forms_come_together() -> None:
    found = read(
        *["They say Mara Quist won. We know that Quist is glad."] * 4,
        *["They met al-Nahda and LLMs."] * 3, *["They met Al Nahdah and an LLM."] * 3,
    )  # fmt: skip
    by_name = {one.name: one.aliases for one in found.best(9)}
    assert by_name["Mara Quist"] == ("Quist",)
    assert by_name["LLM"] == ("LLMs",)
    assert len(by_name) == 3


def test_headlines_that_capitalise_every_word_are_not_read() -> None:
    found = read(*["nothing here"] * 4, title="Why Every Harbour Needs A Crane Today")
    assert names(found) == []


def test_german_nouns_are_no_names() -> None:
    text = "Er sah den Hafen und die Regierung in Port Ellery, sagte die EU."
    assert sorted(names(read(*[text] * 3, language="de"))) == ["EU", "Port Ellery"]


def test_memory_is_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(suggest, "KEPT", 50)
    found = Suggestions(KNOWN)
    for at in range(400):
        word = "".join(chr(97 + int(digit)) for digit in str(at))
        found.add("x", f"He saw Z{word} and the Orran Guard.", source=f"s{at % 2}")
    assert len(found._seen) <= 101
    assert names(found) == ["Orran Guard"]


def test_phrases_know_where_a_sentence_begins() -> None:
    said = [(p.text, p.first) for p in phrases("Port Ellery met Dr. Sand. “Ferries sail,” NATO said. U.S. Steel rose.")]
    assert said == [("Port Ellery", True), ("Sand", False), ("Ferries", True), ("NATO", False), ("U.S. Steel", True)]


@given(st.lists(st.text(max_size=80), max_size=6))
def test_any_text_is_read(texts: list[str]) -> None:
    found = read(*texts, *texts, *texts)
    for one in found.best(50, articles=1, sources=1):
        assert tomllib.loads(one.toml)["tags"][0]["name"] == one.name
