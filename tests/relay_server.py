"""A mail server for tests, on this machine: takes mail, or answers what a test wants, slowly if it wants that."""

import socketserver
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from email import message_from_bytes
from typing import NamedTuple

OK = "250 2.0.0 OK"


class Taken(NamedTuple):
    """One mail, noted the moment before our 250; `at` by this machine's clock."""

    recipient: str
    message_id: str
    at: float


@dataclass
class RelayServer:
    """What was taken, and how to answer: `answer(recipient)` is the reply to RCPT TO."""

    port: int = 0
    answer: Callable[[str], str] = lambda recipient: OK
    pause: float = 0
    taken: list[Taken] = field(default_factory=list)
    lock: threading.Lock = field(default_factory=threading.Lock)

    @property
    def url(self) -> str:
        return f"smtp://127.0.0.1:{self.port}"

    def by_message_id(self) -> Counter[str]:
        with self.lock:
            return Counter(mail.message_id for mail in self.taken)


@contextmanager
def relay(state: RelayServer | None = None) -> Iterator[RelayServer]:
    """The server answers inside the block, on a port of its own or on the one that `state` had before."""
    kept = state or RelayServer()

    class Conversation(socketserver.StreamRequestHandler):
        def handle(self) -> None:
            try:
                self._talk()
            except (BrokenPipeError, ConnectionResetError):
                return  # the other side was killed

        def _say(self, line: str) -> None:
            self.wfile.write(line.encode() + b"\r\n")

        def _talk(self) -> None:
            recipient = ""
            self._say("220 relay.test")
            while line := self.rfile.readline():
                word = line[:4].upper()
                if word in {b"EHLO", b"HELO"}:
                    self._say("250 relay.test")
                elif word == b"RCPT":
                    recipient = line.decode().partition("<")[2].partition(">")[0]
                    self._say(kept.answer(recipient))
                elif word == b"DATA":
                    self._say("354 go on")
                    self._take(recipient)
                elif word == b"QUIT":
                    self._say("221 bye")
                    return
                else:
                    self._say(OK)

        def _take(self, recipient: str) -> None:
            lines = []
            while (line := self.rfile.readline()) and line != b".\r\n":
                lines.append(line)
            if not line:
                return  # cut off before the end: not taken
            time.sleep(kept.pause)  # a server that takes its time
            with kept.lock:
                message_id = str(message_from_bytes(b"".join(lines))["Message-ID"])
                kept.taken.append(Taken(recipient, message_id, time.time()))
            self._say(OK)

    class Server(socketserver.ThreadingTCPServer):
        allow_reuse_address = True
        daemon_threads = True

    with Server(("127.0.0.1", kept.port), Conversation) as server:
        kept.port = server.server_address[1]
        threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True).start()
        yield kept
        server.shutdown()
