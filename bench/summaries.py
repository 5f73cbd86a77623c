"""How the weights of `content/summary/score.py` were found: sampled, and judged by articles they were not chosen by.

DATA= (a folder with sets as `digest evaluate summaries` reads them) is needed; SAMPLES=60 and SPLITS=200 may be set.
Prints, for every sampled set of weights and for the shipped one, the mean of ROUGE-1 minus LEAD; then what weights
chosen on one half of the articles give on the other, and those chosen on one set give on the others. The shipped ones
are round numbers from the middle of the region in which all sets gain, so they need not be the best row.
"""

from __future__ import annotations

import os
import random
from collections.abc import Sequence
from pathlib import Path
from statistics import fmean, stdev

from measure import say

from digest.content.summary import score
from digest.content.summary.summarise import summarise
from digest.content.text.sentences import split
from digest.evaluation.measures import rouge
from digest.evaluation.samples import files
from digest.evaluation.summaries import UNLIMITED, Case, read

SAMPLES = int(os.environ.get("SAMPLES", "60"))
SPLITS = int(os.environ.get("SPLITS", "200"))
RANGES = {"place": (0.5, 0.5), "centre": (0.0, 0.9), "headline": (0.0, 0.6), "echo": (0.0, 0.4)}
"""What is sampled; only ratios matter, so place stands still. The penalties are an editor's judgement."""

Gains = dict[str, list[float]]


def lead(case: Case) -> str:
    return " ".join(case.text[start:end] for start, end in split(case.text, case.language)[: case.sentences])


def gains(sets: dict[str, list[Case]], leads: dict[str, list[float]]) -> Gains:
    """ROUGE-1 minus LEAD's for every article, with the weights that stand in `score.WEIGHTS` now."""
    found: Gains = {}
    for name, cases in sets.items():
        told = (summarise(c.title, c.text, language=c.language, rights="own", sentences=c.sentences, words=UNLIMITED)
                for c in cases)  # fmt: skip
        texts = [" ".join(sentence.text for sentence in sentences) for sentences in told]
        found[name] = [
            rouge(case.references, text)["rouge1"] - first
            for case, text, first in zip(cases, texts, leads[name], strict=True)
        ]
    return found


def worth(found: Gains, kept: dict[str, Sequence[int]]) -> float:
    """The sum of the sets' mean gains over the articles kept."""
    return sum(fmean(found[name][i] for i in places) for name, places in kept.items())


def crossed(rows: list[Gains], sizes: dict[str, int]) -> dict[str, str]:
    """Weights chosen on a random half of each set, measured on the other half."""
    chance = random.Random(1)
    held: dict[str, list[float]] = {name: [] for name in sizes}
    for _ in range(SPLITS):
        halves = {name: set(chance.sample(range(size), size // 2)) for name, size in sizes.items()}
        best = max(rows, key=lambda row: worth(row, {name: sorted(half) for name, half in halves.items()}))
        for name, size in sizes.items():
            held[name].append(fmean(best[name][i] for i in range(size) if i not in halves[name]))
    return {name: f"{fmean(values):+.2f} ± {stdev(values):.2f}" for name, values in held.items()}


def main() -> None:
    sets = {path.name.partition(".")[0]: read(path) for path in files(Path(os.environ["DATA"]))}
    leads = {name: [rouge(c.references, lead(c))["rouge1"] for c in cases] for name, cases in sets.items()}
    shipped = dict(score.WEIGHTS)
    chance = random.Random(7)
    rows, table = [], []
    for sample in range(SAMPLES + 1):
        weights = {name: round(chance.uniform(*span), 2) for name, span in RANGES.items()} if sample else shipped
        score.WEIGHTS.update(weights)
        rows.append(gains(sets, leads))
        means = {name: f"{fmean(row):+.2f}" for name, row in rows[-1].items()}
        table.append({**{name: weights[name] for name in RANGES}, **means})
    score.WEIGHTS.update(shipped)
    say("weights and ROUGE-1 minus LEAD; the shipped ones first", table)
    sizes = {name: len(cases) for name, cases in sets.items()}
    say("chosen on one half of the articles, measured on the other", [crossed(rows, sizes)])
    best = {name: max(rows, key=lambda row, name=name: fmean(row[name])) for name in sets}
    say(
        "the best on one set, on each",
        [{"best on": name, **{other: f"{fmean(best[name][other]):+.2f}" for other in sets}} for name in sets],
    )


if __name__ == "__main__":
    main()
