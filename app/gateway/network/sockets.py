"""Sockets that end every wait at the thread's deadline: name resolution, connecting, TLS, each read, each write.

A timeout of urllib3 is for one read, so a server that sends a byte every few seconds never reaches it.
"""

import socket
import ssl
import threading
from collections.abc import Callable
from typing import Any, Final

import urllib3
from urllib3.connection import HTTPConnection, HTTPSConnection
from urllib3.exceptions import ConnectTimeoutError, NameResolutionError, NewConnectionError
from urllib3.util.ssl_ import create_urllib3_context

from app.gateway.network.deadline import seconds_left, time_is_over, within

CONNECT_SECONDS: Final = 4.0
"""How long one try may take to connect, name resolution included, and again for the TLS handshake."""

RESOLUTIONS_AT_ONCE: Final = 8
"""Maximum of name resolutions in progress in one process. A resolution that hangs cannot be stopped: its thread goes on without us."""

Resolve = Callable[[str, int], list[Any]]
"""Finds the addresses of a host and port, as `socket.getaddrinfo` returns them."""

_resolutions: Final = threading.BoundedSemaphore(RESOLUTIONS_AT_ONCE)


def system_resolve(host: str, port: int) -> list[Any]:
    """Ask the system's resolver."""
    return socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)


def _bounded() -> float | None:
    """Return the seconds that the next wait may take. Raises `TimeoutError` when there are none left."""
    if time_is_over():
        raise TimeoutError("No time is left for this call.")
    return seconds_left()


class _Plain(socket.socket):
    """A TCP socket. Every wait ends at the thread's deadline."""

    def recv_into(self, *args: Any, **kwargs: Any) -> int:
        self.settimeout(_bounded())
        return super().recv_into(*args, **kwargs)

    def sendall(self, *args: Any, **kwargs: Any) -> None:
        self.settimeout(_bounded())
        super().sendall(*args, **kwargs)


class _TLS(ssl.SSLSocket):
    """The same with TLS. The handshake has the same time limit as connecting."""

    def do_handshake(self, block: bool = False) -> None:
        with within(CONNECT_SECONDS):
            self.settimeout(_bounded())
            super().do_handshake(block)

    def recv_into(self, *args: Any, **kwargs: Any) -> int:
        self.settimeout(_bounded())
        return super().recv_into(*args, **kwargs)

    def send(self, *args: Any, **kwargs: Any) -> int:
        self.settimeout(_bounded())
        return super().send(*args, **kwargs)


def _resolve_in_thread(resolve: Resolve, host: str, port: int) -> list[Any]:
    """Resolve a name in a separate thread. At the deadline the thread goes on without us. Raises `OSError`."""
    if not _resolutions.acquire(blocking=False):
        raise TimeoutError("The system's name resolution hangs.")
    found: list[Any] = []
    failed: list[OSError] = []

    def work() -> None:
        try:
            found.extend(resolve(host, port))
        except OSError as error:
            failed.append(error)
        finally:
            _resolutions.release()

    thread = threading.Thread(target=work, name="resolve", daemon=True)
    try:
        thread.start()
    except RuntimeError as error:
        _resolutions.release()
        raise OSError("No thread can be started.") from error
    thread.join(_bounded())
    if thread.is_alive():
        raise TimeoutError("The host's name was not resolved in time.")
    if failed:
        raise failed[0]
    return found


def _connect(resolve: Resolve, host: str, port: int, options: Any) -> socket.socket:
    """Connect to the first address that answers. Raises `OSError`."""
    failure = OSError("The host has no address.")
    for family, kind, protocol, _, address in _resolve_in_thread(resolve, host, port):
        sock = _Plain(family, kind, protocol)
        try:
            for option in options or ():
                sock.setsockopt(*option)
            sock.settimeout(_bounded())
            sock.connect(address)
        except OSError as error:
            failure = error
            sock.close()
        else:
            return sock
    raise failure


class _Connection(HTTPConnection):
    """urllib3's connection on our sockets. The head and the body of a request are sent together: each write is a system call, and may
    wake the server for a half of the request.
    """

    resolve: Resolve = staticmethod(system_resolve)
    _unsent: bytearray | None = None

    def request(self, *args: Any, **kwargs: Any) -> None:
        self._unsent = bytearray()
        try:
            super().request(*args, **kwargs)
            whole = bytes(self._unsent)
        finally:
            self._unsent = None
        self.send(whole)

    def send(self, data: Any) -> None:
        if self._unsent is None:
            super().send(data)
        else:
            self._unsent += data

    def _new_conn(self) -> socket.socket:
        try:
            with within(CONNECT_SECONDS):
                return _connect(self.resolve, self._dns_host, self.port, self.socket_options)
        except socket.gaierror as error:
            raise NameResolutionError(self.host, self, error) from error
        except TimeoutError as error:
            raise ConnectTimeoutError(self, f"No connection to {self.host} in time.") from error
        except OSError as error:
            raise NewConnectionError(self, f"No connection to {self.host}: {error}") from error


class _TLSConnection(_Connection, HTTPSConnection):
    """The same with TLS."""

    def connect(self) -> None:
        if self.ssl_context is None:
            self.ssl_context = create_urllib3_context()
            self.ssl_context.sslsocket_class = _TLS
        super().connect()


def pool_classes(resolve: Resolve) -> dict[str, type[urllib3.HTTPConnectionPool]]:
    """Return the classes of connection pools by scheme, for a pool manager of urllib3."""
    plain = type("Connection", (_Connection,), {"resolve": staticmethod(resolve)})
    tls = type("TLSConnection", (_TLSConnection,), {"resolve": staticmethod(resolve)})
    return {
        "http": type("Pool", (urllib3.HTTPConnectionPool,), {"ConnectionCls": plain}),
        "https": type("TLSPool", (urllib3.HTTPSConnectionPool,), {"ConnectionCls": tls}),
    }
