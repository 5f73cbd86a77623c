"""Refuses to mail anybody who would have no way out: the address, the one-click test, and who is writing."""

from __future__ import annotations

import http.client
import urllib.error
import urllib.request
from collections.abc import Callable
from typing import IO

from django.conf import settings

from digest.audience import tokens
from digest.config import Config
from digest.delivery.outcomes import Transport
from digest.delivery.smtp import Smtp

TIMEOUT = 15.0
"""Seconds our own address may take to answer."""

_PROBE = "self-test"


def one_click(address: str) -> int:
    """Press a one-click link as a mail provider does (RFC 8058, 3.2): a POST, no cookie, no redirect followed.

    Args:
        address: the link.

    Returns:
        The HTTP status; 0 when nobody answers.
    """
    request = urllib.request.Request(  # noqa: S310 - the address is the site's own, and checked to be http(s)
        address,
        data=b"List-Unsubscribe=One-Click",
        headers={"Content-Type": "application/x-www-form-urlencoded", "User-Agent": "digest self-test"},
        method="POST",
    )
    try:
        with urllib.request.build_opener(_NoRedirect).open(request, timeout=TIMEOUT) as answer:
            return int(answer.status)
    except urllib.error.HTTPError as error:
        with error:
            return int(error.code)
    except (OSError, http.client.HTTPException):
        return 0


def why_not(config: Config, transport: Transport, *, press: Callable[[str], int] = one_click) -> str:
    """Why letters may not leave by this transport; empty when they may.

    Files in a folder and servers on this machine are excepted: from there no reader is reached by accident.

    Args:
        config: the home's configuration.
        transport: where letters would go.
        press: presses a link and returns the HTTP status.

    Returns:
        What is missing and what to do, in one sentence.
    """
    if not isinstance(transport, Smtp) or transport.server.loopback:
        return ""
    site = config.site
    if not site.address.startswith("https://"):
        return (
            f"site.address is {site.address}; letters by SMTP need a public https:// address, "
            "because readers' one-click unsubscribing leads there"
        )
    if not site.postal_address.strip():
        return "site.postal_address is empty; every letter must say who sends it and where they can be found"
    if settings.KEYS[0].startswith("unset"):
        return "there is no key to sign unsubscribe links with; `digest init` makes one"
    good = tokens.dead("unsubscribe", _PROBE)
    status = press(f"{site.address}/u/{good}")
    if status != 200:
        said = f"answers {status}" if status else "does not answer"
        return (
            f"the one-click test failed: {site.address} {said} where it should say 200; is `digest up` running there?"
        )
    # A page that says 200 to everything would hide that nobody is unsubscribed.
    forged = tokens.dead("settings", _PROBE)
    if (status := press(f"{site.address}/u/{forged}")) != 404:
        return (
            f"the one-click test failed: {site.address} answers {status} to a forged link where it should say 404; "
            "something else than digest answers there"
        )
    return ""


class _NoRedirect(urllib.request.HTTPRedirectHandler):
    """One-click answers must not redirect (RFC 8058, 3.1), so none is followed."""

    def redirect_request(
        self,
        req: urllib.request.Request,  # noqa: ARG002 - the library's signature
        fp: IO[bytes],  # noqa: ARG002
        code: int,  # noqa: ARG002
        msg: str,  # noqa: ARG002
        headers: http.client.HTTPMessage,  # noqa: ARG002
        newurl: str,  # noqa: ARG002
    ) -> None:
        return None
