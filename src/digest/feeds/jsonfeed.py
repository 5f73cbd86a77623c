"""Reads JSON Feed 1.0 and 1.1 (https://www.jsonfeed.org/version/1.1/). Pure."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from digest.feeds.dates import from_text
from digest.feeds.entries import Raw
from digest.model import Picture


@dataclass(frozen=True, slots=True, kw_only=True)
class JsonFeed:
    """A JSON Feed as it stands: its title, its language, its items."""

    title: str
    language: str
    items: tuple[Raw, ...]


def looks_like_json(body: bytes) -> bool:
    """Say whether a body is a JSON object rather than markup."""
    return body.removeprefix(b"\xef\xbb\xbf").lstrip()[:1] == b"{"


def read(body: bytes, *, most: int) -> JsonFeed:
    """Read a JSON Feed; what has the wrong type is taken as missing.

    Args:
        body: the document; UTF-8, or UTF-16 and UTF-32 as JSON's readers detect them.
        most: items beyond this number are not read.

    Raises:
        ValueError: it is not JSON, or nested too deeply, or no feed.
    """
    try:
        feed = json.loads(body)
    except RecursionError:
        raise ValueError("is nested too deeply to be read") from None
    except ValueError:
        raise ValueError("is not well-formed JSON") from None
    items = feed.get("items") if isinstance(feed, dict) else None
    if not isinstance(items, list):
        raise ValueError("is JSON, but no JSON Feed: it has no items")
    everybody = _people(feed)
    return JsonFeed(
        title=_text(feed, "title"),
        language=_text(feed, "language"),
        items=tuple(_item(item, everybody) for item in items[:most] if isinstance(item, dict)),
    )


def _item(item: Mapping[str, Any], everybody: tuple[str, ...]) -> Raw:
    """Read one item."""
    guid = item.get("id")
    markup = _text(item, "content_html")
    picture = _text(item, "image") or _text(item, "banner_image") or _attached(item)
    tags = item.get("tags")
    return Raw(
        guid=str(guid) if isinstance(guid, (str, int, float)) and not isinstance(guid, bool) else "",
        link=_text(item, "url") or _text(item, "external_url"),
        title=_text(item, "title"),
        summary=_text(item, "summary"),
        summary_markup=False,
        content=markup or _text(item, "content_text"),
        content_markup=bool(markup),
        published=from_text(_text(item, "date_published")),
        updated=from_text(_text(item, "date_modified")),
        people=_people(item) or everybody,
        categories=tuple(tag for tag in tags if isinstance(tag, str)) if isinstance(tags, list) else (),
        language=_text(item, "language"),
        picture=Picture(url=picture) if picture else None,
    )


def _people(of: Mapping[str, Any]) -> tuple[str, ...]:
    """Read `authors` (1.1) or `author` (1.0)."""
    listed = of.get("authors")
    people = listed if isinstance(listed, list) else [of.get("author")]
    return tuple(name for one in people if isinstance(one, dict) and (name := _text(one, "name")))


def _attached(item: Mapping[str, Any]) -> str:
    """Give the first attached picture's address."""
    attachments = item.get("attachments")
    for one in attachments if isinstance(attachments, list) else ():
        if isinstance(one, dict) and _text(one, "mime_type").startswith("image/"):
            return _text(one, "url")
    return ""


def _text(of: Mapping[str, Any], key: str) -> str:
    """Give a member that is a string, else the empty string."""
    value = of.get(key)
    return value if isinstance(value, str) else ""
