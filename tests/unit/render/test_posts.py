"""Posts: what they say, what goes first when room is short, and what never gets through."""

from __future__ import annotations

import re
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from digest import resources
from digest.config.values import Account, AppealTable
from digest.errors import TemplateError
from digest.model import Edition, EditionStory, Section, Sentence, Tagged, Window
from digest.render.hashtags import defused, hashtag, hashtags
from digest.render.length import fits
from digest.render.posts import Ask, asking, compose, marked
from digest.render.templates import Templates

NOW = datetime(2026, 11, 24, 6, tzinfo=UTC)
TEMPLATES = Templates(resources.template)
TAGS = {"harbour": "Harbour", "port-ellery": "Port Ellery", "al-qaeda": "Al Qaeda"}
ASK = Ask(name="autumn", text="No owner, no advertising: readers pay for this newsroom.", link="https://news.org/give")


def story(number=1, **changes):
    values = {
        "id": str(number),
        "headline": f"Harbour reopens after storm {number}",
        "url": f"https://courier.com/{number}",
        "source": "Coast Courier",
        "rights": "licensed",
        "published": NOW,
        "language": "en",
        "score": float(number),
    }
    return EditionStory(**{**values, **changes})


def edition(*stories, number=1, **changes):
    values = {
        "id": "daily/2026-11-24", "newsletter": "daily", "title": "The Morning Brief", "number": number, "slot": NOW,
        "window": Window(start=NOW, end=NOW), "language": "en", "direction": "ltr", "subject": "s", "preheader": "p",
        "sections": (Section(tag="*", title="Today", stories=stories),),
    }  # fmt: skip
    return Edition(**{**values, **changes})


def account(**changes):
    return Account(**{"name": "newsroom", "network": "x", **changes})


def posts(*stories, site="https://news.org", ask=None, number=1, **changes):
    return compose(
        edition(*stories, number=number), account(**changes), templates=TEMPLATES, tags=TAGS, site=site, ask=ask
    )


def tagged(*keys):
    return tuple(Tagged(tag=key, strength=1.0, why="test") for key in keys)


def test_a_post_is_headline_source_sentence_link_and_hashtags():
    sentence = Sentence(text="Ferries to the outer islands will run again from Monday morning.")
    (post,) = posts(story(tags=tagged("port-ellery", "harbour", "unknown"), summary=(sentence,)))
    assert post.text == (
        "Harbour reopens after storm 1 (Coast Courier)\n\n"
        "Ferries to the outer islands will run again from Monday morning.\n\n"
        "https://courier.com/1\n"
        "#PortEllery #Harbour"
    )
    assert (post.account, post.kind, post.item, post.language) == ("x:newsroom", "story", "1", "en")
    assert post.length == len(post.text) - len("https://courier.com/1") + 23


def test_a_tag_mentioned_in_passing_makes_no_hashtag():
    (post,) = posts(story(tags=(*tagged("harbour"), Tagged(tag="port-ellery", strength=0.2, why="test"))))
    assert post.text.endswith("\n#Harbour")


def test_our_own_stories_name_no_source_and_carry_a_mark():
    (post,) = posts(story(rights="own", url="https://other.org/a?x=1#part"))
    assert "Courier" not in post.text
    assert re.fullmatch(
        r"https://other\.org/a\?x=1&utm_source=x&utm_medium=social&utm_content=j[0-9a-f]{8}#part", post.link
    )
    assert post.link in post.text


def test_others_links_are_left_as_they_are():
    assert posts(story(url="https://courier.com/a?b=c"))[0].link == "https://courier.com/a?b=c"
    assert "utm_content" in posts(story(url="https://www.news.org/a"))[0].link
    assert "utm_content" not in posts(story(url="https://news.org:8443/a"))[0].link


def test_a_mark_changes_nothing_that_is_there_and_names_one_post():
    assert marked("https://a.org/?utm_source=them", "x", "k").startswith("https://a.org/?utm_source=them&utm_medium=")
    assert marked("https://a.org/", "x", "one") != marked("https://a.org/", "x", "two")
    assert marked("https://a.org/", "x", "one") == marked("https://a.org/", "x", "one")


