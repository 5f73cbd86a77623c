"""What the first letters of an edition say about the rest."""

from datetime import UTC, datetime, timedelta

import pytest

from digest.config.sending import Canary
from digest.delivery.canary import Tally, decide

NOW = datetime(2026, 11, 24, 6, 0, tzinfo=UTC)
MINUTE = timedelta(minutes=1)

RULE = Canary(seeds=("ana@news.example",), share=0.01, wait=15 * MINUTE, halt_above=0.05)


@pytest.mark.parametrize(
    ("wave", "tally", "act"),
    [
        (0, Tally(untried=2), "wait"),
        (0, Tally(decided=2, last=NOW), "go"),
        (0, Tally(decided=2, failed=2, last=NOW), "halt"),
        (0, Tally(decided=1, failed=1, last=NOW), "go"),
        (1, Tally(decided=3, failed=1, last=NOW - 20 * MINUTE), "go"),
        (1, Tally(decided=100, failed=5, last=NOW - 20 * MINUTE), "go"),
        (1, Tally(decided=100, failed=6, last=NOW - 20 * MINUTE), "halt"),
        (1, Tally(decided=40, failed=6, untried=60, last=NOW), "halt"),
        # While the wave leaves: 3 of 50 may be chance, 15 of 100 are not, and of 5 in 60 nobody need see the rest.
        (1, Tally(decided=50, failed=3, untried=9950, last=NOW), "wait"),
        (1, Tally(decided=100, failed=10, untried=9900, last=NOW), "wait"),
        (1, Tally(decided=100, failed=15, untried=9900, last=NOW), "halt"),
        (1, Tally(decided=60, failed=5, untried=30, last=NOW), "halt"),
        (1, Tally(decided=2000, failed=150, untried=8000, last=NOW), "halt"),
        (1, Tally(decided=2, failed=2, untried=9000, last=NOW), "halt"),
        (1, Tally(decided=100, last=NOW - 14 * MINUTE), "wait"),
        (1, Tally(next_due=NOW + 60 * MINUTE), "wait"),
        (1, Tally(), "go"),
    ],
)
def test_the_first_letters_decide(wave, tally, act):
    found = decide(wave, tally, RULE, NOW)
    assert found.act == act
    if act == "halt":
        assert f"{tally.failed} of the first {tally.decided} letters" in found.why


def test_seeds_alone_are_given_time_to_look():
    rule = RULE.model_copy(update={"share": 0.0})
    assert decide(0, Tally(decided=2, last=NOW), rule, NOW).until == NOW + 15 * MINUTE
