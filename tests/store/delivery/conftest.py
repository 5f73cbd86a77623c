"""An approved edition with readers, and a real mail server, for the tests of delivery."""

from __future__ import annotations

import asyncio
import ssl
import threading
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from email import message_from_bytes

import pytest
import trustme
from aiosmtpd.smtp import SMTP, AuthResult

from digest.delivery.enrol import enrol
from digest.delivery.message import assemble, frozen_hash
from digest.delivery.server import Server
from digest.store.models import Edition, Letter, Subscriber, Subscription, Variant

NOW = datetime(2026, 11, 24, 6, 0, tzinfo=UTC)


class Clock:
    """A clock that tests set."""

    def __init__(self):
        self.now = NOW

    def __call__(self):
        return self.now

    def forward(self, **span):
        self.now += timedelta(**span)


@pytest.fixture
def clock():
    return Clock()


def _letter(subject="The ferry sails again"):
    return assemble(
        html='<p>Harbour news</p><p><a href="\x01&unsubscribe_url\x02">Leave</a></p>',
        text="Harbour news\n\nLeave: \x01unsubscribe_url\x02\nFor \x01address\x02\n",
        subject=subject,
        sender="The Test Courier <letters@news.example>",
        site="https://news.example",
        newsletter="daily",
        title="The Daily",
        slot="2026-11-24",
    )


@pytest.fixture
def readers(db):
    """Makes subscribers of the daily: `readers(3)`, or by their topics."""

    def make(count=1, *, topics=(), language="en", first=1, newsletter="daily"):
        made = [
            Subscriber(email=f"reader{n}@inbox.example", handle=1000 + n, language=language, joined_at=NOW)
            for n in range(first, first + count)
        ]
        Subscriber.objects.bulk_create(made)
        Subscription.objects.bulk_create(
            Subscription(subscriber=who, newsletter=newsletter, topics=list(topics), consent_at=NOW) for who in made
        )
        return made

    return make


@pytest.fixture
def edition(db):
    """An approved edition of the daily with one frozen letter."""
    made = Edition.objects.create(
        newsletter="daily",
        slot_key="2026-11-24",
        slot_at=NOW,
        number=7,
        status=Edition.Status.APPROVED,
        window_from=NOW - timedelta(days=1),
        window_to=NOW,
        drafted_at=NOW,
        hash="approved",
    )
    body = _letter()
    Variant.objects.create(
        edition=made, kind="letter", key="en|*", language="en", body=body, hash=frozen_hash(body), subject="The ferry"
    )
    return made


@pytest.fixture
def enrolled(edition, readers):
    """Makes readers and enters their letters: `enrolled(3)`; returns the edition."""

    def make(count):
        readers(count)
        variant = Variant.objects.get(edition=edition).pk
        enrol(edition, lambda _: (variant, ""), due_at=NOW, now=NOW)
        return edition

    return make


@pytest.fixture
def statuses():
    """The statuses of an edition's letters by address."""

    def look(edition):
        rows = Letter.objects.filter(edition=edition).values_list("subscriber__email", "status")
        return {(email or "").partition("@")[0]: status for email, status in rows}

    return look


@dataclass
class Office:
    """What a mail server does and what it received. `answers`: by the local part, the reply to RCPT or to the body."""

    rcpt: dict[str, str] = field(default_factory=dict)
    data: dict[str, str] = field(default_factory=dict)
    received: list[tuple[str, bytes]] = field(default_factory=list)
    connections: int = 0
    resets: int = 0
    per_connection: int = 0
    sender: str = ""
    everybody: str = ""
    slow: float = 0

    def to(self):
        return [address for address, _ in self.received]

    def message(self, at=0):
        return message_from_bytes(self.received[at][1])

    async def handle_EHLO(self, server, session, envelope, hostname, responses):  # noqa: N802
        self.connections += 1
        session.host_name = hostname
        session.count = 0
        return responses

    async def handle_MAIL(self, server, session, envelope, address, options):  # noqa: N802
        session.count += 1
        if self.per_connection and session.count > self.per_connection:
            server.transport.write(b"421 4.7.0 enough for one connection\r\n")
            server.transport.close()
            return None
        if self.sender:
            return self.sender
        envelope.mail_from = address
        return "250 OK"

    async def handle_RCPT(self, server, session, envelope, address, options):  # noqa: N802
        answer = self.rcpt.get(address.partition("@")[0]) or self.everybody
        if answer == "hang up":
            server.transport.close()
            return None
        if answer:
            return answer
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_RSET(self, server, session, envelope):  # noqa: N802
        self.resets += 1
        return "250 OK"

    async def handle_DATA(self, server, session, envelope):  # noqa: N802
        who = envelope.rcpt_tos[0]
        await asyncio.sleep(self.slow)
        answer = self.data.get(who.partition("@")[0], "250 2.0.0 taken")
        if answer == "take and hang up":
            self.received.append((who, envelope.original_content))
            server.transport.close()
            return "250 never read"
        if answer.startswith("250"):
            self.received.append((who, envelope.original_content))
        return answer


@pytest.fixture(scope="session")
def authority():
    return trustme.CA()


@pytest.fixture
def mail_server(authority, tmp_path):
    """Starts mail servers: `office, server = mail_server(tls="starttls", password="…")`."""
    running = []
    loop = asyncio.new_event_loop()
    thread = threading.Thread(target=loop.run_forever)
    thread.start()

    def start(*, tls="none", password="", **behaviour):
        office = Office(**behaviour)
        context = None
        if tls != "none":
            context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
            authority.issue_cert("127.0.0.1").configure_cert(context)

        def check(server, session, envelope, mechanism, data):
            return AuthResult(success=data.password == password.encode(), handled=False)

        def session():
            return SMTP(
                office,
                tls_context=context if tls == "starttls" else None,
                require_starttls=tls == "starttls",
                auth_required=bool(password),
                auth_require_tls=tls == "starttls",
                authenticator=check if password else None,
                data_size_limit=10_000_000,
                loop=loop,
            )

        listening = asyncio.run_coroutine_threadsafe(
            loop.create_server(session, "127.0.0.1", 0, ssl=context if tls == "tls" else None), loop
        ).result(10)
        running.append(listening)
        ca = tmp_path / "ca.pem"
        authority.cert_pem.write_to_path(ca)
        port = listening.sockets[0].getsockname()[1]
        return office, Server(
            "127.0.0.1", port, "courier" if password else "", password, tls, str(ca), connect=5, reply=5, final=5
        )

    yield start

    async def end():
        for listening in running:
            listening.close()
        for task in asyncio.all_tasks() - {asyncio.current_task()}:
            task.cancel()

    asyncio.run_coroutine_threadsafe(end(), loop).result(10)
    loop.call_soon_threadsafe(loop.stop)
    thread.join()
    loop.close()
