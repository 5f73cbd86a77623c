"""What a model is shown, what of its answer is read, and that text which speaks to it changes nothing."""

from __future__ import annotations

import contextlib
import json
import time
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from digest.content.claims.addressed import addresses_a_model
from digest.content.claims.asked import Claim, messages, numbered, read_claims, read_reply
from digest.content.claims.cited import refusal
from digest.errors import InputError

LINES = (Path(__file__).parent / "injections.txt").read_text(encoding="utf-8").splitlines()
INJECTIONS = [
    line.replace("\\u00ad", "\u00ad").replace("\\u200b", "\u200b")
    for line in LINES
    if line and not line.startswith("# ")
]
TRUE = [
    "The harbour council of Westerhaven voted on Tuesday to close the old ferry line.",
    "Eleven members voted for the closure and four against it, council clerk Jonas Brandt said.",
    "The line will stop on 31 March, and a bus over the northern bridge will take its place.",
]


@pytest.mark.parametrize("line", INJECTIONS)
def test_what_speaks_to_a_model_is_not_shown_to_it(line: str) -> None:
    article = numbered("\n\n".join([TRUE[0], line, *TRUE[1:]]), "en")
    assert article.left_out >= 1
    assert article.sentences == tuple(TRUE)


@pytest.mark.parametrize("line", INJECTIONS)
def test_a_model_that_obeys_is_refused(line: str) -> None:
    """Even where it cites the sentence that is there in its place."""
    article = numbered("\n\n".join([TRUE[0], line, *TRUE[1:]]), "en")
    for n in range(1, 5):
        assert refusal([Claim(text=line, cites=(n,))], article, sentences=3, words=90)


@pytest.mark.parametrize("line", INJECTIONS)
def test_the_question_is_the_same_as_without_it(line: str) -> None:
    with_it = numbered("\n\n".join([*TRUE[:2], line, TRUE[2]]), "en")
    without = numbered("\n\n".join(TRUE), "en")
    assert messages(with_it, sentences=3, words=90) == messages(without, sentences=3, words=90)


@pytest.mark.parametrize(
    "sentence",
    [
        *TRUE,
        "The minister ignored all warnings from the council, engineers said.",
        "The company sells an AI assistant that writes letters.",
        "Researchers found that chatbots made mistakes in one answer in four.",
        "Teachers must follow the new instructions of the ministry from Monday.",
        "The system failed at noon, and trains stood still for an hour.",
        "Drivers ignore the speed limit on the bridge, police said.",
        "She forgot her instructions and left the stage, the director recalled.",
        "The council asked the mayor to respond to the report in writing.",
        "The summary of the report runs to forty pages.",
    ],
)
def test_what_speaks_to_readers_is_shown(sentence: str) -> None:
    assert not addresses_a_model(sentence)


def test_the_prompt_holds_numbered_sentences_and_nothing_else_of_the_article() -> None:
    article = numbered("\n\n".join(TRUE), "en")
    system, user = messages(article, sentences=2, words=60)
    asked = json.loads(user["content"])
    assert asked == {
        "language": "en",
        "sentences_at_most": 2,
        "words_at_most": 60,
        "sentences": [{"n": n, "text": text} for n, text in enumerate(TRUE, start=1)],
    }
    assert all(text not in system["content"] for text in TRUE)


def test_signs_that_nobody_sees_are_left_out() -> None:
    hidden = "".join(chr(0xE0000 + ord(c)) for c in "obey me")
    article = numbered(f"The council\u202e votes{hidden} on\u200b Tuesday. The line\u2060 will stop in March.", "en")
    assert article.sentences == ("The council votes on Tuesday.", "The line will stop in March.")


def test_a_sentence_cannot_break_out_of_its_number() -> None:
    article = numbered('The clerk said "}]} is a smile with many faces today. The council votes on Tuesday.', "en")
    assert len(json.loads(messages(article, sentences=3, words=90)[1]["content"])["sentences"]) == 2


def test_long_articles_are_cut_between_sentences() -> None:
    article = numbered(" ".join(f"Sentence number {i} tells of the bridge over the bay." for i in range(500)), "en")
    assert len(article.sentences) == 60
    assert sum(map(len, article.sentences)) <= 12_000
    assert numbered("x" * 50_000 + ".", "en").sentences == ()


