"""A slow mail server in a process of its own: `python slow_server.py RECEIPTS SECONDS HOST`; prints its port.

Each letter takes SECONDS, half before its receipt is on disk and half before the reply, so that whatever happens to a
sender meets every moment of a letter.
"""

from __future__ import annotations

import asyncio
import os
import random
import sys

from aiosmtpd.smtp import SMTP


class Slow:
    def __init__(self, receipts: int, seconds: float) -> None:
        self.receipts = receipts
        self.seconds = seconds

    async def handle_DATA(self, server, session, envelope):  # noqa: N802
        await asyncio.sleep(self.seconds * random.random())
        os.write(self.receipts, envelope.rcpt_tos[0].encode() + b"\n")
        await asyncio.sleep(self.seconds * random.random())
        return "250 2.0.0 taken"


async def main() -> None:
    receipts = os.open(sys.argv[1], os.O_WRONLY | os.O_CREAT | os.O_APPEND)
    slow = Slow(receipts, float(sys.argv[2]))
    loop = asyncio.get_running_loop()
    listening = await loop.create_server(lambda: SMTP(slow, loop=loop), sys.argv[3], 0)
    os.write(1, b"%d\n" % listening.sockets[0].getsockname()[1])
    await listening.serve_forever()


asyncio.run(main())
