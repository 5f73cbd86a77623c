"""Finds shades of one accent colour that can be read on white paper and on dark.

Contrast after WCAG 2.2, https://www.w3.org/TR/WCAG22/#dfn-contrast-ratio; text needs 4.5.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from digest.errors import TemplateError

_HEX = re.compile(r"#[0-9a-fA-F]{6}\Z")


@dataclass(frozen=True, slots=True, kw_only=True)
class Palette:
    """The colours of one letter, as "#rrggbb": a plain name for white paper, `night_` for dark."""

    accent: str
    night_accent: str
    paper: str = "#ffffff"
    ink: str = "#1b1b1b"
    text: str = "#3a3a3a"
    soft: str = "#6a6a6a"
    line: str = "#e2ded6"
    tint: str = "#f7f4ee"
    night_paper: str = "#151618"
    night_ink: str = "#f4f1ea"
    night_text: str = "#d0cdc6"
    night_soft: str = "#a09d97"
    night_line: str = "#3a3c40"
    night_tint: str = "#202226"


def palette(accent: str) -> Palette:
    """The letter's colours around one accent, darkened for light paper and lightened for dark until both can be read.

    Raises:
        TemplateError: the accent is not written as "#rrggbb".
    """
    if not _HEX.match(accent):
        raise TemplateError(f"The accent colour '{accent}' is not written as #rrggbb, such as #9c2a2f.")
    plain = Palette(accent=accent, night_accent=accent)
    return Palette(
        accent=readable(accent, plain.tint, toward="#000000"),
        night_accent=readable(accent, plain.night_tint, toward="#ffffff"),
    )


def readable(colour: str, ground: str, *, toward: str, least: float = 4.5) -> str:
    """The colour itself, or the nearest shade on the way to `toward` whose contrast with `ground` is `least`."""
    for step in range(21):
        shade = _mix(colour, toward, step / 20)
        if contrast(shade, ground) >= least:
            return shade
    return toward


def contrast(one: str, other: str) -> float:
    """The contrast of two colours, 1 to 21."""
    low, high = sorted((_luminance(one), _luminance(other)))
    return (high + 0.05) / (low + 0.05)


def _channels(colour: str) -> tuple[int, int, int]:
    return int(colour[1:3], 16), int(colour[3:5], 16), int(colour[5:7], 16)


def _mix(colour: str, other: str, part: float) -> str:
    pairs = zip(_channels(colour), _channels(other), strict=True)
    return "#" + "".join(f"{round(a + (b - a) * part):02x}" for a, b in pairs)


def _luminance(colour: str) -> float:
    linear = [c / 255 / 12.92 if c / 255 <= 0.04045 else ((c / 255 + 0.055) / 1.055) ** 2.4 for c in _channels(colour)]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]
