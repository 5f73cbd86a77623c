"""Evaluates tags: what the vocabulary finds in a text, against the tags its publisher gave it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from digest.config import slug
from digest.content.tags.vocabulary import Vocabulary
from digest.content.text.words import words
from digest.errors import InputError
from digest.evaluation.figures import Figure, Report, Row, bootstrap
from digest.evaluation.measures import harmonic
from digest.evaluation.samples import files, name, samples
from digest.model import TagRule

_TITLE_ONLY, _ANY = "in the headline", "every mention"


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """An article, and the tags its publisher gave it, as written there."""

    title: str
    text: str
    given: tuple[str, ...]


Counts = tuple[int, int, int]
"""Of one article: tags found that are right, tags found, right tags."""


def read(path: Path) -> list[Case]:
    """The cases of one file: lines with `title`, `text` and `tags` (or `publisher_tags`); those without tags are left.

    Raises:
        InputError: no line has any.
    """
    cases = []
    for sample in samples(path):
        given = tuple(t.strip() for t in sample.texts("tags") or sample.texts("publisher_tags") if t.strip())
        if given:
            cases.append(Case(title=sample.text("title"), text=sample.text("text", needed=True), given=given))
    if not cases:
        raise InputError(f'{path}: no line has "tags"')
    return cases


def evaluate(path: Path, rules: Sequence[TagRule]) -> Report:
    """Tag every article without a look at its publisher's tags, and compare.

    Twice: by the newsroom's vocabulary, against those publishers' tags that it knows; and by a vocabulary of all
    publishers' tags of the set, where much more is to be found and to be got wrong.

    Args:
        path: a file or a folder.
        rules: the newsroom's vocabulary.

    Raises:
        InputError: a set cannot be read, or a rule is wrong.
    """
    rows: list[Row] = []
    for file in files(path):
        cases = read(file)
        rows += _set(f"{name(file)}, the vocabulary", cases, Vocabulary(rules))
        rows += _set(f"{name(file)}, publishers' tags", cases, Vocabulary(_all_tags(cases)))
    notes = (
        "Right is what the publisher gave, who seldom gives all that fits: the true precision is higher.",
        "“own” leaves passing mentions out. “could be found”: the share of right tags whose words stand in the text.",
    )
    return Report(kind="tags", rows=tuple(rows), notes=notes)


def _all_tags(cases: Sequence[Case]) -> list[TagRule]:
    """Every tag of the set as a rule without aliases; spellings that differ by case alone are one."""
    found: dict[str, str] = {}
    for case in cases:
        for tag in case.given:
            if words(tag) and slug(tag):
                found.setdefault(slug(tag), tag)
    return [TagRule(key=key, name=tag) for key, tag in sorted(found.items())]


def _set(of: str, cases: Sequence[Case], vocabulary: Vocabulary) -> Iterator[Row]:
    counts: dict[str, list[Counts]] = {"own": [], _TITLE_ONLY: [], _ANY: []}
    reachable: list[Counts] = []
    for case in cases:
        right = {t.tag for t in vocabulary.tag("", "", case.given) if t.place == "category"}
        if not right:
            continue
        headline = {m.tag for m in vocabulary.mentions(case.title)}
        mentioned = headline | {m.tag for m in vocabulary.mentions(case.text)}
        own = {t.tag for t in vocabulary.tag(case.title, case.text) if not t.passing and t.place != "parent"}
        for who, found in (("own", own), (_TITLE_ONLY, headline), (_ANY, mentioned)):
            counts[who].append((len(found & right), len(found), len(right)))
        reachable.append((len(right & mentioned), len(mentioned), len(right)))
    for who, each in counts.items():
        for at, measure in enumerate(("precision %", "recall %", "F1 %")):
            yield Row(set=of, measure=measure, who=who, figure=_micro(each, at))
    yield Row(set=of, measure="could be found %", who="any", figure=_micro(reachable, 1))


def _micro(counts: Sequence[Counts], at: int) -> Figure:
    """Precision, recall or F1 over all tags together, with an interval of resampled articles."""

    def statistic(drawn: Sequence[Counts]) -> float:
        both, found, right = (sum(c[i] for c in drawn) for i in range(3))
        precision, recall = both / found if found else 0.0, both / right if right else 0.0
        return 100 * (precision, recall, harmonic(precision, recall))[at]

    return bootstrap(counts, statistic)
