"""A real mail server on loopback that keeps what it receives: the demo's readers.

Run as a process of its own, `python -m digest.cli.postbox FOLDER`; prints its port, then serves until it is ended.
Needs the extra `demo`.
"""

from __future__ import annotations

import asyncio
import json
import signal
import sys
from pathlib import Path
from typing import Any

from aiosmtpd.smtp import SMTP, Envelope, Session


class Keep:
    """Writes each message as one numbered file, and its envelope beside it."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.count = 0

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:  # noqa: ARG002, N802 - its name there
        """Keep one message, then say 250."""
        self.count += 1
        name = self.folder / f"{self.count:06d}"
        name.with_suffix(".json").write_text(json.dumps({"from": envelope.mail_from, "to": envelope.rcpt_tos}))
        content: Any = envelope.original_content
        name.with_suffix(".eml").write_bytes(content)
        return f"250 kept as {self.count}"


async def serve(folder: Path) -> None:
    """Serve on a free port of 127.0.0.1 until a signal says to end; the port is the first line printed."""
    folder.mkdir(parents=True, exist_ok=True)
    keep, ended, loop = Keep(folder), asyncio.Event(), asyncio.get_running_loop()
    loop.add_signal_handler(signal.SIGTERM, ended.set)
    server = await loop.create_server(lambda: SMTP(keep, loop=loop, ident="the demo's postbox"), "127.0.0.1", 0)
    sys.stdout.write(f"{server.sockets[0].getsockname()[1]}\n")
    sys.stdout.flush()
    async with server:
        await ended.wait()


if __name__ == "__main__":
    asyncio.run(serve(Path(sys.argv[1])))
