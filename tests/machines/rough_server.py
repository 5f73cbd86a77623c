"""A mail server on a bad day, in a process of its own: `python rough_server.py FOLDER SECONDS SEED`; prints its port.

It greylists one reader in ten at first, answers 421 now and then and hangs up, is slow, breaks off before and after it
took a letter, and drops every connection when it is sent SIGUSR1. Every other connection is offered PIPELINING.
FOLDER/receipts has a line for each letter it took, written before the reply; FOLDER/lost one for each that it left
without an answer.
"""

from __future__ import annotations

import asyncio
import os
import random
import signal
import sys
import zlib
from pathlib import Path

from aiosmtpd.smtp import SMTP

GREY, BUSY, SLOW, BREAK = 0.1, 0.005, 0.01, 0.004
CUT = 1.0
"""Seconds for which nobody is let in after a cut."""


class Rough:
    def __init__(self, folder: Path, seconds: float, seed: int) -> None:
        self.receipts, self.lost = (
            os.open(folder / name, os.O_WRONLY | os.O_CREAT | os.O_APPEND) for name in ("receipts", "lost")
        )
        self.seconds, self.chance = seconds, random.Random(seed)
        self.known: set[str] = set()
        self.open: set[SMTP] = set()
        self.busy: set[SMTP] = set()
        self.closed = False

    async def handle_EHLO(self, server, session, envelope, hostname, responses):  # noqa: N802
        session.host_name = hostname
        offered = ["250-PIPELINING"] if self.chance.random() < 0.5 else []
        return [*responses[:-1], *offered, responses[-1]]

    async def handle_RCPT(self, server, session, envelope, address, options):  # noqa: N802
        if zlib.crc32(address.encode()) / 2**32 < GREY and address not in self.known:
            self.known.add(address)
            return "450 4.7.1 greylisted, try again later"
        envelope.rcpt_tos.append(address)
        return "250 2.1.5 ok"

    async def handle_DATA(self, server, session, envelope):  # noqa: N802
        reader, drawn = envelope.rcpt_tos[0], self.chance.random()
        if drawn < BUSY:
            await server.push("421 4.3.2 too busy")
            server.transport.close()
            return "421 nobody hears this"
        self.busy.add(server)
        await asyncio.sleep(self.seconds * self.chance.random() + (2.0 if drawn > 1 - SLOW else 0.0))
        if BUSY <= drawn < BUSY + BREAK:
            return self._break(server, reader)
        os.write(self.receipts, f"{reader}\n".encode())
        if BUSY + BREAK <= drawn < BUSY + 2 * BREAK:
            return self._break(server, reader)
        await asyncio.sleep(self.seconds * self.chance.random())
        self.busy.discard(server)
        return "250 2.0.0 taken"

    def _break(self, server, reader):
        os.write(self.lost, f"{reader}\n".encode())
        self.busy.discard(server)
        server.transport.abort()
        return "250 nobody hears this"

    def cut(self) -> None:
        """Drop every connection, and let nobody in for a moment."""
        self.closed = True
        for server in list(self.open):
            if server in self.busy:
                os.write(self.lost, b"cut\n")
            if server.transport is not None:
                server.transport.abort()
        self.open.clear()
        asyncio.get_running_loop().call_later(CUT, self.let_in)

    def let_in(self) -> None:
        self.closed = False


async def main() -> None:
    rough = Rough(Path(sys.argv[1]), float(sys.argv[2]), int(sys.argv[3]))
    loop = asyncio.get_running_loop()

    class Session(SMTP):
        def connection_made(self, transport):
            super().connection_made(transport)
            if rough.closed:
                transport.abort()
            else:
                rough.open.add(self)

        def connection_lost(self, error):
            rough.open.discard(self)
            rough.busy.discard(self)
            super().connection_lost(error)

    loop.add_signal_handler(signal.SIGUSR1, rough.cut)
    listening = await loop.create_server(lambda: Session(rough, loop=loop), "127.0.0.1", 0)
    os.write(1, b"%d\n" % listening.sockets[0].getsockname()[1])
    await listening.serve_forever()


asyncio.run(main())
