"""Does small jobs beside the answer to a request: by few threads, from a short queue, and never more than that."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor

log = logging.getLogger(__name__)

THREADS = 2
WAITING = 32
"""Jobs that may wait or be under way; what comes beyond them is not done."""


class Aside:
    """A bounded queue of jobs. Whoever floods it costs this process neither threads nor memory."""

    def __init__(self, name: str, *, threads: int = THREADS, waiting: int = WAITING) -> None:
        self._pool = ThreadPoolExecutor(threads, thread_name_prefix=name)
        self._room = threading.BoundedSemaphore(waiting)

    def take(self, job: Callable[[], None]) -> bool:
        """Do a job soon; False when too many wait, and then it is not done. The job handles its own errors."""
        if not self._room.acquire(blocking=False):
            return False
        self._pool.submit(job).add_done_callback(self._done)
        return True

    def _done(self, job: Future[None]) -> None:
        self._room.release()
        if error := job.exception():
            log.error("a job beside a request broke off", exc_info=error)

    def close(self) -> None:
        """Finish what was taken, and take no more."""
        self._pool.shutdown(wait=True)
