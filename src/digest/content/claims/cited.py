"""Checks a language model's sentences against those they cite; what it cannot find there, it refuses."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence

from digest.content.claims.addressed import addresses_a_model
from digest.content.claims.asked import Claim, Numbered, seen
from digest.content.claims.bearing import moved
from digest.content.claims.figures import Figure, figures
from digest.content.claims.quoted import quotations, unquoted
from digest.content.claims.said import WORD, Said, bare, kin, words_of
from digest.content.claims.tongues import OPPOSITES, REPORTING, TONGUES, Tongue
from digest.content.page.wording import is_foreign
from digest.content.summary.references import leans
from digest.content.text import guards
from digest.content.text.language import main_script
from digest.content.text.sentences import split
from digest.content.text.words import count_words, fold, is_common

MOST_CITED = 4
"""Sentences that one sentence may rest on: more would let words from everywhere vouch for it."""

NOVEL = 0.4
"""The part of a sentence's words of substance that may be other words than those it cites."""

_ADDRESS = re.compile(
    r"https?:|www\.|\S+@\S+\.\w|\b[\w-]+\.(?:com|org|net|info|io|co|ru|biz|xyz|example)\b|[<>{}\[\]#*`\\|]"
)
_ALSOWORDS = frozenset({"may", "march", "mar", "sun", "sat", "wed", "fall"})  # dates only where they have a capital
_STOP = re.compile(r"[.!?…][\"'”’»)]*\Z")


def refusal(claims: Sequence[Claim], article: Numbered, *, sentences: int, words: int, title: str = "") -> str:
    """Why a model's summary cannot be shown; "" when every sentence of it stands in the sentences it cites.

    A sentence is refused when its numbers, dates, names, quoted words, negations or doubts are not those of the
    sentences it cites, when it leaves out a "not", a doubt or a claimant of theirs, when too many of its words are
    new, or when it is not fit to be read alone. This judges words and not meaning: it is meant to refuse too much.

    Args:
        claims: the model's sentences.
        article: what the model was shown.
        sentences: the most sentences.
        words: the most words in all.
        title: the article's headline, which no sentence may only repeat.
    """
    tongue = TONGUES.get(article.language.split("-")[0].lower())
    if tongue is None:
        return f'no claims can be checked in the language "{article.language or "unknown"}"'
    if not 0 < len(claims) <= sentences:
        return f"{len(claims)} sentences, where {sentences} were wanted"
    if sum(count_words(claim.text) for claim in claims) > words:
        return f"more than {words} words"
    if len({fold(claim.text) for claim in claims}) < len(claims):
        return "the same sentence twice"
    if leans(claims[0].text, language=article.language):
        return f"it opens on what nobody has named: {_short(claims[0].text)}"
    for claim in claims:
        if fold(claim.text).strip(" .") == fold(title).strip(" ."):
            return "it repeats the headline"
        if why := _unfit(claim.text, article.language) or _unfounded(claim, article, tongue):
            return f"{why}: {_short(claim.text)}"
    return ""


def _short(text: str) -> str:
    shown = seen(text)
    return f"“{shown[:117]}…”" if len(shown) > 120 else f"“{shown}”"


def _unfit(text: str, language: str) -> str:
    """Why a sentence cannot be shown, whatever it rests on."""
    if seen(text) != text:
        return "signs that nobody sees"
    if _ADDRESS.search(text):
        return "an address or markup"
    if not _STOP.search(text) or count_words(text) < 4:
        return "no whole sentence"
    if len(split(text, language)) > 1:
        return "more than one sentence"
    if not guards.balanced(text):
        return "a quotation that does not close"
    if is_foreign(text) or addresses_a_model(text):
        return "not an article's sentence"
    return ""


def _unfounded(claim: Claim, article: Numbered, tongue: Tongue) -> str:
    """What of a claim does not stand in the sentences it cites, or of theirs not in it."""
    if not claim.cites:
        return "it cites nothing"
    if len(claim.cites) > MOST_CITED:
        return f"it cites more than {MOST_CITED} sentences"
    if any(not 1 <= n <= len(article.sentences) for n in claim.cites):
        return "it cites a sentence that there is not"
    texts = tuple(article.sentences[n - 1] for n in claim.cites)
    said = Said.of(texts)
    if main_script(claim.text)[0] != main_script(" ".join(texts))[0]:
        return "it is in another script"
    return (
        _new_figures(claim.text, texts, tongue)
        or _new_dates(claim.text, said, tongue)
        or _changed_quotations(claim.text, texts)
        or _turned(claim.text, said, tongue)
        or _lost_doubt(claim, article, said, tongue)
        or _new_names(claim.text, said, tongue)
        or _newwords_of(claim.text, said, tongue)
    )


def _new_figures(text: str, texts: Sequence[str], tongue: Tongue) -> str:
    own = figures(text, tongue)
    known = [figure for cited in texts for figure in figures(cited, tongue)]
    often = Counter(figure.value for figure in known)
    for figure in own:
        same = [other for other in known if other.value == figure.value]
        if not same:
            return f"the figure {figure.text} is not there"
        if not any(_counts_the_same(figure, other, known) for other in same):
            return f"{figure.text} counts something else there"
    more = next((value for value, count in Counter(f.value for f in own).items() if count > often[value]), "")
    return f"the figure {more} stands there less often" if more else ""


