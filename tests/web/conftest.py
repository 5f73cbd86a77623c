"""A newsroom with one newsletter, an edition in it, and a browser that must bring its form tokens."""

from __future__ import annotations

import email
import email.policy
import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import amazon
import hooked
import pytest
from django.conf import settings
from django.test import Client

from digest import model
from digest.clock.now import now
from digest.clock.reread import Configuration
from digest.config import Config, Environment
from digest.edition import content
from digest.feeds.exchange import Fetched
from digest.pipeline import confirmations
from digest.reader import signers, stamps
from digest.store import identity
from digest.store.articles import Article, Story
from digest.store.editions import Edition
from digest.store.feeds import Feed
from digest.store.models import Letter, Subscriber, Subscription
from digest.store.people import User
from digest.studio import gate, links

TOML = """
[site]
name = "The Port Ellery Courier"
address = "https://news.example"
zone = "Europe/Berlin"
sender = "The Courier <letters@news.example>"
postal_address = "1 Quay Street, Port Ellery"
editors = ["Ana Sand <ana@news.example>"]

[[feeds]]
address = "https://feeds.example/harbour.xml"
name = "Harbour Wire"

[[feeds]]
address = "https://feeds.example/hills.xml"
name = "The Hill Post"

[[accounts]]
name = "newsroom"
"""
DAILY = 'title = "The Morning Tide"\nchannels = ["letter", "web", "folder:newsroom"]\nschedule = "0 7 * * *"\n'


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A home of this test's own, in force for the studio."""
    (tmp_path / "config" / "newsletters").mkdir(parents=True)
    (tmp_path / "config" / "digest.toml").write_text(TOML.split("[[feeds]]")[0])
    (tmp_path / "config" / "feeds.toml").write_text(
        "[[feeds]]" + TOML.split("[[feeds]]", 1)[1].split("[[accounts]]")[0]
    )
    (tmp_path / "config" / "social.toml").write_text("[[accounts]]" + TOML.split("[[accounts]]")[1])
    (tmp_path / "config" / "newsletters" / "daily.toml").write_text(DAILY)
    configuration = Configuration(tmp_path)
    monkeypatch.setattr(gate, "_configuration", lambda: configuration)
    monkeypatch.setattr(settings, "VAR", tmp_path / "var")
    (tmp_path / "var").mkdir()
    return tmp_path


@pytest.fixture
def newsroom(home: Path, db: Any) -> Path:
    """The home with its database."""
    identity.make(home / "var", Environment({}), now=now())
    return home


def story(number: str, headline: str, article: int, **more: Any) -> model.EditionStory:
    text = "The harbour master said on Monday that the old pier will close for a year of repairs."
    return model.EditionStory(
        id=number, headline=headline, url=f"https://harbour.example/{number}", source="Harbour Wire", rights="own",
        published=datetime(2026, 11, 23, 18, 0, tzinfo=UTC), authors=("Mara Quist",), language="en",
        tags=(model.Tagged(tag="harbour", strength=0.9, why="“harbour” 4 times, first in the headline"),),
        summary=(model.Sentence(text=text, start=0, end=len(text)),), score=2.31,
        reasons=(model.Reason(signal="recency", points=0.92), model.Reason(signal="coverage", points=0.64),
                 model.Reason(signal="near-repeat", points=-0.2)),
        also=(model.Also(source="The Hill Post", url="https://hills.example/x", headline="Pier to close"),),
        minutes=3, articles=(str(article),), **more,
    )  # fmt: skip


@pytest.fixture
def edition(newsroom: Path) -> Edition:
    """A draft with three stories, due in an hour."""
    at = (now() + timedelta(hours=1)).replace(second=0, microsecond=0)
    feed = Feed.objects.create(
        address="https://feeds.example/harbour.xml", failures=3, reason="the server answered 503",
        last_attempt_at=now(), last_success_at=now() - timedelta(hours=5),
    )  # fmt: skip
    kept = []
    for title in (
        "The old pier closes for a year",
        "A quieter ferry on the night line",
        "بلدة ساحلية تعيد افتتاح سوقها",
    ):
        row = Article.objects.create(
            feed=feed, story=Story.objects.create(first_seen_at=now()), url=f"https://harbour.example/{len(kept)}",
            title=title, published_at=now(), first_seen_at=now(), content_hash=str(len(kept)),
        )  # fmt: skip
        kept.append(row)
    stories = [story(str(row.story_id), row.title, row.pk) for row in kept]
    value = model.Edition(
        id="daily/2026-11-24", newsletter="daily", title="The Morning Tide", number=12, slot=at,
        window=model.Window(start=at - timedelta(days=1), end=at), language="en", direction="ltr",
        subject="The old pier closes for a year", preheader="Also: a quieter ferry on the night line",
        sections=(
            model.Section(tag="harbour", title="Harbour", stories=tuple(stories[:2])),
            model.Section(tag="*", title="Also today", stories=tuple(stories[2:])),
        ),
        posts=(
            model.Post(account="folder:newsroom", kind="story", item=stories[0].id, link="https://harbour.example/0",
                       text="The old pier closes for a year https://harbour.example/0 #Harbour", length=62),
        ),
        skipped=(model.Skipped(story="99", headline="Council minutes, October", why="sent on Friday"),),
    )  # fmt: skip
    return Edition.objects.create(
        newsletter="daily", slot_key="2026-11-24", slot_at=at, number=12, window_from=at - timedelta(days=1),
        window_to=at, drafted_at=now(), content=content.dump(value), hash=content.digest_of(value),
        looked_at=[[row.pk, row.story_id, True, ""] for row in kept],
    )  # fmt: skip


