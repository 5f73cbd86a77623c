"""Readers are many, letters are few."""

from dataclasses import replace
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from digest.edition.content import digest_of, digest_of_frozen, dump, read
from digest.edition.variants import Wish, plan, shown, whole, words
from digest.errors import RefusedError
from digest.model import Edition, EditionStory, Reason, Section, Sentence, Tagged, Window

AT = datetime(2026, 11, 22, 6, tzinfo=UTC)
TAGS = [f"t{n}" for n in range(9)]


def story(name: str) -> EditionStory:
    return EditionStory(
        id=name,
        headline=f"Headline {name}",
        url=f"https://a.example/{name}",
        source="A",
        rights="own",
        published=AT,
        tags=(Tagged(tag="x", strength=0.5, why="“x” once", start=1, end=2),),
        summary=(Sentence(text="It happened.", start=0, end=12),),
        reasons=(Reason(signal="recency", points=0.5),),
    )


def edition(*tags: str) -> Edition:
    return Edition(
        id="daily/2026-11-22",
        newsletter="daily",
        title="Daily",
        number=3,
        slot=AT,
        window=Window(start=AT, end=AT),
        language="en",
        direction="ltr",
        subject="S",
        preheader="P",
        sections=tuple(Section(tag=tag, title=tag, stories=(story(tag),)) for tag in tags),
    )


def test_no_topics_means_everything():
    assert shown(edition("a", "b"), Wish(), {"en"}) == whole(edition("a", "b"))


def test_topics_that_yield_nothing_today_get_no_letter():
    assert shown(edition("a"), Wish(topics=("b",)), {"en"}) is None


def test_a_language_the_furniture_lacks_gets_the_newsletters_own():
    assert shown(edition("a"), Wish(language="xx"), {"en", "de"}).language == "en"
    assert shown(edition("a"), Wish(language="de-AT"), {"en", "de"}).language == "de"


def test_wishes_that_show_the_same_share_a_letter():
    decided = plan(edition("a", "b"), [Wish(), Wish(topics=("a", "b")), Wish(topics=("a", "b", "z"))], {"en"})
    assert len(decided) == 1


def test_more_than_two_hundred_letters_are_refused():
    wishes = [Wish(topics=tuple(t for bit, t in enumerate(TAGS) if mask >> bit & 1)) for mask in range(1, 2**9)]
    with pytest.raises(RefusedError, match="different letters"):
        plan(edition(*TAGS), wishes, {"en"})


@given(st.sets(st.sampled_from(TAGS)), st.lists(st.sampled_from(TAGS), unique=True))
def test_a_letter_shows_what_was_asked_for_in_the_editions_order(topics: set[str], tags: list[str]):
    found = shown(edition(*tags), Wish(topics=tuple(sorted(topics))), {"en"})
    expected = tuple(tag for tag in tags if not topics or tag in topics)
    assert (found.sections if found else ()) == expected


def test_an_edition_survives_json_and_keeps_its_hash():
    value = edition("a", "b")
    assert read(dump(value)) == value
    assert digest_of(read(dump(value))) == digest_of(value)


def test_any_change_of_what_is_shown_changes_the_hash():
    value = edition("a")
    assert digest_of(replace(value, subject="T")) != digest_of(value)
    assert digest_of_frozen("c", ["a", "b"]) == digest_of_frozen("c", ["b", "a"])
    assert digest_of_frozen("c", ["a", "b"]) != digest_of_frozen("c", ["a", "c"])


def test_text_alone_is_a_letter_of_its_own_and_counts():
    value = edition("a", "b")
    decided = plan(value, [Wish(), Wish(text=True), Wish(topics=("a",), text=True)], {"en"})
    assert len(decided) == 3
    assert shown(value, Wish(text=True), {"en"}).key(asks=True) == "en|a,b|appeal|text"


def test_a_variants_name_in_words():
    titles = {"syria": "From Syria", "world": ""}
    assert words("en|syria,world,*|appeal", titles) == (
        "English: From Syria, world and what else there was; with the appeal; HTML and text"
    )
    assert words("de|*|plain|text", {"*": "Today"}) == "German: Today; without an appeal; text only"
    assert words("ar|syria|plain") == "Arabic: syria; without an appeal; HTML and text"
    assert words("zh-Hant-TW|*|plain").startswith("Chinese (Traditional, Taiwan): what else there was")
    assert [words(f"{tag}|*|plain").partition(":")[0] for tag in ("xx", "no such", "")] == ["xx", "no such", ""]
