from __future__ import annotations

import json
import re
import time
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from digest.content.page.deck import clean_deck
from digest.content.page.extract import decode, read_content, read_page
from digest.model import Picture

URL = "https://courier.example/2026/03/ferry"
TITLE = "Ferry line closes after 95 years"


def test_a_page_gives_its_text_alone(page: str, body: list[str]) -> None:
    assert read_page(page, URL).text == "\n\n".join(body)


def test_a_page_says_what_its_head_says(page: str) -> None:
    read = read_page(page, URL)
    assert read.title == TITLE
    assert read.authors == ("Ada Quill",)
    assert read.published == datetime(2026, 3, 3, 8, 30, tzinfo=UTC)
    assert read.language == "en-gb"
    assert read.deck == "The council votes to end a service that began in 1931."
    assert read.picture == Picture(
        url="https://courier.example/pier-large.jpg",
        alt="The pier at Westerhaven",
        caption="The pier at Westerhaven, seen from the customs house",
        credit="Photo: Mira Holt",
        width=1200,
    )
    assert (read.tags, read.keywords) == (("Harbour", "Ferries"), ("Council",))


def test_bytes_and_text_of_a_page_read_alike(page: str) -> None:
    assert read_page(page.encode(), URL) == read_page(page, URL)


def test_a_feed_s_full_content_gives_its_text_alone(hostile: str, body: list[str]) -> None:
    read = read_content(hostile, title=TITLE, url=URL, language="en")
    assert read.text == "\n\n".join(body)
    assert read.language == "en"
    assert read.picture == Picture(
        url="https://courier.example/pier.jpg",
        alt="The pier at Westerhaven",
        caption="The pier at Westerhaven, seen from the customs house",
        credit="Photo: Mira Holt",
        width=640,
        height=480,
    )


def test_both_ways_to_an_article_end_at_one_text(page: str, hostile: str) -> None:
    assert read_page(page, URL).text == read_content(hostile, title=TITLE, url=URL).text


@pytest.mark.parametrize(
    ("source", "text"),
    [
        ("é".encode(), "é"),
        (b"\xef\xbb\xbfabc", "abc"),
        (b"\xff\xfea\x00", "a"),
        (b'<meta charset="windows-1251">\xcc\xe8\xf0', '<meta charset="windows-1251">Мир'),
        (b'<meta charset="no-such">\x93a\x94', '<meta charset="no-such">“a”'),
        (b'<meta charset="utf-8">caf\xe9', '<meta charset="utf-8">café'),
    ],
)
def test_bytes_are_decoded_by_mark_then_fit_then_word(source: bytes, text: str) -> None:
    assert decode(source) == text


@pytest.mark.parametrize(
    ("deck", "kept"),
    [
        ("The council votes to end a service that began in 1931.", True),
        ("The council votes to end a ferry service from 1931", True),
        ("The council votes to end a service that beg…", False),
        ("The council votes to end a service that began [&hellip;]", False),
        ("The council votes to end a service. Read more", False),
        (TITLE, False),
        ("Get the latest news and updates from the harbour", False),
        ("Subscribe to our newsletter to read this story in full.", False),
        ("Sports", False),
        ("The harbour council of Westerhaven voted on Tuesday to close the old", False),
        ("The harbour council of Westerhaven voted on Tuesday to close the old ferry line.", True),
    ],
)
def test_a_deck_is_kept_when_it_is_whole_and_clean(deck: str, kept: bool) -> None:
    text = "The harbour council of Westerhaven voted on Tuesday to close the old ferry line. Eleven voted for it."
    assert clean_deck(deck, title=TITLE, text=text) == (deck if kept else "")


@pytest.mark.parametrize("script", ["[" * 100_000, '{"@type": "NewsArticle", "author": {"name": ["', '{"@graph": 5}'])
def test_broken_or_hostile_json_ld_is_passed_over(script: str, page: str, body: list[str]) -> None:
    hostile = page.replace("</head>", f'<script type="application/ld+json">{script}</script></head>')
    assert read_page(hostile, URL).text == "\n\n".join(body)


@pytest.mark.parametrize("address", ["javascript:alert(1)", "data:image/png;base64,AA", "//[bad", "ftp://a.example/x"])
def test_a_picture_s_address_is_http_or_nothing(address: str, page: str) -> None:
    read = read_page(page.replace("/pier-large.jpg", address).replace('"/pier.jpg"', f'"{address}"'), URL)
    assert read.picture == Picture(
        url="https://courier.example/2026/03/map.png", caption="A map of the line.", credit="Example Atlas"
    )


def test_deep_nesting_around_a_page_keeps_its_text(page: str) -> None:
    deep = page.replace("<main>", "<main>" + "<div>" * 10_000).replace("</main>", "</div>" * 10_000 + "</main>")
    assert "voted on Tuesday to close" in read_page(deep, URL).text


@settings(deadline=None, max_examples=60)
@given(st.integers(0, 3000), st.integers(0, 200), st.text(alphabet="<>\"'/= \x00\ud800a&;", max_size=20))
def test_a_damaged_page_is_read_without_complaint(at: int, cut: int, junk: str) -> None:
    whole = (
        f'<html lang="en"><body><article class="x">{"<p>A boat came in, and it was late.</p>" * 60}</article></body>'
    )
    read = read_page(whole[:at] + junk + whole[at + cut :], URL)
    assert "\x00" not in read.text


