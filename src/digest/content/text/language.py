"""Tells which language a text is in, and which way it is written."""

from __future__ import annotations

import re
from collections import Counter

from digest.model import Direction

# Code-point ranges of the scripts that settle, or rule out, a language by themselves.
_SCRIPTS: dict[str, str] = {
    "latin": "A-Za-z\u00c0-\u024f\u1e00-\u1eff",
    "cyrillic": "\u0400-\u052f",
    "greek": "\u0370-\u03ff\u1f00-\u1fff",
    "hebrew": "\u0590-\u05ff",
    "arabic": "\u0600-\u06ff\u0750-\u077f\u08a0-\u08ff\ufb50-\ufdff\ufe70-\ufeff",
    "devanagari": "\u0900-\u097f",
    "bengali": "\u0980-\u09ff",
    "gurmukhi": "\u0a00-\u0a7f",
    "gujarati": "\u0a80-\u0aff",
    "tamil": "\u0b80-\u0bff",
    "telugu": "\u0c00-\u0c7f",
    "kannada": "\u0c80-\u0cff",
    "malayalam": "\u0d00-\u0d7f",
    "sinhala": "\u0d80-\u0dff",
    "thai": "\u0e00-\u0e7f",
    "lao": "\u0e80-\u0eff",
    "myanmar": "\u1000-\u109f",
    "georgian": "\u10a0-\u10ff",
    "armenian": "\u0530-\u058f",
    "ethiopic": "\u1200-\u137f",
    "khmer": "\u1780-\u17ff",
    "hangul": "\u1100-\u11ff\uac00-\ud7af",
    "kana": "\u3040-\u30ff",
    "han": "\u3400-\u4dbf\u4e00-\u9fff",
    "syriac": "\u0700-\u074f",
    "thaana": "\u0780-\u07bf",
}
_COUNTERS = {name: re.compile(f"[{span}]") for name, span in _SCRIPTS.items()}

# Languages by the scripts they are written in; any language not named is written in Latin letters.
_WRITTEN: dict[str, frozenset[str]] = {
    code: frozenset(scripts.split())
    for codes, scripts in (
        ("ru uk be bg mk kk ky mn tg ce cv os sah tt ba", "cyrillic"),
        ("sr bs uz az", "cyrillic latin"),
        ("el grc", "greek"),
        ("he iw yi", "hebrew"),
        ("ar fa ur ps ckb sd ug prs arz", "arabic"),
        ("ku ks ms", "arabic latin"),
        ("hi mr ne sa mai bho", "devanagari"),
        ("bn as", "bengali"),
        ("pa", "gurmukhi arabic"),
        ("gu", "gujarati"),
        ("ta", "tamil"),
        ("te", "telugu"),
        ("kn", "kannada"),
        ("ml", "malayalam"),
        ("si", "sinhala"),
        ("th", "thai"),
        ("lo", "lao"),
        ("my", "myanmar"),
        ("ka", "georgian"),
        ("hy", "armenian"),
        ("am ti", "ethiopic"),
        ("km", "khmer"),
        ("ko", "hangul han"),
        ("ja", "kana han"),
        ("zh yue wuu", "han"),
        ("dv", "thaana"),
        ("syr", "syriac"),
    )
    for code in codes.split()
}
_ONLY_ONE = {
    "greek": "el", "hebrew": "he", "bengali": "bn", "gurmukhi": "pa", "gujarati": "gu", "tamil": "ta",
    "telugu": "te", "kannada": "kn", "malayalam": "ml", "sinhala": "si", "thai": "th", "lao": "lo",
    "myanmar": "my", "georgian": "ka", "armenian": "hy", "ethiopic": "am", "khmer": "km", "hangul": "ko",
    "kana": "ja", "thaana": "dv", "syriac": "syr",
}  # fmt: skip
_RIGHT_TO_LEFT = frozenset(
    [
        "ar",
        "arc",
        "arz",
        "ckb",
        "dv",
        "fa",
        "glk",
        "he",
        "ku-arab",
        "mzn",
        "pa-arab",
        "prs",
        "ps",
        "sd",
        "syr",
        "ug",
        "ur",
        "yi",
    ]
)
_TAG = re.compile(r"[a-z]{2,3}(?:-[a-z0-9]{1,8})*\Z")
_ENOUGH_LETTERS = 15
_ENOUGH_DENSE = 8
_SAMPLE = 2000


def detect(text: str, hint: str = "") -> str:
    """The language of `text` as a lower-case BCP 47 tag, or "" when nothing can be said.

    A declared language (`hint`) is believed unless the text's script rules it out: publishers know their
    language better than statistics do, but feeds copied from a template declare "en" over Arabic text.

    Args:
        text: plain text; the first 2,000 code points are looked at.
        hint: what the page or feed declares, such as "en-US"; malformed hints are ignored.
    """
    declared = normal(hint)
    sample = text[:_SAMPLE]
    script, letters = main_script(sample)
    if not script:
        return declared
    if declared and script in _WRITTEN.get(declared.partition("-")[0], frozenset({"latin"})):
        return declared
    if declared.endswith(("-latn", "-cyrl", "-arab")) and script in {"latin", "cyrillic", "arabic"}:
        return declared
    if script in _ONLY_ONE:
        return _ONLY_ONE[script] if letters >= _ENOUGH_DENSE // 2 else ""
    if letters < (_ENOUGH_DENSE if script == "han" else _ENOUGH_LETTERS):
        return ""
    if script == "han":
        return "zh"
    return _guess(sample, script)


def direction(language: str) -> Direction:
    """The direction in which `language` (a BCP 47 tag; "" counts as left to right) is written."""
    tag = normal(language)
    script = tag.split("-")[1:2]
    if script in (["latn"], ["cyrl"]):
        return "ltr"
    if script in (["arab"], ["hebr"]):
        return "rtl"
    return "rtl" if tag.partition("-")[0] in _RIGHT_TO_LEFT else "ltr"


def normal(tag: str) -> str:
    """`tag` as a lower-case BCP 47 tag ("en_US" becomes "en-us"); "" when it is not one."""
    tidy = tag.strip().replace("_", "-").lower()
    if not _TAG.match(tidy) or len(tidy) > 35 or tidy in {"und", "mul", "zxx"}:
        return ""
    return "he" + tidy[2:] if tidy == "iw" or tidy.startswith("iw-") else tidy


def main_script(text: str) -> tuple[str, int]:
    """The script most letters of `text` are in, and how many there are; ("", 0) without letters."""
    latin = len(_COUNTERS["latin"].findall(text))
    if latin * 2 > len(text):
        return ("latin", latin)
    counts = Counter({name: len(counter.findall(text)) for name, counter in _COUNTERS.items()})
    # Japanese mixes three scripts: a fifth of kana among the ideographs settles it.
    if counts["kana"] * 5 > counts["han"] > 0 and counts["kana"]:
        counts["kana"] += counts["han"]
    if counts["hangul"] * 2 > counts["han"] > 0:
        counts["hangul"] += counts["han"]
    name, count = counts.most_common(1)[0]
    return (name, count) if count else ("", 0)


def _guess(sample: str, script: str) -> str:
    """The likeliest language by character statistics among those written in `script`, or ""."""
    # Loading the model takes half a second, which only texts without a declared language should pay.
    import py3langid

    for code, _ in py3langid.rank(sample):
        if script in _WRITTEN.get(code, frozenset({"latin"})):
            return str(code)
    return ""
