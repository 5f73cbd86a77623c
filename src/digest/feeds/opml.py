"""Reads and writes OPML, the lists of feeds that feed readers exchange (http://opml.org/spec2.opml). Pure."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

from lxml import etree

from digest.errors import InputError
from digest.feeds.address import http_address
from digest.feeds.clean import one_line, shorten

MOST_FEEDS: Final = 20_000
"""Feeds read of one list."""

_DOCTYPE: Final = re.compile(rb"<!\s*(?:DOCTYPE|ENTITY)", re.IGNORECASE)
_FEED_SCHEME: Final = re.compile(r"\Afeed:(?:(//)|(?=https?:))", re.IGNORECASE)


@dataclass(frozen=True, slots=True, kw_only=True)
class Outline:
    """One feed of a list. `tags` are the folders it lies in and its categories, as written."""

    address: str
    title: str = ""
    tags: tuple[str, ...] = ()


def read(text: bytes) -> tuple[Outline, ...]:
    """Read a list's feeds, each address once; outlines that are no feed, or not http(s), are left out.

    Nothing outside the text is loaded, and a document type is refused, since none has a use here.

    Raises:
        InputError: it is not OPML, or declares a document type.
    """
    if _DOCTYPE.search(text):
        raise InputError("the list declares a document type, which a list of feeds does not need: remove that line")
    parser = etree.XMLParser(
        resolve_entities=False, no_network=True, load_dtd=False, dtd_validation=False, huge_tree=False, recover=True
    )
    try:
        root = etree.fromstring(text, parser)
    except (etree.XMLSyntaxError, ValueError):
        root = None
    if root is None or root.getroottree().docinfo.internalDTD is not None:
        raise InputError("the file is not OPML")
    found: dict[str, Outline] = {}
    for element in root.iter("outline", "{*}outline"):
        outline = _outline(element)
        if outline is not None and len(found) < MOST_FEEDS:
            found.setdefault(outline.address, outline)
    if not found and root.find(".//{*}outline") is None:
        raise InputError("the file is not OPML, or lists no feeds")
    return tuple(found.values())


def write(outlines: Iterable[Outline], *, title: str = "Feeds") -> bytes:
    """Write a list of feeds; `read` gives the same feeds back, with commas in tags turned into spaces."""
    root = etree.Element("opml", version="2.0")
    head, body = etree.SubElement(root, "head"), etree.SubElement(root, "body")
    etree.SubElement(head, "title").text = one_line(title)
    for outline in outlines:
        name = one_line(outline.title) or outline.address
        line = {"type": "rss", "text": name, "title": name, "xmlUrl": outline.address}
        if tags := ",".join(tag for tag in (one_line(tag.replace(",", " ")) for tag in outline.tags) if tag):
            line["category"] = tags
        etree.SubElement(body, "outline", line)
    written: bytes = etree.tostring(root, xml_declaration=True, encoding="utf-8", pretty_print=True)
    return written


def _outline(element: etree._Element) -> Outline | None:
    """Read one outline, if it is a feed."""
    named = {str(key).lower(): str(value) for key, value in element.attrib.items()}
    address = named.get("xmlurl", "").strip()
    address = http_address(_FEED_SCHEME.sub(lambda found: "http://" if found[1] else "", address))
    if not address:
        return None
    folders = [str(a.get("text") or a.get("title") or "") for a in element.iterancestors("outline", "{*}outline")]
    tags = (one_line(tag) for tag in (*reversed(folders), *named.get("category", "").split(",")))
    title = shorten(one_line(named.get("title") or named.get("text") or ""), 300)
    return Outline(
        address=address,
        title="" if title == address else title,
        tags=tuple(dict.fromkeys(tag.strip("/") for tag in tags if 0 < len(tag.strip("/")) <= 100)),
    )
