"""The content engine on JSON lines: order and ids kept, offsets verbatim, a bad line named, no home needed."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

import pytest

BUDGET = (
    "Parliament passed the budget on Tuesday after a night of talks, the finance minister said. The vote was 120 to 98."
)
ARTICLES: list[dict[str, Any]] = [
    {"id": "b-1", "title": "Parliament passes budget after night of talks", "text": BUDGET, "source": "Courier"},
    {
        "id": 7,
        "title": "Whale seen in harbour",
        "text": "A whale was seen in the harbour of Port Ellery.",
        "source": "Post",
    },
    {
        "id": "a-2",
        "title": "Budget passes parliament",
        "text": "The budget passed parliament on Tuesday by 120 votes to 98 after a night of talks. The finance "
        "minister called it fair.",
        "source": "Gazette",
        "categories": ["Economy"],
    },
]
for _at, _article in enumerate(ARTICLES):
    _article["published"] = f"2026-11-24T0{_at}:30:00Z"

PAGE = """<!doctype html><html lang="en"><head><title>Ferry sails again - Quay Post</title>
<meta property="article:published_time" content="2026-11-24T06:00:00+01:00"></head><body>
<nav><ul><li><a href="/">Home</a></li><li><a href="/w">World</a></li></ul></nav><article><h1>Ferry sails again</h1>
<p>The ferry between Port Ellery and Sandholm sailed on Monday for the first time since the storms of last spring.</p>
<p>About ninety people were on board, the harbour office said, and the crossing took a little under an hour.</p>
<p>The mayor said that the service would run twice a day until the end of March, weather permitting.</p>
</article><footer><p>All rights reserved</p></footer></body></html>"""


def jsonl(rows: list[Any]) -> str:
    return "".join(row if isinstance(row, str) else json.dumps(row) + "\n" for row in rows)


@pytest.mark.parametrize("command", ["extract", "summarise", "tag", "group", "rank"])
def test_answers_keep_order_and_ids(digest, command):
    rows = [{**article, "html": PAGE} for article in ARTICLES]
    done = digest(command, input=jsonl(rows))
    assert done.code == 0, done.err
    assert [line["id"] for line in done.lines] == ["b-1", 7, "a-2"]


@pytest.mark.parametrize("command", ["extract", "summarise", "tag", "group", "rank"])
def test_a_bad_line_is_named_and_the_others_go_on(digest, tmp_path, command):
    file = tmp_path / "lines.jsonl"
    good = {**ARTICLES[0], "html": PAGE}
    wrong = {"id": "x", "title": 5, "html": 5, "text": 5}
    first = jsonl([good, "{not json\n", "\n", "[1]\n", {**good, "id": ""}])
    second = jsonl(["[" * 100_000 + "\n", {**good, "id": "last"}, wrong])
    file.write_bytes(first.encode() + b'{"id": "\xff"}\n' + second.encode())
    done = digest(command, str(file))
    assert done.code == 1
    assert [line["id"] for line in done.lines] == ["b-1", "last"]
    assert [line.split(": ")[1] for line in done.err.splitlines()] == [f"{file}:{at}" for at in (2, 4, 5, 6, 7, 9)]


def test_standard_input_is_named_too(digest):
    done = digest("tag", "-", input="{}\n")
    assert (done.code, done.err.split(": ")[1]) == (1, "standard input:1")


def test_a_file_that_is_not_there_is_wrong_use(digest, tmp_path):
    done = digest("tag", str(tmp_path / "no.jsonl"))
    assert done.code == 2
    assert "no.jsonl" in done.err


def test_summaries_are_verbatim_at_their_offsets(digest):
    rows = [*ARTICLES, {"id": "emoji", "title": "Rain", "text": f"😀😀 is what she wrote.\n\n{BUDGET}"}]
    texts = {row["id"]: row["text"] for row in rows}
    for line in digest("summarise", input=jsonl(rows)).lines:
        assert line["summary"], line
        for sentence in line["summary"]:
            assert texts[line["id"]][sentence["start"] : sentence["end"]] == sentence["text"]


def test_summaries_of_pages_come_with_the_text_their_offsets_mean(digest):
    line = digest("summarise", "--sentences", "1", input=jsonl([{"id": 1, "html": PAGE, "title": "Ferry"}])).lines[0]
    (sentence,) = line["summary"]
    assert line["text"][sentence["start"] : sentence["end"]] == sentence["text"]
    assert "All rights reserved" not in line["text"]


def test_sentences_and_words_are_limits(digest):
    rows = jsonl([{"id": 1, "title": "Budget", "text": BUDGET + "\n\nThe opposition left the hall before the count."}])
    assert len(digest("summarise", "--sentences", "1", input=rows).lines[0]["summary"]) == 1
    few = digest("summarise", "--words", "16", input=rows).lines[0]["summary"]
    assert sum(len(sentence["text"].split()) for sentence in few) <= 16
    assert digest("summarise", "--sentences", "0", input=rows).code == 2


def test_extract_gives_the_body_alone(digest):
    line = digest("extract", input=jsonl([{"id": 1, "url": "https://quay.example/f", "html": PAGE}])).lines[0]
    assert line["title"] == "Ferry sails again"
    assert line["published"].startswith("2026-11-24T0")
    assert line["language"] == "en"
    body = [block["text"] for block in line["blocks"] if block["label"] in ("body", "quotation", "list")]
    assert line["text"] == "\n\n".join(body)
    assert line["text"].startswith("The ferry between")
    assert "Home" not in line["text"]


def test_tags_point_at_the_words_that_made_them(digest):
    by_id = {line["id"]: line["tags"] for line in digest("tag", input=jsonl(ARTICLES)).lines}
    assert {tag["tag"] for tag in by_id["b-1"]} == {"politics", "economy"}
    for article in ARTICLES:
        for tag in by_id[article["id"]]:
            assert tag["why"]
            if tag["start"] is not None:
                assert article[tag["place"]][tag["start"] : tag["end"]] in tag["why"]


def test_tags_are_those_of_the_home(digest, home):
    (home / "config" / "tags.toml").write_text('[[tags]]\nname = "Sea Life"\naliases = ["whale"]\n')
    (home / "config" / "newsletters" / "daily.toml").write_text('title = "Daily"\n')
    found = digest("tag", home=home, input=jsonl(ARTICLES)).lines
    assert [[tag["tag"] for tag in line["tags"]] for line in found] == [[], ["sea-life"], []]


def test_a_broken_home_is_not_silently_replaced(digest, home, tmp_path):
    (home / "config" / "tags.toml").write_text("[[tags]]\nnamee = 'x'\n")
    assert digest("tag", home=home, input=jsonl(ARTICLES)).code == 2
    assert digest("tag", home=tmp_path / "nowhere", input=jsonl(ARTICLES)).code == 2


def test_one_event_is_one_story(digest):
    first, whale, second = digest("group", input=jsonl(ARTICLES)).lines
    assert first["story"] == second["story"] != whale["story"]
    assert first["story"] in ("b-1", "a-2")
    assert whale["story"] == 7
    assert first["why"]


def test_copies_name_their_original(digest):
    long = " ".join(f"{BUDGET} It was vote number {at} of the session in the old hall." for at in range(4))
    rows = [{**ARTICLES[0], "text": long}, {**ARTICLES[0], "id": "copy", "source": "Wire", "text": long}]
    rows[1]["published"] = "2026-11-24T09:00:00Z"
    first, second = digest("group", input=jsonl(rows)).lines
    assert first["story"] == second["story"]
    assert "duplicate_of" not in first
    assert second["duplicate_of"] == "b-1"


def test_an_id_that_comes_twice_is_refused_where_answers_would_be_mixed_up(digest):
    done = digest("group", input=jsonl([ARTICLES[0], ARTICLES[0]]))
    assert done.code == 1
    assert len(done.lines) == 1
    assert "standard input:2" in done.err


def test_ranks_add_up_and_are_an_order(digest):
    done = digest("rank", "--at", "2026-11-24T08:00", input=jsonl(ARTICLES))
    assert done.code == 0, done.err
    for line in done.lines:
        assert round(sum(reason["points"] for reason in line["reasons"]), 4) == line["score"]
    first, whale, second = done.lines
    assert (first["section"], first["position"]) == (second["section"], second["position"])
    assert whale["section"] == "*"
    assert first["section"] in ("politics", "economy")
    assert all(line["taken"] for line in done.lines)


def test_ranks_do_not_depend_on_the_order_of_lines(digest):
    def ranked(rows):
        found = digest("rank", "--at", "2026-11-24T08:00Z", input=jsonl(rows)).lines
        return {line["id"]: line for line in found}

    assert ranked(ARTICLES) == ranked(ARTICLES[::-1])


def test_rank_says_what_is_wrong_with_its_options(digest):
    assert digest("rank", "--at", "soon", input="").code == 2
    unknown = digest("rank", "--newsletter", "weekly", input="")
    assert unknown.code == 2
    assert "daily" in unknown.err


def test_half_a_character_harms_nothing(digest):
    row = json.dumps({**ARTICLES[0], "id": "\ud83d", "html": PAGE}) + "\n"
    half = (
        json.dumps({"id": "x", "title": "A \udc00 b", "text": f"\ud800 {BUDGET}", "html": "<p>\ud800 text</p>"}) + "\n"
    )
    for command in ("extract", "summarise", "tag"):
        done = digest(command, input=row + half)
        assert done.code == 0, done.err
        assert [line["id"] for line in done.lines] == ["\ud83d", "x"]


def test_no_web_framework_is_waited_for():
    import subprocess

    code = (
        "import sys; from digest.cli import digest; digest.main(['tag', '-h'], standalone_mode=False); "
        "sys.exit('django' in sys.modules)"
    )
    assert subprocess.run([sys.executable, "-c", code], capture_output=True, check=False).returncode == 0


@pytest.mark.slow
def test_memory_stays_flat(tmp_path: Path):
    import subprocess

    row = json.dumps({"id": 1, "title": "Budget", "text": (BUDGET + "\n\n") * 20, "language": "en"}) + "\n"

    def peak(count: int) -> int:
        file = tmp_path / f"{count}.jsonl"
        file.write_text(row * count)
        before = "import resource, sys, runpy; sys.argv = ['digest', 'tag', sys.argv[1]]\n"
        code = before + (
            "try:\n    runpy.run_module('digest', run_name='__main__')\nfinally:\n"
            "    print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss, file=sys.stderr)"
        )
        done = subprocess.run([sys.executable, "-c", code, str(file)], capture_output=True, text=True, check=False)
        return int(done.stderr.split()[-1])

    assert peak(4_000) < peak(40) + 8_000
