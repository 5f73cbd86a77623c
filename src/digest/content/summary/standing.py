"""Which sentences of an article can be shown, and with what: whole, its own words, with their doubt. Pure."""

from __future__ import annotations

import re
from collections.abc import Collection
from dataclasses import dataclass, field

from digest.content.page.wording import is_foreign
from digest.content.summary.dateline import after_datelines
from digest.content.summary.references import leans
from digest.content.text import guards
from digest.content.text.sentences import split
from digest.content.text.words import count_words, key

LEAST_STANDFIRST = 8
"""Words from which a paragraph without a full stop may be the article's standfirst."""

_MOST_LOOKED_AT = 120
_LEAST = 4
_AROUND_TITLE = 8
_MOST_STANDFIRST = 30
_SURNAME = re.compile(r"[\"“‘]?([A-Z][\w-]{2,})(?:[’']s)?,? (?![A-Z])")
_SPEAKER = re.compile(
    r"[,”\"] ([A-Z][\w-]{2,}) (?:said|says|added|adds|told|wrote|explained)\b|"
    r"\b(?:said|says|added|adds) ([A-Z][\w-]{2,})(?=[.,])"
)
_LABELLED = re.compile(r"\w:\s|\||https?:|.\.com\b")


@dataclass(slots=True)
class Standing:
    """The sentences of one article in order, and what each needs; whether one can be shown is found when asked."""

    text: str
    title: str
    language: str
    spans: tuple[tuple[int, int], ...]
    sentences: list[str]
    alone: bool
    _title_key: str
    _stands: dict[int, bool] = field(default_factory=dict)
    _leans: dict[int, bool] = field(default_factory=dict)
    _first: dict[str, int] = field(default_factory=dict)

    def stands(self, i: int) -> bool:
        """Whether sentence `i` is one, is the article's, and closes every quotation it touches."""
        if i not in self._stands:
            self._stands[i] = self._can_stand(i)
        return self._stands[i]

    def leans(self, i: int) -> bool:
        """Whether sentence `i` opens on something that only the sentence before it explains."""
        if i not in self._leans:
            self._leans[i] = leans(self.sentences[i], language=self.language, title=self.title, first=i == 0)
        return self._leans[i]

    def held(self, i: int, taken: Collection[int]) -> bool:
        """Whether what sentence `i` leans on is shown: all back to a sentence in `taken` lean too, or one names it."""
        before = i - 1
        while before >= 0 and before not in taken and self.leans(before):
            before -= 1
        if before in taken:
            return True
        shown = " ".join(self.sentences[j] for j in taken if j < i)
        return bool(shown) and not leans(self.sentences[i], language=self.language, title=f"{self.title} {shown}")

    def doubts(self, i: int) -> bool:
        """Whether sentence `i` doubts or denies what the sentence before it claims."""
        return 0 < i < len(self.sentences) and guards.doubts(self.sentences[i], self.sentences[i - 1])

    def unknown(self, i: int, taken: Collection[int] = ()) -> bool:
        """Whether sentence `i` opens on, or quotes, a surname that only a sentence not shown gives whole."""
        sentence = self.sentences[i]
        opening = _SURNAME.match(sentence)
        names = {found[1] or found[2] for found in _SPEAKER.finditer(sentence)} | ({opening[1]} if opening else set())
        return any(self._introduced(name, i, taken) for name in names)

    def _introduced(self, name: str, i: int, taken: Collection[int]) -> bool:
        """Whether an earlier sentence names somebody whole ("Ann Quill"), and nothing that is shown names him."""
        short = re.compile(rf"\b{re.escape(name)}\b")
        if short.search(self.title) or any(short.search(self.sentences[j]) for j in taken if j < i):
            return False
        full = re.compile(rf"\b[A-Z][\w’'.-]+ {re.escape(name)}\b")
        return any(full.search(sentence) for sentence in self.sentences[:i])

    def unit(self, i: int, taken: Collection[int] = ()) -> tuple[int, ...]:
        """Sentence `i` with the doubt that must follow it; () when it cannot be shown after those in `taken`."""
        if i in taken or not self.stands(i) or self.unknown(i, taken):
            return ()
        if (self.doubts(i) and i - 1 not in taken) or (self.leans(i) and not self.held(i, taken)):
            return ()
        after = i + 1
        if after not in taken and self.doubts(after):
            return (i, after) if self.stands(after) else ()
        return (i,)

    def _can_stand(self, i: int) -> bool:
        sentence, (start, end) = self.sentences[i], self.spans[i]
        length = count_words(sentence)
        return (
            length >= _LEAST
            and (guards.complete(sentence) or (i == 0 and self.alone and self._standfirst(start, end, length)))
            and guards.balanced(sentence)
            and not guards.quoted_whole(sentence)
            and not self._quoted(start, end)
            and not is_foreign(sentence)
            and not guards.points(sentence)
            and not (guards.broken_off(sentence) and self._is_last(i))
            and not self._repeats_title(sentence, length)
            and not self._repeats(i)
        )

    def _repeats(self, i: int) -> bool:
        """Whether an earlier sentence says the same: texts repeat their standfirst, or a quotation."""
        if not self._first:
            for at, sentence in enumerate(self.sentences):
                self._first.setdefault(key(sentence), at)
        return self._first[key(self.sentences[i])] < i

    def _is_last(self, i: int) -> bool:
        """Whether nothing but a pointer ("Read more") follows sentence `i`, so that its "…" means a cut."""
        following = self.sentences[i + 1 : i + 3]
        return len(following) < 2 and all(count_words(sentence) < _LEAST + 1 for sentence in following)

    def _repeats_title(self, sentence: str, length: int) -> bool:
        """Whether it is the headline again, or says no more than where it appeared first."""
        if not self._title_key:
            return False
        said = key(sentence)
        if said == self._title_key:
            return True
        words = count_words(self.title)
        return words >= _LEAST and length - words <= _AROUND_TITLE and self._title_key in said

    def _quoted(self, start: int, end: int) -> bool:
        """Whether a quotation of its paragraph is open where the sentence begins or ends."""
        paragraph = self.text.rfind("\n\n", 0, start) + 1
        return guards.open_quotation(self.text[paragraph:start]) or guards.open_quotation(self.text[paragraph:end])

    def _standfirst(self, start: int, end: int, length: int) -> bool:
        """Whether the text opens with a standfirst: a paragraph of its own, long enough, without a full stop."""
        return (
            not self.text[:start].strip()
            and self.text.startswith("\n\n", end)
            and LEAST_STANDFIRST <= length <= _MOST_STANDFIRST
            and self.text[end - 1].isalnum()
            and not _LABELLED.search(self.text, start, end)
        )


def standing(title: str, text: str, language: str = "", *, alone: bool = True) -> Standing:
    """The article's first 120 sentences, without the datelines before them, ready to be asked what can be shown.

    Args:
        title: the article's headline.
        text: its body, paragraphs parted by blank lines.
        language: its BCP 47 tag, "" when unknown.
        alone: whether one sentence is wanted: a standfirst without a full stop cannot go on into another.
    """
    spans = after_datelines(text, split(text, language)[:_MOST_LOOKED_AT])
    return Standing(text, title, language, spans, [text[s:e] for s, e in spans], alone, key(title))
