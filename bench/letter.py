"""A letter of 25 stories: compiled, and joined into a variant; its markup through npm mjml where that is installed."""

from __future__ import annotations

import json
import shutil
import subprocess
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import newspaper
from measure import RUNS, median, say

from digest.render.furniture import furniture
from digest.render.letter import HTML_TEMPLATE, compile_letter, join
from digest.render.mjml import compile_mjml
from digest.render.templates import Templates
from digest.resources import template

TIMES = 30
PEERS = Path(__file__).parents[1] / "tests" / "peers"


class Recording(Templates):
    """Templates that keep what each gave."""

    made: dict[str, str]

    def render(self, name: str, values: Mapping[str, Any]) -> str:
        self.made[name] = super().render(name, values)
        return self.made[name]


def main() -> None:
    templates = Recording(template)
    templates.made = {}
    edition, words = newspaper.edition(), furniture("en", "Europe/Berlin", template)
    compiled = compile_letter(edition, newspaper.BRAND, words, templates)
    source = templates.made[HTML_TEMPLATE]
    tags = tuple(newspaper.SIZES)
    rows = [
        _row(
            "compile the letter (templates, MJML, cut)",
            lambda: compile_letter(edition, newspaper.BRAND, words, templates),
        ),
        _row("of it MJML: mjml-python with our repairs", lambda: compile_mjml(source, name="bench")),
        {"step": "MJML: npm mjml, warm", "ms": _npm(source), "CPU ms": ""},
        _row("join a variant (HTML and text)", lambda: join(compiled, tags[1:], "city")),
    ]
    size = len(join(compiled, tags, "city").html.encode())
    say(f"letter of {len(edition.stories)} stories, {size / 1000:.1f} kB of HTML", rows)


def _row(step: str, work: Callable[[], object]) -> dict[str, Any]:
    """The median of the runs' medians, after one run to warm up: by the clock, and of the processor."""
    work()
    runs, used = [], []
    for _ in range(RUNS):
        times, cpu = [], []
        for _ in range(TIMES):
            began, busy = time.perf_counter(), time.process_time()
            work()
            cpu.append((time.process_time() - busy) * 1000)
            times.append((time.perf_counter() - began) * 1000)
        runs.append(median(times))
        used.append(median(cpu))
    return {"step": step, "ms": median(runs), "CPU ms": median(used)}


def _npm(source: str) -> float | str:
    if not (shutil.which("node") and (PEERS / "node_modules").exists()):
        return "not installed: make peers"
    command = ["node", "compile.mjs", "--times", str(TIMES)]
    runs = []
    for _ in range(RUNS):
        done = subprocess.run(command, input=source.encode(), capture_output=True, check=True, cwd=PEERS)
        runs.append(median(json.loads(done.stdout)["milliseconds"]))
    return median(runs)


if __name__ == "__main__":
    main()
