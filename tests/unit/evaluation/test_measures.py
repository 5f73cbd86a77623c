"""Every measure against values worked by hand, or by the library that the field uses."""

from __future__ import annotations

import math
import statistics

import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from digest.evaluation.figures import bootstrap, correlation, mean, paired, share
from digest.evaluation.measures import b_cubed, harmonic, ranks, rouge, shared_grams, spearman


def test_rouge_by_hand() -> None:
    # "the cat sat" and "the cat ran home": 2 shared of 3 and of 4 words.
    found = rouge(["the cat ran home"], "the cat sat")
    assert found["rouge1"] == pytest.approx(100 * 2 * (2 / 3) * (2 / 4) / (2 / 3 + 2 / 4))
    assert found["rouge2"] == pytest.approx(100 * 2 * (1 / 2) * (1 / 3) / (1 / 2 + 1 / 3))


def test_rouge_stems_and_takes_the_mean_over_references() -> None:
    assert rouge(["closing bridges"], "closed bridge")["rouge1"] == 100
    assert rouge(["one two", "three four"], "one two")["rouge1"] == 50


def test_rouge_reads_other_scripts() -> None:
    assert rouge(["мост закрыт сегодня"], "мост закрыт")["rouge1"] == pytest.approx(80)
    assert rouge(["мост закрыт"], "ничего нет")["rouge1"] == 0


def test_nothing_scores_nothing() -> None:
    assert rouge(["one two"], "")["rouge1"] == 0


def test_grams_by_hand() -> None:
    # Two of the three runs found are among the four of the gold text.
    precision, recall, f1 = shared_grams("a b c d e f g", "a b c d e x")
    assert precision == pytest.approx(200 / 3)
    assert recall == 50
    assert f1 == pytest.approx(100 * harmonic(2 / 3, 0.5))


@pytest.mark.parametrize(
    ("gold", "found", "f1"), [("", "", 100), ("a b", "a b", 100), ("a b", "", 0), ("", "a b", 0), ("a a a a a", "a", 0)]
)
def test_grams_of_short_texts(gold: str, found: str, f1: float) -> None:
    assert shared_grams(gold, found)[2] == f1


def test_b_cubed_as_in_bagga_and_baldwin() -> None:
    # Their example: events of 5, 2 and 5 items; the answer put the second and the third together.
    gold = {str(i): "A" if i < 5 else "B" if i < 7 else "C" for i in range(12)}
    answer = {key: "A" if event == "A" else "BC" for key, event in gold.items()}
    found = b_cubed(answer, gold)
    assert statistics.fmean(p for p, _ in found.values()) == pytest.approx((5 + 2 * 2 / 7 + 5 * 5 / 7) / 12)
    assert all(r == 1 for _, r in found.values())


def test_b_cubed_of_items_alone() -> None:
    found = b_cubed({"a": "1", "b": "2", "c": "3"}, {"a": "x", "b": "x", "c": "y"})
    assert found == {"a": (1, 0.5), "b": (1, 0.5), "c": (1, 1)}


@given(st.lists(st.tuples(st.integers(0, 9), st.integers(0, 9)), min_size=2, max_size=30))
def test_spearman_is_that_of_scipy(pairs: list[tuple[int, int]]) -> None:
    a, b = [float(x) for x, _ in pairs], [float(y) for _, y in pairs]
    assert ranks(a) == list(stats.rankdata(a))
    if len(set(a)) > 1 and len(set(b)) > 1:
        assert spearman(a, b) == pytest.approx(stats.spearmanr(a, b).statistic)
    else:
        assert spearman(a, b) == 0


def test_a_mean_with_its_standard_error() -> None:
    values = [1.0, 2.0, 4.0, 9.0]
    found = mean(values)
    assert found.value == 4
    assert found.high is not None
    assert found.high - 4 == pytest.approx(1.959964 * stats.sem(values), rel=1e-6)
    assert (mean([]).value, mean([]).count, mean([3]).low) == (None, 0, 3)


def test_a_paired_difference_is_narrower_than_two_means() -> None:
    ours, theirs = [10.0, 50.0, 90.0, 30.0], [9.0, 48.0, 89.0, 28.0]
    found = paired(ours, theirs)
    assert found.value == 1.5
    apart = mean(ours)
    assert None not in (found.low, found.high, apart.low, apart.high)
    assert 10 * ((found.high or 0) - (found.low or 0)) < (apart.high or 0) - (apart.low or 0)


def test_a_share_has_the_interval_of_wilson() -> None:
    found = share(3, 40)
    wilson = stats.binomtest(3, 40).proportion_ci(method="wilson")
    assert (found.low, found.high) == (pytest.approx(100 * wilson.low), pytest.approx(100 * wilson.high))
    assert share(0, 40).low == 0
    assert share(0, 0).value is None


def test_a_correlation_widens_by_its_own_size() -> None:
    found = correlation(0.5, 103)
    assert found.low == pytest.approx(math.tanh(math.atanh(0.5) - 1.959964 * math.sqrt(1.125 / 100)))
    assert correlation(1.0, 9).low == 1


def test_the_bootstrap_repeats_and_holds_the_mean() -> None:
    values = [float(i % 7) for i in range(200)]
    found = bootstrap(values, statistics.fmean)
    assert found == bootstrap(values, statistics.fmean)
    exact = mean(values)
    assert found.low == pytest.approx(exact.low, abs=0.08)
    assert found.high == pytest.approx(exact.high, abs=0.08)
