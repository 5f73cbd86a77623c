"""A small IMAP server with one folder, and a few bad manners: `run_path(...)["SmallImap"]`."""

from __future__ import annotations

import contextlib
import re
import socket
import threading


class SmallImap:
    """Serves `messages` (by uid: flags and bytes) to ana, whose password is "oyster bank".

    Args:
        messages: the bytes of each, oldest first.
        move: whether it knows MOVE; without it, COPY.
        manners: "", or what it does instead: "drip", "flood", "big", "hang", "refuse", "bye", "prefix".
        tls: a context; STARTTLS is offered with it.
    """

    def __init__(self, messages, *, move=True, manners="", tls=None):
        self.messages = {uid: [set(), raw] for uid, raw in enumerate(messages, 1)}
        self.moved = {}
        self.folders = {"INBOX"}
        self.seen = []
        self._moves, self._manners, self._tls = move, manners, tls
        self._socket = socket.create_server(("127.0.0.1", 0))
        self._ending = threading.Event()
        self.port = self._socket.getsockname()[1]
        self._thread = threading.Thread(target=self._serve, daemon=True)
        self._thread.start()

    def close(self):
        self._ending.set()
        self._socket.shutdown(socket.SHUT_RDWR)
        self._socket.close()
        self._thread.join()

    def _serve(self):
        while not self._ending.is_set():
            try:
                line, _ = self._socket.accept()
            except OSError:
                return
            line.settimeout(10)
            with contextlib.suppress(OSError), line:
                self._talk(line)

    def _talk(self, line):
        line.sendall(b"* OK small\r\n")
        file = line.makefile("rb")
        while given := file.readline():
            tag, verb, rest = (*given.decode().rstrip().split(" ", 2), "")[:3]
            verb, _, rest = (*rest.partition(" "),) if verb == "UID" else (verb, "", rest)
            self.seen.append(verb)
            if verb == "STARTTLS":
                line.sendall(f"{tag} OK now\r\n".encode())
                line = self._tls.wrap_socket(line, server_side=True)
                file = line.makefile("rb")
                continue
            if verb == "SEARCH" and self._manners:
                self._misbehave(line)
            answer = getattr(self, f"_{verb.lower()}", lambda rest: "OK done")(rest)
            line.sendall((answer if isinstance(answer, bytes) else b"") + f"{tag} ".encode())
            line.sendall(b"OK done\r\n" if isinstance(answer, bytes) else f"{answer}\r\n".encode())

    def _misbehave(self, line):
        if self._manners == "drip":
            while not self._ending.wait(0.05):
                line.sendall(b"*")
        if self._manners == "flood":
            while not self._ending.is_set():
                line.sendall(b"* 1 EXISTS and more\r\n" * 10_000)
        if self._manners == "big":
            line.sendall(b"* SEARCH {900000000}\r\n" + b"x" * 100_000)
        if self._manners == "hang":
            self._ending.wait(30)
        if self._manners == "bye":
            line.sendall(b"* BYE not today\r\n")
            line.shutdown(socket.SHUT_RDWR)

    def _capability(self, rest):
        return (
            b"* CAPABILITY IMAP4rev1"
            + (b" MOVE" if self._moves else b"")
            + (b" STARTTLS\r\n" if self._tls else b"\r\n")
        )

    def _login(self, rest):
        return "OK in" if rest == 'ana "oyster bank"' and self._manners != "refuse" else f"NO not with {rest}"

    def _select(self, rest):
        return f"* {len(self.messages)} EXISTS\r\n".encode()

    def _search(self, rest):
        fresh = [str(uid) for uid, (flags, _) in self.messages.items() if not flags & {"\\Flagged", "\\Deleted"}]
        return f"* SEARCH {' '.join(fresh)}\r\n".encode()

    def _fetch(self, rest):
        uid = int(rest.split(" ")[0])
        if uid not in self.messages:
            return b""
        size = int(re.search(r"<0\.(\d+)>", rest)[1])
        raw = self.messages[uid][1][:size]
        return b"* %d FETCH (UID %d BODY[]<0> {%d}\r\n" % (uid, uid, len(raw)) + raw + b")\r\n"

    def _store(self, rest):
        uids, _, flags = rest.split(" ", 2)
        for uid in uids.split(","):
            if int(uid) in self.messages:
                self.messages[int(uid)][0].update(flags.strip("()").split())
        return "OK done"

    def _create(self, rest):
        if self._manners == "prefix" and not rest.startswith("INBOX."):
            return "NO only under INBOX"
        self.folders.add(rest)
        return "OK done"

    def _move(self, rest):
        return self._taken(rest, keep=False)

    def _copy(self, rest):
        return self._taken(rest, keep=True)

    def _taken(self, rest, *, keep):
        uids, folder = rest.split(" ")
        if folder not in self.folders:
            return "NO [TRYCREATE] there is none"
        for uid in uids.split(","):
            self.moved[int(uid)] = self.messages[int(uid)] if keep else self.messages.pop(int(uid))
        return "OK done"
