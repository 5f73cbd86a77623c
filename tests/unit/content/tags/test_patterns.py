"""An editor's patterns: bounded in time, exact where asked, and right about where they stand."""

from __future__ import annotations

import re
import time

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from digest.content.tags.patterns import REACH, Scan, check_pattern, compile_pattern, spans
from digest.content.tags.vocabulary import Vocabulary
from digest.errors import InputError
from digest.model import TagRule


def found(pattern: str, text: str, *, exact: bool = False) -> list[str]:
    assert check_pattern(pattern) is None
    return [text[start:end] for start, end in spans(compile_pattern(pattern, exact=exact), Scan(text))]


@pytest.mark.parametrize(
    ("pattern", "word"),
    [
        ("[a-", "not a regular expression"),
        ("x*", "empty"),
        ("(?i)abc", "flags"),
        ("(a+)+b", "for ever"),
        (r"(a|a){2,}", "for ever"),
        (r"\w*x\w*y\w{0,20}z\w*", "4 of them"),
        ("b" + "a?" * 13, "13 repetitions"),
    ],
)
def test_bad_patterns_are_named(pattern: str, word: str) -> None:
    assert word in (check_pattern(pattern) or "")
    with pytest.raises(InputError, match="tag “x”"):
        Vocabulary([TagRule(key="x", name="X", patterns=(pattern,))])


@pytest.mark.parametrize("pattern", [r"Sina[iï]s? (unrest|war)", r"\bG(7|20)\b", r"(?:very )?[)(+*]x", r"a{2,3}(b+c)?"])
def test_good_patterns_pass(pattern: str) -> None:
    assert check_pattern(pattern) is None


def test_case_counts_where_it_is_asked_for_or_all_is_capitals() -> None:
    assert found("Isis|Isil", "ISIS, Isis, isil") == ["ISIS", "Isis", "isil"]
    assert found("Isis|Isil", "ISIS, Isis, isil", exact=True) == ["Isis"]
    assert found("ISI[SL]", "ISIS, Isis, isil, ISIL") == ["ISIS", "ISIL"]


def test_word_boundaries_hold_for_every_branch() -> None:
    assert found("cat|dog", "concatenate cat dogma dog") == ["cat", "dog"]


def test_a_line_without_the_patterns_letters_is_not_searched_and_nothing_is_lost() -> None:
    pattern = compile_pattern(r"drone \w+ (strikes?|raids?)")
    assert pattern.words == ("drone",)
    assert found(r"drone \w+ (strikes?|raids?)", "one\nDrone air strike\nno drone\ndrone night raids") == [
        "Drone air strike",
        "drone night raids",
    ]
    assert compile_pattern("colou?rs|tints").words == ()
    assert compile_pattern("colou?rs").words == ("colo", "rs")
    # Letters outside ASCII may be equal to others but for case: the Kelvin sign is a k.
    assert found("kilo", "5 \u212ailo") == ["\u212ailo"]


@pytest.mark.parametrize("pattern", [r".*x.*y.*z", r"\w+ \w+ \w+ z", r"(?:.+ )?x.* y.*z", r"\S*x\S*y\S*z"])
def test_hostile_texts_take_no_time_without_end(pattern: str) -> None:
    assert check_pattern(pattern) is None
    compiled = compile_pattern(pattern)
    start = time.process_time()
    for text in ("z " + "x y " * 20_000, ("z" + "xy" * 199 + "\n") * 100, "z" + "xy" * 20_000, "é z" + " x y" * 9_000):
        spans(compiled, Scan(text))
    assert time.process_time() - start < 10


@pytest.mark.parametrize(
    "pattern", ["(a|b)*c", "((a+)b?)+c", "(a*)*b", "(x+x+)+y", "[" * 200, "(" * 500, "a{99999999999}"]
)
def test_what_could_take_for_ever_is_refused(pattern: str) -> None:
    assert check_pattern(pattern)


def test_a_repetition_ends_where_there_are_two() -> None:
    assert found(r"a\w*b\w*c", f"a{'x' * (REACH - 1)}b1c") != []
    assert found(r"a\w*b\w*c", f"a{'x' * (REACH + 1)}b1c") == []
    assert found(r"a\w*c", f"a{'x' * (REACH + 1)}c") != []


pieces = st.lists(
    st.sampled_from(["a", "b", ".", r"\w", "[ab]", "(a|b)", "(?:ab)", "?", "+", "*", "{2,3}", "{1,}", " "]), max_size=8
)


@given(pieces, st.text("ab \nx", max_size=60))
def test_what_is_found_is_what_the_expression_finds(parts: list[str], text: str) -> None:
    pattern = "".join(parts)
    assume(check_pattern(pattern) is None)
    whole = re.compile(rf"(?<!\w)(?:{pattern})(?!\w)", re.IGNORECASE)
    by_line, at = [], 0
    for line in text.split("\n"):
        by_line += [m.span() for m in whole.finditer(text, at, at + len(line)) if m.end() > m.start()]
        at += len(line) + 1
    assert spans(compile_pattern(pattern), Scan(text)) == by_line
