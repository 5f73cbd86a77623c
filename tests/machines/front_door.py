"""A proxy with a certificate before a web server: `python front_door.py CERTIFICATE HOST PORT`; speaks to port 8000."""

from __future__ import annotations

import asyncio
import os
import ssl
import sys


async def carry(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    try:
        while data := await reader.read(65536):
            writer.write(data)
            await writer.drain()
    except (ConnectionError, ssl.SSLError):
        pass
    finally:
        writer.close()


async def visitor(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    inner, out = await asyncio.open_connection("127.0.0.1", 8000)
    head = await reader.readuntil(b"\r\n")
    out.write(head + b"X-Forwarded-Proto: https\r\nConnection: close\r\n")
    await asyncio.gather(carry(reader, out), carry(inner, writer))


async def main() -> None:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(sys.argv[1])
    listening = await asyncio.start_server(visitor, sys.argv[2], int(sys.argv[3]), ssl=context)
    os.write(1, b"ready\n")
    await listening.serve_forever()


asyncio.run(main())
