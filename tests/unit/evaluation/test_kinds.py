"""Each kind of evaluation on the invented sets, and on files that are wrong."""

from __future__ import annotations

import gzip
import json
import random
from collections.abc import Callable
from pathlib import Path

import pytest

from digest.errors import InputError, UsageError
from digest.evaluation import copies, extra, faults, pages, rank, rivals, stories, summaries, tags
from digest.evaluation.figures import Figure, Report
from digest.evaluation.truecase import is_tokenised, restored
from digest.model import Sentence, TagRule

Look = Callable[[Report, str, str, str], Figure]


def write(path: Path, *rows: object) -> Path:
    path.write_text("".join(f"{json.dumps(row)}\n" for row in rows), encoding="utf-8")
    return path


def test_summaries_beside_their_baselines(bundled: Path, figure: Look) -> None:
    report = summaries.evaluate(bundled / "summaries.jsonl")
    for who in ("own", "LEAD", "LexRank", "TextRank", "best there is"):
        assert figure(report, "summaries", "ROUGE-1", who).count == 3
        assert figure(report, "summaries, written", "ROUGE-1", who).count == 2
    best = figure(report, "summaries", "ROUGE-1", "best there is").value or 0
    assert best >= (figure(report, "summaries", "ROUGE-1", "LEAD").value or 0)
    assert figure(report, "summaries", "verbatim at their offsets %", "own").value == 100
    assert figure(report, "summaries", "opens unresolved %", "LEAD").value == pytest.approx(100 / 3)
    assert report == summaries.evaluate(bundled / "summaries.jsonl")
    assert json.loads(json.dumps(report.as_json()))["kind"] == "summaries"


def test_the_deck_is_not_shown(tmp_path: Path) -> None:
    text = "The first sentence tells of the bridge and its cracks. The second tells of the ferry and its crew."
    case = summaries.read(write(tmp_path / "a.jsonl", {"text": text, "deck": "Nobody wrote this in the text."}))[0]
    assert all(s.text in text for s in summaries.own(case))


def test_a_set_may_be_packed_or_a_list_or_a_folder(tmp_path: Path, bundled: Path, figure: Look) -> None:
    lines = (bundled / "summaries.jsonl").read_bytes()
    (tmp_path / "one.jsonl.gz").write_bytes(gzip.compress(lines))
    rows = [json.loads(line) for line in lines.splitlines()]
    (tmp_path / "two.json").write_text(json.dumps(rows), encoding="utf-8")
    report = summaries.evaluate(tmp_path, baselines=False)
    assert figure(report, "one", "ROUGE-1", "own") == figure(report, "two", "ROUGE-1", "own")


def test_text_of_tokens_is_text_again() -> None:
    tokens = "london ( cnn ) a man says he is `` sure '' . i do n't know , he said . is it ? yes ."
    assert is_tokenised(tokens)
    assert not is_tokenised("A man says. He is sure.")
    assert restored(tokens) == "London (CNN) A man says he is “sure”. I don't know, he said. Is it? Yes."


@pytest.mark.parametrize(
    ("opening", "wrong"),
    [
        ("He said so.", True),
        ("But the bridge stayed shut.", True),
        ("“It was theirs,” she said.", True),
        ("The group said it was ready.", True),
        ("This week the bridge opened.", False),
        ("It is likely that rain will come.", False),
        ("Those who crossed paid a toll.", False),
        ("The group of divers from Callerby said no.", False),
        ("IT firms hire again.", False),
        ("Andalusia votes on Sunday.", False),
    ],
)
def test_unresolved_openings(opening: str, wrong: bool) -> None:
    assert faults.opens_unresolved([opening, "He went."]) is wrong


def test_unbalanced_quotations() -> None:
    assert faults.unbalanced(['"We go, he said.'])
    assert faults.unbalanced(["“We go.” They went.", "And so on.”"])
    assert not faults.unbalanced(["“We ‘go’,” it’s said.", "„Wir gehen“, sagte er.", "'Go'"])


def test_verbatim_means_at_the_offsets() -> None:
    text = "One bridge. Two bridges."
    assert faults.verbatim([Sentence(text="Two bridges.", start=12, end=24)], text)
    assert faults.verbatim([Sentence(text="Two…", start=12, end=15)], text)
    assert not faults.verbatim([Sentence(text="Two bridges.", start=11, end=23)], text)
    assert not faults.verbatim([Sentence(text="Two bridges.")], text)


def test_stories_and_copies(bundled: Path, figure: Look) -> None:
    report = stories.evaluate(bundled / "stories.jsonl")
    alone = "each its own story"
    assert figure(report, "stories", "B-cubed precision", alone).value == 100
    assert figure(report, "stories", "B-cubed recall", alone).value == pytest.approx(60)
    assert figure(report, "stories", "B-cubed F1", alone).value == pytest.approx(75)
    assert figure(report, "stories", "copies found %", "own").count == 1


