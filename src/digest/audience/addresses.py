"""One spelling of an e-mail address, or the reason why it is none. Pure."""

from __future__ import annotations

import re

import idna

_LOCAL = re.compile(r"^[a-z0-9!#$%&'*+/=?^_`{|}~-]+(?:\.[a-z0-9!#$%&'*+/=?^_`{|}~-]+)*$")
_LABEL = re.compile(r"^[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?$")


class NotAnAddress(ValueError):  # noqa: N818 - it reads as what it says
    """The text is no address that letters can be sent to; the message says why."""


def normalise(text: str) -> str:
    """The one spelling of an address: lower case, without blanks around it, its domain in ASCII.

    The local part is lowered too: no mail system in use tells "Ana" from "ana", and a reader who signs up twice
    wants one letter.

    Args:
        text: as a person or a file wrote it.

    Raises:
        NotAnAddress: it is none (RFC 5321, 4.1.2 and 4.5.3.1; quoted local parts and address literals are refused).
    """
    value = text.strip().lower()
    local, at, domain = value.rpartition("@")
    if not at or not local or not domain:
        raise NotAnAddress("an address has a name, an @ and a domain")
    if not local.isascii():
        raise NotAnAddress("the part before the @ has letters that most mail servers do not take")
    if len(local) > 64 or not _LOCAL.match(local):
        raise NotAnAddress("the part before the @ is not one that letters can be sent to")
    host = ascii_domain(domain)
    labels = host.split(".")
    if len(host) > 253 or not all(_LABEL.match(label) for label in labels):
        raise NotAnAddress("the domain is not one")
    if len(labels) < 2 and host != "localhost":
        raise NotAnAddress("the domain has no dot in it")
    if labels[-1].isdigit():
        raise NotAnAddress("the domain is a number, not a name")
    return f"{local}@{host}"


def ascii_domain(domain: str) -> str:
    """A domain as it stands in headers and envelopes: letters beyond ASCII by IDNA 2008 (RFC 5891).

    Raises:
        NotAnAddress: no domain may be called so.
    """
    if domain.isascii():
        return domain
    try:
        return idna.encode(domain, uts46=True).decode("ascii")
    except idna.IDNAError:
        raise NotAnAddress("the domain has letters that no domain may have") from None
