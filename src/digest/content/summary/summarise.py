"""A story's few sentences: the publisher's own deck, else its best sentences, each verbatim at its place."""

from __future__ import annotations

from collections.abc import Sequence

from digest.content.page.deck import clean_deck
from digest.content.summary.clauses import clause_ends
from digest.content.summary.dateline import dateline
from digest.content.summary.references import leans
from digest.content.summary.score import QUESTION, scores, worth
from digest.content.summary.standing import LEAST_STANDFIRST, Standing, standing
from digest.content.text import guards
from digest.content.text.sentences import split
from digest.content.text.words import count_words
from digest.model import Rights, Sentence

EXCERPT_WORDS = 30
"""An excerpt is one sentence of at most this many words."""

LEAST_TOLD = 0.1
"""The part of the first sentence's score that another must have: a line that says little of its article is left out."""

_CUT_COUNTS = 0.7
"""What a sentence that must be cut is worth beside one that can be shown whole."""


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
    article = standing(title, text, language, alone=sentences == 1)
    deck = deck.strip()
    deck = clean_deck(deck[dateline(deck) :], title=title, text=text) if deck else ""
    return _from_deck(article, deck, sentences, words) or _from_text(article, sentences, words)


def _from_deck(article: Standing, deck: str, sentences: int, words: int) -> tuple[Sentence, ...]:
    """The deck's first sentences within the limits, or nothing when it cannot be shown."""
    if not deck or leans(deck, language=article.language, title=article.title, first=True):
        return ()
    chosen: list[Sentence] = []
    left = words
    whole = [deck[start:end] for start, end in split(deck, article.language)]
    for sentence in _told(whole, article) if sentences == 1 else whole[:sentences]:
        left -= count_words(sentence)
        at = article.text.find(sentence)
        if left < 0 or not guards.balanced(sentence) or (at >= 0 and _is_doubted(article, at)):
            break
        chosen.append(Sentence(text=sentence, start=at, end=at + len(sentence)) if at >= 0 else Sentence(text=sentence))
    return tuple(chosen)


def _told(deck: list[str], article: Standing) -> list[str]:
    """The deck's first sentence; where that only asks, the first that tells and leans on nothing, if there is one."""
    told = (
        sentence
        for sentence in deck
        if guards.complete(sentence)
        and not QUESTION.search(sentence)
        and not leans(sentence, language=article.language, title=article.title)
    )
    return deck[:1] if not QUESTION.search(deck[0]) else [next(told, deck[0])]


def _is_doubted(article: Standing, at: int) -> bool:
    """Whether the sentence that begins at `at` is followed by one that doubts it."""
    follows = next((i + 1 for i, (start, _) in enumerate(article.spans) if start == at), len(article.spans))
    return follows < len(article.spans) and article.doubts(follows)


def _from_text(article: Standing, sentences: int, words: int) -> tuple[Sentence, ...]:
    """The best sentences of the text within the limits, in its order."""
    told, vectors = scores(article.title, article.sentences)
    lengths = [count_words(sentence) for sentence in article.sentences]
    taken: list[int] = []
    while len(taken) < sentences:
        room = words - sum(lengths[i] for i in taken)
        said = [vectors[i] for i in taken]
        order = sorted(range(len(told)), key=lambda i: (-worth(told[i], vectors[i], said), i))
        least = told[taken[0]] * LEAST_TOLD if taken else 0.0
        fitting = (article.unit(i, taken) for i in order if lengths[i] <= room and told[i] >= least)
        best = next(
            (u for u in fitting if u and len(u) <= sentences - len(taken) and sum(lengths[i] for i in u) <= room), ()
        )
        if not best:
            break
        taken.extend(best)
    if len(taken) < 2:
        least = told[taken[0]] / _CUT_COUNTS if taken else -1.0
        order = sorted((i for i in range(len(told)) if told[i] > least), key=lambda i: (-told[i], i))
        return _cut(article, order, words) or _shown(article, taken)
    return _shown(article, sorted(taken))


def _shown(article: Standing, taken: Sequence[int]) -> tuple[Sentence, ...]:
    return tuple(
        Sentence(text=article.sentences[i], start=start, end=end, bound=i + 1 in taken and article.doubts(i + 1))
        for i in taken
        for start, end in (article.spans[i],)
    )


def _cut(article: Standing, order: Sequence[int], words: int) -> tuple[Sentence, ...]:
    """The best sentence that is too long alone, cut at its last clause that loses no speaker and no doubt."""
    for i in order:
        sentence = article.sentences[i]
        if count_words(sentence) <= words or len(article.unit(i)) != 1:
            continue
        start = article.spans[i][0]
        for end in clause_ends(sentence, article.language):
            length = count_words(sentence[:end])
            if length < min(LEAST_STANDFIRST, words):
                break
            if length <= words:
                return (Sentence(text=sentence[:end] + "…", start=start, end=start + end),)
    return ()
