"""Tags: which words make one, which do not, and where they stand."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from digest.config import slug
from digest.content.tags.vocabulary import Vocabulary
from digest.errors import InputError
from digest.model import TagRule

FILLER = "The council met again on a grey morning and spoke of roads, schools and the price of bread. " * 12


def rule(name: str, *aliases: str, **more: tuple[str, ...]) -> TagRule:
    return TagRule(key=slug(name), name=name, aliases=aliases, **more)


WORLD = Vocabulary(
    [
        rule("Islamic State", "ISIS", "Isis", "ISIL", "Da'esh"),
        rule("Al Qaeda", "al-Qa'ida"),
        rule("AQAP", "Al Qaeda in the Arabian Peninsula", parents=("al-qaeda",)),
        rule("Al Nusrah Front", "al-Nusra", "al Nusrah", parents=("al-qaeda",)),
        rule("Syria", "Syrian", "سوريا", "シリア", "叙利亚", "시리아", "Сирия", "सीरिया"),
        rule("Sudan"),
        rule("South Sudan"),
        rule("Georgia", unless=("Georgia Tech", "Atlanta, Georgia")),
        rule("United States", "US"),
        rule("C++"),
        rule("Ceasefires", "cease-fire"),
        rule("Peninsula unrest", patterns=(r"sinai (insurgency|province)",)),
        rule("Türkiye", "Erdoğan"),
        rule("Ruritania", parents=("europe",)),
        rule("Europe", parents=("world",)),
        rule("World", parents=("europe",)),
    ]
)


def found(text: str, vocabulary: Vocabulary = WORLD) -> list[tuple[str, str]]:
    return [(m.tag, text[m.start : m.end]) for m in vocabulary.mentions(text)]


@pytest.mark.parametrize("spelling", ["ISIS", "Isis", "ISIL", "Islamic State", "islamic-state", "Daesh", "Da’esh"])
def test_all_spellings_are_one_tag(spelling: str) -> None:
    assert found(f"A convoy of {spelling}’s men left.") == [("islamic-state", spelling)]


@pytest.mark.parametrize("spelling", ["al-Nusrah", "al Nusra", "Al\u2011Nusra", "al Nusrah", "AL NUSRA", "al\nNusra"])
def test_hyphen_space_and_case_do_not_matter(spelling: str) -> None:
    assert found(f"he left {spelling} then") == [("al-nusrah-front", spelling)]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("they told us that the US would", [("united-states", "US")]),
        ("THEY TOLD US", []),
        ("isil took it", []),
        ("written in C++ and in C", [("c", "C++")]),
        (
            "a ceasefire, a cease-fire, a cease fire",
            [("ceasefires", w) for w in ("ceasefire", "cease-fire", "cease fire")],
        ),
        ("Erdogan and Turkiye", [("türkiye", "Erdogan"), ("türkiye", "Turkiye")]),
        ("Sudanese and Syriana", []),
        ("al. Qaeda\n\nal\n\nQaeda", []),
        ("the Sinai Province group", [("peninsula-unrest", "Sinai Province")]),
    ],
)
def test_what_counts_as_a_mention(text: str, expected: list[tuple[str, str]]) -> None:
    assert found(text) == expected


@pytest.mark.parametrize(
    ("text", "word"),
    [
        ("وصل إلى سوريا أمس", "سوريا"),
        ("لبنان وسوريا معا", "وسوريا"),
        ("シリア軍は", "シリア"),
        ("叙利亚政府军", "叙利亚"),
        ("어제 시리아에서", "시리아"),
        ("СИРИЯ и мир", "СИРИЯ"),
        ("कल सीरिया में", "सीरिया"),
    ],
)
def test_other_scripts(text: str, word: str) -> None:
    assert found(text) == [("syria", word)]


def test_a_name_inside_a_longer_word_does_not_count() -> None:
    assert found("シリアルを食べる") == []


def test_the_longer_name_wins() -> None:
    assert found("South Sudan and Sudan") == [("south-sudan", "South Sudan"), ("sudan", "Sudan")]
    assert found("Al Qaeda in the Arabian Peninsula") == [("aqap", "Al Qaeda in the Arabian Peninsula")]


def test_unless_bars_its_own_tag_only_where_it_stands() -> None:
    assert found("Georgia Tech beat Georgia") == [("georgia", "Georgia")]
    assert found("a court in Atlanta, Georgia") == []


def test_a_phrase_without_the_spelling_forbids_what_stands_near_it() -> None:
    rivers = Vocabulary([rule("Georgia", unless=("Atlanta", "Georgia Tech"))])

    def keys(title: str, text: str = "") -> list[str]:
        return [t.tag for t in rivers.tag(title, text)]

    assert keys("Georgia beat Florida in Atlanta") == []
    assert keys("Georgia votes") == keys("Tbilisi", "Georgia votes. " + "It was so. " * 20 + "Atlanta.") == ["georgia"]
    assert keys("Tbilisi", "Georgia votes.\n\nAtlanta.") == ["georgia"]
    # The headline has no room for the phrase; what the text means by the word, the headline means too.
    assert keys("Georgia wins again", "In Atlanta, Georgia’s second team won.") == []
    assert keys("Georgia wins", "They beat Florida in Atlanta.") == keys("Atlanta cheers", "Georgia won.") == []
    assert keys("Atlanta cheers", "It rained.\n\nGeorgia votes. Georgia counts.\n\nGeorgia knows.") == ["georgia"]
    assert keys("Georgia wins", "Georgia is a state.\n\nGeorgia is large.\n\nNot so Georgia in Atlanta.") == ["georgia"]


def test_case_counts_where_the_vocabulary_says_so() -> None:
    rivers = Vocabulary([TagRule(key="isis", name="Isis", exact=True), rule("Islamic State", "ISIS")])
    assert found("The Isis at Oxford; ISIS; isis", rivers) == [("isis", "Isis"), ("islamic-state", "ISIS")]
    assert found("ISLAMIC STATE RETREATS", rivers) == [("islamic-state", "ISLAMIC STATE")]
    strict = Vocabulary([TagRule(key="turkey", name="Turkey", exact=True)])
    assert found("Turkey and a turkey", strict) == [("turkey", "Turkey")]
    assert found("TURKEY VOTES", strict) == [("turkey", "TURKEY")]


def test_a_name_that_is_a_topic_is_no_spelling_but_a_label() -> None:
    words = Vocabulary([TagRule(key="world", name="World", name_is_spelling=False, aliases=("embassy",))])
    assert words.tag("The world is watching", "") == ()
    assert words.tag("", "", categories=["World (opinion)"])[0].why == "the feed's category “World (opinion)”"
    assert words.tag("The embassy is watching", "")[0].tag == "world"


def test_implied_tags_come_with_their_reason() -> None:
    words = Vocabulary([rule("Drone war", implies=("technology",), parents=("war",)), rule("War"), rule("Technology")])
    tags = {t.tag: t for t in words.tag("Drone war goes on", "")}
    assert [(key, t.origin) for key, t in tags.items()] == [
        ("drone-war", "alias"), ("technology", "implied"), ("war", "parent"),
    ]  # fmt: skip
    assert tags["technology"].why == "implied by Drone war"


def test_the_deck_counts_between_title_and_text() -> None:
    def strength(**where: str) -> float:
        return WORLD.tag(where.get("title", ""), where.get("text", FILLER), deck=where.get("deck", ""))[0].strength

    text = f"Sudan eats.\n\n{FILLER}"
    assert strength(text=text) < strength(deck="Sudan eats.") + 0.06 < strength(title="Sudan eats") + 0.06
    (tagged,) = WORLD.tag("", FILLER, deck="Bread in Sudan.")
    assert (tagged.place, tagged.start, tagged.end, tagged.why) == ("deck", 9, 14, "“Sudan” in the deck")


def test_the_opening_is_the_first_paragraph_that_is_a_sentence() -> None:
    for text in ("WASHINGTON\n\nSudan eats.", "Sudan eats.\nIt does.", "Sudan eats"):
        assert [t.tag for t in WORLD.tag("Bread", text)] == ["sudan"]
    for text in ("Bread is dear everywhere.\nOne man was in Sudan.", "Bread is dear. " * 40 + "So it is in Sudan."):
        assert WORLD.tag("Bread", text) == ()


def test_a_single_mention_below_the_opening_never_makes_a_tag() -> None:
    for length in range(1, 15):
        filler = "The council met again on a grey morning and spoke of roads. " * 3
        text = f"{filler}\n\n" * length + "It was so in Sudan once."
        assert WORLD.tag("Bread is dearer", text) == ()


def test_parents_are_implied_through_a_circle() -> None:
    tags = {t.tag: t for t in WORLD.tag("Ruritania votes", "")}
    assert tags["europe"].place == tags["world"].place == "parent"
    assert tags["europe"].why == "implied by Ruritania"
    assert tags["europe"].strength < tags["ruritania"].strength


def test_a_weak_mention_is_raised_by_its_child() -> None:
    text = "Al Qaeda was named once."
    tags = {t.tag: t for t in WORLD.tag("AQAP claims a raid, AQAP says", text)}
    assert tags["al-qaeda"].place == "text"
    assert tags["al-qaeda"].why == "“Al Qaeda” in the opening; implied by AQAP"


def test_a_passing_mention_deep_in_a_long_text_makes_no_tag() -> None:
    assert WORLD.tag("Bread is dearer", f"{FILLER}\n\nIt was so in Sudan once.") == ()
    twice = WORLD.tag("Bread is dearer", f"{FILLER}\n\nIn Sudan it was so. Sudan knows.")
    assert [t.tag for t in twice] == ["sudan"]
    assert WORLD.tag("Bread in Sudan", FILLER)[0].place == "title"
    assert WORLD.tag("Bread is dearer", f"Sudan eats.\n\n{FILLER}")[0].why == "“Sudan” in the opening"


def test_place_and_count_make_strength() -> None:
    def strength(title: str, text: str) -> float:
        return WORLD.tag(title, text)[0].strength

    deep = f"{FILLER}\n\nSudan. Sudan."
    often = f"{FILLER}\n\nSudan. Sudan. Sudan. Sudan."
    early = f"Sudan.\n\n{FILLER} Sudan."
    assert strength("Bread", deep) < strength("Bread", often) < strength("Sudan bread", often)
    assert strength("Bread", deep) < strength("Bread", early) < strength("Sudan bread", early)


def test_every_tag_says_which_words_made_it() -> None:
    title, text = "Raid on ISIS camp", f"Islamic State fled.\n\n{FILLER}"
    tagged = WORLD.tag(title, text)[0]
    assert tagged.why == "“ISIS”, “Islamic State” 2 times, first in the headline"
    assert title[tagged.start : tagged.end] == "ISIS"


def test_categories_and_given_tags() -> None:
    tags = WORLD.tag("Bread", FILLER, categories=["isis", "news/South_Sudan", "Gossip"], given=["local"])
    assert {t.tag: (t.place, t.why) for t in tags} == {
        "local": ("feed", "given to everything in this feed"),
        "islamic-state": ("category", "the feed's category “isis”"),
        "south-sudan": ("category", "the feed's category “news/South_Sudan”"),
    }


def test_sensitive_and_names() -> None:
    vocabulary = Vocabulary([TagRule(key="war", name="War", sensitive=True), TagRule(key="bread", name="Bread")])
    assert vocabulary.sensitive(["bread", "war"])
    assert not vocabulary.sensitive(["bread", "unknown"])
    assert vocabulary.name("bread") == "Bread"
    assert vocabulary.name("unknown") == "unknown"


def test_patterns_see_line_by_line_and_not_for_ever() -> None:
    assert found(f"{FILLER * 3} Sinai insurgency")[-1] == ("peninsula-unrest", "Sinai insurgency")
    assert found("Sinai\ninsurgency") == []
    far = "x" * 25_000
    assert found(f"{far} Sinai insurgency") == []


def test_signs_that_are_no_words_are_no_spellings() -> None:
    odd = Vocabulary([rule("x", "\u0301", "\u0640", "ʿ", "’", "\u200d-\u200d"), rule("Syria")])
    assert found("a’b \u0301 ʿ \u0640 Syria-\u0301 x", odd) == [("syria", "Syria"), ("x", "x")]


def test_a_key_may_stand_once() -> None:
    with pytest.raises(InputError, match="twice"):
        Vocabulary([rule("Syria"), rule("Syria")])


names = st.text(st.characters(codec="utf-8"), max_size=30) | st.sampled_from(
    ["Syria", "al-Nusra", "ISIS", "C++", "'", "-"]
)

SAID = ["South Sudan", "al-Qaida in the Arabian Peninsula", "Georgia Tech", "Sinai province", "ISIS", "cease fire"]


@given(title=names, parts=st.lists(names, max_size=8), aliases=st.lists(names, max_size=4))
def test_any_text_and_any_alias_give_true_places(title: str, parts: list[str], aliases: list[str]) -> None:
    vocabulary = Vocabulary([TagRule(key="a", name="A", aliases=tuple(aliases)), rule("Syria"), rule("Al Nusra")])
    text = " ".join(parts)
    tags = vocabulary.tag(title, text, categories=parts)
    assert tags == vocabulary.tag(title, text, categories=parts)
    assert [t.strength for t in tags] == sorted((t.strength for t in tags), reverse=True)
    for tagged in tags:
        assert 0 < tagged.strength <= 1
        if tagged.start is not None and tagged.end is not None:
            where = title if tagged.place == "title" else text
            assert 0 <= tagged.start < tagged.end <= len(where)
            assert vocabulary.mentions(where)
            assert f"“{' '.join(where[tagged.start : tagged.end].split())}”" in tagged.why


@pytest.mark.data
def test_the_reference_article(data: Path) -> None:
    article = json.loads((data / "reference-article" / "expected.json").read_text())
    same = {name: slug(group[0]) for group in article["same_topic"] for name in group}
    aliases: dict[str, list[str]] = {}
    for name in [*article["topic_menu"], *article["should_be_tagged"]]:
        aliases.setdefault(same.get(name, slug(name)), []).append(name)
    vocabulary = Vocabulary([TagRule(key=key, name=all_[0], aliases=tuple(all_)) for key, all_ in aliases.items()])
    tags = {t.tag: t for t in vocabulary.tag(article["title"], "\n\n".join(article["body"]))}
    assert set(tags) == {slug(name) for name in article["should_be_tagged"]}
    for pair in article["same_topic"]:
        made = {t.tag for name in pair for t in vocabulary.tag(f"{name} attacks", "")}
        assert len(made) == 1


@given(st.permutations(range(len(WORLD.rules))), st.lists(st.sampled_from(SAID), max_size=6))
def test_the_order_of_the_vocabulary_and_of_labels_does_not_matter(order: list[int], said: list[str]) -> None:
    rules = list(WORLD.rules.values())
    other = Vocabulary([rules[at] for at in order])
    title, text = " and ".join(said[:2]), ". ".join(said)
    assert other.tag(title, text, categories=said) == WORLD.tag(title, text, categories=said)
    strengths = {t.tag: t.strength for t in WORLD.tag(title, text, categories=said)}
    assert strengths == {t.tag: t.strength for t in WORLD.tag(title, text, categories=said[::-1])}
