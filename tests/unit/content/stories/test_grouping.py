"""Stories: what is one event, what is one text, and that neither depends on the order of input."""

from __future__ import annotations

import gzip
import json
from collections import defaultdict
from collections.abc import Callable
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from marrowgate import BRIDGE, BRIDGE_TOO, HARVEST

from digest.content.stories.duplicates import near_duplicates
from digest.content.stories.grouping import group
from digest.model import Article, Group

Make = Callable[..., Article]


def by_member(groups: tuple[Group, ...]) -> dict[str, Group]:
    return {member: found for found in groups for member in found.members}


def three(article: Make) -> list[Article]:
    return [
        article("a", 3, title="Marrowgate toll bridge closed over cracks", text=BRIDGE),
        article("b", 2, title="Cracks close toll bridge in Marrowgate", text=BRIDGE_TOO, source="The Lantern"),
        article("c", 1, title="Best apple harvest for twenty years", text=HARVEST, source="The Lantern"),
    ]


def test_accounts_of_one_event_are_one_story_and_say_why(article: Make) -> None:
    found = by_member(group(three(article)))
    assert set(found["a"].members) == {"a", "b"}
    assert found["c"].members == ("c",)
    assert found["a"].why.startswith("share ")
    assert "Marrowgate" in found["a"].why
    assert found["c"].why == ""


def test_the_own_newsroom_leads_and_otherwise_the_richest(article: Make) -> None:
    one, two, _ = three(article)
    assert by_member(group([one, two]))["a"].lead == "a"
    own = article("b", 2, title=two.title, text=two.text, source="Ours", rights="own")
    assert group([one, own])[0].members == ("b", "a")


def test_the_same_text_is_one_story_in_any_language_and_at_any_time(article: Make) -> None:
    copy = f"Agency report. {BRIDGE} Sign up for our letter."
    items = [
        article("a", 300, title="Toll bridge closed", text=BRIDGE),
        article("b", 1, title="Brücke gesperrt", text=copy, source="Bote", language="de"),
    ]
    found = group(items)[0]
    assert found.duplicates == (("b", "a"),)
    assert found.why == "1 copy of the same text"


def test_an_outlets_own_frame_is_not_a_copy_a_week_later(article: Make) -> None:
    items = [
        article("a", 200, title="Letters of the week", text=f"{BRIDGE} The weather was fair and the tide was high."),
        article("b", 1, title="Post of another week", text=f"{BRIDGE} {HARVEST[:150]}"),
    ]
    assert len(group(items)) == 2


def test_languages_and_distant_times_stay_apart(article: Make) -> None:
    one, two, _ = three(article)
    german = article("b", 2, title=two.title, text=two.text, source="Bote", language="de")
    assert len(group([one, german])) == 2
    late = article("b", 3 - 80, title=two.title, text=two.text, source="The Lantern")
    assert len(group([one, late])) == 2
    assert len(group([one, late], hours=100)) == 1


def test_known_stories_keep_their_id_and_never_merge(article: Make) -> None:
    one, two, three_ = three(article)
    known = article("a", 3, title=one.title, text=one.text, story="7")
    assert by_member(group([known, two]))["b"].story == "7"
    other = article("b", 2, title=two.title, text=two.text, source="The Lantern", story="8")
    assert {found.story for found in group([known, other])} == {"7", "8"}
    copy = article("b", 2, title=one.title, text=one.text, source="The Lantern", story="8")
    assert {found.story for found in group([known, copy])} == {"7", "8"}
    apart = article("c", 1, title=three_.title, text=three_.text, story="7")
    assert group([known, apart])[0].members == ("a", "c")


def test_stock_headlines_are_no_event(article: Make) -> None:
    items = [article("a", title="Morning brief"), article("b", title="Morning brief", source="The Lantern")]
    assert len(group(items)) == 2


def test_two_pieces_of_one_outlet_are_two_events_unless_very_alike(article: Make) -> None:
    news = {
        "reopens road to Dremmin": "The road to Dremmin is open, the interior ministry said, after a week of shelling.",
        "pays for wells near Dremmin": "New wells will be dug after a summer without rain, the water ministry said.",
        "names a new football coach": "Ilse Tamm will train the national eleven until spring, the association said.",
        "votes on school meals": "Parliament will decide on Friday whether pupils eat free of charge.",
        "exports more copper": "Mines in the north have sold a fifth more than last year, mostly by rail.",
    }
    items = [article(title, title=f"Korvath {title}", text=f"{text} Korvath") for title, text in news.items()]
    assert len(group(items)) == len(news)


