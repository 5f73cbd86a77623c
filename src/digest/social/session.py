"""Sends tweepy's requests to one host, within limits of time and size, and hands back answers tweepy can read."""

from __future__ import annotations

import io
import json
import time
from typing import Any

import requests
from urllib3.exceptions import HTTPError

_TWEEPYS_HOST = "https://api.twitter.com"
CONNECT_SECONDS = 10
READ_SECONDS = 20
"""How long the other side may be silent."""
TOTAL_SECONDS = 45
LARGEST_ANSWER = 4_000_000
"""Bytes."""


class Session(requests.Session):
    """A session for `tweepy.Client`, which knows one host only and no limits.

    Args:
        host: the address of the API, without a slash at its end.
        read_seconds: how long the other side may be silent.
        total_seconds: how long an answer may take.
    """

    def __init__(self, host: str, *, read_seconds: float = READ_SECONDS, total_seconds: float = TOTAL_SECONDS) -> None:
        super().__init__()
        self.host = host
        self.read_seconds = read_seconds
        self.total_seconds = total_seconds
        # Without an `auth` of its own a session takes one from ~/.netrc, over the token.
        self.auth = lambda request: request

    def prepare_request(self, request: requests.Request) -> requests.PreparedRequest:
        """The request for our host. It is put in before signing, since the signature of OAuth 1.0a covers it."""
        request.url = self.host + str(request.url).removeprefix(_TWEEPYS_HOST)
        return super().prepare_request(request)

    def send(self, request: requests.PreparedRequest, **options: Any) -> requests.Response:
        """Send it and read the whole answer; a redirect is an answer and not followed.

        Raises:
            requests.RequestException: there is no answer, or not within the limits.
        """
        limits = {"timeout": (CONNECT_SECONDS, self.read_seconds), "allow_redirects": False, "stream": True}
        deadline = time.monotonic() + self.total_seconds
        with super().send(request, **{**options, **limits}) as answer:
            return _readable(answer, deadline)


def _readable(answer: requests.Response, deadline: float) -> requests.Response:
    """The answer, read within its limits, its body as tweepy expects it.

    Raises:
        requests.RequestException: it does not come to its end, or a good one is no JSON object.
    """
    body = bytearray()
    try:
        while piece := answer.raw.read1(65536, decode_content=True):
            body += piece
            if time.monotonic() > deadline or len(body) > LARGEST_ANSWER:
                raise requests.ReadTimeout("the answer takes too long or is too large")
    except HTTPError as error:
        raise requests.ConnectionError(f"the answer breaks off: {error}") from error
    try:
        said = json.loads(body)
    except (ValueError, RecursionError):
        said = None
    if not 200 <= answer.status_code < 300:
        # tweepy reads "errors", "error" and "detail" without looking whether they are what it expects.
        said = {"detail": _detail(said) or f"{answer.status_code} {answer.reason}"}
    elif not isinstance(said, dict):
        raise requests.exceptions.InvalidJSONError("the answer is no JSON object")
    clean = requests.Response()
    clean.status_code, clean.reason, clean.url, clean.request = (
        answer.status_code, answer.reason, answer.url, answer.request,
    )  # fmt: skip
    clean.headers.update({name: value for name, value in answer.headers.items() if _plausible(name, value)})
    clean.raw = io.BytesIO(json.dumps(said).encode())
    return clean


def _plausible(name: str, value: str) -> bool:
    name = name.lower()
    return name != "content-encoding" and (name != "x-rate-limit-reset" or (value.isdecimal() and len(value) < 12))


def _detail(said: Any) -> str:
    """What a problem or an error of X says, in one line."""
    if not isinstance(said, dict):
        return ""
    errors = said.get("errors")
    inner = errors[0] if isinstance(errors, list) and errors and isinstance(errors[0], dict) else {}
    texts = (said.get("detail"), inner.get("message"), inner.get("detail"), said.get("message"), said.get("title"))
    found = next((text for text in texts if isinstance(text, str) and text), "")
    return " ".join(found.split())[:300]
