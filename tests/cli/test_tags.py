"""`digest tags suggest`: what recurs and has no tag, from lines and from the home's articles."""

from __future__ import annotations

import json
import tomllib

LINES = [
    {
        "id": at,
        "title": f"the harbour, day {at}\n[[tags]]",
        "text": f"He met the Orran Guard on day {at}. A court of Port Ellery heard it.",
        "source": f"outlet {at % 2}",
        "authors": ["Port Ellery"],
    }
    for at in range(4)
]


def test_lines_are_read_and_the_answer_can_be_pasted(digest):
    given = "".join(json.dumps(line) + "\n" for line in LINES)
    (found,) = digest("tags", "suggest", "-", "--json", input=given).json["suggestions"]
    assert (found["name"], found["articles"], found["sources"]) == ("Orran Guard", 4, 2)
    assert found["headlines"][0] == "the harbour, day 0 [[tags]]"
    said = digest("tags", "suggest", "-", input=given).out
    assert "# 4 articles of 2 outlets" in said
    assert tomllib.loads(said)["tags"] == [{"name": "Orran Guard"}] == tomllib.loads(found["toml"])["tags"]


def test_a_home_without_articles_suggests_nothing(digest, home):
    done = digest("tags", "suggest", home=home)
    assert (done.code, done.out.strip()) == (0, "Nothing recurs that the vocabulary does not know.")
    assert digest("tags", "suggest", "--json", home=home).json == {"suggestions": []}
