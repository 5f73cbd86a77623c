"""Has confirm links mailed aside, so that the time an answer takes says nothing about an address.

Where there is a queue, a worker does it: by the job that each request was noted with.
"""

from __future__ import annotations

import threading

from django.conf import settings
from django.db import connections, transaction

from digest import queue
from digest.clock.now import now
from digest.pipeline import confirmations
from digest.reader import pages

PAUSE = 0.3
"""Seconds before it begins: by then the answer has left, and whoever asks meanwhile is served with it."""

_about_to, _turn = threading.Lock(), threading.Lock()


def soon() -> None:
    """Mail what waits, once the transaction is committed. What this process does not manage, the clock does."""
    if not queue.stands():
        transaction.on_commit(_begin)


def _begin() -> None:
    """Start a thread, unless one is about to begin and will see what was written; there are never more than two."""
    if _about_to.acquire(blocking=False):
        thread = threading.Timer(PAUSE, _run)
        thread.name, thread.daemon = "confirmations", True
        thread.start()


def _run() -> None:
    with _turn:
        _about_to.release()
        try:
            confirmations.deliver(pages.config(), settings.ENVIRONMENT, now=now())
        finally:
            connections.close_all()
