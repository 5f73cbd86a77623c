from __future__ import annotations

from digest.content.page.blocks import label

PROSE = [
    "The harbour council met on Tuesday and agreed on a budget of four million crowns for the coming year.",
    "Members of three parties spoke for the plan, and the vote was taken after midnight by a show of hands.",
    "The mayor signed the budget on Thursday, and the new line will run from the first day of the spring.",
]
TEXT = ("body", "quotation", "list")


def text_of(*parts: str) -> list[str]:
    html = "".join(part if part.startswith("<") else f"<p>{part}</p>" for part in parts)
    return [block.text for block in label(html) if block.label in TEXT]


def test_a_box_of_links_leads_elsewhere_whatever_it_is_called() -> None:
    box = (
        '<div class="x7"><h3>Bread</h3><div><a href="/a">Bread is sold by weight</a></div><div>2 hours ago</div></div>'
    )
    assert text_of(*PROSE[:2], box, PROSE[2]) == PROSE


def test_a_linked_heading_over_its_own_text_stays() -> None:
    headed = '<div><h2><a href="/a">The first plan</a></h2><p>' + PROSE[1] + "</p></div>"
    assert text_of(PROSE[0], headed, PROSE[2]) == [PROSE[0], "The first plan", *PROSE[1:]]


def test_stray_words_of_players_and_shops_are_no_text() -> None:
    player = "<div><div>Watch</div><div><span>Subtitles</span></div><div>2:49</div></div>"
    assert text_of(PROSE[0], player, PROSE[1]) == PROSE[:2]


def test_an_article_that_is_a_list_of_links_keeps_them() -> None:
    links = (
        "<ul>"
        + "".join(f'<li><a href="/{n}">The {n}th offer of the day is a kettle</a></li>' for n in range(40))
        + "</ul>"
    )
    assert len(text_of(PROSE[0], links)) == 41


def test_a_quotation_pulled_out_of_its_paragraph_is_no_text_of_its_own() -> None:
    pulled = "<blockquote>agreed on a budget of four million crowns for the coming year</blockquote>"
    assert text_of(PROSE[0], pulled, PROSE[1]) == PROSE[:2]
    own = "<blockquote>We have asked for a second reading of the budget, and were refused it.</blockquote>"
    assert len(text_of(PROSE[0], own, PROSE[1])) == 3


def test_what_stands_between_title_and_byline_is_the_deck() -> None:
    deck = "<p>The vote came after midnight, and not all were awake</p>"
    top = f"<h1>Budget agreed</h1>{deck}<p class=byline>By Ada Quill</p>"
    found = {block.text: block.label for block in label(top + "".join(f"<p>{p}</p>" for p in PROSE))}
    assert found["The vote came after midnight, and not all were awake"] == "deck"


def test_notes_and_credits_at_the_end_are_apart() -> None:
    end = "<h2>Footnotes</h2><p>[1] Minutes of the council, 3 March, page 12, kept in the town's archive.</p>"
    assert text_of(*PROSE, end) == PROSE
