"""Knows bios, appeals, credits and pointers by their words; asked only of short blocks, mostly near the end."""

from __future__ import annotations

import re

from digest.content.page import phrases


def is_appeal(text: str, *, tail: bool, last: bool = False) -> bool:
    """Whether the block asks the reader for money, an address or a follow.

    Args:
        text: the block.
        tail: it stands in the article's latter half.
        last: it is among the article's last few blocks.
    """
    words = len(text.split())
    if words > (120 if tail else 60):
        return False
    lower = text.lower()
    if not any(stem in lower for stem in phrases.STEMS) or phrases.QUOTED.search(text):
        return False
    hits = len({m.group() for m in phrases.APPEAL.finditer(lower)})
    if hits == 1 and (not phrases.YOU.search(text) or phrases.INNER_QUOTE.search(text)):
        return False
    return hits >= 2 or (hits == 1 and words <= (60 if last else 30))


def is_bio(text: str, *, authors: tuple[str, ...], stressed: bool, last: bool) -> bool:
    """Whether the block of the tail tells who wrote the article.

    Args:
        text: the block.
        authors: the article's authors, where known.
        stressed: it is set in italics or bold from end to end.
        last: it is among the article's last few blocks.
    """
    if len(text.split()) > 110 or (phrases.QUOTED.search(text) and not stressed):
        return False
    if any(name and re.search(re.escape(name) + phrases.NAMED_DOES, text) for name in authors):
        return True
    if phrases.BIO_STRONG.search(text):
        return stressed or last
    role = phrases.BIO.search(text)
    if role is None or role.start() > phrases.NAME_ENDS:
        return False
    return stressed or (last and not authors and bool(phrases.STARTS_WITH_NAME.match(text)))


def is_byline(text: str, *, authors: tuple[str, ...], head: bool) -> bool:
    """Whether the short block only names who wrote it."""
    words = len(text.split())
    if phrases.REPORTING.search(text) and words <= 40:
        return True
    if not head or words > 16:
        return False
    plain = text.strip(" .,|–—-").casefold()
    signed = bool(phrases.BYLINE.match(text)) and text[-1:] not in ".?!"
    return signed or any(plain == name.casefold() for name in authors)


def is_date(text: str) -> bool:
    """Whether the short block only says when."""
    if len(text) > 150 or len(text.split()) > 20:
        return False
    rest = phrases.DATE_START.sub("", text, count=1)
    date = phrases.DATE.match(rest)
    if date:
        rest = phrases.DATE_AGAIN.sub(" ", rest[date.end() :])
        return all(phrases.WITH_DATE.fullmatch(word) for word in rest.split())
    return rest != text and len(text.split()) <= 10 and bool(re.search(r"\d{4}|\d:\d\d|ago\b", rest))


def says_when(text: str) -> bool:
    """Whether the block begins as date lines do ("Published ...", "Updated ...")."""
    return bool(phrases.DATE_START.match(text))


def begins_comments(text: str, *, heading: bool) -> bool:
    """Whether readers' comments begin here: a heading that says so, or "James says:"."""
    speaks = len(text.split()) <= 6 and bool(phrases.SPEAKS.match(text))
    return speaks or (heading and bool(phrases.COMMENTS_BEGIN.match(text)))


def is_other(text: str, *, tail: bool) -> bool:
    """Whether the block is the page's machinery: sharing, copyright, advertising, "appeared first on"."""
    words = len(text.split())
    if words > (120 if tail else 40):
        return False
    return bool(phrases.OTHER_OPENS.match(text) or phrases.OTHER_HOLDS.search(text))


def is_correction(text: str) -> bool:
    """Whether the block corrects or updates the article."""
    return bool(phrases.CORRECTION.match(text) or phrases.HAS_BEEN.search(text))


def is_tags(text: str) -> bool:
    """Whether the short block lists the article's tags."""
    return bool(phrases.TAGS.match(text))


def is_credit(text: str) -> bool:
    """Whether the short block names who made a picture."""
    return len(text.split()) <= 15 and bool(phrases.CREDIT.search(text))


def opens_as_pointer(text: str) -> bool:
    """Whether the short block begins as pointers to other articles do ("Read more", "Related")."""
    return bool(phrases.RELATED.match(text))


def begins_notes(text: str) -> bool:
    """Whether the heading opens the article's footnotes, references or sources."""
    return bool(phrases.NOTES.match(text))


def begins_credits(text: str) -> bool:
    """Whether the heading opens the list of those who made the pictures."""
    return bool(phrases.CREDITS.match(text))


def announces(text: str) -> bool:
    """Whether the block begins with a call in capitals, as pointers inside a text do ("MORE: ...")."""
    return bool(phrases.CALL.match(text))


def sends_away(text: str) -> bool:
    """Whether the sentence only sends the reader elsewhere ("For more ..., visit ...")."""
    return bool(phrases.AWAY.match(text))


def is_foreign(sentence: str) -> bool:
    """Whether it belongs to the page rather than the article: an appeal, a credit, a pointer, a correction."""
    return (
        is_appeal(sentence, tail=True)
        or is_credit(sentence)
        or is_correction(sentence)
        or is_tags(sentence)
        or is_other(sentence, tail=False)
    )
