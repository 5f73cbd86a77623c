"""Posts to X: the one home of tweepy, with what it lacks: a host, time limits, no waiting, no redirects, no surprises.

Every way a call can end becomes a value (`digest.social.outcome`). What X says of a request it did not take (4xx) is
final; a time-out, a 5xx and a broken connection leave it open whether the post is there.
"""

from __future__ import annotations

import html
import logging
import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import unquote, urlsplit

import requests
import tweepy
from urllib3.exceptions import ConnectTimeoutError, MaxRetryError, NewConnectionError

from digest.config.environment import Environment
from digest.config.values import Account
from digest.errors import TransportError
from digest.render.length import addresses
from digest.social.outcome import Absent, Found, Later, Outcome, Refused, Sent, Unknown
from digest.social.session import CONNECT_SECONDS, READ_SECONDS, Session
from digest.store.posts import Post

HOST = "https://api.x.com"

WINDOW = timedelta(minutes=15)
"""X counts requests by quarters of an hour: https://docs.x.com/x-api/fundamentals/rate-limits"""
LONGEST_WINDOW = timedelta(hours=25)
CLOCKS_DIFFER = timedelta(minutes=5)

_OAUTH1 = ("CONSUMER_KEY", "CONSUMER_SECRET", "ACCESS_TOKEN", "ACCESS_TOKEN_SECRET")
_FIELDS = "created_at,entities"
_LOOPBACK = ("127.0.0.1", "localhost", "::1")
_LINK = re.compile(r"https?://\S+")


@dataclass(frozen=True, slots=True)
class X:
    """An account on X, ready to use. Its keys are in the client and never shown."""

    name: str
    client: tweepy.Client = field(repr=False)
    signed: bool

    def send(self, post: Post, now: datetime) -> Outcome:
        """Post a text. A refusal as a duplicate proves that it is there, and the account is read for where."""
        try:
            answer = self.client.create_tweet(text=post.text, user_auth=self.signed)
        except tweepy.Forbidden as error:
            if "duplicate" not in _said(error).casefold():
                return Refused(f"X refuses this post: {_said(error)}")
            found = self._find(post, since=None)
            note = "X says it is there already"
            return Sent(found.id, found.url, note) if isinstance(found, Sent) else Sent("", "", note)
        except (tweepy.HTTPException, requests.RequestException) as error:
            return self._outcome(error, now)
        number = answer.data.get("id") if isinstance(answer.data, dict) else None
        if not isinstance(number, str) or not number.isdecimal():
            return Unknown("X took the post and did not say where it is")
        return Sent(number, _url(number))

    def find(self, post: Post, now: datetime) -> Found:
        """Look for a post in the account's own timeline, from shortly before it was tried."""
        return self._find(post, since=(post.at or now) - CLOCKS_DIFFER)

    def _find(self, post: Post, since: datetime | None) -> Found:
        try:
            # X's description of its API calls the fields "post.fields" where its handbook says "tweet.fields".
            try:
                posts = self._timeline("post.fields", since)
            except tweepy.BadRequest:
                posts = self._timeline("tweet.fields", since)
        except tweepy.HTTPException as error:
            return Unknown(f"X does not show the account's posts: {_said(error)}")
        except requests.RequestException as error:
            return Unknown(f"X cannot be reached: {_reason(error)}")
        for each in posts:
            if _same(each, post):
                number = str(each.get("id", ""))
                return Sent(number, _url(number))
        return Absent(proof=False)

    def _timeline(self, fields: str, since: datetime | None) -> list[Mapping[str, Any]]:
        """The account's newest posts. X bills each that it shows ($0.001), so no more than it takes."""
        params: dict[str, Any] = {
            "max_results": 100 if since else 25,
            "exclude": "replies,retweets",
            fields.replace(".", "_"): _FIELDS,
        }
        if since:
            params["start_time"] = since.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
        answer = self.client._make_request(
            "GET",
            f"/2/users/{self._user()}/tweets",
            params=params,
            endpoint_parameters=(*params, fields),
            user_auth=self.signed,
        )
        shown = answer.data if isinstance(answer.data, list) else []
        return [each for each in shown if isinstance(each, dict)]

    def _user(self) -> str:
        owner = str(self.client.access_token or "").partition("-")[0]
        if self.signed and owner.isdecimal():
            return owner
        # X bills $0.010 for this; an OAuth 1.0a token begins with the number and needs no question.
        answer = self.client._make_request("GET", "/2/users/me", user_auth=self.signed)
        number = answer.data.get("id") if isinstance(answer.data, dict) else None
        if not isinstance(number, str) or not number.isdecimal():
            raise requests.exceptions.InvalidJSONError("X does not say whose keys these are")
        return number

    def _outcome(self, error: tweepy.HTTPException | requests.RequestException, now: datetime) -> Outcome:
        match error:
            case tweepy.TooManyRequests():
                return Later(_reset(error.reset_time, now), "X asks to wait: too many requests")
            case tweepy.Unauthorized():
                return Refused(f"X does not accept the keys of {self.name}: look at {_variable(self.name, '*')}")
            case tweepy.TwitterServerError():
                return Unknown(f"X answered {error.response.status_code}, and may have posted it all the same")
            case tweepy.HTTPException() if error.response.status_code == requests.codes.request_timeout:
                return Unknown("X answered 408: it waited too long for the request")
            case tweepy.HTTPException():
                return Refused(f"X refuses this post: {_said(error)}")
            case _ if _never_left(error):
                return Later(None, f"X cannot be reached: {_reason(error)}")
            case _:
                return Unknown(f"no answer from X: {_reason(error)}")