class Browser(Client):
    """A client that checks form tokens and can fill in the forms it is shown."""

    def __init__(self) -> None:
        super().__init__(enforce_csrf_checks=True, HTTP_HOST="news.example", HTTP_X_FORWARDED_PROTO="https")

    def press(self, page: Any, action: str, **fields: str) -> Any:
        """Post the form of a page that leads to `action`, with its hidden fields."""
        forms = re.findall(r"<form[^>]*?>.*?</form>", page.content.decode(), re.DOTALL)
        (form,) = [f for f in forms if f'action="{action}"' in f or ("action" not in f.split(">")[0] and not action)]
        hidden = dict(re.findall(r'<input type="hidden" name="([^"]+)" value="([^"]*)"', form))
        return self.post(
            action or page.request["PATH_INFO"], {**hidden, **fields}, headers={"Referer": "https://news.example/"}
        )


@pytest.fixture
def stranger(newsroom: Path) -> Browser:
    """Somebody who is not signed in."""
    return Browser()


@pytest.fixture
def ana(newsroom: Path) -> Browser:
    """An editor who signed in by a link."""
    browser = Browser()
    address = links.by_shell(gate.current(), "https://news.example", now=now())
    page = browser.get(address.removeprefix("https://news.example"))
    assert browser.press(page, "").status_code == 302
    assert User.objects.get(email="ana@news.example").last_login
    return browser


SECTIONS = [{"tag": "Al Qaeda", "title": "Al Qaeda"}, {"tag": "world"}, {"tag": "*", "title": "Rest"}]


@pytest.fixture
def web(settings: Any, tmp_path: Path) -> Client:
    """A reader's browser from somewhere, without cookies, that is refused wherever a form token would be needed."""
    settings.CONFIG = Config.model_validate(
        {
            "site": {
                "name": "The Test Courier", "address": "https://news.example", "postal_address": "1 Quay Street",
                "sender": "The Test Courier <letters@news.example>", "privacy_link": "https://news.example/privacy",
                "proxies": ["192.0.2.1"],
            },
            "newsletters": {
                "daily": {"title": "The Daily & More", "sections": SECTIONS},
                "weekly": {"title": "The Weekly", "sections": SECTIONS, "default": False},
                "staff": {"title": "Staff only", "open": False},
            },
        }
    )  # fmt: skip
    settings.ALLOWED_HOSTS = ["testserver", "localhost"]
    settings.VAR = tmp_path
    identity.make(tmp_path, Environment({}), now=now())
    return Client(enforce_csrf_checks=True, REMOTE_ADDR="198.51.100.7")


def _opened(seconds: float = 10.0) -> str:
    return stamps.stamp(now() - timedelta(seconds=seconds))


@pytest.fixture
def opened() -> Callable[..., str]:
    """Makes the stamp of a form that was opened some seconds ago."""
    return _opened


@pytest.fixture
def ask() -> Callable[..., Any]:
    """Sends the sign-up form of a newsletter, filled in."""

    def send(web: Client, address: str = "ana@inbox.example", path: str = "/subscribe/daily", **more: Any) -> Any:
        headers = more.pop("headers", {})
        return web.post(path, {"email": address, "opened": _opened(), **more}, headers=headers)

    return send


@pytest.fixture
def mailed(settings: Any) -> Callable[[], list[Any]]:
    """Mails what waits, and gives those mails as messages."""

    def deliver() -> list[Any]:
        folder = settings.VAR / "notices"
        before = set(folder.glob("*.eml")) if folder.exists() else set()
        confirmations.deliver(settings.CONFIG, Environment({}), now=now())
        new = sorted(set(folder.glob("*.eml")) - before) if folder.exists() else []
        return [email.message_from_bytes(file.read_bytes(), policy=email.policy.default) for file in new]

    return deliver


@pytest.fixture
def link() -> Callable[[Any], str]:
    """The first link in a mail, without the site."""

    def first(message: Any) -> str:
        text = message.get_body(("plain",)).get_content()
        return str(re.search(r"https://news\.example(/\S+)", text)[1])

    return first


@pytest.fixture
def hooks_on(settings):
    """All five providers, with their secrets."""
    bounces = settings.CONFIG.delivery.bounces.model_copy(
        update={"providers": hooked.ALL, "soft_limit": 3, "topics": (amazon.TOPIC,)}
    )
    delivery = settings.CONFIG.delivery.model_copy(update={"bounces": bounces})
    settings.CONFIG = settings.CONFIG.model_copy(update={"delivery": delivery})
    settings.ENVIRONMENT = hooked.ENVIRONMENT


@pytest.fixture
def asked(monkeypatch):
    """Amazon's certificate, which no test fetches from there; what was asked for."""
    seen = []

    def ask(_, address, allow, agent):
        seen.append(address)
        body = amazon.certificate(now().replace(hour=0, minute=0, second=0, microsecond=0) - timedelta(days=3))
        return Fetched(address=address, final=address, status=200, body=body)

    monkeypatch.setattr(signers, "SIGNERS", signers.Signers())
    monkeypatch.setattr(signers.Signers, "_ask", ask)
    return seen


@pytest.fixture
def letter(db):
    """A letter that was sent, to a reader of two newsletters."""
    edition = Edition.objects.create(
        newsletter="daily", slot_key="2026-11-24", slot_at=hooked.NOW, number=1, status=Edition.Status.SENDING,
        window_from=hooked.NOW, window_to=hooked.NOW, drafted_at=hooked.NOW,
    )  # fmt: skip
    who = Subscriber.objects.create(email="ana@inbox.example", handle=7, joined_at=hooked.NOW)
    for newsletter in ("daily", "weekly"):
        Subscription.objects.create(subscriber=who, newsletter=newsletter, consent_at=hooked.NOW)
    return Letter.objects.create(edition=edition, subscriber=who, status="sent", due_at=hooked.NOW, at=hooked.NOW)
