"""A feed that tries to break out: into MJML, Jinja, HTML, headers, boundaries, holes; nothing does, nothing is lost."""

from __future__ import annotations

import html
import re
import socket
from collections.abc import Iterator
from email import message_from_bytes, policy
from html.parser import HTMLParser
from typing import Any

import pytest
from aiosmtpd.controller import Controller

from digest.clock.now import now
from digest.config import Environment
from digest.pipeline.approve import approve
from digest.pipeline.preview import show
from digest.pipeline.publish import publish
from digest.store.articles import Article
from digest.store.posts import Post
from digest.studio import links

pytestmark = pytest.mark.django_db

CDATA = "<![CDATA[{}]]>"

TITLES = {
    "mjml": '&lt;mj-include path="/etc/passwd"/&gt; &lt;/mj-text&gt;&lt;mj-raw&gt;Ferry strike &lt;b&gt;bold&lt;/b&gt;',
    "mjml in cdata": CDATA.format('Quarry <mj-include path="/etc/passwd"/></mj-text></mj-column><mj-raw>ends early'),
    "jinja": "Orchard {{ 31337 * 3 }} {{ config }} {% include 'letter/letter.mjml' %} {# gone #} blooms",
    "script": CDATA.format(
        "Library <script>alert(1)</script><img src=x onerror=alert(2)> reopens &lt;script&gt;alert(3)"
    ),
    "double": "Theatre &amp;amp;lt;script&amp;amp;gt;alert(4)&amp;amp;lt;/script&amp;amp;gt; &amp;#60;b&amp;#62; opens",
    "header": "Hospital\r\nBcc: everyone@evil.example\r\n\r\nBody&#13;&#10;X-Evil: 1&#10;To: x@evil.example opens",
    "quotes": "School \" ' \\ \\n \\u{202f} ` &quot;&gt;&lt;a href=&quot;javascript:alert(5)&quot;&gt; closes",
    "unicode": "Market\u202f\u202e\u2066gnp.exe\u2069 \U0001f468\u200d\U0001f469\u200d\U0001f467 \u200f\u2028"
    "fair\u0085day \ufeffreturns",
    "nul": "Vineyard \x00\x01unsubscribe_url\x02 &#0;&#1;&amp;unsubscribe_url&#2; \x01&amp;to\x02 ripens",
    "words": "Airport HOLE000000000000Xunsubscribe_urlXEND CUT000000000000Xlead:0XEND CUTXopenXEND delays",
    "printable": "Museum =3D=0D=0A =?utf-8?q?=0D=0ABcc:_x?= =\r\n --=_boundary -- shows masks",
    "boundary": "Reservoir --=_" + "0" * 32 + "--",
    "long": "Stadium " + "x" * 100_000,
    "words without end": "Bakery " + "bread " * 20_000,
    "nested": CDATA.format("Tannery " + "<b>" * 10_000 + "reeks" + "</b>" * 10_000),
    "unclosed": CDATA.format("Observatory " + "<div><a href='//x'>" * 5_000 + "peers"),
    "arabic": "\u0627\u0644\u0645\u064a\u0646\u0627\u0621 \u202e {{ x }} \u064a\u0641\u062a\u062d \u0645\u0646 "
    "\u062c\u062f\u064a\u062f",
}
BODIES = {
    "dots": "The board met.\r\n.\r\nFrom the harbour master: nothing.\r\n.hidden\r\n--=_x\r\nFrom here on it rained.",
    "mjml": CDATA.format("<p>Board says</p><mj-raw><style>*{color:red}</style></mj-raw><p>{{ 31337 * 3 }} left.</p>"),
    "nested": CDATA.format("<div>" * 10_000 + "<p>The board said that the tide had turned.</p>" + "</div>" * 10_000),
    "links": CDATA.format(
        '<p>The board <a href="javascript:alert(6)" onclick="alert(7)">said</a> it. <img src="data:image/svg+xml,<svg '
        'onload=alert(8)>" onerror="alert(9)" alt="&quot; onerror=alert(10) x=&quot;"></p><form action="//evil.x">'
        "<input></form><iframe src='https://evil.example'></iframe><meta http-equiv=refresh content='0;url=//x'>"
    ),
    "one sentence": "The board said that " + "the tide would turn and " * 4_000 + "it did.",
}  # fmt: skip
LINKS = {
    "script": "javascript:alert(11)", "data": "data:text/html,<script>alert(12)</script>", "none": "",
    "quote": 'https://paper.example/a"onmouseover="alert(13)', "break": "https://paper.example/a&#13;&#10;Bcc: x",
    "hole": "https://paper.example/\x01unsubscribe_url\x02?{{ config }}", "user": "https://bank.example@evil.example/x",
    "wrong host": "http://\u00e4..\u00f6/x", "long label": f"https://{chr(0xe4) * 80}.example/x", "no host": "https:///x",
    "port": "https://paper.example:99999/x", "brackets": "http://[::1/x", "long": "https://paper.example/" + "a" * 1900,
    "same": "https://paper.example/same", "same again": "https://paper.example/same", "bidi": "https://paper.example/\u202ex",
}  # fmt: skip


