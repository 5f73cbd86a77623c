"""Readers are entered by a process that is killed again and again, while some leave: nobody twice, or missing."""

from __future__ import annotations

import json
import os
import random
import secrets
import subprocess
import sys
import time
from collections import Counter
from pathlib import Path

import pytest

HERE = Path(__file__).parent
DIGEST = [sys.executable, "-m", "digest"]
EDITION = "daily/2025-11-24"


@pytest.fixture
def home(tmp_path, database):
    """Makes a home with readers and an approved edition without letters; gives it and its environment."""

    def make(readers):
        place = tmp_path / "home"
        environment = {**os.environ, "DIGEST_HOME": str(place)}
        if database:
            environment["DIGEST_DATABASE_URL"] = database
        for command in (
            [*DIGEST, "init", str(place)],
            [sys.executable, str(HERE / "approved_edition.py"), str(place), str(readers), "no letters"],
        ):
            subprocess.run(command, env=environment, check=True, capture_output=True)
        return place, environment

    return make


@pytest.mark.parametrize(("readers", "kills"), [(600, 4), pytest.param(20_000, 20, marks=pytest.mark.slow)])
def test_killed_anywhere_and_repeated(home, readers, kills):
    seed = secrets.randbits(32)
    chance = random.Random(seed)
    place, environment = home(readers)
    everybody = {f"reader{n}@inbox.example" for n in range(readers)}
    leaving: set[str] = set()
    gone = 0

    def run(*command):
        command = [*DIGEST, "--home", str(place), "--json", *command]
        done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stderr
        return json.loads(done.stdout)

    def entering():
        leaves = chance.choice(sorted(everybody - leaving))
        leaving.add(leaves)
        command = [sys.executable, str(HERE / "enrolling.py"), str(place), leaves]
        return subprocess.Popen(command, env=environment, stdout=subprocess.PIPE, text=True)

    killed = 0
    for turn in range(kills):
        process = entering()
        assert process.stdout is not None
        # Each turn gets a little further; the odd lines come inside a transaction, the even ones just after it.
        said = [process.stdout.readline() for _ in range(2 * (turn * readers // 40 // kills) + chance.randrange(1, 6))]
        time.sleep(chance.uniform(0, 0.01))
        killed += process.poll() is None
        process.kill()
        rest, _ = process.communicate()
        gone += sum(line.startswith("gone") for line in [*said, *rest.splitlines()])
    said, _ = entering().communicate(timeout=300)
    assert said.endswith("done\n")
    gone += said.count("gone")

    sys.stderr.write(f"seed {seed}: killed {killed} times\n")
    assert killed >= kills // 2, "the readers were entered before it could be disturbed"
    listed = Counter(row["address"] for row in run("deliveries", EDITION)["deliveries"])
    assert max(listed.values()) == 1, "twice"
    assert everybody - leaving <= set(listed) <= everybody, "missing"
    letters = run("publish", EDITION)["letters"]
    # A kill may come between leaving and saying so.
    assert readers - len(leaving) <= letters["sent"] <= readers - gone
    assert letters["sent"] + letters["skipped"] == len(listed)
