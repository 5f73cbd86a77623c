"""A story's few sentences: the publisher's own deck, else its best sentences, each verbatim at its place."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from digest.content import guards
from digest.content.blocks import key
from digest.content.dateline import after_datelines, dateline
from digest.content.deck import clean_deck
from digest.content.score import count_words, scores, worth
from digest.content.sentences import split
from digest.model import Rights, Sentence

EXCERPT_WORDS = 30
"""An excerpt is one sentence of at most this many words."""

_MOST_LOOKED_AT = 120
_LEAST = 4
_LEAST_STANDFIRST = 8
_LABELLED = re.compile(r"\w:\s|\||https?:|\.com\b")
_CLAUSE = re.compile(r"(?:[,;:،؛](?=\s)|[，；、：]|\s[–—-](?=\s)|—)")
_QUESTION = re.compile(r"[?？؟;\u037e]\W*\Z")
_FIRST_PERSON = re.compile(r"\b(?:I|I['’]m|I['’]ve|my|me)\b")


def summarise(
    title: str,
    text: str,
    *,
    deck: str = "",
    language: str = "",
    rights: Rights = "excerpt",
    sentences: int = 3,
    words: int = 90,
) -> tuple[Sentence, ...]:
    """The sentences that stand for an article, in the order of its text; empty when none can stand alone.

    The publisher's deck is used where it is present, clean and not cut off. Otherwise sentences are taken whole
    from the text: none that opens on an unresolved pronoun or connective (unless the sentence it leans on is
    taken too), none that opens a quotation it does not close, none without the doubt or denial that follows it.
    A wire service's dateline ("BEIRUT (Reuters) - ") is not shown: such a sentence begins after it.

    Args:
        title: the article's headline; a sentence that only repeats it is not taken.
        text: the article's body, paragraphs parted by blank lines (`Page.text`).
        deck: the publisher's own summary, as offered.
        language: the article's BCP 47 tag, "" when unknown.
        rights: with "excerpt" the result is one sentence of at most 30 words.
        sentences: the most sentences to take.
        words: the most words in all; a sentence that is longer alone is cut at a clause and marked "…".

    Returns:
        Each sentence with its place in `text` (code points); place is None for a deck's own words. A cut
        sentence's place is that of the part shown, without the "…".
    """
    if rights == "excerpt":
        sentences, words = min(sentences, 1), min(words, EXCERPT_WORDS)
    if sentences < 1 or words < 1:
        return ()
    spans = after_datelines(text, split(text, language)[:_MOST_LOOKED_AT])
    deck = deck.strip()
    deck = deck[dateline(deck) :]
    article = _Article(text, spans, [text[s:e] for s, e in spans], key(title))
    return _from_deck(
        article, clean_deck(deck, title=title, text=text) if deck else "", language, sentences, words
    ) or (_from_text(article, title, sentences, words))


@dataclass(slots=True)
class _Article:
    """The article's sentences in order; whether one can be shown is found out when first asked."""

    text: str
    spans: tuple[tuple[int, int], ...]
    sentences: list[str]
    title: str
    known: dict[int, bool] = field(default_factory=dict)

    def stands(self, i: int) -> bool:
        """Whether the sentence is one, is the article's, and closes every quotation it touches."""
        if i not in self.known:
            self.known[i] = self._stands(i)
        return self.known[i]

    def _stands(self, i: int) -> bool:
        sentence, (start, end) = self.sentences[i], self.spans[i]
        length = count_words(sentence)
        return (
            length >= _LEAST
            and (guards.complete(sentence) or (i == 0 and _stands_first(self.text, start, end, length)))
            and guards.balanced(sentence)
            and not guards.quoted_whole(sentence)
            and not self._quoted(start, end)
            and not guards.foreign(sentence)
            and not (self.title and key(sentence) == self.title)
        )

    def _quoted(self, start: int, end: int) -> bool:
        """Whether a quotation of its paragraph is open where the sentence begins or ends."""
        paragraph = self.text.rfind("\n\n", 0, start) + 1
        return guards.open_quotation(self.text[paragraph:start]) or guards.open_quotation(self.text[paragraph:end])

    def unit(self, i: int, taken: list[int]) -> tuple[int, ...]:
        """The sentence with the doubt that must follow it; () when it cannot be taken after those in `taken`."""
        if i in taken or not self.stands(i):
            return ()
        sentence = self.sentences[i]
        if i - 1 not in taken and (guards.leans(sentence) or (i > 0 and guards.hedges(sentence))):
            return ()
        after = i + 1
        if after < len(self.spans) and after not in taken and guards.hedges(self.sentences[after]):
            return (i, after) if self.stands(after) else ()
        return (i,)