def feed(papers: Any) -> str:
    items, number = [], 0
    picture = (
        '<media:content url="https://paper.example/p.jpg" medium="image"><media:description>'
        '" onerror="alert(14)" \\n {{ x }} </mj-image></media:description></media:content>'
    )
    for title in TITLES.values():
        number += 1
        items.append(papers.item(number, title).replace("</item>", f"{picture}</item>"))
    for name, body in BODIES.items():
        number += 1
        items.append(papers.item(number, f"Council {number} {name} sits", description=body))
    for name, link in LINKS.items():
        number += 1
        author = f"<dc:creator>{CDATA.format('Mara <script>alert(15)</script> {{ x }} Quist')}</dc:creator>"
        category = f"<category>{CDATA.format('<mj-raw> {{ x }} #tag')}</category>"
        made = papers.item(number, f"Lighthouse {number} {name} shines", link=html.escape(html.unescape(link)))
        items.append(made.replace("</item>", f"{author}{category}</item>"))
    return papers.rss(*items, head='<language>en"&gt;&lt;script&gt;</language>')


class Received:
    """What the mail server was given."""

    def __init__(self) -> None:
        self.letters: list[tuple[list[str], bytes]] = []

    async def handle_DATA(self, _server: Any, _session: Any, envelope: Any) -> str:  # noqa: N802 - the library's name
        self.letters.append((envelope.rcpt_tos, envelope.original_content))
        return "250 taken"


@pytest.fixture
def mail() -> Iterator[tuple[Received, Environment]]:
    """A mail server, and the environment that leads to it."""
    received = Received()
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    controller = Controller(received, hostname="127.0.0.1", port=port)
    controller.start()
    yield received, Environment({"DIGEST_SMTP_URL": f"smtp://127.0.0.1:{port}"})
    controller.stop()