def test_the_threshold_is_chosen_on_the_other_set(bundled: Path, tmp_path: Path) -> None:
    rows = [json.loads(line) for line in (bundled / "stories.jsonl").read_text(encoding="utf-8").splitlines()]
    events: dict[str, list[object]] = {}
    for row in rows:
        events.setdefault(row["event"], []).append({**row, "event": None})
    write(tmp_path / "one.jsonl", *rows)
    (tmp_path / "two.json").write_text(json.dumps([{"articles": a} for a in events.values()]), encoding="utf-8")
    who = {row.who.partition(" (")[0] for row in stories.evaluate(tmp_path).rows}
    assert {"own, chosen on two", "own, chosen on one", "MinHash, chosen on one"} <= who


def test_a_copy_is_cut_and_changed_the_same_way_each_time() -> None:
    text = " ".join(f"Sentence {i} is what she said about the bridge." for i in range(10))
    made = copies.copy(text, random.Random(1))
    assert made == copies.copy(text, random.Random(1))
    assert sum(f"Sentence {i} " in made for i in range(10)) == 7
    assert made.count("told reporters") + made.count("she said") == 7


def test_lexrank_and_textrank_choose_sentences_of_ours() -> None:
    told = ["The bridge is shut for six weeks.", "", "The bridge repair takes six weeks.", "Apples grow well."]
    for way in (rivals.lexrank, rivals.textrank):
        found = way(told, 2)
        assert len(found) == 2
        assert set(found) <= set(told)
    assert rivals.lexrank([], 3) == []


def test_minhash_finds_the_same_text() -> None:
    texts = ["a b c d e f g h", "a b c d e f g h", "quite another thing altogether it is"]
    assert rivals.alike(rivals.minhashes(texts), 0.5) == [(1.0, 0, 1)]
    assert rivals.components(3, [(1.0, 0, 1)], 0.5) == [0, 0, 2]


def test_pages(bundled: Path, figure: Look) -> None:
    report, found = pages.evaluate(bundled / "pages")
    assert figure(report, "pages", "4-gram F1", "own").value == 100
    assert (figure(report, "pages", "4-gram F1", "trafilatura").value or 0) < 100
    assert figure(report, "pages", "foreign sentences %", "own").value == 0
    assert figure(report, "pages", "4-gram F1 minus trafilatura", "own").count == 3
    assert set(found["own"]) == {"bridge", "harvest", "ferry"}
    assert (figure(report, "pages", "pages with one %", "trafilatura, LEAD").value or 0) > 50


def test_a_page_outside_the_folder_is_refused(tmp_path: Path) -> None:
    write(tmp_path / "gold.jsonl", {"key": "../secret", "text": "x"})
    with pytest.raises(InputError, match="without a folder"):
        pages.evaluate(tmp_path)


def test_tags(bundled: Path, figure: Look) -> None:
    rules = [TagRule(key="ferry", name="Ferry"), TagRule(key="apple-harvest", name="Apple harvest")]
    report = tags.evaluate(bundled / "tags.jsonl", rules)
    assert figure(report, "tags, the vocabulary", "recall %", "own").value == 100
    assert figure(report, "tags, the vocabulary", "recall %", "own").count == 2
    every = figure(report, "tags, publishers' tags", "could be found %", "any")
    assert every.value == pytest.approx(500 / 7)


def test_the_ranking_learns_who_is_followed(bundled: Path, figure: Look) -> None:
    report = rank.evaluate(bundled / "rank.jsonl")
    assert (figure(report, "rank", "Spearman with points", "source prior").value or 0) > 0.8
    assert abs(figure(report, "rank", "Spearman with points", "newest first").value or 0) < 0.4
    assert figure(report, "rank", "Spearman of a day", "own").count == 4


@pytest.mark.parametrize(
    ("rows", "message"),
    [
        ('{"text": "a b"}\n', r"a\.jsonl:1: neither"),
        ('{"text": "a", "deck": "b"}\n[]\n', r"a\.jsonl:2: not a JSON object"),
        ('{"text": 5, "deck": "b"}', r'"text" is not text'),
        ('{"text": "a", "deck": "b", "bigram_cov": "much"}', r"is not a number"),
        ("{", r"not JSON"),
        ("[" * 100_000, r"nested too deeply"),
    ],
)
def test_a_wrong_line_is_named(tmp_path: Path, rows: str, message: str) -> None:
    file = tmp_path / "a.jsonl"
    file.write_text(rows, encoding="utf-8")
    with pytest.raises(InputError, match=message):
        summaries.evaluate(file)


def test_what_is_no_set_is_said(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="ends in"):
        summaries.evaluate(tmp_path)
    (tmp_path / "a.jsonl.gz").write_bytes(b"\x1f\x8b broken")
    with pytest.raises(InputError, match=r"a\.jsonl\.gz"):
        summaries.evaluate(tmp_path)
    with pytest.raises(InputError, match="at least 100"):
        rank.evaluate(write(tmp_path / "few.jsonl", {"title": "a", "points": 1, "published": "2026-01-01"}))


def test_a_missing_library_is_named_with_its_cure() -> None:
    with pytest.raises(UsageError, match=r"needs nowhere.*pip install 'digest-newsroom\[evaluate\]'"):
        extra.needed("nowhere.at_all")
