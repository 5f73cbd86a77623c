"""Opens a connection to a mail server: connects, protects, signs in, and hears what the server offers."""

from __future__ import annotations

import functools
import smtplib
import socket
import ssl
from pathlib import Path

from digest.delivery.grammar import Offers
from digest.delivery.outcomes import quiet
from digest.delivery.server import Server
from digest.errors import TransportError


def dial(server: Server) -> tuple[socket.socket, Offers]:
    """A socket on which letters may be offered; it waits without end until it is told otherwise.

    Args:
        server: from `digest.delivery.server.server`.

    Raises:
        TransportError: it cannot be used; the message says why and never holds the password.
    """
    smtp = _connect(server)
    sock = smtp.sock
    assert sock is not None
    sock.settimeout(None)
    if smtp.file is not None:
        # The library's own reader; what a server says unasked after the sign-in goes with it.
        smtp.file.close()
    return sock, Offers(
        pipelining=smtp.has_extn("pipelining"), dsn=smtp.has_extn("dsn"), smtputf8=smtp.has_extn("smtputf8")
    )


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


def _words(error: Exception) -> str:
    if isinstance(error, smtplib.SMTPResponseException):
        said = error.smtp_error
        text = said.decode("utf-8", "replace") if isinstance(said, bytes) else str(said)
        return quiet(f"{error.smtp_code} {text}")
    return in_words(error)


def in_words(error: Exception) -> str:
    """An error of a socket, for a message."""
    if isinstance(error, TimeoutError):
        return "no answer in time"
    return quiet(str(error) or type(error).__name__)
