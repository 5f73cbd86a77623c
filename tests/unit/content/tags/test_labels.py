"""What publishers call a topic, mapped into the vocabulary; and what their long lists are worth."""

from __future__ import annotations

from typing import Any

import pytest

from digest.config import slug
from digest.content.tags.evidence import STUFFED
from digest.content.tags.vocabulary import Vocabulary
from digest.model import TagRule


def rule(name: str, *aliases: str) -> TagRule:
    return TagRule(key=slug(name), name=name, aliases=aliases)


TOPICS = Vocabulary(
    [
        rule("US elections"), rule("Universities", "university"), rule("Donald Trump"), rule("Ceasefires"),
        rule("Research & Development"), rule("Congress"), rule("Texas"), rule("Syria"), rule("Türkiye"),
        rule("9/11"), rule("Boxing"), rule("Box"),
    ]
)  # fmt: skip


def keys(*labels: str, **lists: Any) -> list[str]:
    return sorted(t.tag for t in TOPICS.tag("", "", categories=labels, **lists))


@pytest.mark.parametrize(
    ("label", "key"),
    [
        ("us-election", "us-elections"), ("U.S. Elections", "us-elections"), ("Elections, US", "us-elections"),
        ("news/us_elections", "us-elections"), ("Topics > US Election", "us-elections"),
        ("Trump, Donald J", "donald-trump"), ("Donald J. Trump", "donald-trump"),
        ("UNIVERSITY", "universities"), ("cease-fire", "ceasefires"),
        ("Research and Development", "research-development"), ("the Congress", "congress"), ("TURKIYE", "türkiye"),
        ("Texas", "texas"), ("9/11", "9-11"), ("boxing", "boxing"), ("boxes", "box"),
    ],
)  # fmt: skip
def test_however_a_label_is_written(label: str, key: str) -> None:
    (tagged,) = TOPICS.tag("", "", categories=[label])
    assert (tagged.tag, tagged.place, tagged.origin) == (key, "category", "category")
    assert tagged.why == f"the feed's category “{label}”"


@pytest.mark.parametrize("label", ["texan", "Congressional", "", "—", "elections", "Trump", "x" * 100_000, "/" * 5000])
def test_what_is_no_name_of_a_tag(label: str) -> None:
    assert keys(label) == []


def test_a_name_inside_a_label_counts_for_less() -> None:
    whole, part = (TOPICS.tag("", "", categories=[label])[0] for label in ("Syria", "Syria and the region"))
    assert whole.tag == part.tag == "syria"
    assert whole.strength > part.strength


def test_each_list_is_named_and_one_publisher_speaks_once() -> None:
    origins = {name: TOPICS.tag("", "", **{name: ["Syria"]})[0] for name in ("categories", "publisher", "metadata")}
    assert [t.origin for t in origins.values()] == ["category", "publisher", "metadata"]
    assert origins["metadata"].strength < origins["publisher"].strength
    both = TOPICS.tag("", "", categories=["Syria"], publisher=["Syria"], metadata=["syria"])[0]
    assert both.strength == origins["categories"].strength


def test_a_list_for_search_engines_needs_words_of_the_article_too() -> None:
    stuffed = ["Syria", *(f"word {at}" for at in range(STUFFED))]
    assert keys(metadata=stuffed) == []
    (tagged,) = TOPICS.tag("", "Rain fell.\n\n" + "It rained on. " * 60 + "In Syria too.", metadata=stuffed)
    assert tagged.origin == "alias"
    assert "the page's keyword “Syria”" in tagged.why
