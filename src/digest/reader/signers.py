"""Fetches the certificates that Amazon SNS signs with, through the one place that connects, and keeps them a day."""

from __future__ import annotations

import ssl
import threading
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Final

from digest.feeds.exchange import Fetched, Request
from digest.feeds.fetch import fetch
from digest.feeds.reach import Allow

KEEP: Final = timedelta(days=1)
"""How long a certificate is kept. A new one stands at a new address."""

AGAIN: Final = timedelta(seconds=30)
"""How long after a failure nobody asks again: Amazon repeats what it was not thanked for."""

AT_MOST: Final = 8
"""Certificates that are kept at once; a topic is signed with one, and with two while Amazon changes it."""

TIMEOUT: Final = 5.0
LARGEST: Final = 20_000  # bytes


class OutOfReach(Exception):  # noqa: N818 - it reads as what it says
    """The certificate cannot be fetched now; says why."""


@dataclass(slots=True)
class Signers:
    """The certificates of one process, by address; `tls` verifies who gives them (None: the system's authorities)."""

    tls: ssl.SSLContext | None = None
    _kept: dict[str, tuple[datetime, bytes, str]] = field(default_factory=dict)
    _one: threading.Lock = field(default_factory=threading.Lock)

    def certificate(self, address: str, *, allow: Allow, agent: str, now: datetime) -> bytes:
        """The certificate at an address, in PEM.

        Args:
            address: one that `sns.certificate_address` let through.
            allow: networks that may be reached although they are not public.
            agent: the User-Agent header.
            now: aware UTC.

        Raises:
            OutOfReach: there is none now.
        """
        with self._one:
            until, pem, problem = self._kept.get(address, (now, b"", ""))
            if until <= now:
                pem, problem = _read(self._ask(address, allow, agent), address)
                while address not in self._kept and len(self._kept) >= AT_MOST:
                    del self._kept[next(iter(self._kept))]
                self._kept[address] = (now + (AGAIN if problem else KEEP), pem, problem)
        if problem:
            raise OutOfReach(problem)
        return pem

    def _ask(self, address: str, allow: Allow, agent: str) -> Fetched:
        return fetch(Request(address=address, accept="*/*"), allow=allow, agent=agent, timeout=TIMEOUT, tls=self.tls)


SIGNERS = Signers()
"""Those of this process."""


def _read(answer: Fetched, address: str) -> tuple[bytes, str]:
    """The certificate in an answer, or why there is none."""
    if answer.error or answer.body is None:
        return b"", f"{address} {answer.error}"
    if answer.final != address:
        return b"", f"{address} leads elsewhere"
    if len(answer.body) > LARGEST:
        return b"", f"{address} is too large for a certificate"
    return answer.body, ""