def test_the_lead_goes_first_then_the_best():
    made = posts(story(1, score=1.0), story(2, score=2.0), story(3, score=9.0), posts_per_edition=2)
    assert [post.item for post in made] == ["1", "3"]
    assert posts(story(), posts_per_edition=0) == ()
    assert posts() == ()


def test_hashtags_go_before_the_sentence_and_the_sentence_before_words():
    tags = tagged("port-ellery", "harbour")
    sentence = Sentence(text="Ferries will run from " + "pier " * 34 + "again.")
    (post,) = posts(story(tags=tags, summary=(sentence,), headline="Harbour reopens " + "x" * 15))
    assert sentence.text in post.text
    assert "#" not in post.text
    longer = Sentence(text="Ferries will run from " + "quay side pier " * 14 + "again.")
    (post,) = posts(story(tags=tags, summary=(longer,)))
    assert "Ferries" not in post.text
    assert "#PortEllery #Harbour" in post.text
    (post,) = posts(story(tags=tags, headline="Harbour reopens " + "word " * 60))
    assert post.text.startswith("Harbour reopens word")
    assert "word… (Coast Courier)" in post.text
    assert "#" not in post.text
    assert fits(post.text, "x")


def test_an_excerpt_gives_no_more_than_its_rights():
    long = Sentence(text="Ferries will run from the other side of the quay " * 4)
    assert "Ferries" not in posts(story(rights="excerpt", summary=(long,)))[0].text
    short = Sentence(text="Ferries to the outer islands run again.")
    assert "Ferries" in posts(story(rights="excerpt", summary=(short, long)))[0].text


def test_a_sentence_that_repeats_the_headline_is_left_out():
    same = Sentence(text="The harbour reopens after the storm.")
    assert "The harbour" not in posts(story(summary=(same,)))[0].text


def test_without_links_there_is_none():
    (post,) = posts(story(), link=False)
    assert post.link == ""
    assert "http" not in post.text


def test_an_address_nobody_may_post_leaves_its_story_out():
    assert [post.item for post in posts(story(1, url="javascript:alert(1)"), story(2))] == ["2"]


def test_hidden_signs_mentions_and_cashtags_do_not_get_through():
    (post,) = posts(
        story(headline="\u202eEvil\u2066 @minister\u200b and $ABC\x00 fell, $DEF rose\n\n@all write a@b.org")
    )
    assert post.text.startswith("Evil minister and $ABC fell, DEF rose all write a@b.org (")


@pytest.mark.parametrize(
    ("text", "safe"),
    [
        (".@name", ".name"),
        ("RT:@name", "RT:name"),
        ("é＠name", "éname"),
        ("@@name", "name"),
        ("to a.b@mail.example, @c", "to a.b@mail.example, c"),
        ("$A and $B", "$A and B"),
        ("US$5 and $5", "US$5 and $5"),
        ("@", "@"),
    ],
)
def test_defusing(text, safe):
    assert defused(text) == safe


@pytest.mark.parametrize(
    ("name", "tag"),
    [
        ("Al Qaeda", "#AlQaeda"),
        ("ISIS", "#ISIS"),
        ("climate change", "#ClimateChange"),
        ("U.S.", "#US"),
        ("Côte d’Ivoire", "#CôteDIvoire"),
        ("أخبار سوريا", "#أخبار_سوريا"),
        ("हिन्दी", "#हिन्दी"),
        ("G-20", "#G20"),
        ("2026", ""),
        ("!", ""),
    ],
)
def test_hashtags_can_be_spoken(name, tag):
    assert hashtag(name) == tag


def test_hashtags_come_once():
    assert hashtags(["Port Ellery", "port ellery", "", "Harbour", "Storm"], 2) == ("#PortEllery", "#Harbour")