def connect(account: Account, environment: Environment) -> X:
    """Open an account with the keys in the environment.

    They are DIGEST_X_NAME_CONSUMER_KEY, _CONSUMER_SECRET, _ACCESS_TOKEN and _ACCESS_TOKEN_SECRET (OAuth 1.0a), or
    DIGEST_X_NAME_TOKEN (a user's OAuth 2.0 token); NAME is the account's, in capitals, "-" as "_".

    Raises:
        TransportError: keys are missing, or would travel readable for all; says what to set.
    """
    host = (account.address or HOST).rstrip("/")
    if host.startswith("http://") and urlsplit(host).hostname not in _LOOPBACK:
        raise TransportError(f"{account.channel}: the keys would travel in clear to {host}: write https:// in address")
    # tweepy and its signer write requests, keys included, to the log at this level.
    for noisy in ("tweepy", "requests_oauthlib", "oauthlib"):
        logging.getLogger(noisy).setLevel(logging.INFO)
    keys = {key: environment.get(_variable(account.name, key)) for key in _OAUTH1}
    token = environment.get(_variable(account.name, "TOKEN"))
    if not token and (missing := [_variable(account.name, key) for key, value in keys.items() if not value]):
        raise TransportError(
            f"{account.channel} has no keys: set {', '.join(missing)}, or {_variable(account.name, 'TOKEN')}"
        )
    # An OAuth 2.0 user token is tweepy's bearer token.
    client = (
        tweepy.Client(bearer_token=token)
        if token
        else tweepy.Client(**{key.lower(): value for key, value in keys.items()})
    )
    client.session = Session(host)
    return X(name=account.name, client=client, signed=not token)


def _said(error: tweepy.HTTPException) -> str:
    return next((str(text) for text in error.api_messages), str(error))


def _reset(seconds: int | None, now: datetime) -> datetime:
    """When to try again. A reset that is past or far off is not believed."""
    if seconds is None:
        return now + WINDOW
    reset = now + timedelta(seconds=seconds - now.timestamp())
    return min(max(reset, now + timedelta(minutes=1)), now + LONGEST_WINDOW)


def _never_left(error: BaseException) -> bool:
    """Whether a connection failed before the request was on it."""
    if isinstance(error, requests.ConnectTimeout):
        return True
    cause = error.args[0] if isinstance(error, requests.ConnectionError) and error.args else None
    reason = cause.reason if isinstance(cause, MaxRetryError) else None
    if isinstance(error, requests.exceptions.SSLError):
        return "CERTIFICATE_VERIFY_FAILED" in str(error)
    return isinstance(reason, (NewConnectionError, ConnectTimeoutError))


def _reason(error: requests.RequestException) -> str:
    match error:
        case requests.ConnectTimeout():
            return f"no connection within {CONNECT_SECONDS} seconds"
        case requests.Timeout():
            return f"silent for more than {READ_SECONDS} seconds"
        case requests.exceptions.SSLError():
            return "its certificate is not accepted"
        case requests.ConnectionError():
            return "the connection failed"
        case _:
            return "an answer nobody can read"


def _same(theirs: Mapping[str, Any], ours: Post) -> bool:
    """Whether a post on the account is ours: by the link where both show one, else by its words."""
    entities = theirs.get("entities")
    urls = entities.get("urls") if isinstance(entities, dict) else None
    given = [url for url in urls if isinstance(url, dict)] if isinstance(urls, list) else []
    if given and ours.link and addresses(ours.link) == (ours.link,):
        shown = {_plain(str(url.get(key, ""))) for url in given for key in ("expanded_url", "unwound_url")}
        return _plain(ours.link) in shown
    return _words(html.unescape(str(theirs.get("text", "")))) == _words(ours.text)


def _plain(url: str) -> str:
    return unquote(url).rstrip("/")


def _words(text: str) -> str:
    """The text without its addresses, which X replaces by short ones of its own."""
    for address in sorted({*_LINK.findall(text), *addresses(text)}, key=len, reverse=True):
        text = text.replace(address, " ")
    return " ".join(unicodedata.normalize("NFC", text).split())


def _url(number: str) -> str:
    return f"https://x.com/i/status/{number}"


def _variable(name: str, key: str) -> str:
    return f"DIGEST_X_{name.upper().replace('-', '_')}_{key}"
