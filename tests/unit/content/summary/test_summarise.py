from __future__ import annotations

import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from digest.content.page.extract import read_content, read_page
from digest.content.summary.clauses import clause_ends
from digest.content.summary.references import leans
from digest.content.summary.standing import standing
from digest.content.summary.summarise import summarise
from digest.content.text import guards
from digest.content.text.words import count_words

TITLE = "Council closes the ferry line"
FIRST = "The harbour council voted on Tuesday to close the old ferry line across the bay."
SECOND = "It has carried workers to the northern shore since 1931, the longest service on the coast."
THIRD = "Opponents of the closure collected 4,200 signatures against the plan of the harbour council."
BOATS = "and the boats will be sold to a yard in the south for whatever it will give, "
TEXT = f"{FIRST} {SECOND}\n\n{THIRD}\n\nThe line will stop on 31 March, and a bus will take its place."


def texts(title: str, text: str, **wishes: object) -> list[str]:
    found = summarise(title, text, **{"rights": "own", **wishes})  # type: ignore[arg-type]
    for sentence in found:
        if sentence.start is not None:
            assert text[sentence.start : sentence.end] == sentence.text.removesuffix("…")
    return [s.text for s in found]


def test_sentences_come_whole_in_the_order_of_the_text() -> None:
    found = texts(TITLE, TEXT)
    assert found[0] == FIRST
    assert len(found) == 3
    assert [TEXT.index(s) for s in found] == sorted(TEXT.index(s) for s in found)


def test_the_publisher_s_deck_comes_first() -> None:
    deck = "A service that began in 1931 ends this spring."
    found = summarise(TITLE, TEXT, deck=deck, rights="own")
    assert [(s.text, s.start, s.end) for s in found] == [(deck, None, None)]


def test_a_deck_that_stands_in_the_text_has_its_place() -> None:
    (found,) = summarise(TITLE, TEXT, deck=THIRD)
    assert (found.start, found.end) == (TEXT.index(THIRD), TEXT.index(THIRD) + len(THIRD))


@pytest.mark.parametrize(
    "deck", ["The harbour council voted on Tuesday to […]", "It has carried workers for years.", TITLE]
)
def test_a_deck_that_cannot_stand_is_passed_over(deck: str) -> None:
    assert texts(TITLE, TEXT, deck=deck)[0] == FIRST


def test_no_summary_opens_on_what_it_does_not_show() -> None:
    assert texts(TITLE, f"He was late. {SECOND} {THIRD}", sentences=1) == [THIRD]


def test_a_leaning_sentence_comes_only_with_the_one_before_it() -> None:
    for count in (1, 2, 3, 4):
        found = texts(TITLE, TEXT, sentences=count)
        assert SECOND not in found or FIRST in found


def test_a_claim_keeps_its_doubt() -> None:
    claim = "The rebel group claimed on Sunday that it had sunk the harbour ferry with a single mine."
    doubt = "The claim could not be independently verified."
    text = f"{claim} {doubt}\n\n{THIRD}"
    found = texts("Rebel group claims it sank the harbour ferry", text, sentences=2)
    assert found[:2] == [claim, doubt]
    assert texts("Rebel group claims it sank the harbour ferry", text, sentences=1) == [THIRD]
    assert texts("Rebel group claims it sank the harbour ferry", text, rights="excerpt") == [THIRD]
    assert texts("Rebel group claims the ferry", text, deck=claim, rights="excerpt") == [THIRD]


def test_a_quotation_is_not_torn() -> None:
    torn = "“We fought for the ferry line for years. The harbour council never listened to the crews,” Quill said."
    assert texts(TITLE, f"{torn}\n\n{THIRD}", sentences=1) == [THIRD]
    alone = "“The ferry line was the harbour council’s first duty to the town.”"
    assert texts(TITLE, f"{alone} Quill had waited.\n\n{THIRD}", sentences=1) == [THIRD]


def test_an_excerpt_is_one_sentence_of_thirty_words() -> None:
    long = f"{FIRST[:-1]}, which " + "and ".join(["had been argued over for a very long time "] * 4) + "was not liked."
    assert texts(TITLE, f"{long} {THIRD}", rights="excerpt") == [THIRD]


def test_a_long_sentence_alone_is_cut_at_a_clause_and_says_so() -> None:
    long = (
        f"{FIRST[:-1]}, "
        + "and the boats will be sold to a yard in the south for whatever it will give, " * 3
        + "so it ends."
    )
    (found,) = summarise(TITLE, long)
    assert found.text.endswith("…")
    assert (found.start, found.text[:-1]) == (0, long[: found.end])
    assert 8 <= count_words(found.text) <= 30


