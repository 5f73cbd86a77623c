"""Fetches what came back from an IMAP folder, and puts aside what was understood; the server may be slow or hostile."""

from __future__ import annotations

import contextlib
import imaplib
import re
import socket
import ssl
import threading
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any, Self

from digest.delivery.incoming import LONGEST
from digest.delivery.letterbox import ImapBox
from digest.delivery.outcomes import quiet
from digest.errors import TransportError

DONE = "digest-done"
"""The folder that messages which were understood are moved to."""

_STEP = 5000
"""Messages whose flags are asked for at once; the answer is one line, and imaplib takes a million characters."""

_UIDS = re.compile(rb"\d{1,10}")


class ImapFolder:
    """An open folder; use it as a context manager.

    Args:
        box: where it is.

    Raises:
        TransportError: it cannot be opened: why, and what to do.
    """

    def __init__(self, box: ImapBox) -> None:
        self._box = box
        self._imap = _connect(box)
        # Whatever it sends, and however slowly: after this long the line is cut, and the next visit goes on.
        self._watch = threading.Timer(box.visit, self._cut)
        self._watch.daemon = True
        self._watch.start()

    def __enter__(self) -> Self:
        with self._spoken("lets nobody in"):
            try:
                self._imap.login(self._box.user, self._box.password)
            except imaplib.IMAP4.abort:
                raise
            except imaplib.IMAP4.error:
                self._drop()
                raise TransportError(
                    f"The mailbox at {self._box.place} does not let {self._box.user} sign in: "
                    "see user and password in DIGEST_BOUNCES_URL."
                ) from None
            # Many servers tell all they can do only to those they know.
            self._moves = b" MOVE" in self._good(self._imap.capability())[0].upper()
            self._count = int(self._good(self._imap.select(_quoted(self._box.folder)))[0])
        return self

    def __exit__(self, *_: object) -> None:
        with contextlib.suppress(imaplib.IMAP4.error, OSError, ValueError):
            self._imap.logout()
        self._drop()

    def fresh(self, limit: int) -> list[str]:
        """The names of at most `limit` messages that nobody has looked at, the oldest first."""
        found: list[str] = []
        with self._spoken("does not list its messages"):
            for first in range(1, self._count + 1, _STEP):
                last = min(first + _STEP - 1, self._count)
                answer = self._imap.uid("SEARCH", f"{first}:{last}", "UNFLAGGED", "UNDELETED")
                lines = [line for line in self._good(answer) if isinstance(line, bytes)]
                found += [uid.decode() for line in lines for uid in _UIDS.findall(line)]
                if len(found) >= limit:
                    break
        return found[:limit]

    def read(self, names: Sequence[str]) -> Iterator[tuple[str, bytes]]:
        """The beginnings of these messages, `incoming.LONGEST` bytes at most; those that are gone are left out."""
        for name in names:
            with self._spoken("does not give its messages out"):
                answer = self._good(self._imap.uid("FETCH", name, f"(BODY.PEEK[]<0.{LONGEST}>)"))
            bodies = [item[1] for item in answer if isinstance(item, tuple) and len(item) > 1]
            if bodies:
                yield name, bytes(bodies[0])

    def put_aside(self, names: Sequence[str]) -> None:
        """Mark messages as seen, and move them to the folder `DONE`."""
        if not names:
            return
        uids = ",".join(names)
        with self._spoken("does not move its messages"):
            self._good(self._imap.uid("STORE", uids, "+FLAGS.SILENT", r"(\Seen)"))
            move = "MOVE" if self._moves else "COPY"
            # Some servers keep all folders under INBOX.
            tried = ((folder, make) for folder in (DONE, f"INBOX.{DONE}") for make in (False, True))
            if not any(self._moved(move, uids, folder, make=make) for folder, make in tried):
                raise imaplib.IMAP4.error(f"a folder {DONE} cannot be made")
            if move == "COPY":
                # Not expunged: that would take away what others have marked, too.
                self._good(self._imap.uid("STORE", uids, "+FLAGS.SILENT", r"(\Deleted)"))

    def leave_to_a_person(self, names: Sequence[str]) -> None:
        """Flag messages that were not understood, where they are."""
        if names:
            with self._spoken("does not flag its messages"):
                self._good(self._imap.uid("STORE", ",".join(names), "+FLAGS.SILENT", r"(\Flagged)"))

    @contextlib.contextmanager
    def _spoken(self, what: str) -> Iterator[None]:
        """Put any trouble with the server into words."""
        self._imap.spent = 0
        try:
            yield
        except (imaplib.IMAP4.error, OSError, ValueError) as error:
            self._drop()
            raise TransportError(f"The mailbox at {self._box.place} {what}: {_words(error)}.") from None

    @staticmethod
    def _good(answer: tuple[str, list[Any]]) -> list[Any]:
        """What a server answered.

        Raises:
            imaplib.IMAP4.error: it said no.
        """
        status, data = answer
        if status != "OK":
            raise imaplib.IMAP4.error(str(data[0]) if data else status)
        return [item for item in data if item is not None]

    def _moved(self, move: str, uids: str, folder: str, *, make: bool) -> bool:
        if make:
            self._imap.create(folder)
        status, _ = self._imap.uid(move, uids, folder)
        return status == "OK"

    def _cut(self) -> None:
        with contextlib.suppress(OSError):
            self._imap.sock.shutdown(socket.SHUT_RDWR)

    def _drop(self) -> None:
        """Hang up without another word, to a server that does not keep to the rules."""
        self._watch.cancel()
        self._cut()
        with contextlib.suppress(OSError):
            self._imap.shutdown()


class _Plain(imaplib.IMAP4):
    """Takes no more for an answer than was asked for, however much is sent."""

    spent = 0

    def read(self, size: int) -> bytes:
        self.spent = _within(self.spent + size)
        return super().read(size)

    def readline(self) -> bytes:
        line = super().readline()
        self.spent = _within(self.spent + len(line))
        return line


class _Tls(_Plain, imaplib.IMAP4_SSL):
    """The same, with TLS from the first byte."""


def _within(spent: int) -> int:
    if spent > LONGEST + 2_000_000:
        raise imaplib.IMAP4.abort(f"it sends more than {LONGEST} bytes, as many as were asked for")
    return spent


def _connect(box: ImapBox) -> _Plain:
    where = f"The mailbox at {box.place}"
    if box.ca and not Path(box.ca).is_file():
        raise TransportError(f"There is no file {box.ca}, which ca= in DIGEST_BOUNCES_URL names.")
    try:
        if box.tls == "none":
            return _Plain(box.host, box.port, timeout=box.timeout)
        context = ssl.create_default_context(cafile=box.ca or None)
        if box.tls == "tls":
            return _Tls(box.host, box.port, ssl_context=context, timeout=box.timeout)
        imap = _Plain(box.host, box.port, timeout=box.timeout)
        imap.starttls(context)
        return imap
    except ssl.SSLCertVerificationError as error:
        raise TransportError(
            f"{where} shows a certificate that cannot be trusted ({error.verify_message}): "
            "correct the host's name, or name its authority with ?ca=FILE in DIGEST_BOUNCES_URL."
        ) from error
    except (imaplib.IMAP4.error, OSError) as error:
        raise TransportError(f"{where} cannot be reached: {_words(error)}.") from error


def _quoted(folder: str) -> str:
    escaped = folder.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'


def _words(error: Exception) -> str:
    if isinstance(error, TimeoutError):
        return "no answer in time"
    return quiet(str(error) or type(error).__name__)
