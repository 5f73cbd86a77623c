"""Romanised Arabic names: one name however it is spelt, and nothing that only looks like it."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from digest.config import slug
from digest.content.tags.transliteration import is_article, skeletons
from digest.content.tags.vocabulary import Vocabulary
from digest.model import TagRule


def rule(name: str, *aliases: str, transliterate: bool | None = None) -> TagRule:
    return TagRule(key=slug(name), name=name, aliases=aliases, transliterate=transliterate)


NAMES = Vocabulary(
    [
        rule("Al Qaeda"),
        rule("AQAP", "Al Qaeda in the Arabian Peninsula"),
        rule("Al Nusrah Front", "al-Nusra"),
        rule("Al Shabaab"),
        rule("Ahrar al Sham"),
        rule("Jaysh al Islam"),
        rule("Ennahda", "al-Nahda"),
        rule("Hezbollah", transliterate=True),
        rule("Al Ain", transliterate=False),
        rule("Houthis", "Houthi"),
    ]
)


def found(text: str) -> list[tuple[str, str]]:
    return [(m.tag, text[m.start : m.end]) for m in NAMES.mentions(text)]


@pytest.mark.parametrize(
    ("tag", "spellings"),
    [
        ("al-qaeda", "al-Qaida|Al Qaeda|al-Qa'ida|al Qa’eda|el-Kaida|al-Qaïda|Al-Qaidah|Alqaeda|al-Qāʿida|AL-QAIDA"),
        ("aqap", "al-Qaida in the Arabian Peninsula|Al-Qa'ida in the Arabian Peninsula"),
        ("al-nusrah-front", "al-Nusra|an-Nusra|al-Nosra Front|al Nusrah|Jabhat al-Nusra|Jabhat an-Nusrah|Nusra Front"),
        ("al-shabaab", "al-Shabab|Al-Shabaab|ash-Shabab|al Shebab|Alshabaab|el-Chabab|al\u2011Shabab|al\nShabaab"),
        ("ahrar-al-sham", "Ahrar al-Sham|Ahrar ash-Sham|Ahrar Sham|Ahrar al Shaam"),
        ("jaysh-al-islam", "Jaish al-Islam|Jeish al-Islam|Jaysh ul-Islam"),
        ("ennahda", "Ennahda|An-Nahda|al-Nahdha"),
        ("hezbollah", "Hizbullah|Hizbollah|Hezbullah|Hezbollah|Hizb'ullah"),
    ],
)
def test_all_spellings_of_a_name_are_one_tag(tag: str, spellings: str) -> None:
    for spelling in spellings.split("|"):
        assert found(f"He left {spelling} last year.") == [(tag, spelling)], spelling


@pytest.mark.parametrize(
    "text",
    [
        "al-Qadi was a judge", "the Qaeda", "al-Nasr won the cup", "a sham and a shame", "al-sham", "al-Shabiba club",
        "Al. Qaeda", "al\n\nQaeda", "walkal-Qaida-like", "Hezb", "Al-Eyn", "el-Nasra", "general-Qaida", "Huthi rebels",
        "ar-Qaida", "an-Shabab",
    ],
)  # fmt: skip
def test_what_only_looks_alike_is_no_mention(text: str) -> None:
    assert found(text) == []


def test_a_genitive_is_no_part_of_the_name() -> None:
    assert found("Hezbollah’s men and al-Shabaab's") == [("hezbollah", "Hezbollah"), ("al-shabaab", "al-Shabaab")]


def test_the_reason_names_the_spelling_of_the_vocabulary() -> None:
    (tagged,) = NAMES.tag("Ash-Shabab shells a port", "")
    assert tagged.why == "“Ash-Shabab” (for “Al Shabaab”) in the headline"
    assert (tagged.place, tagged.start, tagged.end, tagged.origin) == ("title", 0, 10, "alias")
    assert NAMES.tag("Al Shabaab shells a port", "")[0].why == "“Al Shabaab” in the headline"


def test_a_spelling_of_the_vocabulary_goes_before_a_transliteration() -> None:
    two = Vocabulary([rule("al-Masri"), rule("al-Massri")])
    assert [m.tag for m in two.mentions("al-Masri and al-Massri met")] == ["al-masri", "al-massri"]


@pytest.mark.parametrize("label", ["al-shabab", "Al_Shebab", "AL SHABAAB", "news/al-shabab"])
def test_categories_are_spelt_in_any_way_too(label: str) -> None:
    assert [t.tag for t in NAMES.tag("", "", categories=[label])] == ["al-shabaab"]


def test_an_article_is_one_only_before_its_own_consonant() -> None:
    assert all(is_article(*pair) for pair in [("al", "qaeda"), ("an", "nusra"), ("ash", "sham"), ("ed", "din")])
    assert not any(is_article(*pair) for pair in [("an", "army"), ("as", "the"), ("a", "army"), ("ad", "hoc")])


@given(st.text(st.characters(codec="ascii", categories=["Ll"]), min_size=1, max_size=30))
def test_skeletons_are_few_stable_and_never_empty(word: str) -> None:
    first = skeletons(word)
    assert 1 <= len(first) <= 2
    assert all(first)
    assert skeletons(word + word[-1])[0] == first[0] or word[-1] in "aeiouyhcgdsk"
