"""The pictures an edition shows: fetched once, made small and clean, and served from our own address."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from datetime import datetime

from digest.config import Environment
from digest.config.environment import Network
from digest.config.values import Config
from digest.errors import InputError
from digest.feeds.exchange import Fetched, Request
from digest.feeds.pictures import reencode
from digest.model import Image
from digest.store.feeds import Picture

_ACCEPT = "image/jpeg, image/png, image/webp;q=0.9, image/*;q=0.8"


def served(
    config: Config,
    origins: Sequence[str],
    *,
    now: datetime,
    allow: tuple[Network, ...] | None = None,
    agent: str = "Digest",
) -> Mapping[str, Image]:
    """The pictures from these addresses, as they are served from ours; one that cannot be had is left out.

    Each is tried once: what came of it, or why nothing did, is kept.

    Args:
        config: the home's configuration.
        origins: the publishers' addresses of the pictures.
        now: aware UTC.
        allow: private networks that may be reached; from the environment when None.
        agent: the User-Agent.
    """
    networks = Environment().networks() if allow is None else allow
    known = {picture.origin: picture for picture in Picture.objects.filter(origin__in=origins).defer("body")}
    missing = [origin for origin in dict.fromkeys(origins) if origin not in known]
    if missing:
        # Most editions show only pictures that are here, and what fetches takes a tenth of a second to load.
        from digest.feeds.fetch import fetch_all

        fetch_all(
            [Request(address=origin, accept=_ACCEPT) for origin in missing],
            allow=networks,
            on_done=lambda answer: known.update({answer.address: _kept(answer, now)}),
            agent=agent,
            timeout=config.gather.timeout.total_seconds(),
        )
    return {
        origin: Image(url=f"{config.site.address}/i/{p.name}", alt="", width=p.width, height=p.height)
        for origin, p in known.items()
        if p.name
    }


def _kept(answer: Fetched, now: datetime) -> Picture:
    picture = Picture(origin=answer.address, fetched_at=now, reason=answer.error)
    if answer.body is not None:
        try:
            made = reencode(answer.body)
        except InputError as error:
            picture.reason = str(error)
        else:
            picture.name = f"{hashlib.sha256(made.body).hexdigest()[:24]}.{made.mime.rpartition('/')[2]}"
            picture.mime, picture.width, picture.height, picture.body = made.mime, made.width, made.height, made.body
    picture.save()
    return picture
