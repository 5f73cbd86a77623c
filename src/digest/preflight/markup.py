"""Checks a letter's HTML as it will arrive: its size, its pictures, and that nothing in it runs."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

from lxml import html as markup

from digest.preflight.finding import Finding

CLIP = 102_400
"""Bytes of HTML beyond which Gmail cuts a letter off (hteumeuleu/email-bugs#41)."""
NEAR_CLIP = 92_000
LONGEST_STYLE = 16_384
"""Bytes of <style> beyond which Gmail drops it (caniemail.com, html-style)."""

_CANARY = re.compile(r'="[^"]*\\(?:[ntr\\"\']|u\{)')
"""What mrml writes into an attribute that was not made safe before it."""
_RUNS = {"script", "form", "iframe", "object", "embed", "input", "link", "base", "svg"}


def check(html: str) -> Iterator[Finding]:
    """Look at one letter's HTML, its personal values filled."""
    size = len(html.encode())
    if size > CLIP:
        says = f"the HTML has {size:,} bytes; Gmail cuts it off at {CLIP:,}: take fewer stories"
        yield Finding(check="size", says=says)
    elif size > NEAR_CLIP:
        says = f"the HTML has {size:,} bytes, near the {CLIP:,} where Gmail cuts it off"
        yield Finding(check="size", says=says, blocks=False)
    if found := _CANARY.search(html):
        yield Finding(check="markup", says=f"a character broke an attribute: {found[0][:60]}")
    tree = markup.document_fromstring(html)
    styles = sum(len((style.text or "").encode()) for style in tree.iter("style"))
    if styles > LONGEST_STYLE:
        yield Finding(check="style", says=f"{styles:,} bytes of styles; Gmail drops more than {LONGEST_STYLE:,}")
    for element in tree.iter():
        if isinstance(element.tag, str):
            yield from _element(str(element.tag), {str(name): str(value) for name, value in element.attrib.items()})
    language, direction = tree.get("lang"), tree.get("dir")
    if not language or direction not in ("ltr", "rtl"):
        yield Finding(check="language", says="the letter does not say its language and direction")
    if not (tree.findtext(".//title") or "").strip():
        yield Finding(check="title", says="the letter has no title")


def _element(tag: str, given: Mapping[str, str]) -> Iterator[Finding]:
    if tag in _RUNS:
        yield Finding(check="markup", says=f"<{tag}> has no place in a letter")
    if any(name.lower().startswith("on") for name in given):
        yield Finding(check="markup", says=f"a handler stands in <{tag}>")
    if tag == "img":
        yield from _picture(given.get("src", ""), given.get("alt"), given.get("width"))
    if tag == "a" and not given.get("href", "").startswith(("https://", "http://", "mailto:")):
        yield Finding(check="link", says=f"a link leads nowhere a letter may lead: {given.get('href', '')[:80]}")


def _picture(source: str, alt: str | None, width: str | None) -> Iterator[Finding]:
    if not source.startswith(("https://", "http://127.0.0.1", "http://localhost")):
        yield Finding(check="picture", says=f"it is not served over https: {source[:80]}")
    if alt is None:
        yield Finding(check="picture", says=f"it has no alternative text: {source[:80]}")
    if not width:
        yield Finding(check="picture", says=f"it has no width: {source[:80]}")
