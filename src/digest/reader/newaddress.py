"""Takes a reader's wish for another address: limited like a sign-up, and answered alike whatever address it is."""

from __future__ import annotations

from datetime import datetime
from typing import Literal

from django.db import transaction
from django.http import HttpRequest, QueryDict

from digest.audience import limits, moving, requests, tokens
from digest.audience.addresses import NotAnAddress, normalise
from digest.audience.requests import Wish
from digest.reader import fields, outbound, pages
from digest.reader.network import network


def ask(
    request: HttpRequest, given: QueryDict, holder: tokens.Holder, *, language: str, form: str, now: datetime
) -> Literal["address", "later", "asked", ""]:
    """Note the wish and have the new address mailed; nothing moves before it is confirmed there.

    Args:
        request: where it came from.
        given: its form.
        holder: whom the page's token names.
        language: the reader's, of the mail.
        form: the reader's, "rich" or "text".
        now: aware UTC.

    Returns:
        "address": it is none. "later": too many ask. "asked": noted, or not, which nobody is told. "": there is nothing
        that could move.
    """
    try:
        address = normalise(fields.one(given, "email"))
    except NotAnAddress:
        return "address"
    newsletters = moving.active(holder.handle)
    if not newsletters:
        return ""
    near = network(request, pages.config().site.proxies)
    with transaction.atomic():
        if limits.take(f"mover {holder.handle}", limits.MOVES, now=now):
            why = "reader"
        else:
            why, _ = requests.admit(near, address, now=now)
        if not why:
            wish = Wish(
                newsletters=dict.fromkeys(newsletters, ()), language=language, form=form, reader=holder.handle,
                page=f"preferences of {holder.newsletter}",
            )  # fmt: skip
            text = pages.consent(language, [pages.title(name) for name in newsletters])
            requests.ask("move", address, wish, text=text, network=near, now=now)
            outbound.soon()
    if why:
        limits.refused(why, now=now)
        return "later"
    return "asked"