def test_a_cut_never_loses_the_speaker() -> None:
    long = (
        f"{FIRST[:-1]}, "
        + "and the boats will be sold to a yard in the south for whatever it will give, " * 3
        + "Quill said."
    )
    assert summarise(TITLE, long) == ()


def test_words_are_a_limit() -> None:
    assert count_words(" ".join(texts(TITLE, TEXT, words=32))) <= 32


def test_what_is_no_text_is_not_taken() -> None:
    appeal = "Support our independent reporting on the harbour council and the ferry line with a monthly donation."
    heading = "What the harbour council voted on"
    assert texts(TITLE, f"{appeal}\n\n{heading}\n\n{TITLE}\n\n{THIRD}") == [THIRD]


@pytest.mark.parametrize(
    ("title", "text", "language", "first"),
    [
        ("المجلس يغلق خط العبارة",
         "صوت مجلس الميناء يوم الثلاثاء على إغلاق خط العبارة القديم. وقال إنه سيعوض العمال.", "ar", 0),
        ("议会关闭渡轮", "港口议会周二投票决定关闭跨越海湾的旧渡轮航线。这条航线自一九三一年起运营。", "zh", 0),
        ("המועצה סוגרת את קו המעבורת",
         "מועצת הנמל החליטה ביום שלישי לסגור את קו המעבורת הישן. הוא פעל מאז 1931.", "he", 0),
        ("議会がフェリーを廃止",
         "港湾議会は火曜日、湾を渡る古いフェリー路線の廃止を決めた。しかし、反対も多い。", "ja", 0),
    ],
)  # fmt: skip
def test_other_scripts_work_alike(title: str, text: str, language: str, first: int) -> None:
    found = summarise(title, text, language=language)
    assert found
    assert found[0].start == first
    assert not leans(found[0].text)


@pytest.mark.parametrize(
    "text", ["", "\n\n", "It was late. He left. They stayed behind for it.", "Too short.", "No stop here"]
)
def test_nothing_fit_gives_nothing(text: str) -> None:
    assert summarise(TITLE, text) == ()


_SENTENCES = st.sampled_from(
    [FIRST, SECOND, THIRD, "He said so.", "“We won,” Quill said.", "“We won.", "That was denied.", "A (torn one.",
     "The claim could not be verified.", "港口议会周二投票决定关闭航线。", "Is it over?",
     "The U.S. sent 3.5 tons of rope."]
)  # fmt: skip


@given(st.lists(_SENTENCES, max_size=12), st.integers(1, 5), st.integers(5, 90), st.sampled_from(["own", "excerpt"]))
def test_every_sentence_is_verbatim_in_order_and_within_the_limits(
    sentences: list[str], count: int, words: int, rights: str
) -> None:
    text = " ".join(sentences)
    found = summarise(TITLE, text, rights=rights, sentences=count, words=words)  # type: ignore[arg-type]
    assert len(found) <= (1 if rights == "excerpt" else count)
    assert sum(count_words(s.text) for s in found) <= (min(words, 30) if rights == "excerpt" else words)
    position = 0
    for s in found:
        assert s.start is not None
        assert s.end is not None
        assert s.start >= position
        assert text[s.start : s.end] == s.text.removesuffix("…")
        assert guards.balanced(s.text)
        position = s.end
    assert not found or not leans(found[0].text)


@pytest.mark.data
def test_the_reference_article_s_summary_is_the_article_s(data: Path) -> None:
    folder = data / "reference-article"
    expected = json.loads((folder / "expected.json").read_text(encoding="utf-8"))
    page = read_page((folder / "article.html").read_bytes(), "https://journal.example/a")
    own = summarise(page.title, page.text, deck=page.deck, language=page.language, rights="own")
    excerpt = summarise(page.title, page.text, deck=page.deck, language=page.language)
    assert len(own) >= 2
    assert len(excerpt) == 1
    for sentence in (*own, *excerpt):
        assert page.text[sentence.start : sentence.end] == sentence.text.removesuffix("…")
        assert not [words for words in expected["never_in_a_summary"] if words in sentence.text]


def test_a_hostile_article_s_summary_is_its_own(hostile: str, body: list[str]) -> None:
    page = read_content(hostile, title=TITLE, url="https://courier.example/a")
    found = summarise(page.title, page.text, rights="own")
    assert found
    assert all(any(s.text in paragraph for paragraph in body) for s in found)


