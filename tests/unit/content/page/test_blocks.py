from __future__ import annotations

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from digest.content.page.blocks import label

PROSE = "The harbour council met on Tuesday and agreed on a budget of four million crowns for the coming year."
MORE = "Members of three parties spoke for the plan, and the vote was taken after midnight by a show of hands."
LAST = "The mayor signed the budget on Thursday, and the new line will run from the first day of the coming spring."
TEXT = ("body", "quotation", "list")


def labels(html: str, **known: str) -> list[tuple[str, str]]:
    return [(b.label, b.text) for b in label(html, **known)]


def of(html: str, text: str) -> str:
    return next(b.label for b in label(html) if b.text.startswith(text))


def test_every_part_of_a_hostile_article_gets_its_label(hostile: str, body: list[str]) -> None:
    blocks = label(hostile, title="Ferry line closes")
    assert [b.text for b in blocks if b.label in TEXT] == body
    found = {b.label for b in blocks}
    assert found == {
        "other", "body", "caption", "credit", "quotation", "related", "list", "correction", "bio", "appeal", "tags"
    }  # fmt: skip


@pytest.mark.parametrize(
    ("paragraph", "caption", "rest"),
    [
        ('<p><img src="a.jpg"><br>The old pier</p>', "The old pier", None),
        ('<p><a href="a.jpg"><img src="a.jpg"></a><br/>The old pier<br>' + MORE + "</p>", "The old pier", MORE),
        ('<p><img src="a.jpg" alt="The old pier">The old pier</p>', "The old pier", None),
        ('<div class="wp-caption"><img src="a.jpg"><p>The old pier</p></div>', "The old pier", None),
        ('<p><img src="a.jpg"></p><p><em>The old pier</em></p>', "The old pier", None),
    ],
)
def test_a_caption_is_parted_from_the_text_around_it(paragraph: str, caption: str, rest: str | None) -> None:
    found = labels(f"<p>{PROSE}</p>{paragraph}<p>{LAST}</p>")
    assert ("caption", caption) in found
    assert [text for name, text in found if name in TEXT] == [PROSE, *([rest] if rest else []), LAST]


def test_a_paragraph_that_only_begins_with_a_picture_stays_text() -> None:
    long = f"{PROSE} {MORE} {PROSE}"
    assert ("body", long) in labels(f'<p><img class="alignleft" src="a.jpg">{long}</p><p>{MORE}</p>')


def test_a_bold_lead_under_a_picture_is_no_caption() -> None:
    assert of(f'<figure><img src="a.jpg"></figure><p><b>{PROSE}</b></p><p>{MORE}</p>', "The harbour") == "body"


def test_words_of_support_in_the_news_are_no_appeal() -> None:
    news = "The European Commission asked member states to support the ferry line with a one-off payment in June."
    quoted = "“Please donate what you can, every crown of your donation will help us,” the harbour chaplain said."
    html = "".join(f"<p>{p}</p>" for p in (PROSE, news, quoted, MORE, LAST))
    assert {name for name, _ in labels(html)} == {"body"}


@pytest.mark.parametrize(
    "appeal",
    [
        "Support our independent journalism today with a monthly donation.",
        "Sign up for our newsletter and get the news in your inbox every morning.",
        "Unterstützen Sie uns mit einer Spende, damit wir weiter berichten können.",
        "Soutenez-nous : faites un don et abonnez-vous à notre lettre.",
        "Поддержите нас и подпишитесь на рассылку.",
    ],
)
def test_an_appeal_at_the_end_is_known_in_several_languages(appeal: str) -> None:
    assert of(f"<p>{PROSE}</p><p>{MORE}</p><p>{PROSE}</p><p>{appeal}</p>", appeal) == "appeal"


def test_an_author_s_bio_is_known_by_the_author_s_name_alone() -> None:
    html = f"<p>{PROSE}</p><p>{MORE}</p><p>Ada Quill covers the coast and lives on a boat.</p>"
    assert label(html, authors=("Ada Quill",))[-1].label == "bio"
    assert label(html)[-1].label == "body"


def test_comments_without_a_telling_class_begin_at_their_heading() -> None:
    html = f"<p>{PROSE}</p><p>{MORE}</p><h3>3 Comments</h3><p>{MORE}</p><p>{PROSE}</p>"
    assert [name for name, _ in labels(html)] == ["body", "body", "comment", "comment", "comment"]


def test_a_wrapper_with_a_misleading_name_does_not_swallow_the_article() -> None:
    html = f'<div class="sidebar-wrap promo related"><p>{PROSE}</p><p>{MORE}</p></div><div class="promo">Buy now</div>'
    assert labels(html) == [("body", PROSE), ("body", MORE), ("other", "Buy now")]


def test_the_title_repeated_in_the_content_is_no_text() -> None:
    found = labels(f"<h2>Council agrees on budget</h2><p>{PROSE}</p>", title="Council Agrees on Budget!")
    assert found == [("title", "Council agrees on budget"), ("body", PROSE)]


def test_two_line_breaks_part_paragraphs_and_one_does_not() -> None:
    assert labels(f"<div>{PROSE}<br><br>{MORE}<br>{LAST}</div>") == [("body", PROSE), ("body", f"{MORE} {LAST}")]


@pytest.mark.parametrize("tag", ["div", "span", "em", "blockquote", "a", "b"])
def test_ten_thousand_nested_tags_cost_neither_the_text_nor_the_stack(tag: str) -> None:
    began = time.perf_counter()
    found = label(f"<{tag}>" * 10_000 + f"<p>{PROSE}</p>" + f"</{tag}>" * 10_000 + f"<p>{MORE}</p>")
    assert [b.text for b in found] == [PROSE, MORE]
    assert time.perf_counter() - began < 5


def test_nuls_surrogates_and_broken_markup_are_survived() -> None:
    broken = f"<p>The har\x00bour \ud800council<p>{MORE}<table><tr><td><p>x</div></p></ul><b><i></b></i><"
    found = [b.text for b in label(broken)]
    assert found[:2] == ["The harbour council", MORE]


def test_nothing_gives_nothing() -> None:
    assert label("") == label(" \n ") == label("<!-- only a remark -->") == ()


@given(st.text(alphabet="<>/apbrdivm=\"' \n&;x.é漢\x00", max_size=300))
def test_any_markup_gives_tidy_blocks(html: str) -> None:
    for block in label(html):
        assert block.text
        assert block.text == " ".join(block.text.split())


def test_a_large_first_letter_belongs_to_its_word() -> None:
    parted = f'<p><span class="c-drop-cap"><span>F</span>\n </span>our {MORE}</p>'
    assert labels(parted) == [("body", f"Four {MORE}")]
    assert labels(f'<p><span class="dropcap">A</span> {MORE}</p>') == [("body", f"A {MORE}")]