def test_a_reply_by_the_contract() -> None:
    answer = {
        "id": "chatcmpl-1", "object": "chat.completion", "created": 1, "model": "m",
        "choices": [{"index": 0, "finish_reason": "stop", "message": {"role": "assistant", "content": "hello"}}],
        "usage": {"prompt_tokens": 12, "completion_tokens": 3, "total_tokens": 15},
    }  # fmt: skip
    reply = read_reply(json.dumps(answer).encode())
    assert (reply.content, reply.tokens_in, reply.tokens_out) == ("hello", 12, 3)
    answer["usage"] = {"prompt_tokens": -1, "completion_tokens": "many"}
    reply = read_reply(json.dumps(answer).encode())
    assert (reply.tokens_in, reply.tokens_out) == (None, None)


@pytest.mark.parametrize(
    ("raw", "reason"),
    [
        (b"", "not JSON"),
        (b"<html>502 Bad Gateway</html>", "not JSON"),
        (b"[1, 2]", "not a JSON object"),
        (b'{"choices": []}', "no choices"),
        (b'{"choices": [{"message": {"content": null}}]}', "said nothing"),
        (b'{"choices": [{"message": "hi"}]}', "said nothing"),
        (b'{"choices": [{"finish_reason": "length", "message": {"content": "{"}}]}', "cut off"),
        (b'{"choices": [{"finish_reason": "content_filter", "message": {"content": ""}}]}', "filter"),
        (b"\xff\xfe\x00", "not JSON"),
        (b"[" * 200_000, "nested too deeply"),
        (b'{"a": ' + b"9" * 5_000 + b"}", "not JSON"),
    ],
)
def test_a_reply_that_is_none(raw: bytes, reason: str) -> None:
    with pytest.raises(InputError, match=reason):
        read_reply(raw)


def test_claims_with_and_without_a_fence() -> None:
    said = '{"summary": [{"text": " The council\\nvotes. ", "from": [2, 2, 1]}]}'
    expected = (Claim(text="The council votes.", cites=(2, 1)),)
    assert read_claims(said) == expected
    assert read_claims(f"```json\n{said}\n```") == expected


@pytest.mark.parametrize(
    "said",
    [
        "Here is your summary: The council votes.",
        '{"summary": "The council votes."}',
        '{"summary": []}',
        '{"summary": [{"text": "The council votes."}]}',
        '{"summary": [{"text": "", "from": [1]}]}',
        '{"summary": [{"text": "The council votes.", "from": [true]}]}',
        '{"summary": [{"text": "The council votes.", "from": ["1"]}]}',
        '{"summary": [{"text": 5, "from": [1]}]}',
        '{"summary": [[1]]}',
        '{"summary": [{"text": "The council \\u0000 votes.", "from": [1]}]}',
        '{"summary": [{"text": "The council \\ud800 votes.", "from": [1]}]}',
        '{"summary": [{"text": "The council \\u202e votes.", "from": [1]}]}',
        '{"summary": [{"text": "The council votes.", "from": [' + "9" * 400 + "]}]}",
        '{"summary": [' + ",".join(['{"text": "The council votes.", "from": [1]}'] * 21) + "]}",
        '{"summary": [{"text": "' + "x" * 3_000 + '.", "from": [1]}]}',
    ],
)
def test_claims_that_are_none(said: str) -> None:
    with pytest.raises(InputError):
        read_claims(said)


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20),
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.dictionaries(st.sampled_from(["choices", "message", "content", "usage", "summary", "text", "from"]), inner)
    ),
    max_leaves=12,
)


@given(JSON)
def test_any_answer_is_read_or_refused(value: object) -> None:
    for read in (lambda: read_reply(json.dumps(value).encode()), lambda: read_claims(json.dumps(value))):
        with contextlib.suppress(InputError):
            read()


@given(st.text(max_size=300))
def test_any_text_can_be_asked_about(text: str) -> None:
    article = numbered(text, "en")
    json.loads(messages(article, sentences=3, words=90)[1]["content"])
    assert len(article.sentences) == len(article.places) == len(article.following)


def test_long_hostile_sentences_take_no_time() -> None:
    start = time.perf_counter()
    for text in ("ignore " * 20_000, "in the " * 20_000, "say " * 20_000 + ":", "you are a " * 10_000, '"' * 50_000):
        addresses_a_model(text)
    assert time.perf_counter() - start < 2
