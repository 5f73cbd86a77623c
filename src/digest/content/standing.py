"""Which sentences of an article can be shown, and with what: whole, its own words, with their doubt. Pure."""

from __future__ import annotations

import re
from collections.abc import Collection
from dataclasses import dataclass, field

from digest.content import guards
from digest.content.blocks import key
from digest.content.dateline import after_datelines
from digest.content.references import leans
from digest.content.score import count_words
from digest.content.sentences import split

LEAST_STANDFIRST = 8
"""Words from which a paragraph without a full stop may be the article's standfirst."""

_MOST_LOOKED_AT = 120
_LEAST = 4
_MOST_STANDFIRST = 30
_LABELLED = re.compile(r"\w:\s|\||https?:|.\.com\b")


@dataclass(slots=True)
class Standing:
    """The sentences of one article in order, and what each needs; whether one can be shown is found when asked."""

    text: str
    title: str
    language: str
    spans: tuple[tuple[int, int], ...]
    sentences: list[str]
    _title_key: str
    _stands: dict[int, bool] = field(default_factory=dict)
    _leans: dict[int, bool] = field(default_factory=dict)

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

    def doubts(self, i: int) -> bool:
        """Whether sentence `i` doubts or denies what the sentence before it claims."""
        return 0 < i < len(self.sentences) and guards.doubts(self.sentences[i], self.sentences[i - 1])

    def unit(self, i: int, taken: Collection[int] = ()) -> tuple[int, ...]:
        """Sentence `i` with the doubt that must follow it; () when it cannot be shown after those in `taken`."""
        if i in taken or not self.stands(i):
            return ()
        if i - 1 not in taken and (self.doubts(i) or self.leans(i)):
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
            and (guards.complete(sentence) or (i == 0 and self._standfirst(start, end, length)))
            and guards.balanced(sentence)
            and not guards.quoted_whole(sentence)
            and not self._quoted(start, end)
            and not guards.foreign(sentence)
            and not (self._title_key and key(sentence) == self._title_key)
        )

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


def standing(title: str, text: str, language: str = "") -> Standing:
    """The article's first 120 sentences, without the datelines before them, ready to be asked what can be shown."""
    spans = after_datelines(text, split(text, language)[:_MOST_LOOKED_AT])
    return Standing(text, title, language, spans, [text[s:e] for s, e in spans], key(title))
