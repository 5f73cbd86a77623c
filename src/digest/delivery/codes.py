"""What the code of a refusal says about a reader: hard, soft, or only about us. Pure.

    hard     there is no such mailbox: one is enough, nobody writes there again
    soft     it may pass: only many in a row, with nothing arriving between them, mean that nobody is there
    policy   they refuse us, this letter or the way: it says nothing about the reader, however often it comes

Where two codes disagree the milder one holds: a reader who is lost by mistake never learns of it.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Literal

Class = Literal["hard", "soft", "policy"]

MILDEST_FIRST: tuple[Class, ...] = ("policy", "soft", "hard")

RULES: Mapping[str, tuple[Class, str]] = {
    "1.1": ("hard", "RFC 3463, 3.2: the mailbox does not exist"),
    "1.2": ("hard", "RFC 3463, 3.2: the system named after the @ does not exist or takes no mail"),
    "1.3": ("hard", "RFC 3463, 3.2: the address is not well formed"),
    "1.6": ("hard", "RFC 3463, 3.2: the mailbox was valid, has moved, and nothing is forwarded"),
    "1.7": ("policy", "RFC 3463, 3.2: the sender's address is not well formed, which is ours"),
    "1.8": ("policy", "RFC 3463, 3.2: the sender's system is not known, which is ours"),
    "1.9": ("policy", "RFC 3886, 3.3.4: relayed to a system that reports nothing further"),
    "1.10": ("hard", "RFC 7505, 4.2: the domain says by a null MX that it never takes mail"),
    "2.1": ("soft", "RFC 3463, 3.3: takes no mail, for ever or for now; Gmail says so of those who get too much"),
    "2.2": ("soft", "RFC 3463, 3.3: the mailbox is full, for which a 5 is wrong but common"),
    "2.3": ("policy", "RFC 3463, 3.3: the letter is longer than this mailbox allows"),
    "3": ("policy", "RFC 3463, 3.4: the destination's system is full, or does not take what the letter needs"),
    "4.1": ("soft", "RFC 3463, 3.5: no answer from a host, for which a 5 is wrong; Microsoft says it of nobody there"),
    "4": ("policy", "RFC 3463, 3.5: the network or the routing on the way"),
    "5": ("policy", "RFC 3463, 3.6: the protocol between two servers"),
    "6": ("policy", "RFC 3463, 3.7: the letter's content or its conversion"),
    "7": ("policy", "RFC 3463, 3.8: security and policy: blocklists, authentication, rates, complaints"),
}
"""By the subject and detail of an enhanced code, or by the subject alone. What is not here is soft."""

_CODE = re.compile(r"(?<![\d.])([245])\.([0-7])\.(\d{1,3})(?![\d.]*\d)")
_AFTER_BASIC = re.compile(r"(?<!\d)([245])\d\d[ -]*[(#]*\s*\1\.([0-7])\.(\d{1,3})(?![\d.]*\d)")
_BLOCKED = re.compile(
    r"block(ed|ing| ?list)|black ?list|deny ?list|spam|reputation|\b(spf|dkim|dmarc|dnsbl|rbl|greylist\w*)\b|policy"
    r"|too many|rate ?limit|not authori[sz]ed|authentication",
    re.IGNORECASE,
)


def enhanced(words: str) -> str:
    """The first enhanced code in a server's words ("550 5.1.1 unknown"), one after its basic code before others."""
    found = _AFTER_BASIC.search(words) or _CODE.search(words)
    return f"{found[1]}.{int(found[2])}.{int(found[3])}" if found else ""


def classify(status: str, words: str = "", hint: Class = "soft") -> Class:
    """What a refusal says about the reader.

    Args:
        status: an enhanced code (RFC 3463) given apart; empty when there is none.
        words: what the server said, which may hold a more exact one.
        hint: what somebody else takes it for, where no code says it.

    Returns:
        The class. Without a code that is defined it is the hint; but words that speak of blocking make it policy.
    """
    codes = [code for code in (enhanced(status), enhanced(words)) if code]
    exact = [code for code in codes if not _vague(code)]
    if not exact:
        return "policy" if _BLOCKED.search(words) else hint
    return min((_one(code) for code in exact), key=MILDEST_FIRST.index)


def _one(code: str) -> Class:
    severity, _, rest = code.partition(".")
    subject = rest.partition(".")[0]
    found = (RULES.get(rest) or RULES.get(subject) or ("soft", ""))[0]
    if severity == "5":
        return found
    # For now is soft, whatever it is about, except where they turn us away and not the reader.
    return "policy" if found == "policy" and subject == "7" else "soft"


def _vague(code: str) -> bool:
    """Whether a code says nothing ("other or undefined") beside a more exact one."""
    return code[2:] in ("0.0", "1.0", "2.0") or code[2:].startswith("0.")
