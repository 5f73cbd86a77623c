"""Evaluates how pages are read: a person's text word by word, and what slips into a summary."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from digest.content.page.extract import decode, read_page
from digest.content.summary.summarise import summarise
from digest.content.text.language import detect
from digest.content.text.sentences import split
from digest.errors import InputError
from digest.evaluation import rivals
from digest.evaluation.figures import Report, Row, bootstrap, mean, paired, share
from digest.evaluation.measures import shared_grams
from digest.evaluation.samples import content, samples
from digest.model import Sentence

SENTENCES = 3
_GOLD = ("gold.jsonl.gz", "gold.jsonl")


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """A page, and its article as a person wrote it down."""

    key: str
    url: str
    html: str
    title: str
    gold: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Result:
    """What one way made of one page.

    Attributes:
        precision, recall, f1: of word 4-grams, per cent.
        foreign: sentences of the summary that the article does not hold.
        sentences: sentences of the summary.
    """

    precision: float
    recall: float
    f1: float
    foreign: tuple[str, ...]
    sentences: int


def read(folder: Path) -> Iterator[Case]:
    """The cases of a folder: `gold.jsonl` or `gold.jsonl.gz`, and a page KEY.html or html/KEY.html for each line.

    Raises:
        InputError: there is no such list, or a page is missing.
    """
    lists = [folder / name for name in _GOLD if (folder / name).is_file()] if folder.is_dir() else [folder]
    if not lists:
        raise InputError(f"{folder}: there is no {' or '.join(_GOLD)} in it")
    home = lists[0].parent
    for sample in samples(lists[0]):
        key = sample.text("key", needed=True)
        if "/" in key or "\\" in key or key.startswith("."):
            raise InputError(f'{sample.place}: "key" is the name of a page, without a folder')
        names = [home / part / f"{key}.html{end}" for part in ("html", ".") for end in (".gz", "")]
        found = next((f for f in names if f.is_file()), None)
        if found is None:
            raise InputError(f"{sample.place}: there is no page html/{key}.html in {home}")
        yield Case(
            key=key,
            url=sample.text("url"),
            html=decode(content(found)),
            title=sample.text("title"),
            gold=sample.text("articleBody") or sample.text("text", needed=True),
        )


def evaluate(folder: Path, *, baselines: bool = True) -> tuple[Report, dict[str, dict[str, Result]]]:
    """Read every page, and sum it up in three sentences; compare both with the text a person took from it.

    Returns:
        The report, and per way and page what came out, so that a fault can be looked at.

    Raises:
        InputError: the folder cannot be read.
    """
    ways: dict[str, Callable[[Case], tuple[str, str]]] = {"own": _own}
    if baselines:
        ways["trafilatura"] = lambda case: (case.title, rivals.trafilatura(case.html))
        ways["trafilatura as it comes"] = lambda case: (case.title, rivals.trafilatura(case.html, precise=False))
    results: dict[str, dict[str, Result]] = {way: {} for way in ways}
    lead: dict[str, dict[str, Result]] = {way: {} for way in ways}
    for case in read(folder):
        gold = _key(case.gold)
        for way, extract in ways.items():
            title, text = extract(case)
            results[way][case.key] = _judge(case, text, [s.text for s in _summary(title, text)], gold)
            first = [text[a:b] for a, b in split(text, detect(text))[:SENTENCES]]
            lead[way][case.key] = _judge(case, text, first, gold)
    rows = [row for way in ways for row in _rows(way, list(results[way].values()), list(lead[way].values()))]
    if baselines:
        ours, theirs = ([r.f1 for r in results[way].values()] for way in ("own", "trafilatura"))
        rows.append(Row(set="pages", measure="4-gram F1 minus trafilatura", who="own", figure=paired(ours, theirs)))
    notes = (
        "4-grams: the mean over pages. trafilatura: its mode that favours precision, without comments.",
        f"A summary has {SENTENCES} sentences and is not shown the deck; a sentence is foreign when the person's text",
        "does not hold its letters and digits in that order.",
    )
    return Report(kind="pages", rows=tuple(rows), notes=notes), results


def _own(case: Case) -> tuple[str, str]:
    page = read_page(case.html, case.url)
    return page.title, page.text


def _summary(title: str, text: str) -> Sequence[Sentence]:
    return summarise(title, text, language=detect(text), rights="own", sentences=SENTENCES, words=100_000)


def _judge(case: Case, text: str, summary: Sequence[str], gold: str) -> Result:
    precision, recall, f1 = shared_grams(case.gold, text)
    foreign = tuple(s for s in summary if _key(s) not in gold)
    return Result(precision=precision, recall=recall, f1=f1, foreign=foreign, sentences=len(summary))


def _rows(way: str, results: Sequence[Result], lead: Sequence[Result]) -> Iterator[Row]:
    yield Row(set="pages", measure="4-gram F1", who=way, figure=mean([r.f1 for r in results]))
    yield Row(set="pages", measure="4-gram precision", who=way, figure=mean([r.precision for r in results]))
    yield Row(set="pages", measure="4-gram recall", who=way, figure=mean([r.recall for r in results]))
    for summary, found in (("own summary", results), ("LEAD", lead)):
        who = way if summary == "own summary" else f"{way}, LEAD"
        yield Row(set="pages", measure="foreign sentences %", who=who, figure=bootstrap(found, _foreign))
        hit = sum(bool(r.foreign) for r in found)
        yield Row(set="pages", measure="pages with one %", who=who, figure=share(hit, len(found)))


def _foreign(results: Sequence[Result]) -> float:
    told = sum(r.sentences for r in results)
    return 100 * sum(len(r.foreign) for r in results) / told if told else 0.0


def _key(text: str) -> str:
    return "".join(c for c in text.casefold() if c.isalnum())
