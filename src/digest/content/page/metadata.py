"""Reads title, authors, date, deck, picture and tags from a page's head, JSON-LD and markup."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from html import unescape
from typing import Any
from urllib.parse import urljoin, urlsplit

from lxml.html import HtmlElement

from digest.content.page import jsonld
from digest.content.page.dates import instant
from digest.content.page.dom import tidy
from digest.content.page.people import names
from digest.model import Picture

_DATE_NAMES = (
    "article:published_time", "og:article:published_time", "og:published_time", "datepublished", "date", "dc.date",
    "dcterms.created", "dc.date.issued", "dcterms.date", "pubdate", "publishdate", "publish-date", "publish_date",
    "parsely-pub-date", "sailthru.date", "article.published", "published_time", "publication_date",
    "cxenseparse:recs:publishtime", "bt:pubdate", "citation_publication_date", "originalpublicationdate",
    "article_date_original", "timestamp",
)  # fmt: skip
_AUTHOR_NAMES = (
    "author", "article:author", "dc.creator", "parsely-author", "byl", "sailthru.author", "citation_author",
    "cxenseparse:author",
)  # fmt: skip
_MARKED_AUTHORS = (
    "//*[@rel='author' or @itemprop='author' or contains(@class, 'byline') or contains(@class, 'author-name')]"
)
_TO_PRINT = "//a[@href and (@rel='print' or contains(@class, 'print-link') or contains(@class, 'printer-friendly'))]"
_SUFFIX = re.compile(r"\s+(?:\||-|–|—|::|»|•|·|~)\s+")
_URL_DATE = re.compile(r"/(20\d\d|19\d\d)[/-](0?[1-9]|1[0-2])[/-](0?[1-9]|[12]\d|3[01])(?:/|-|_|\b)")


@dataclass(frozen=True, slots=True, kw_only=True)
class Head:
    """What a page says of itself."""

    title: str = ""
    authors: tuple[str, ...] = ()
    published: datetime | None = None
    language: str = ""
    deck: str = ""
    picture: Picture | None = None
    tags: tuple[str, ...] = ()
    keywords: tuple[str, ...] = ()
    body: str = ""
    elsewhere: str = ""
    metas: dict[str, list[str]] = field(default_factory=dict)


def read_head(root: HtmlElement, url: str) -> Head:
    """What the page at `url` says of itself: JSON-LD first for people and dates, Open Graph first for the title."""
    metas = _metas(root)
    nodes = jsonld.articles(root)
    return Head(
        title=_title(root, metas, nodes),
        authors=_authors(root, metas, nodes),
        published=_published(root, metas, nodes, url),
        language=tidy(
            root.get("lang")
            or root.get("{http://www.w3.org/XML/1998/namespace}lang")
            or _first(metas, "og:locale", "content-language")
        )[:35],
        deck=_first(metas, "og:description", "description", "twitter:description", "dc.description")
        or jsonld.text(nodes, "description"),
        picture=_picture(metas, nodes, url),
        tags=(tags := _tags(root, metas)),
        keywords=_keywords(metas, nodes, known=tags),
        body=jsonld.text(nodes, "articleBody"),
        elsewhere=_elsewhere(root, url),
        metas=metas,
    )


def web_address(value: str, base: str) -> str:
    """`value` as an absolute http(s) address seen from `base`; "" when it is none."""
    try:
        joined = urljoin(base, value.strip())
        parts = urlsplit(joined)
    except ValueError:
        return ""
    return joined if parts.scheme in ("http", "https") and parts.netloc else ""


def _elsewhere(root: HtmlElement, url: str) -> str:
    """The address of a barer version of the page, on its own site: AMP, else the one to print; "" for none."""
    amp = [link.get("href") for link in root.iter("link") if "amphtml" in (link.get("rel") or "").lower().split()]
    printed = [link.get("href") for link in root.iter("link") if "print" in (link.get("media") or "")
               and "alternate" in (link.get("rel") or "").lower()]  # fmt: skip
    printed += [a.get("href") for a in root.xpath(_TO_PRINT)[:3]]
    host = _bare_host(url)
    addresses = (web_address(said or "", url).partition("#")[0] for said in (*amp[:2], *printed[:4]))
    return next((a for a in addresses if a and a != url.partition("#")[0] and _bare_host(a) == host), "")


def _bare_host(url: str) -> str:
    host = urlsplit(url).hostname or ""
    return re.sub(r"\A(?:www|amp|m|mobile|print)\.", "", host)


def _metas(root: HtmlElement) -> dict[str, list[str]]:
    metas: dict[str, list[str]] = {}
    for element in root.iter("meta"):
        name = (
            (
                element.get("property")
                or element.get("name")
                or element.get("itemprop")
                or element.get("http-equiv")
                or ""
            )
            .strip()
            .lower()
        )
        content = tidy(element.get("content") or "")
        if name and content and len(metas) < 300:
            metas.setdefault(name, []).append(content[:5_000])
    return metas


def _first(metas: dict[str, list[str]], *wanted: str) -> str:
    return next((metas[name][0] for name in wanted if name in metas), "")


def _title(root: HtmlElement, metas: dict[str, list[str]], nodes: list[dict[str, Any]]) -> str:
    headings = [tidy("".join(h.itertext())) for h in root.iter("h1")]
    headings = [h for h in headings if h][:10]
    named = [_first(metas, "og:title"), jsonld.text(nodes, "headline"), _first(metas, "twitter:title")]
    page = next((tidy("".join(t.itertext())) for t in root.iter("title")), "")
    named = [tidy(unescape(n)) for n in [*named, page] if n]
    site = _first(metas, "og:site_name").casefold()
    for heading in headings:
        if any(_same(heading, name) for name in named):
            return heading
    if not named:
        return headings[0] if headings else ""
    return _without_site(named[0], site, page if page != named[0] else "")


def _same(heading: str, name: str) -> bool:
    one, two = (re.sub(r"\W+", "", t).casefold() for t in (heading, name))
    return len(one) > 8 and (one == two or two.startswith(one))


def _without_site(title: str, site: str, page: str) -> str:
    parts = _SUFFIX.split(title)
    if len(parts) > 1 and (
        parts[-1].casefold() == site
        or (site and site in parts[-1].casefold())
        or (not page and len(parts[-1].split()) <= 4)
    ):
        return title[: title.rindex(parts[-1])].rstrip(" |-–—:»•·~")
    return title


def _authors(root: HtmlElement, metas: dict[str, list[str]], nodes: list[dict[str, Any]]) -> tuple[str, ...]:
    """The people JSON-LD names, else the head, else a marked byline; the outlet itself is none of them."""
    outlet = {_first(metas, "og:site_name").casefold(), *(jsonld.publisher(node) for node in nodes)} - {""}

    def persons(found: tuple[str, ...]) -> tuple[str, ...]:
        return tuple(name for name in found if name.casefold() not in outlet)

    for node in nodes:
        people = persons(jsonld.people(node.get("author") or node.get("creator")))
        if people:
            return people
    for name in _AUTHOR_NAMES:
        found = (n for value in metas.get(name, [])[:12] for n in names(unescape(value)))
        people = persons(tuple(dict.fromkeys(found)))
        if people:
            return people
    for element in root.xpath(_MARKED_AUTHORS)[:6]:
        text = tidy(" ".join(element.itertext()))
        people = persons(names(text.partition("|")[0])) if len(text) < 120 else ()
        if people:
            return people
    return ()


def _published(
    root: HtmlElement, metas: dict[str, list[str]], nodes: list[dict[str, Any]], url: str
) -> datetime | None:
    said = [
        jsonld.text(nodes, "datePublished"),
        *(_first(metas, name) for name in _DATE_NAMES),
        jsonld.text(nodes, "dateCreated"),
    ]
    said += [
        element.get("datetime") or element.get("content") or tidy("".join(element.itertext()))
        for element in root.xpath("//time[@datetime]|//*[@itemprop='datePublished']")[:5]
    ]
    found = next((when for value in said if value and (when := instant(value))), None)
    if found:
        return found
    in_url = _URL_DATE.search(url)
    return instant("-".join(f"{int(v):02d}" for v in in_url.groups())) if in_url else None


def _picture(metas: dict[str, list[str]], nodes: list[dict[str, Any]], url: str) -> Picture | None:
    address = web_address(
        _first(metas, "og:image", "og:image:url", "og:image:secure_url", "twitter:image", "twitter:image:src"), url
    )
    width, height = (_number(_first(metas, f"og:image:{side}")) for side in ("width", "height"))
    if not address or address == url:
        image: Any = next((n["image"] for n in nodes if n.get("image")), None)
        image = image[0] if isinstance(image, list) and image else image
        if isinstance(image, dict):
            width, height = _number(image.get("width")), _number(image.get("height"))
            image = image.get("url") or image.get("contentUrl")
        address = web_address(image, url) if isinstance(image, str) else ""
    if not address or address == url:
        return None
    return Picture(
        url=address, alt=_first(metas, "og:image:alt", "twitter:image:alt")[:500], width=width, height=height
    )


def _number(value: Any) -> int:
    text = str(value).removesuffix("px").strip()
    return int(text) if text.isascii() and text.isdigit() and len(text) < 6 else 0


def _tags(root: HtmlElement, metas: dict[str, list[str]]) -> tuple[str, ...]:
    """What the publisher shows the page under: article:tag, and links with rel="tag"."""
    said = metas.get("article:tag", []) + metas.get("parsely-tags", [])
    said += [tidy("".join(a.itertext())) for a in root.xpath("//a[@rel='tag' or @rel='category tag']")[:40]]
    return _unique(part for value in said for part in _parts(value))


def _keywords(metas: dict[str, list[str]], nodes: list[dict[str, Any]], *, known: tuple[str, ...]) -> tuple[str, ...]:
    """What the head tells machines alone: keywords of JSON-LD, one by one where they are a list, and of the metas."""
    said: list[str] = []
    for node in nodes:
        words = node.get("keywords")
        listed = [w for w in words if isinstance(w, str)] if isinstance(words, list) else []
        said += [tidy(unescape(w)) for w in listed] if len(listed) > 1 else _parts(*listed[:1])
        said += _parts(words) if isinstance(words, str) else []
    for value in metas.get("keywords", []) + metas.get("news_keywords", []):
        said += _parts(value)
    shown = {tag.casefold() for tag in known}
    return tuple(word for word in _unique(said) if word.casefold() not in shown)


def _parts(*values: str) -> list[str]:
    return [tidy(unescape(part)) for value in values for part in re.split(r"[,;|]", value)]


def _unique(labels: Iterable[str]) -> tuple[str, ...]:
    unique: dict[str, str] = {}
    for label in labels:
        if label and len(label) <= 60:
            unique.setdefault(label.casefold(), label)
    return tuple(unique.values())[:40]
