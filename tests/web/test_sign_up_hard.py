"""Signing up when things go wrong: a mail server that says later, a crash, many at once."""

from __future__ import annotations

import re
import socket
import threading
from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any

import pytest
from aiosmtpd.controller import Controller
from django.db import connections
from django.test import Client

from digest.clock.now import now
from digest.config import Environment
from digest.pipeline import confirmations
from digest.store.editions import Notice
from digest.store.models import Request, Subscriber, Subscription

pytestmark = pytest.mark.django_db


class Postbox:
    """A mail server that answers as it is told, and keeps what it took."""

    def __init__(self) -> None:
        self.says = "250 OK"
        self.took: list[tuple[str, str, str]] = []

    async def handle_DATA(self, _server: Any, _session: Any, envelope: Any) -> str:  # noqa: N802 - the library's name
        if self.says.startswith("250"):
            self.took.append((envelope.mail_from, envelope.rcpt_tos[0], envelope.content.decode()))
        return self.says


@pytest.fixture
def postbox(web: Client, settings: Any) -> Iterator[Postbox]:
    box = Postbox()
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    controller = Controller(box, hostname="127.0.0.1", port=port)
    controller.start()
    table = settings.CONFIG.delivery.model_copy(update={"transport": "smtp"})
    settings.CONFIG = settings.CONFIG.model_copy(update={"delivery": table})
    settings.ENVIRONMENT = Environment({"DIGEST_SMTP_URL": f"smtp://127.0.0.1:{port}"})
    yield box
    controller.stop()


def deliver(settings: Any) -> int:
    return confirmations.deliver(settings.CONFIG, settings.ENVIRONMENT, now=now())


def links(postbox: Postbox) -> list[str]:
    return [re.search(r"https://news\.example(/confirm/\S+)", text)[1] for _, _, text in postbox.took]


def test_by_smtp_and_later_and_never(web: Client, ask: Any, postbox: Postbox, settings: Any) -> None:
    ask(web)
    postbox.says = "451 4.7.1 come back later"
    assert deliver(settings) == 0
    assert Request.objects.get().mailed_at is None
    postbox.says = "250 OK"
    assert deliver(settings) == 1, "the second try does not count as a second mail"
    sender, to, _ = postbox.took[0]
    assert (sender, to) == ("letters@news.example", "ana@inbox.example")
    assert web.post(links(postbox)[0]).status_code == 200
    assert Subscriber.objects.count() == 1
    ask(web, "bo@inbox.example")
    postbox.says = "550 5.1.1 nobody here"
    assert deliver(settings) == 0
    assert deliver(settings) == 0
    assert Request.objects.get(email="bo@inbox.example").mailed_at is not None, "it is not tried again"
    assert not Notice.objects.exists()


def test_without_a_mail_server_the_editors_hear_of_it_and_the_request_waits(
    web: Client, ask: Any, postbox: Postbox, settings: Any
) -> None:
    there, settings.ENVIRONMENT = settings.ENVIRONMENT, Environment({"DIGEST_SMTP_URL": "smtp://127.0.0.1:1"})
    ask(web)
    for _ in range(3):
        assert deliver(settings) == 0
    assert Notice.objects.get().subject == "Confirm links are not mailed"
    settings.ENVIRONMENT = there
    assert deliver(settings) == 1


def test_a_crash_between_the_mail_and_its_note_leaves_both_links_good(
    web: Client, ask: Any, postbox: Postbox, settings: Any
) -> None:
    ask(web)
    deliver(settings)
    Request.objects.update(mailed_at=None)
    deliver(settings)
    first, second = links(postbox)
    assert first == second
    assert web.post(first).status_code == 200
    assert Subscriber.objects.exists()


def together(count: int, act: Callable[[int], Any]) -> list[Any]:
    """Do something in many threads at once, each with a connection of its own."""
    start, found = threading.Barrier(count), [None] * count

    def run(number: int) -> None:
        start.wait()
        try:
            found[number] = act(number)
        finally:
            connections.close_all()

    threads = [threading.Thread(target=run, args=(number,)) for number in range(count)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    return found


@pytest.fixture
def settled() -> Iterator[None]:
    """Wait at the end for mails that leave aside."""
    yield
    for thread in threading.enumerate():
        if thread.name == "confirmations":
            thread.join(20)


@pytest.mark.django_db(transaction=True)
def test_many_at_once_take_no_more_than_there_is(web: Client, ask: Any, settled: None) -> None:
    codes = together(24, lambda n: ask(Client(REMOTE_ADDR="198.51.100.7"), f"r{n}@inbox.example").status_code)
    assert sorted(codes) == [200] * 20 + [429] * 4


@pytest.mark.django_db(transaction=True)
def test_one_button_pressed_many_times_at_once(web: Client, ask: Any, postbox: Postbox, settings: Any) -> None:
    settings.ENVIRONMENT, there = Environment({"DIGEST_SMTP_URL": "smtp://127.0.0.1:1"}), settings.ENVIRONMENT
    together(8, lambda n: ask(Client(REMOTE_ADDR=f"198.51.{n}.7")).status_code)
    for thread in threading.enumerate():
        if thread.name == "confirmations":
            thread.join(20)
    settings.ENVIRONMENT = there
    sent = together(4, lambda n: deliver(settings))
    assert sum(sent) == 1
    assert len(postbox.took) == 1
    codes = together(8, lambda n: Client().post(links(postbox)[0]).status_code)
    assert codes == [200] * 8
    assert Subscription.objects.count() == 1


def test_the_mail_is_signed_like_letters(web: Client, ask: Any, postbox: Postbox, settings: Any) -> None:
    import dkim
    from cryptography.hazmat.primitives.asymmetric import rsa
    from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

    from digest.config.sending import Dkim
    from digest.delivery import dkim_key

    key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    pem = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()).decode()
    url = settings.ENVIRONMENT.get("DIGEST_SMTP_URL")
    settings.ENVIRONMENT = Environment({"DIGEST_SMTP_URL": url, dkim_key.VARIABLE: pem})
    table = settings.CONFIG.delivery.model_copy(update={"dkim": Dkim(domain="news.example")})
    settings.CONFIG = settings.CONFIG.model_copy(update={"delivery": table})
    ask(web, language="ar")
    assert deliver(settings) == 1
    body = postbox.took[0][2].encode()
    assert body.isascii()
    record = dkim_key.record(key).encode()
    assert dkim.verify(body, dnsfunc=lambda name, timeout=5: record)


def test_what_waits_too_long_is_not_mailed_any_more(web: Client, ask: Any, postbox: Postbox, settings: Any) -> None:
    from digest.audience import requests

    ask(web)
    requests.tidy(now() + timedelta(hours=6, minutes=1))
    assert deliver(settings) == 0
    assert postbox.took == []
