"""A real HTTP server that speaks the published contract, and newsrooms that ask it."""

from __future__ import annotations

import importlib.util
import json
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Event, Thread
from types import ModuleType
from typing import Any

import jsonschema
import pytest

from digest.config.values import Config
from digest.model import Article

KEY = "sk-secret-0123456789"


def _contract() -> ModuleType:
    # These folders are not packages.
    spec = importlib.util.spec_from_file_location("contract", Path(__file__).with_name("contract.py"))
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@dataclass
class Stand:
    """The stand-in: what it was asked, and how it answers.

    Attributes:
        says: from the sentences a model was shown to what it answers: its summary, or any text as it is.
        raw: sends bytes of its own instead, with a status and headers.
        usage: the tokens it says it took.
        slow: it answers only when the test is over.
    """

    port: int = 0
    asked: list[dict[str, Any]] = field(default_factory=list)
    headers: list[dict[str, str]] = field(default_factory=list)
    says: Callable[[list[str]], Any] = field(default=lambda told: [])
    raw: tuple[int, dict[str, str], bytes] | None = None
    usage: dict[str, Any] | None = field(
        default_factory=lambda: {"prompt_tokens": 500, "completion_tokens": 50, "total_tokens": 550}
    )
    finish: str = "stop"
    slow: str = ""
    over: Event = field(default_factory=Event)

    @property
    def honest(self) -> bool:
        """Whether the answer is meant to keep to the contract."""
        return self.usage is None or all(isinstance(v, int) and 0 <= v < 10**9 for v in self.usage.values())

    @property
    def endpoint(self) -> str:
        return f"http://127.0.0.1:{self.port}/v1"

    def answer(self, question: dict[str, Any]) -> bytes:
        told = [each["text"] for each in json.loads(question["messages"][1]["content"])["sentences"]]
        said = self.says(told)
        answer: dict[str, Any] = {
            "id": "chatcmpl-1",
            "object": "chat.completion",
            "created": 1_795_000_000,
            "model": question["model"],
            "choices": [
                {
                    "index": 0,
                    "finish_reason": self.finish,
                    "logprobs": None,
                    "message": {
                        "role": "assistant",
                        "content": said if isinstance(said, str) else json.dumps({"summary": said}),
                        "refusal": None,
                    },
                }
            ],
        }
        if self.usage is not None:
            answer["usage"] = self.usage
        return json.dumps(answer).encode()


class Handler(BaseHTTPRequestHandler):
    """Answers one question; the server holds its stand."""

    protocol_version = "HTTP/1.1"
    stand: Stand

    def log_message(self, *_: Any) -> None:
        pass

    def do_GET(self) -> None:
        self.send_error(405)

    def do_POST(self) -> None:
        stand, contract = self.stand, _contract()
        question = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        jsonschema.validate(question, contract.QUESTION)
        assert self.path == "/v1/chat/completions"
        stand.asked.append(question)
        stand.headers.append({name.lower(): value for name, value in self.headers.items()})
        if stand.slow == "silent":
            stand.over.wait(20)
            return
        if stand.raw is None:
            body = stand.answer(question)
            if stand.honest:
                jsonschema.validate(json.loads(body), contract.ANSWER)
            self._send(200, {"Content-Type": "application/json"}, body)
        else:
            self._send(*stand.raw)

    def _send(self, status: int, headers: dict[str, str], body: bytes) -> None:
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name, value)
        if "Transfer-Encoding" not in headers:
            self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        with suppress(OSError):  # who asked may have heard enough
            for at in range(len(body)) if self.stand.slow == "drip" else ():
                self.wfile.write(body[at : at + 1])
                if self.stand.over.wait(0.05):
                    return
            self.wfile.write(body)


@pytest.fixture
def stand() -> Iterator[Stand]:
    stand = Stand()
    server = ThreadingHTTPServer(("127.0.0.1", 0), type("Handler", (Handler,), {"stand": stand}))
    server.daemon_threads = True
    stand.port = server.server_address[1]
    thread = Thread(target=server.serve_forever, args=(0.05,))
    thread.start()
    yield stand
    stand.over.set()
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.fixture
def asking(newsroom: Config, stand: Stand, monkeypatch: pytest.MonkeyPatch) -> Callable[..., Config]:
    """The newsroom with its model at the stand-in's address, and any key of [llm]."""
    monkeypatch.setenv("DIGEST_LLM_KEY", KEY)

    def make(**keys: Any) -> Config:
        table = {"endpoint": stand.endpoint, "model": "quill-1", "timeout": "5 seconds", **keys}
        return Config.model_validate(newsroom.model_dump() | {"llm": table})

    return make


TEXT = (
    "Marrowgate closed its toll bridge on Tuesday after divers found cracks in two of its piers. The repair takes six "
    "weeks and costs 1.2 million crowns, the council said. Buses go by way of Callerby until then. Shopkeepers on the "
    "quay ask for a free ferry."
)


@pytest.fixture
def article(now: Any) -> Callable[..., Article]:
    """An own article about the bridge; any field can be given."""

    def make(**given: Any) -> Article:
        values = {
            "id": "1", "source": "Courier", "url": "https://own.example/bridge", "title": "Bridge closed",
            "published": now, "text": TEXT, "language": "en", "rights": "own",
        } | given  # fmt: skip
        return Article(**values)

    return make


@pytest.fixture
def now() -> Any:
    from datetime import UTC, datetime

    return datetime(2026, 11, 22, 6, tzinfo=UTC)