class Tags(HTMLParser):
    """Every element with its attributes, and the words, as a browser would take them."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.found: list[tuple[str, dict[str, str]]] = []
        self.words: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found.append((tag, {name: value or "" for name, value in attrs}))

    def handle_data(self, data: str) -> None:
        self.words.append(data)


def harmless(page: str, *, forms: bool = False) -> str:
    """See that a page holds nothing that runs or leads astray; its words as one line."""
    parser = Tags()
    parser.feed(page)
    for tag, given in parser.found:
        assert tag not in {"script", "iframe", "object", "embed", "svg", "base", "mj-raw", "mj-include"}, tag
        assert forms or tag not in {"form", "input"}, tag
        assert not [name for name in given if name.startswith("on")], (tag, given)
        assert not (tag == "meta" and given.get("http-equiv", "").lower() == "refresh")
        for name in ("href", "src"):
            target = given.get(name, "https:").strip().lower()
            assert target.startswith(("https:", "http:", "mailto:", "/", "#", "\x01")), (tag, target)
            assert "bank.example" not in target
    words = " ".join("".join(parser.words).split())
    safe(words)
    return words


def safe(words: str) -> None:
    """Nothing was worked out, read from this machine, or let through that the eye cannot see."""
    assert "94011" not in words
    assert "root:x:0" not in words
    assert not re.search("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\u202a-\u202e\u2066-\u2069\ufeff]", words)


def test_nothing_is_lost(room: Any, site: Any, papers: Any):
    site.says("/feed", feed(papers))
    row = room.drafted()
    assert Article.objects.count() == len(TITLES) + len(BODIES) + len(LINKS)
    assert {article for article, *_ in row.looked_at} == set(Article.objects.values_list("pk", flat=True))
    assert [why for _, _, carried, why in row.looked_at if not carried and not why] == []
    titles = "\n".join(Article.objects.values_list("title", flat=True))
    for kept in (
        "<mj-raw>ends",
        "{{ 31337 * 3 }}",
        "<script>alert(3)",
        "&lt;script&gt;alert(4)",
        "\" ' \\ \\n",
        "=3D=0D",
    ):
        assert kept in titles
    safe(titles.replace("\n", " "))


def test_sent_without_harm(room: Any, site: Any, papers: Any, mail: Any, client: Any):
    received, environment = mail
    site.says("/feed", feed(papers))
    row = room.drafted()
    for form in ("html", "page", "print"):
        harmless(show(room.config, row, form, now=now()).decode())
    row = approve(room.config, row, by="ana@news.example", now=now())
    before = {form: show(room.config, row, form, now=now()) for form in ("html", "text", "page", "print", "posts")}
    report = publish(room.config, row, now=now, environment=environment)
    assert report.letters["sent"] == 1
    ((to, raw),) = received.letters
    assert to == ["ana@inbox.example"]
    _letter(raw, before)
    for post in Post.objects.all():
        safe(post.text)
        assert not re.search(r"[\r\x00]", post.text)
    for address in ("/e/daily/", "/e/daily/2025-11-24", "/e/daily/2025-11-24/print"):
        answer = client.get(address)
        assert answer.status_code == 200
        harmless(answer.content.decode())


def _letter(raw: bytes, shown: dict[str, bytes]) -> None:
    """One letter as a mail program takes it."""
    assert b"\x01" not in raw
    assert b"\x02" not in raw
    assert max(len(line) for line in raw.split(b"\r\n")) <= 998
    assert b"\n" not in raw.replace(b"\r\n", b"")
    assert b"\r" not in raw.replace(b"\r\n", b"")
    message = message_from_bytes(raw, policy=policy.default)
    names = [name.lower() for name in message]
    assert not [name for name in names if names.count(name) > 1 and name != "received"]
    assert not {"bcc", "x-evil", "cc"} & set(names)
    assert message["To"] == "ana@inbox.example"
    assert not message.defects
    assert message.get_content_type() == "multipart/alternative"
    text, rich = message.iter_parts()
    assert not [*text.defects, *rich.defects]
    assert harmless(rich.get_content())
    safe(text.get_content())
    for part, form in ((text, "text"), (rich, "html")):
        own = re.sub(r"/[us]/[^\s\"<]+", "", part.get_content()).replace("ana@inbox.example", "X")
        seen = re.sub(r"/[us]/[^\s\"<]+", "", shown[form].decode()).replace("reader@preview.invalid", "X")
        assert own.split() == seen.split()


def test_in_the_studio(room: Any, site: Any, papers: Any, client: Any):
    site.says("/feed", feed(papers))
    room.drafted()
    client.defaults |= {"HTTP_HOST": "news.example", "HTTP_X_FORWARDED_PROTO": "https"}
    address = links.by_shell(room.config, "https://news.example", now=now()).removeprefix("https://news.example")
    assert client.post(address, secure=True).status_code == 302
    for tab in ("", "text", "posts", "page", "print", "ranks", "deliveries", "see/html", "see/page", "see/print"):
        answer = client.get(f"/studio/editions/daily/2025-11-24/{tab}", secure=True)
        assert answer.status_code == 200, tab
        page = answer.content.decode()
        frames = re.sub(r'<iframe[^>]*src="/studio/[^"]*"[^>]*>', "", page)
        harmless(frames, forms=True)
        assert "default-src 'none'" in answer["Content-Security-Policy"]
        assert answer["X-Content-Type-Options"] == "nosniff"
    assert client.get("/studio/", secure=True).status_code == 200


@pytest.mark.parametrize("name", LINKS)
def test_one_bad_link_spoils_no_edition(room: Any, site: Any, papers: Any, name: str):
    items = [papers.item(n) for n in range(4)]
    twin = papers.item(8, link="https://paper.example/same") if "same" in name else ""
    items.append(papers.item(7, link=html.escape(html.unescape(LINKS[name]))))
    site.says("/feed", papers.rss(*items, twin))
    row = approve(room.config, room.drafted(), by="ana@news.example", now=now())
    assert row.status == "approved"


@pytest.mark.parametrize("name", TITLES)
def test_one_bad_title_spoils_no_edition(room: Any, site: Any, papers: Any, name: str):
    items = [papers.item(1, TITLES[name])]
    items += [papers.item(n) for n in (10, 11, 12)]
    site.says("/feed", papers.rss(*items))
    row = approve(room.config, room.drafted(), by="ana@news.example", now=now())
    assert row.status == "approved"
