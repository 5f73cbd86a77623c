"""Evaluates summaries: ROUGE beside LEAD, LexRank and TextRank, and what a reader would stumble over."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from digest.content.summary.summarise import summarise
from digest.content.text.sentences import split
from digest.errors import InputError
from digest.evaluation import faults, rivals
from digest.evaluation.figures import Report, Row, mean, paired, share
from digest.evaluation.measures import rouge
from digest.evaluation.samples import Sample, files, name, samples
from digest.evaluation.truecase import is_tokenised, restored
from digest.model import Sentence

WRITTEN = 0.5
"""Below this share of word pairs found in the text (`bigram_cov`), a deck was written rather than copied."""

UNLIMITED = 100_000
"""Words: only sentences are counted, as every rival counts them."""

_MEASURES = {"rouge1": "ROUGE-1", "rouge2": "ROUGE-2", "rougeL": "ROUGE-L"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """An article, and what people wrote of it.

    Attributes:
        references: summaries by people; the article's own deck is never shown to the summariser.
        written: whether the reference is in words of its own; None where nobody says.
        sentences: how many sentences a summary takes.
    """

    id: str
    title: str
    text: str
    language: str
    references: tuple[str, ...]
    written: bool | None
    sentences: int


def read(path: Path, sentences: int | None = None) -> list[Case]:
    """The cases of one file: lines with `text` and either `deck` (one sentence) or `summary` (three).

    Raises:
        InputError: a line has neither.
    """
    return [_case(sample, number, sentences) for number, sample in enumerate(samples(path), start=1)]


def _case(sample: Sample, number: int, sentences: int | None) -> Case:
    text = sample.text("text", needed=True)
    references = sample.texts("deck") or sample.texts("summary")
    if not any(r.strip() for r in references):
        raise InputError(f'{sample.place}: neither "deck" nor "summary" holds what a person wrote')
    coverage = sample.number("bigram_cov")
    told = is_tokenised(text)
    return Case(
        id=sample.text("id") or str(number),
        title=sample.text("title"),
        text=restored(text) if told else text,
        language=sample.text("language") or "en",
        references=tuple(restored(r) if told else r for r in references),
        written=None if coverage is None else coverage < WRITTEN,
        sentences=sentences or int(sample.number("sentences") or (1 if sample.texts("deck") else 3)),
    )


def evaluate(path: Path, *, sentences: int | None = None, baselines: bool = True) -> Report:
    """Sum up every article of a set, or of all sets in a folder, and compare with what people wrote.

    Args:
        path: a file or a folder.
        sentences: how many a summary takes (default: one for decks, three for summaries).
        baselines: whether LexRank and TextRank are run too; they take a few seconds for each hundred articles.

    Raises:
        InputError: a set cannot be read.
        UsageError: the extra `evaluate` is not installed.
    """
    rows: list[Row] = []
    for file in files(path):
        rows += _set(name(file), read(file, sentences), baselines)
    notes = (
        "“own minus LEAD” is paired: the mean of the differences, article by article.",
        "Decks are not shown to the summariser. ROUGE rewards shared words, not truth.",
        "“best there is” takes the sentences that score highest against the reference, one by one.",
    )
    return Report(kind="summaries", rows=tuple(rows), notes=notes)


def _set(of: str, cases: Sequence[Case], baselines: bool) -> Iterable[Row]:
    texts = {case.id: [case.text[s:e] for s, e in split(case.text, case.language)] for case in cases}
    made = [own(case) for case in cases]
    said: dict[str, list[list[str]]] = {"own": [[s.text for s in summary] for summary in made]}
    said["LEAD"] = [rivals.lead(texts[case.id], case.sentences) for case in cases]
    if baselines:
        said["LexRank"] = [rivals.lexrank(texts[c.id], c.sentences, c.language) for c in cases]
        said["TextRank"] = [rivals.textrank(texts[c.id], c.sentences, c.language) for c in cases]
        said["best there is"] = [_best(texts[c.id], c) for c in cases]
    scores = {
        who: [rouge(case.references, " ".join(summary)) for case, summary in zip(cases, summaries, strict=True)]
        for who, summaries in said.items()
    }
    for part, chosen in _parts(of, cases):
        for key, measure in _MEASURES.items():
            for who, values in scores.items():
                yield Row(set=part, measure=measure, who=who, figure=mean([values[i][key] for i in chosen]))
            ours, theirs = ([scores[who][i][key] for i in chosen] for who in ("own", "LEAD"))
            yield Row(set=part, measure=f"{measure} minus LEAD", who="own", figure=paired(ours, theirs))
    for who in ("own", "LEAD"):
        yield from _faults(of, who, said[who])
    full = [(summary, case) for summary, case in zip(made, cases, strict=True) if summary]
    exact = sum(faults.verbatim(summary, case.text) for summary, case in full)
    yield Row(set=of, measure="verbatim at their offsets %", who="own", figure=share(exact, len(full)))
    yield Row(set=of, measure="no summary at all %", who="own", figure=share(len(made) - len(full), len(made)))


def _parts(of: str, cases: Sequence[Case]) -> Iterable[tuple[str, list[int]]]:
    yield of, list(range(len(cases)))
    if any(case.written is not None for case in cases):
        yield f"{of}, written", [i for i, case in enumerate(cases) if case.written]


def _faults(of: str, who: str, summaries: Sequence[Sequence[str]]) -> Iterable[Row]:
    full = [summary for summary in summaries if summary]
    tests: dict[str, Callable[[Sequence[str]], bool]] = {
        "opens unresolved %": faults.opens_unresolved,
        "quotation unbalanced %": faults.unbalanced,
    }
    for measure, test in tests.items():
        yield Row(set=of, measure=measure, who=who, figure=share(sum(map(test, full)), len(full)))


def own(case: Case) -> tuple[Sentence, ...]:
    """What this program says of the article."""
    return summarise(
        case.title, case.text, language=case.language, rights="own", sentences=case.sentences, words=UNLIMITED
    )


def _best(sentences: Sequence[str], case: Case) -> list[str]:
    """The sentences that score highest against the references, taken one by one."""
    taken: list[int] = []
    top = 0.0
    while len(taken) < case.sentences:
        tried = []
        for i in range(len(sentences)):
            if i not in taken:
                words = " ".join(sentences[j] for j in sorted([*taken, i]))
                tried.append((rouge(case.references, words)["rouge1"], -i))
        if not tried or max(tried)[0] <= top:
            break
        top, at = max(tried)
        taken.append(-at)
    return [sentences[i] for i in sorted(taken)]
