"""A Stripe that answers, but slowly: real sockets on loopback that drip, stall or never end, in plain text or under TLS."""

import socket
import ssl
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import Final

SECONDS: Final = 0.1
"""Between two drips: far less than any time-out of one read, so that none of those ever ends a call."""

PIECE: Final = 8
"""How many bytes drip at once."""

DRIPS: Final = 300
"""After so many drips the connection is closed, which is half a minute after the first."""

ENDLESS: Final = {
    "status line": b"HTTP/1.1 200 " + b"O" * 60_000,
    "headers": b"HTTP/1.1 200 OK\r\n" + b"".join(b"X-%d: %s\r\n" % (number, b"a" * 200) for number in range(90)),
    "body": b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 60000\r\n\r\n{" + b" " * 60_000,
    "chunks": b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n" + b"1\r\n \r\n" * 10_000,
    "interim answers": b"HTTP/1.1 100 Continue\r\n\r\n" * 3_000,
    "body without a length": b"HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n{" + b" " * 60_000,
}
"""What is dripped, by the part of the answer that does not come to an end in time."""


class Dripping:
    """A server that reads a request and drips `answer`. With `head` these bytes come at once, at full speed."""

    def __init__(
        self, answer: bytes, *, head: bytes = b"", tls: ssl.SSLContext | None = None, fast: bool = False
    ) -> None:
        self.answer, self.head, self.tls, self.fast = answer, head, tls, fast
        self.asked = 0
        self._ended = threading.Event()
        self._door = socket.create_server(("127.0.0.1", 0), backlog=64)
        self._threads = [threading.Thread(target=self._accept, daemon=True)]
        self._threads[0].start()

    @property
    def port(self) -> int:
        port: int = self._door.getsockname()[1]
        return port

    def close(self) -> None:
        self._ended.set()
        with suppress(OSError):
            self._door.shutdown(socket.SHUT_RDWR)
        self._door.close()
        for thread in self._threads:
            thread.join(10)

    def _accept(self) -> None:
        while not self._ended.is_set():
            try:
                visitor, _ = self._door.accept()
            except OSError:
                return
            thread = threading.Thread(target=self._serve, args=(visitor,), daemon=True)
            self._threads.append(thread)
            thread.start()

    def _serve(self, visitor: socket.socket) -> None:
        with suppress(OSError), visitor:
            visitor.settimeout(30)
            whole = self.tls.wrap_socket(visitor, server_side=True) if self.tls else visitor
            with whole:
                whole.recv(65536)
                self.asked += 1
                whole.sendall(self.head)
                self._drip(whole)

    def _drip(self, visitor: socket.socket) -> None:
        if self.fast:
            while not self._ended.is_set():
                visitor.sendall(self.answer)
        for number in range(DRIPS):
            if self._ended.wait(SECONDS):
                return
            visitor.sendall(self.answer[PIECE * number : PIECE * (number + 1)])


@contextmanager
def dripping(answer: bytes, **how: object) -> Iterator[Dripping]:
    """Serve for a while."""
    server = Dripping(answer, **how)  # type: ignore[arg-type]  # as the class takes them
    try:
        yield server
    finally:
        server.close()


@contextmanager
def silent() -> Iterator[int]:
    """A port that takes connections into its queue and says nothing, not even in TLS."""
    with socket.create_server(("127.0.0.1", 0), backlog=64) as door:
        yield door.getsockname()[1]


@contextmanager
def full() -> Iterator[int]:
    """A port whose queue is full, so that the system drops every further attempt to connect without a word."""
    with socket.create_server(("127.0.0.1", 0), backlog=0) as door:
        port = door.getsockname()[1]
        waiting = []
        for _ in range(8):
            one = socket.socket()
            one.setblocking(False)
            one.connect_ex(("127.0.0.1", port))
            waiting.append(one)
        time.sleep(0.1)
        try:
            yield port
        finally:
            for one in waiting:
                one.close()