def test_unspaced_scripts_are_grouped_too(article: Make) -> None:
    items = [
        article("a", title="東京湾で貨物船が座礁、乗員十二人を救助", language="ja"),
        article("b", title="貨物船が東京湾で座礁し乗員を全員救助", source="The Lantern", language="ja"),
        article("c", title="今年のりんご収穫量は過去最高に", source="The Lantern", language="ja"),
    ]
    assert sorted(found.members for found in group(items)) == [("a", "b"), ("c",)]


def test_nothing_and_empty(article: Make) -> None:
    assert group([]) == ()
    assert len(group([article("a", title=""), article("b", title="")])) == 2


@settings(max_examples=60)
@given(data=st.data())
def test_the_order_of_input_does_not_matter(data: st.DataObject, article: Make) -> None:
    draw = data.draw
    texts = [BRIDGE, BRIDGE_TOO, HARVEST, f"{BRIDGE} More soon.", ""]
    titles = [
        "Marrowgate toll bridge closed over cracks",
        "Cracks close Marrowgate toll bridge",
        "Apple harvest is the best",
    ]
    items = [
        article(
            str(i),
            draw(st.sampled_from([1, 2, 60, 100])),
            title=draw(st.sampled_from(titles)),
            text=draw(st.sampled_from(texts)),
            source=draw(st.sampled_from("ABC")),
            story=draw(st.sampled_from([None, None, None, "1", "2"])),
            language=draw(st.sampled_from(["en", "en-gb", "de", ""])),
        )
        for i in range(draw(st.integers(0, 8)))
    ]
    found = group(items)
    assert found == group(draw(st.permutations(items)))
    members = [member for g in found for member in g.members]
    assert sorted(members) == sorted(a.id for a in items)
    stories = {a.id: a.story for a in items}
    for g in found:
        assert g.lead == g.members[0]
        known = {stories[m] for m in g.members} - {None}
        assert known == ({g.story} if g.story else set())
        assert all(copy in g.members and original in g.members for copy, original in g.duplicates)


def events(data: Path, name: str, article: Make) -> tuple[list[Article], dict[str, int]]:
    found, gold = [], {}
    for number, event in enumerate(json.loads(gzip.decompress((data / "stories" / f"{name}.json.gz").read_bytes()))):
        for told in event["articles"]:
            key = f"{len(found):04}"
            gold[key] = number
            found.append(
                article(
                    key,
                    len(found) % 60 / 60,
                    source=urlsplit(told["ext_url"]).netloc,
                    title=told["title"],
                    text=told["text"],
                )
            )
    return found, gold


def b_cubed(groups: tuple[Group, ...], gold: dict[str, int]) -> tuple[float, float]:
    """Precision and recall (Bagga and Baldwin 1998)."""
    ours = {member: set(g.members) for g in groups for member in g.members}
    theirs: dict[int, set[str]] = defaultdict(set)
    for key, event in gold.items():
        theirs[event].add(key)
    both = {key: len(ours[key] & theirs[gold[key]]) for key in gold}
    precision = sum(both[key] / len(ours[key]) for key in gold) / len(gold)
    recall = sum(both[key] / len(theirs[gold[key]]) for key in gold) / len(gold)
    return precision, recall


@pytest.mark.data
@pytest.mark.parametrize(("name", "least"), [("wikinews_medium", 0.89), ("handpicked", 0.72)])
def test_real_events(data: Path, article: Make, name: str, least: float) -> None:
    articles, gold = events(data, name, article)
    precision, recall = b_cubed(group(articles), gold)
    assert precision >= 0.88
    assert 2 * precision * recall / (precision + recall) >= least


@pytest.mark.data
def test_copies_with_a_third_cut_are_found_and_nothing_else(data: Path) -> None:
    lines = gzip.decompress((data / "sentences" / "bbc50.jsonl.gz").read_bytes()).decode().splitlines()
    documents = [json.loads(line)["sentences"] for line in lines]
    whole = [" ".join(sentences) for sentences in documents]
    cut = [" ".join(s for i, s in enumerate(sentences) if i % 3) for sentences in documents]
    copies = [f"By our staff. {text.replace(' said ', ' told us ')} Read more on our site." for text in cut]
    found = {(a, b) for _, a, b in near_duplicates([*whole, *copies])}
    true = {(i, i + len(whole)) for i in range(len(whole))}
    assert len(found & true) >= 0.95 * len(true)
    assert not found - true
