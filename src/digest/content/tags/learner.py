"""Learns from editors' words which articles a tag fits: logistic regression over words, the same from the same input.

What it says is a suggestion, with the words that spoke for it, until the newsroom's configuration makes more of it.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from digest.content.text.words import is_common, words
from digest.model import Tagged

FEWEST = 20
"""Articles that an editor must have given a tag before it is learnt."""

RIGHT = 0.75
"""Of the suggestions it would have made for articles it had not seen, how many must have been right."""

_READ = 2_000  # characters of a text that are read: news says early what it is about
_ROUNDS = 8
_RATE = 2.0
_DECAY = 1e-3  # how much of its weight a word loses each time it is met: rare words must not decide alone
_FOLDS = 4
_Row = tuple[dict[str, float], bool, float]


@dataclass(frozen=True, slots=True, kw_only=True)
class Example:
    """One article, whether the tag fits it, and how much that counts (an editor's word 1)."""

    title: str
    text: str
    fits: bool
    weight: float = 1.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Learner:
    """What was learnt of one tag.

    Attributes:
        weights: what each word pushes; a word of the headline stands with "^" before it.
        bias: the push that every article gets.
        above: the push from which on the tag is suggested; infinite where it would be wrong too often.
        examples: how many articles had the tag.
    """

    weights: Mapping[str, float]
    bias: float
    above: float
    examples: int

    def judge(self, title: str, text: str) -> tuple[float, tuple[str, ...]]:
        """How much the words of an article push towards the tag, and those that push most."""
        pushes = sorted(
            ((self.weights.get(word, 0.0) * value, word) for word, value in _features(title, text).items()),
            reverse=True,
        )
        # A word of the headline and the same word of the text are one to who reads it.
        spoke = dict.fromkeys(word.lstrip("^") for push, word in pushes[:12] if push > 0)
        return self.bias + sum(push for push, _ in pushes), tuple(spoke)[:4]


def learn(examples: Sequence[Example]) -> Learner:
    """Learn one tag; the order of the examples does not matter.

    Both sides count the same in all, however many there are of each. How sure is sure enough is found by learning
    from three quarters of the examples and looking at the fourth, four times.
    """
    ordered = sorted(examples, key=lambda e: (e.fits, e.title, e.text))
    rows = [(_features(e.title, e.text), e.fits, e.weight) for e in ordered]
    unseen: list[tuple[float, bool]] = []
    for fold in range(_FOLDS):
        weights, bias = _descend([row for at, row in enumerate(rows) if at % _FOLDS != fold])
        unseen += [(_push(found, weights, bias), fits) for found, fits, _ in rows[fold::_FOLDS]]
    weights, bias = _descend(rows)
    given = sum(e.fits and e.weight == 1.0 for e in ordered)
    return Learner(weights=weights, bias=bias, above=_above(unseen), examples=given)


def suggested(learners: Mapping[str, Learner], title: str, text: str) -> tuple[Tagged, ...]:
    """The tags that the learners think fit an article, surest first, with the words that spoke for each."""
    found = []
    for tag, learner in learners.items():
        push, spoke = learner.judge(title, text)
        if push >= learner.above and spoke:
            said = ", ".join(f"“{word}”" for word in spoke)
            why = f"learnt from {learner.examples} articles that an editor gave it; {said} spoke for it"
            strength = round(_squash(push), 4)
            found.append(Tagged(tag=tag, strength=strength, why=why, place="learner", origin="learner"))
    return tuple(sorted(found, key=lambda t: (-t.strength, t.tag)))


def _descend(rows: Sequence[_Row]) -> tuple[dict[str, float], float]:
    """Stochastic gradient descent, taken turn about, since the last example has the last word."""
    sides = {side: sum(weight for _, fits, weight in rows if fits is side) or 1.0 for side in (True, False)}
    apart = ([row for row in rows if row[1] is side] for side in (True, False))
    turns = [((at + 0.5) / len(side), row) for side in apart for at, row in enumerate(side)]
    turns.sort(key=lambda turn: turn[0])
    weights: dict[str, float] = {}
    bias = 0.0
    for turn in range(_ROUNDS):
        rate = _RATE / (1 + 0.3 * turn)
        for _, (found, fits, weight) in turns:
            counts = min(5.0, weight / sides[fits] * len(rows) / 2)
            step = rate * counts * (fits - _squash(_push(found, weights, bias)))
            bias += 0.1 * step
            for word, value in found.items():
                weights[word] = weights.get(word, 0.0) * (1 - _DECAY) + step * value
    return weights, bias


def _push(found: Mapping[str, float], weights: Mapping[str, float], bias: float) -> float:
    return bias + sum(weights.get(word, 0.0) * value for word, value in found.items())


def _above(unseen: Sequence[tuple[float, bool]]) -> float:
    """The lowest push from which on enough of the suggestions would have been right."""
    above, right = math.inf, 0
    for count, (push, fits) in enumerate(sorted(unseen, key=lambda u: (-u[0], u[1])), start=1):
        right += fits
        if count >= 3 and right >= RIGHT * count:
            above = push
    return above


def _features(title: str, text: str) -> dict[str, float]:
    found = {f"^{word}": 1.5 for word in words(title[:300]) if _tells(word)}
    found |= {word: 1.0 for word in words(f"{title[:300]}\n{text[:_READ]}") if _tells(word)}
    length = math.sqrt(sum(value * value for value in found.values())) or 1.0
    return {word: value / length for word, value in sorted(found.items())}


def _tells(word: str) -> bool:
    return 2 < len(word) <= 40 and not word.isdigit() and not is_common(word)


def _squash(score: float) -> float:
    return 1 / (1 + math.exp(-max(-30.0, min(30.0, score))))
