"""The socket of a client, as gunicorn writes a response to it."""

import socket
from typing import Any


class ClientSocket:
    """Sends the head of a response together with the first piece of its body. gunicorn writes them one after the other.

    Unless it `waits`, it sends only as much as there is room for in the socket's buffer. The rest is `unsent`.
    """

    def __init__(self, client: socket.socket) -> None:
        self._client = client
        self._holds = False
        self._held = b""
        self.waits = True
        self.is_lost = False
        """Whether the client had gone when something was sent without waiting."""
        self.unsent = b""

    def __getattr__(self, name: str) -> Any:
        return getattr(self._client, name)

    def hold(self) -> None:
        """Keep the next piece until another one follows, or until `flush`."""
        self._holds = True

    def sendall(self, data: bytes) -> None:
        """Send a piece of the response."""
        if self._holds:
            self._holds, self._held = False, data
            return
        held, self._held = self._held, b""
        self._send(held + data)

    def sendfile(self, *values: Any, **named: Any) -> int:
        """Send a file after the head."""
        self.flush()
        return self._client.sendfile(*values, **named)

    def flush(self) -> None:
        """Send what was kept."""
        held = self.drop()
        if held:
            self._send(held)

    def drop(self) -> bytes:
        """Return what was kept, and keep nothing."""
        held, self._holds, self._held = self._held, False, b""
        return held

    def send_rest(self) -> None:
        """Send what had no room before, and wait for the client to read it."""
        rest, self.unsent = self.unsent, b""
        self._client.sendall(rest)

    def _send(self, data: bytes) -> None:
        if self.waits:
            self._client.sendall(data)
            return
        sent = 0
        if not self.unsent:
            try:
                sent = self._client.send(data, socket.MSG_DONTWAIT)
            except BlockingIOError:
                sent = 0
            except OSError:
                self.is_lost = True
        self.unsent += data[sent:]
