"""A proxy for HTTPS on loopback. It opens a tunnel for each CONNECT, and records what the client sends."""

import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from socketserver import StreamRequestHandler, ThreadingTCPServer

SECONDS = 30
"""How long a tunnel waits for a byte before it closes."""


class TunnelProxy(ThreadingTCPServer):
    """Sends each tunnel to `target`, a port on loopback, whatever host the CONNECT names.

    `asked` has the head of each CONNECT. `sent` has every byte that a client sent, heads and tunnels together.
    """

    block_on_close = True
    daemon_threads = False

    def __init__(self, target: int) -> None:
        super().__init__(("127.0.0.1", 0), _Tunnel)
        self.target = target
        self.asked: list[str] = []
        self.sent = bytearray()

    @property
    def port(self) -> int:
        """The port of the proxy."""
        return int(self.server_address[1])


class _Tunnel(StreamRequestHandler):
    server: TunnelProxy
    timeout = SECONDS
    rbufsize = 0

    def handle(self) -> None:
        """Read a CONNECT, agree, and copy bytes in both directions until an end closes."""
        head = b""
        while not head.endswith(b"\r\n\r\n"):
            if not (piece := self.connection.recv(1)):
                return
            head += piece
        self.server.sent += head
        self.server.asked.append(head.decode())
        with suppress(OSError), socket.create_connection(("127.0.0.1", self.server.target), timeout=SECONDS) as target:
            self.connection.sendall(b"HTTP/1.1 200 Connection established\r\n\r\n")
            back = threading.Thread(target=_copy, args=(target, self.connection))
            back.start()
            _copy(self.connection, target, self.server.sent)
            back.join()


def _copy(source: socket.socket, target: socket.socket, record: bytearray | None = None) -> None:
    """Copy bytes until the source closes, then close the target for writing."""
    with suppress(OSError):
        while piece := source.recv(65536):
            if record is not None:
                record += piece
            target.sendall(piece)
    with suppress(OSError):
        target.shutdown(socket.SHUT_WR)


@contextmanager
def tunnelling(target: int) -> Iterator[TunnelProxy]:
    """Run a proxy whose tunnels end at this port of loopback."""
    with TunnelProxy(target) as proxy:
        thread = threading.Thread(target=proxy.serve_forever, kwargs={"poll_interval": 0.02})
        thread.start()
        try:
            yield proxy
        finally:
            proxy.shutdown()
            thread.join()