def _stands_first(text: str, start: int, end: int, length: int) -> bool:
    """Whether the text opens with a standfirst: a paragraph of its own, long enough, without a full stop."""
    return (
        not text[:start].strip()
        and text.startswith("\n\n", end)
        and _LEAST_STANDFIRST <= length <= EXCERPT_WORDS
        and text[end - 1].isalnum()
        and not _LABELLED.search(text, start, end)
    )


def _from_deck(article: _Article, deck: str, language: str, sentences: int, words: int) -> tuple[Sentence, ...]:
    """The deck's first sentences within the limits, or nothing when it cannot be shown."""
    if not deck or guards.leans(deck):
        return ()
    chosen: list[Sentence] = []
    left = words
    for start, end in split(deck, language)[:sentences]:
        sentence = deck[start:end]
        left -= count_words(sentence)
        at = article.text.find(sentence)
        if left < 0 or not guards.balanced(sentence) or (at >= 0 and _is_doubted(article, at)):
            break
        chosen.append(Sentence(text=sentence, start=at, end=at + len(sentence)) if at >= 0 else Sentence(text=sentence))
    return tuple(chosen)


def _is_doubted(article: _Article, at: int) -> bool:
    """Whether the sentence that begins at `at` is followed by one that doubts it."""
    follows = next((i + 1 for i, (start, _) in enumerate(article.spans) if start == at), len(article.spans))
    return follows < len(article.spans) and guards.hedges(article.sentences[follows])


def _from_text(article: _Article, title: str, sentences: int, words: int) -> tuple[Sentence, ...]:
    """The best sentences of the text within the limits, in its order."""
    told, vectors = scores(title, article.sentences)
    told = [score * _manner(sentence) for score, sentence in zip(told, article.sentences, strict=True)]
    lengths = [count_words(sentence) for sentence in article.sentences]
    taken: list[int] = []
    while len(taken) < sentences:
        room = words - sum(lengths[i] for i in taken)
        said = [vectors[i] for i in taken]
        order = sorted(range(len(told)), key=lambda i: (-worth(told[i], vectors[i], said), i))
        fitting = (article.unit(i, taken) for i in order if lengths[i] <= room)
        best = next(
            (u for u in fitting if u and len(u) <= sentences - len(taken) and sum(lengths[i] for i in u) <= room), ()
        )
        if not best:
            break
        taken.extend(best)
    if not taken:
        return _cut(article, sorted(range(len(told)), key=lambda i: (-told[i], i)), words)
    return tuple(
        Sentence(text=article.sentences[i], start=article.spans[i][0], end=article.spans[i][1]) for i in sorted(taken)
    )


def _manner(sentence: str) -> float:
    """Questions and the first person seldom say what an article is about."""
    return (0.6 if _QUESTION.search(sentence[-5:]) else 1.0) * (0.8 if _FIRST_PERSON.search(sentence) else 1.0)


def _cut(article: _Article, order: list[int], words: int) -> tuple[Sentence, ...]:
    """The best sentence that is too long alone, cut at its last clause that loses no speaker and no doubt."""
    for i in order:
        sentence = article.sentences[i]
        if count_words(sentence) <= words or len(article.unit(i, [])) != 1:
            continue
        for end in reversed([m.start() for m in _CLAUSE.finditer(sentence)]):
            head, tail = sentence[:end].rstrip(), sentence[end:]
            length = count_words(head)
            if length < min(_LEAST_STANDFIRST, words) or guards.ATTRIBUTION.search(tail) or guards.hedges(tail):
                break
            if length <= words and guards.balanced(head):
                start = article.spans[i][0]
                return (Sentence(text=head + "…", start=start, end=start + len(head)),)
    return ()
