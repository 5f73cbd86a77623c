r"""Turns MJML into HTML for mail: the one home of mjml-python, with every repair it needs.

The compiler (mrml) writes attribute values the way a debugger shows them: a line break becomes the two signs `\n`, a
narrow space becomes `\u{202f}`, a raw quote ends the attribute. So nothing but harmless ASCII is shown to it, and no
output leaves that still looks like it. It also recurses without a floor (10,000 nested elements end the process).
"""

from __future__ import annotations

import re

import mjml

from digest.errors import TemplateError

DEEPEST = 64
"""Levels of nested elements; ours need about 12."""

_TAG = re.compile(r"<(/?)([a-zA-Z][\w:-]*)((?:\"[^\"]*\"|'[^']*'|[^<>\"'])*)>")
_STYLE = re.compile(r"(<mj-style\b[^>]*>.*?</mj-style>|<style\b[^>]*>.*?</style>)", re.DOTALL)
_SPACE = re.compile(r" *[\t\n\r\f]+[\t\n\r\f ]*")
_CODE = re.compile(r"&#(\d{3,7});")
_CANARY = re.compile(r"=\"[^\"]*\\(?:[ntr\\\"']|u\{)")
_VOID = frozenset(["area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "source", "wbr"])
_AFTER_CONTROLS = 159


def compile_mjml(source: str, *, name: str) -> str:
    """The HTML of an MJML document, without a remote font, every sign as it was given.

    Args:
        source: a whole MJML document, well formed, its values escaped.
        name: the template's name, for messages.

    Raises:
        TemplateError: the document is not well formed, is nested deeper than 64, or its output is damaged.
    """
    _measure(source, name)
    try:
        made = mjml.mjml2html(_harmless(source), fonts={})
    except ValueError as error:
        raise TemplateError(f"{name}: the letter's markup cannot be compiled: {error}.") from error
    made = _CODE.sub(_sign, made)
    check_sound(made, name=name)
    return made


def check_sound(made: str, *, name: str) -> None:
    r"""Refuses output with the compiler's mark of a damaged attribute.

    Raises:
        TemplateError: an attribute's value holds `\n`, `\"`, `\u{` or their like.
    """
    damaged = _CANARY.search(made)
    if damaged:
        raise TemplateError(
            f"{name}: an attribute came out damaged: {damaged[0][-80:]}. Use no line break or quote there."
        )


def _harmless(source: str) -> str:
    """The same document in ASCII, each tag on one line, backslashes coded outside of styles."""
    joined = _TAG.sub(lambda tag: _SPACE.sub(" ", tag[0]), source)
    parts = _STYLE.split(joined)
    parts[::2] = [part.replace("\\", "&#92;") for part in parts[::2]]
    return "".join(parts).encode("ascii", "xmlcharrefreplace").decode("ascii")


def _sign(code: re.Match[str]) -> str:
    number = int(code[1])
    return chr(number) if _AFTER_CONTROLS < number <= 0x10FFFF and not 0xD800 <= number <= 0xDFFF else code[0]


def _measure(source: str, name: str) -> None:
    depth = 0
    for closing, element, rest in _TAG.findall(source):
        if element.lower() in _VOID or rest.endswith("/"):
            continue
        depth += -1 if closing else 1
        if depth > DEEPEST:
            raise TemplateError(f"{name}: elements are nested deeper than {DEEPEST}.")
