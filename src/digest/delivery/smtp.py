"""Hands letters to a mail server, one connection a thread, and says exactly how far each of them got."""

from __future__ import annotations

import functools
import smtplib
import socket
import ssl
from dataclasses import dataclass
from pathlib import Path

from digest.delivery.outcomes import Accepted, Later, Line, Lost, Outcome, Parcel, Refused, quiet
from digest.delivery.server import Server
from digest.errors import TransportError

_SENDER_TROUBLE = (530, 534, 535, 538)
"""Replies that are about us and not about a reader: sign in first, sign in otherwise (RFC 4954, 6)."""


@dataclass(frozen=True, slots=True)
class Smtp:
    """A transport by SMTP.

    Attributes:
        server: from `digest.delivery.server.server`.
    """

    server: Server
    repeatable: bool = False

    def open(self) -> Line:
        """Connect, protect and sign in.

        Raises:
            TransportError: it cannot be used; the message says why and never holds the password.
        """
        return _SmtpLine(self.server)


class _SmtpLine:
    """One connection, reused from letter to letter and opened anew when the server ends it between two."""

    def __init__(self, server: Server) -> None:
        self._server = server
        self._smtp: smtplib.SMTP | None = _connect(server)
        self._fresh = True

    def deliver(self, parcel: Parcel) -> Outcome:
        """Offer one letter; see `Line.deliver`."""
        reused = self._smtp is not None and not self._fresh
        smtp = self._ready()
        self._fresh = False
        try:
            # Said directly: the library would parse both addresses anew for each letter, and they are checked.
            code, reply = smtp.docmd("MAIL", f"FROM:<{parcel.sender}>")
        except (smtplib.SMTPServerDisconnected, OSError) as error:
            self._drop()
            if not reused:
                raise TransportError(f"The mail server {self._server.place} hangs up: {_words(error)}.") from error
            return self.deliver(parcel)
        if code == 421 and reused:
            # A server may serve a connection only so many letters: that says nothing about this one.
            self._drop()
            return self.deliver(parcel)
        if code >= 500:
            raise self._unusable(f"does not take letters from {parcel.sender}", code, reply)
        if code != 250:
            return self._later(smtp, code, reply)
        return self._offer(smtp, parcel)

    def close(self) -> None:
        """Say goodbye; never raises."""
        if self._smtp is not None:
            try:
                self._smtp.quit()
            except (smtplib.SMTPException, OSError):
                self._smtp.close()
            self._smtp = None

    def _offer(self, smtp: smtplib.SMTP, parcel: Parcel) -> Outcome:
        """RCPT and DATA; up to the go-ahead after DATA, a broken connection has handed over nothing."""
        try:
            code, reply = smtp.docmd("RCPT", f"TO:<{parcel.to}>")
            if code not in (250, 251):
                return self._turned_down(smtp, code, reply)
            code, reply = smtp.docmd("DATA")
            if code != 354:
                return self._turned_down(smtp, code, reply)
        except (smtplib.SMTPServerDisconnected, OSError) as error:
            self._drop()
            return Later(quiet(f"the connection broke before the letter was offered: {_words(error)}"))
        try:
            if smtp.sock is not None:
                smtp.sock.settimeout(self._server.final)
            smtp.send(_dotted(parcel.body))
            code, reply = smtp.getreply()
            if smtp.sock is not None:
                smtp.sock.settimeout(self._server.reply)
        except (smtplib.SMTPException, OSError) as error:
            self._drop()
            return Lost(quiet(f"the connection broke after the letter was begun: {_words(error)}"))
        if code == 421:
            self._drop()
        if code == 250:
            return Accepted(_text(code, reply))
        if 400 <= code < 500:
            return Later(_text(code, reply))
        return Refused(_text(code, reply)) if code >= 500 else Lost(_text(code, reply))

    def _turned_down(self, smtp: smtplib.SMTP, code: int, reply: bytes) -> Outcome:
        if code in _SENDER_TROUBLE:
            raise self._unusable("wants another sign-in", code, reply)
        if code < 500:
            return self._later(smtp, code, reply)
        self._reset(smtp)
        return Refused(_text(code, reply))

    def _later(self, smtp: smtplib.SMTP, code: int, reply: bytes) -> Outcome:
        if code == 421 or not 400 <= code < 500:
            self._drop()
        else:
            self._reset(smtp)
        return Later(_text(code, reply))

    def _reset(self, smtp: smtplib.SMTP) -> None:
        """End a transaction that no letter ended; a connection where that fails is of no more use."""
        try:
            code, _ = smtp.rset()
        except (smtplib.SMTPServerDisconnected, OSError):
            code = 0
        if code != 250:
            self._drop()

    def _ready(self) -> smtplib.SMTP:
        if self._smtp is None:
            self._smtp = _connect(self._server)
        return self._smtp

    def _drop(self) -> None:
        if self._smtp is not None:
            self._smtp.close()
            self._smtp = None
            self._fresh = True

    def _unusable(self, what: str, code: int, reply: bytes) -> TransportError:
        self.close()
        return TransportError(f"The mail server {self._server.place} {what}: {_text(code, reply)}")