def test_a_surname_comes_with_the_sentence_that_gives_it_whole() -> None:
    first = "The harbour council heard Ann Quill, a retired captain, on the ferry line across the bay."
    later = "Quill told the harbour council that the ferry line had cost her two crews and the bay its trade."
    text = f"{first}\n\n{THIRD}\n\n{later}"
    assert later not in texts(TITLE, f"Nobody spoke. {text}", sentences=1)
    assert later not in texts("Quay", text, sentences=1, words=19)
    quoted = "“The ferry line has cost the harbour council two crews and the bay its trade,” Quill said."
    assert quoted not in texts(TITLE, f"{first}\n\n{quoted}\n\n{THIRD}", sentences=1, words=17)
    both = texts(TITLE, text, sentences=3)
    assert both.index(first) < both.index(later)


@pytest.mark.parametrize(
    "line",
    [
        "The harbour council’s letters about the ferry line are listed below.",
        "This week’s report on the ferry line is sponsored by Holt Lines.",
        "The post Council closes the ferry line appeared first on The Courier.",
        "Artykuł Council closes the ferry line pochodzi z serwisu Kurier.",
        "Holt 12 4 31 ferry 9 line.",
        "Click here for the harbour council’s plan of the ferry line.",
    ],
)
def test_what_speaks_of_its_page_is_not_taken(line: str) -> None:
    assert texts(TITLE, f"{line}\n\n{THIRD}") == [THIRD]


def test_what_a_feed_has_cut_off_is_not_taken() -> None:
    cut = "The harbour council voted on Tuesday to close the old ferry line across..."
    assert texts(TITLE, f"{THIRD} {cut}") == [THIRD]
    assert texts(TITLE, f"{THIRD} {cut} Read more") == [THIRD]
    assert len(texts(TITLE, f"{cut} {THIRD} {FIRST}")) > 1


def test_a_standfirst_without_its_stop_goes_alone() -> None:
    standfirst = "A ferry line that the harbour council has paid for since 1931"
    text = f"{standfirst}\n\n{FIRST} {THIRD}"
    assert texts(TITLE, text, sentences=1) == [standfirst]
    assert texts(TITLE, text, sentences=2) == [FIRST, THIRD]


@pytest.mark.parametrize(
    ("sentence", "heads"),
    [
        ("The council met on Monday, while the crews waited, and the boats lay idle.", ["The council met on Monday"]),
        ("The council met, and the boats will be sold.", ["The council met"]),
        ("The council sold ropes, sails, and boats.", []),
        ("The merger of Holt and Brandt, which nobody wanted, failed.", []),
        ("Two hostages — a captain and a cook — were freed.", []),
        ("As the ferry sank, which took an hour, Quill swam.", []),
        ("The council met, while rebels said it had fled.", []),
        ("Der Rat tagte am Montag, während die Crews warteten.", ["Der Rat tagte am Montag"]),
        ("议会周二开会，船员在等。", ["议会周二开会"]),
    ],
)
def test_a_sentence_is_cut_after_a_whole_clause(sentence: str, heads: list[str]) -> None:
    language = "de" if sentence.startswith("Der") else ""
    language = "zh" if "，" in sentence else language
    assert [sentence[:end] for end in clause_ends(sentence, language)] == heads


def test_what_a_later_sentence_leans_on_is_shown_before_it() -> None:
    article = standing("Quay", f"Ann Quill left the harbour council. She was ill. She had led it. {THIRD} She went.")
    assert article.unit(2) == ()
    assert article.unit(2, [0]) == (2,)  # she is the same from sentence to sentence
    assert article.unit(4, [0]) == ()  # another stands between
    ships = standing("Quay", f"Two ships met. {THIRD} The ships sank in the bay.")
    assert ships.unit(2) == ()
    assert ships.unit(2, [0]) == (2,)


def test_a_claim_is_bound_to_the_doubt_behind_it() -> None:
    claim = "The rebel group claimed on Sunday that it had sunk the harbour ferry with a single mine."
    doubt = "The claim could not be independently verified."
    found = summarise("Rebel group claims it sank the harbour ferry", f"{claim} {doubt}\n\n{THIRD}", rights="own")
    assert [s.bound for s in found] == [True, False, False]
    assert not any(s.bound for s in summarise(TITLE, TEXT, rights="own"))


def test_a_sentence_that_the_text_repeats_is_shown_once():
    council = "The harbour council voted on Tuesday to close the old ferry line after ninety years of service."
    petition = "Opponents of the plan collected 4,200 signatures in Westerhaven in under three weeks."
    found = summarise("Ferry closes", "\n\n".join([council] * 3 + [petition]), rights="own", language="en")
    assert [sentence.text for sentence in found] == [council, petition]
