"""Says in an editor's words why a connection failed."""

from __future__ import annotations

import errno
import socket
import ssl


class ClosedAddressError(OSError):
    """The address may not be connected to; the message says why, in words."""


_ERRNO_WORDS = {
    errno.ECONNREFUSED: "refused the connection",
    errno.ECONNRESET: "broke the connection off",
    errno.EPIPE: "broke the connection off",
    errno.ETIMEDOUT: "did not answer",
    errno.EHOSTUNREACH: "cannot be reached from here",
    errno.ENETUNREACH: "cannot be reached from here",
    errno.EADDRNOTAVAIL: "cannot be reached from here",
    errno.EACCES: "cannot be reached from here: this machine forbids it",
    errno.EMFILE: "was not tried: this machine has too many files open",
}

# OpenSSL's verification codes (X509_V_ERR_*).
_CERTIFICATE_WORDS = {
    9: "its certificate is not valid yet",
    10: "its certificate has expired",
    18: "its certificate is signed by itself",
    19: "its certificate is signed by nobody this machine knows",
    20: "its certificate is signed by nobody this machine knows",
    21: "its certificate is signed by nobody this machine knows",
    62: "its certificate is for another name",
    64: "its certificate is for another name",
}


def connection_words(fault: BaseException, host: str) -> str:
    """Say why no connection came about.

    Args:
        fault: what the system raised.
        host: the host's name, without user name and password.
    """
    if isinstance(fault, ssl.SSLCertVerificationError):
        return _CERTIFICATE_WORDS.get(fault.verify_code, "its certificate is not valid")
    if isinstance(fault, (ssl.SSLError, ssl.CertificateError)):
        return f"{host} and this machine could not agree on a secure connection"
    if isinstance(fault, socket.gaierror):
        if fault.errno == socket.EAI_AGAIN:
            return f"the name {host} could not be looked up just now"
        return f"the name {host} does not exist"
    if isinstance(fault, OSError) and fault.errno in _ERRNO_WORDS:
        return f"{host} {_ERRNO_WORDS[fault.errno]}"
    return f"{host} could not be reached"