def _connect(server: Server) -> smtplib.SMTP:
    where = f"The mail server {server.place}"
    try:
        smtp = _dial(server)
    except ssl.SSLCertVerificationError as error:
        raise TransportError(
            f"{where} shows a certificate that cannot be trusted ({error.verify_message}): "
            "correct the host's name, or name its authority with ?ca=FILE in DIGEST_SMTP_URL."
        ) from error
    except smtplib.SMTPNotSupportedError as error:
        raise TransportError(
            f"{where} offers no STARTTLS: nothing is sent in clear. Use smtps://, or add ?tls=none where that is meant."
        ) from error
    except smtplib.SMTPResponseException as error:
        raise TransportError(f"{where} refuses the connection: {_words(error)}") from None
    except (smtplib.SMTPException, OSError) as error:
        raise TransportError(f"{where} cannot be reached: {_words(error)}.") from error
    try:
        if server.user:
            smtp.login(server.user, server.password)
    except (smtplib.SMTPException, OSError) as error:
        smtp.close()
        # No cause is chained: some servers repeat what they were sent.
        raise TransportError(f"{where} does not let {server.user} sign in: {_no_entry(error, server)}.") from None
    if smtp.sock is not None:
        smtp.sock.settimeout(server.reply)
    return smtp


def _no_entry(error: Exception, server: Server) -> str:
    """Why a sign-in failed, without the server's own words."""
    if isinstance(error, smtplib.SMTPNotSupportedError):
        add = "; add ?tls=starttls to DIGEST_SMTP_URL" if server.tls == "none" else "; take user and password out"
        return f"it offers no sign-in on this connection{add}"
    if isinstance(error, smtplib.SMTPResponseException):
        return f"it answers {error.smtp_code}; see user and password in DIGEST_SMTP_URL"
    return "it hangs up; see user and password in DIGEST_SMTP_URL"


def _dial(server: Server) -> smtplib.SMTP:
    """Connect, greet and protect; without a context, smtplib verifies no certificate."""
    if server.tls == "none":
        smtp = smtplib.SMTP(server.host, server.port, _own_name(), timeout=server.connect)
    else:
        if server.ca and not Path(server.ca).is_file():
            raise TransportError(f"There is no file {server.ca}, which ca= in DIGEST_SMTP_URL names.")
        context = ssl.create_default_context(cafile=server.ca or None)
        if server.tls == "tls":
            smtp = smtplib.SMTP_SSL(server.host, server.port, _own_name(), timeout=server.connect, context=context)
        else:
            smtp = smtplib.SMTP(server.host, server.port, _own_name(), timeout=server.connect)
    try:
        smtp.ehlo_or_helo_if_needed()
        if server.tls == "starttls":
            smtp.starttls(context=context)
            smtp.ehlo()
    except (smtplib.SMTPException, OSError):
        smtp.close()
        raise
    return smtp


@functools.cache
def _own_name() -> str:
    """How this machine greets; asked once, because the answer may come from a slow name server."""
    name = socket.getfqdn()
    return name if "." in name else "[127.0.0.1]"


def _dotted(body: bytes) -> bytes:
    """The body as it stands between DATA's go-ahead and the final dot (RFC 5321, 4.5.2)."""
    if body.startswith(b"."):
        body = b"." + body
    if b"\r\n." in body:
        body = body.replace(b"\r\n.", b"\r\n..")
    return body + (b".\r\n" if body.endswith(b"\r\n") else b"\r\n.\r\n")


def _text(code: int, reply: bytes) -> str:
    return quiet(f"{code} {reply.decode('utf-8', 'replace')}")


def _words(error: Exception) -> str:
    if isinstance(error, smtplib.SMTPResponseException):
        said = error.smtp_error
        return _text(error.smtp_code, said if isinstance(said, bytes) else str(said).encode("utf-8"))
    if isinstance(error, TimeoutError):
        return "no answer in time"
    return quiet(str(error) or type(error).__name__)