@pytest.mark.parametrize(
    "block",
    ["12.10.2023 " + "aaaa" * 250, "By " + "A " * 110, "support us " * 60, "“" * 1000, "- " * 400, "read more" * 100,
     "Tags: " + "," * 1100, "Published " + "1:" * 500, "A" * 1100 + " is a writer", "(" * 1000, "c" * 500_000],
)  # fmt: skip
def test_no_block_makes_it_slow(block: str) -> None:
    prose = "<p>The harbour council met on Tuesday and agreed on a budget of four million crowns.</p>"
    began = time.perf_counter()
    for html in (f"{prose}<p>{block}</p>", f"{prose * 3}<p><em>{block}</em></p>{prose}", f"<h1>{block}</h1>{prose}"):
        read_content(html, title=block, url=URL, authors=("Ada Quill",))
        read_page(f'<meta name="author" content="{block}"><meta name="description" content="{block}">{html}', URL)
        clean_deck(block, title=block, text=block)
    assert time.perf_counter() - began < 5


def test_a_page_without_metadata_gives_its_byline_and_date() -> None:
    prose = "<p>The harbour council met on Tuesday and agreed on a budget of four million crowns for next year.</p>" * 4
    html = f'<article><h1>Budget agreed</h1><p class="byline">By Ada Quill, March 3, 2026</p>{prose}</article>'
    read = read_page(html, "https://courier.example/budget")
    assert read.title == "Budget agreed"
    assert read.authors == ("Ada Quill",)
    assert read.published == datetime(2026, 3, 3, tzinfo=UTC)


@pytest.mark.data
def test_the_reference_article_reads_exactly(data: Path) -> None:
    folder = data / "reference-article"
    expected = json.loads((folder / "expected.json").read_text(encoding="utf-8"))
    feed = (folder / "feed.xml").read_text(encoding="utf-8")
    content = re.search(r"content:encoded><!\[CDATA\[(.*?)\]\]>", feed, re.DOTALL)
    assert content
    page = read_page((folder / "article.html").read_bytes(), "https://journal.example/a.php")
    full = read_content(content[1], title=expected["title"], url="https://journal.example/a.php")
    assert page.text == full.text == "\n\n".join(expected["body"])
    assert page.title == expected["title"]
    assert list(page.authors) == expected["authors"]
    assert page.published == datetime.fromisoformat(expected["published"])
    assert not [words for words in expected["never_in_a_summary"] if words in page.text]


@pytest.mark.data
def test_the_synthetic_page_leaks_nothing(data: Path) -> None:
    page = read_page((data / "pages" / "synthetic_wordpress.html").read_bytes(), "https://journal.example/b")
    assert not re.search(r"[A-Z]{6,}", page.text)
    assert len(page.text.split("\n\n")) == 6


@pytest.mark.parametrize(
    ("text", "pointer", "appeal"),
    [
        (
            "أعلن المجلس البلدي يوم الثلاثاء إغلاق خط العبارات القديم بعد نقاش طويل استمر حتى منتصف الليل",
            "اقرأ أيضا: ميناء جديد",
            "تبرعوا الآن لدعم صحافتنا المستقلة",
        ),
        (
            "市议会星期二经过长时间辩论后投票决定关闭这条旧渡轮航线，该航线自1931年以来一直运送工人过海湾",
            "相关阅读：新港口",
            "订阅我们的新闻通讯",
        ),
        (
            "Городской совет во вторник проголосовал за закрытие старой паромной линии, работавшей с 1931 года",
            "Читайте также: новый порт",
            "Поддержите нас и подпишитесь",
        ),
        (
            "नगर परिषद ने मंगलवार को लंबी बहस के बाद पुरानी नौका सेवा को बंद करने के पक्ष में मतदान किया",
            "यह भी पढ़ें: नया बंदरगाह",
            "हमारा समर्थन करें",
        ),
        (
            "สภาเมืองลงมติเมื่อวันอังคารให้ปิดเส้นทางเรือข้ามฟากเก่าหลังจากการอภิปรายอันยาวนานจนถึงเที่ยงคืน",
            "อ่านเพิ่มเติม: ท่าเรือใหม่",
            "สนับสนุนเรา",
        ),
        (
            "מועצת העיר הצביעה ביום שלישי לאחר דיון ארוך בעד סגירת קו המעבורת הישן הפועל משנת 1931",
            "קראו גם: נמל חדש",
            "תמכו בנו עכשיו",
        ),
        (
            "Το δημοτικό συμβούλιο ψήφισε την Τρίτη το κλείσιμο της παλιάς γραμμής των πορθμείων του κόλπου",
            "Διαβάστε επίσης: νέο λιμάνι",
            "Στηρίξτε μας",
        ),
    ],
)
def test_a_page_in_any_script_without_a_telling_class_gives_its_text_alone(
    text: str, pointer: str, appeal: str
) -> None:
    texts = [f"{text} {'x' * (n + 2)}." for n in range(6)]
    prose = "".join(f"<p>{each}</p>" for each in texts)
    body = f'<div class="z9">{prose}<p><a href="/q">{pointer}</a></p><p>{appeal}</p></div><footer>© 2026</footer>'
    read = read_page(f"<title>{text[:12]}</title><ul><li><a href=/x>{pointer}</a></ul>{body}", URL)
    assert read.text.split("\n\n") == texts
    assert {block.label for block in read.blocks} >= {"related", "appeal"}
