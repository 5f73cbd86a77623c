from __future__ import annotations

from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from digest.content.page.repeated import PAGES, PAGES_ON_ONE_TOPIC, Line, Read, apart, learn, names
from digest.model import Block, Page

DAY = datetime(2026, 3, 3, 9, tzinfo=UTC)
NOTICE = "Readers keep the lamp lit: whoever can spare a crown is welcome at the counter in Mill Lane."
TOPICS = ["Harbour", "Bakery", "Railway", "Orchard", "Library", "Theatre", "Quarry", "Market", "Bridge", "Chapel"]


def read(topic: str, *more: str, day: int = 0, new: bool = True, site: str = "courier.example") -> Read:
    texts = [f"The {topic.lower()} was spoken of in the {word} sitting of the council." for word in ("first", "last")]
    blocks = tuple(Block(label="body", text=text) for text in (*texts, *more))
    return Read(site=site, page=Page(title=topic, blocks=blocks), seen=DAY + timedelta(days=day), new=new)


def lines_after(*pages: Read) -> dict[str, Line]:
    lines: dict[str, Line] = {}
    for page in pages:
        lines |= learn([page], lines)
    return lines


def test_a_line_on_three_pages_of_a_site_is_learned_without_a_known_word() -> None:
    pages = [read(topic, NOTICE, day=day) for day, topic in enumerate(TOPICS[:PAGES])]
    page = apart(pages[-1], lines_after(*pages))
    assert [block.label for block in page.blocks] == ["body", "body", "repeated"]
    assert page.blocks[-1].why == "seen on 3 pages of courier.example since 3 March 2026"
    assert NOTICE not in page.text


def test_two_pages_are_not_enough_and_another_site_does_not_count() -> None:
    pages = [read(topic, NOTICE) for topic in TOPICS[:2]] + [read("Market", NOTICE, site="other.example")]
    assert apart(pages[-1], lines_after(*pages)) == pages[-1].page


def test_a_batch_teaches_as_much_as_its_pages_one_by_one() -> None:
    pages = [read(topic, NOTICE, day=day) for day, topic in enumerate(TOPICS)]
    assert learn(pages, {}) == lines_after(*pages)


def test_a_number_that_differs_does_not_hide_a_repeated_line() -> None:
    pages = [read(topic, f"This page was called up {n * 37 + 100} times today.") for n, topic in enumerate(TOPICS)]
    assert apart(pages[-1], lines_after(*pages)).blocks[-1].label == "repeated"


def test_one_article_under_many_addresses_loses_nothing() -> None:
    pages = [read("Harbour", NOTICE, "A third thing was said.", day=day) for day in range(9)]
    lines = lines_after(*pages)
    assert {line.pages for line in lines.values()} == {1}
    assert apart(pages[-1], lines) == pages[-1].page


def test_a_copy_keeps_the_words_that_others_learned_to_be_boilerplate() -> None:
    pages = [read(topic, NOTICE) for topic in TOPICS]
    lines = lines_after(*pages)
    only = Read(site="courier.example", page=Page(title="x", blocks=(Block(label="body", text=NOTICE),)), seen=DAY)
    assert apart(only, lines) == only.page


def test_background_carried_from_one_report_to_the_next_is_not_boilerplate_at_once() -> None:
    background = "The line was opened in 1931 and carries four hundred workers across the bay each day."
    reports = (
        f"On day {'x' * n} the crews spoke of something that was quite different, it was said." for n in range(7)
    )
    pages = [
        Read(
            site="courier.example",
            seen=DAY,
            page=Page(
                title=f"Ferry {n}", blocks=tuple(Block(label="body", text=text) for text in (report, background))
            ),
        )
        for n, report in enumerate(reports)
    ]
    assert len(pages) < PAGES_ON_ONE_TOPIC
    assert apart(pages[0], lines_after(*pages)) == pages[0].page


def test_revisions_teach_nothing() -> None:
    pages = [read(topic, NOTICE, new=topic == "Harbour") for topic in TOPICS]
    assert all(line.pages == 1 for line in lines_after(*pages).values())


def test_only_the_edges_of_a_text_are_looked_at() -> None:
    long = Page(
        blocks=tuple(Block(label="body", text=f"Paragraph {'abcdefghij'[n % 10] * (n + 9)}") for n in range(40))
    )
    assert sum(map(bool, names(Read(site="s.example", page=long, seen=DAY)))) == 12


@given(st.lists(st.lists(st.text(max_size=40), max_size=6), max_size=8))
def test_no_text_is_lost_whatever_comes(texts: list[list[str]]) -> None:
    pages = [
        Read(site="s", seen=DAY, page=Page(title=" ".join(t[:1]), blocks=tuple(Block(label="body", text=x) for x in t)))
        for t in texts
    ]
    lines = learn(pages, {})
    for page in pages:
        after = apart(page, lines)
        assert [b.text for b in after.blocks] == [b.text for b in page.page.blocks]
        assert len(after.text) * 2 >= len(page.page.text) - 40
