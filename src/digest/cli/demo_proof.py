"""Looks at what the demo's mail server received, and says what holds; anything that does not is an error."""

from __future__ import annotations

import json
import re
from email import message_from_bytes, policy
from email.message import EmailMessage
from pathlib import Path
from typing import Any

from digest.errors import DigestError


def parts(letter: Path) -> tuple[str, str]:
    """A received letter's plain text and HTML."""
    message = message_from_bytes(letter.read_bytes(), policy=policy.default)
    assert isinstance(message, EmailMessage)
    found = {part.get_content_subtype(): str(part.get_content()) for part in message.iter_parts()}
    return found["plain"], found["html"]


def prove(folder: Path, report: dict[str, Any]) -> list[str]:
    """Check the letters in `folder`/received against the demo's report.

    Returns:
        What holds, in words.

    Raises:
        DigestError: something does not hold; it is named.
    """
    letters = sorted((folder / "received").glob("*.eml"))
    envelopes = [json.loads(letter.with_suffix(".json").read_text()) for letter in letters]
    readers = [reader for envelope in envelopes for reader in envelope["to"]]
    _holds(len(letters) == report["letters"]["sent"] > 0, f"{len(letters)} received, {report['letters']['sent']} sent")
    _holds(len(set(readers)) == len(readers), "somebody received two letters")
    _holds(report["letters"]["sent"] + report["letters"]["skipped"] == report["subscribers"], "a reader was forgotten")
    headlines = {s["id"]: s["headline"] for section in report["sections"] for s in section["stories"]}
    ways_out = {_letter(letter, set(headlines.values())) for letter in letters}
    _holds(len(ways_out) == len(letters), "two readers share one way out")
    shown = {letter.read_bytes().partition(b"\r\nContent-Type: text/html")[2] for letter in letters}
    _holds(len({body[:2000] for body in shown}) > 1, "all readers got one letter, whatever their topics")
    return [
        f"{len(letters)} letters, each to one reader, nobody twice, nobody forgotten",
        "every letter has its own way out, in its header, its text and its HTML",
        "no letter has an open hole, a template's leftover or an encoded list header",
    ]


def _letter(letter: Path, headlines: set[str]) -> str:
    raw = letter.read_bytes()
    found = re.search(rb"\r\nList-Unsubscribe: <(https://\S+)>\r\n", raw)
    _holds(found is not None, f"{letter.name} has no List-Unsubscribe of one line")
    assert found
    way_out = found[1].decode()
    text, html = parts(letter)
    _holds(way_out in text and way_out in html, f"{letter.name} lacks its way out in a part")
    _holds(b"\r\nList-Unsubscribe-Post: List-Unsubscribe=One-Click\r\n" in raw, f"{letter.name} lacks one-click")
    _holds(not re.search(rb"[\x01\x02]", raw), f"{letter.name} has an open hole")
    _holds("{{" not in text.replace("{{ 7*7 }}", ""), f"{letter.name} has a template's leftover")
    line = text.replace("\n", " ")
    _holds(any(headline in line for headline in headlines), f"{letter.name} has no story of the edition")
    return way_out


def _holds(fact: bool, otherwise: str) -> None:
    if not fact:
        raise DigestError(f"the demo is wrong: {otherwise}")