def _counts_the_same(figure: Figure, other: Figure, known: Sequence[Figure]) -> bool:
    """Whether two equal figures stand beside a word they share.

    Years and the like count nothing; beside other figures, they must share what stands next to them.
    """
    if not figure.after:
        several = len({f.value for f in known}) > 1
        same_side = any(a == b for a, b in zip(figure.sides, other.sides, strict=True))
        return not several or same_side or bool(figure.dates & other.dates)
    return any(a == b or kin(a, b) for a in (*figure.after, *figure.before) for b in (*other.after, *other.before))


def _new_dates(text: str, said: Said, tongue: Tongue) -> str:
    for token in WORD.finditer(text):
        word = bare(token[0])
        if word in tongue.dates and word not in said.words and not _month(word, said):
            if word in _ALSOWORDS and token[0].islower():
                continue
            return f"the date “{word}” is not there"
    return ""


def _month(word: str, said: Said) -> bool:
    """Whether a month stands there by its other spelling ("Sept" for "September")."""
    return len(word) > 2 and any(len(w) > 2 and (w.startswith(word) or word.startswith(w)) for w in said.words)


def _changed_quotations(text: str, texts: Sequence[str]) -> str:
    known = [" ".join(words_of(quoted)) for cited in texts for quoted in quotations(cited)]
    for quoted in quotations(text):
        run = " ".join(words_of(quoted))
        if not any(f" {run} " in f" {other} " for other in known):
            return "words between quotation marks that nobody is quoted with"
        if len(run.split()) > 3 and not guards.ATTRIBUTION.search(unquoted(text)):
            return "a quotation without its speaker"
    own = f" {' '.join(words_of(unquoted(text)))} "
    for other in known:
        words = other.split()
        parts = [words] if len(words) <= 4 else [words[i : i + 4] for i in range(len(words) - 3)]
        if words and any(f" {' '.join(part)} " in own for part in parts):
            return "somebody's quoted words without their quotation marks"
    return ""


def _turned(text: str, said: Said, tongue: Tongue) -> str:
    """Whether a negation was put in, left out or moved, or a word became its opposite."""
    if why := moved(text, said, tongue.negations, "a negation", scoped=tongue.scoped):
        return why
    own = frozenset(words_of(text))
    for one, other in OPPOSITES:
        for mine, against in ((one, other), (other, one)):
            if own & mine and not said.words & mine and said.words & against:
                return "a word has become its opposite"
    return ""


def _lost_doubt(claim: Claim, article: Numbered, said: Said, tongue: Tongue) -> str:
    if why := moved(claim.text, said, tongue.doubts, "a doubt", scoped=tongue.scoped):
        return why
    own = frozenset(words_of(claim.text))
    if any(guards.hedges(text) for text in said.texts) and not guards.hedges(claim.text) and not own & tongue.doubts:
        return "a doubt of theirs is left out"
    if all(_reported(text) for text in said.texts) and not _reported(claim.text):
        return "who says so is left out"
    for n in claim.cites:
        after = article.following[n - 1]
        if after and guards.hedges(after) and after not in said.texts:
            return "the doubt in the next sentence is left out"
    return ""


def _reported(text: str) -> bool:
    return any(word in REPORTING for word in words_of(text))


def _new_names(text: str, said: Said, tongue: Tongue) -> str:
    """A word with a capital that does not stand there, or a name put together from several."""
    for first, run in _capitals(text):
        if said.holds(run):
            continue
        rest = run[1:] if first else run
        known = all(word in said.words for word in rest) and (len(rest) < 2 or said.holds(rest))
        begins = not first or is_common(run[0]) or run[0] in tongue.numbers or said.has(run[0])
        if not known or not begins:
            return f"the name “{' '.join(run)}” is not there"
    return ""


def _capitals(text: str) -> list[tuple[bool, list[str]]]:
    """Runs of words with a capital, and whether a run holds the sentence's first word."""
    found: list[tuple[bool, list[str]]] = []
    last = -2
    for at, match in enumerate(WORD.finditer(text)):
        word = match[0]
        if not any(c.isupper() for c in word):
            continue
        gap = text[: match.start()].rstrip(" ")
        joined = at == last + 1 and found and not gap.endswith((",", ";", ":", "“", '"', "«", "(", "–", "—"))
        if joined:
            found[-1][1].append(bare(word))
        else:
            found.append((at == 0, [bare(word)]))
        last = at
    return found


def _newwords_of(text: str, said: Said, tongue: Tongue) -> str:
    own = [word for word in words_of(text) if word]
    if any(word in tongue.persons and word not in said.words for word in own):
        return "it speaks for itself or to the reader"
    telling = [word for word in own if not is_common(word) and word not in REPORTING]
    new = [word for word in telling if not said.has(word)]
    return f"new words ({', '.join(new[:4])})" if telling and len(new) > NOVEL * len(telling) else ""