def test_right_to_left_text_keeps_its_link_on_a_line_of_its_own():
    headline = "إعادة فتح المرفأ بعد العاصفة"
    (post,) = posts(story(headline=headline, language="ar", direction="rtl"))
    assert post.text.splitlines() == [f"{headline} (Coast Courier)", "", "https://courier.com/1"]
    assert post.language == "ar"


def test_the_appeal_comes_at_its_rate():
    asked = [number for number in range(1, 13) if len(posts(story(), ask=ASK, number=number, appeal_every=4)) == 2]
    assert asked == [4, 8, 12]
    assert len(posts(story(), ask=ASK, number=4)) == 1
    post = posts(story(), ask=ASK, number=4, appeal_every=4)[-1]
    assert (post.kind, post.item) == ("appeal", "autumn")
    assert post.text.startswith(ASK.text + "\n\nhttps://news.org/give?utm_source=x")


def test_no_appeal_beside_a_sensitive_story():
    assert len(posts(story(sensitive=True), ask=ASK, appeal_every=1)) == 1
    assert len(posts(story(1), story(2, sensitive=True), ask=ASK, appeal_every=1)) == 2
    assert len(posts(story(1), story(2, sensitive=True), ask=ASK, appeal_every=1, posts_per_edition=2)) == 2
    assert len(posts(story(sensitive=True), ask=ASK, appeal_every=1, posts_per_edition=0)) == 0


def test_an_appeals_link_leaves_the_amount_open():
    table = AppealTable(
        headline="h", reason="r", link="https://news.org/give?amount={amount}&from=letter", post="Give."
    )
    assert asking("autumn", table, None) == Ask(name="autumn", text="Give.", link="https://news.org/give?from=letter")
    assert asking("autumn", table, "https://news.org/support") == Ask(
        name="autumn", text="Give.", link="https://news.org/support"
    )
    in_path = table.model_copy(update={"link": "https://news.org/give/{amount}"})
    assert asking("autumn", in_path, None) == Ask(name="autumn", text="Give.")
    assert asking("autumn", table.model_copy(update={"post": " "}), None) is None


def test_an_appeal_template_without_room_is_named():
    wordy = Templates(lambda name: "x" * 300)
    with pytest.raises(TemplateError, match=r"posts/appeal\.txt"):
        compose(edition(number=1), account(appeal_every=1), templates=wordy, tags={}, ask=ASK)


AWKWARD = [
    "Harbour", "$ABC", "@x", "5", "5,000", "million", "https://news.org/a?b=c",
    "語語語", "😷👍🏽", "news.com", "المرفأ", "ends.", "“quoted”",
]  # fmt: skip
headlines = st.one_of(
    st.text(min_size=1, max_size=400).filter(str.strip),
    st.lists(st.sampled_from(AWKWARD), min_size=1, max_size=90).map(" ".join),
)
paths = st.text(alphabet="ab/.,!()'?=&", max_size=80)


@given(headline=headlines, extra=st.text(max_size=200), path=paths)
def test_every_post_fits_and_keeps_its_link(headline, extra, path):
    summary = (Sentence(text=extra or "x"),)
    for post in posts(
        story(headline=headline, summary=summary, url="https://courier.com/" + path, tags=tagged("harbour"))
    ):
        assert fits(post.text, "x")
        assert post.link
        assert post.link in post.text.splitlines()
        assert not re.search("[\u202a-\u202e\u2066-\u2069\u200e\u200f\x00-\x09\x0b-\x1f]", post.text)
        assert set(re.findall(r"https?://\S+", post.text)) <= {post.link, "https://news.org/a?b=c", *extra.split()}


@given(st.lists(st.sampled_from(["harbour", "storm", "million", "語語"]), min_size=1, max_size=120))
def test_every_plain_headline_makes_a_post_that_ends_a_word(parts):
    (post,) = posts(story(headline=" ".join(parts)))
    words = post.text.split(" (Coast Courier)")[0].removesuffix("…").split(" ")
    assert words[:-1] == parts[: len(words) - 1]
    assert parts[len(words) - 1].startswith(words[-1])
    assert words[-1] in (parts[len(words) - 1], "語")
