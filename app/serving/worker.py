"""gunicorn's threaded worker, changed so that the main loop reads a request before a thread takes it.

gunicorn gives a connection a thread at its first byte, and the thread waits for the rest. So as many half-sent requests as there
are threads would block a worker.

The main loop itself answers with a kept page where nothing has to be waited for: to give such a request to a thread and to come back
takes as long as the answer. Everything else is for the threads.
"""

import socket
import sys
import time
from contextlib import suppress
from functools import partial
from selectors import EVENT_READ
from typing import Any, Final

from gunicorn import util
from gunicorn.workers.gthread import STOP_KEEPALIVE_LINGER, TConn, ThreadWorker

from app.logs import UNANSWERED
from app.serving.client_socket import ClientSocket
from app.serving.incoming_request import IncomingRequest
from app.serving.request_parser import LookingParser
from app.web.http.security_headers import ALWAYS, content_security_policy
from app.web.page_cache.layer import AT_ONCE, PAGE_CACHE, PageCache

READ_SECONDS: Final = 20
"""How long a request may take to arrive, head and body. A buyer's request has a few kilobytes."""

STOPPING_SECONDS: Final = 2
"""The same limit while the worker stops."""

ANSWER_SECONDS: Final = 120
"""How long a thread may work on one request and send the response. Then the connection is closed, since the client may not read."""

WAITING: Final = 500
"""How many connections may wait for the rest of their request. Beyond it, the one that has waited longest is closed."""

WAITING_BYTES: Final = 32 * 1024 * 1024
"""How many bytes they may have sent together. Beyond it, the one that sent most is closed."""

SEND_BUFFER: Final = 256 * 1024
"""A response up to this size fits into the socket's buffer, so a slow client does not keep a thread busy."""

LINGER_SECONDS: Final = 2
"""How long to read from a connection after closing it, so that a client that is still sending receives the response."""

BUSY_SECONDS: Final = 0.2
"""How many seconds after a request another one counts as likely."""

SWITCH_SECONDS: Final = 0.0005
"""How long a thread computes while others wait to continue. With Python's 5 milliseconds, an answer that takes a quarter of a millisecond
takes 40 while another thread makes a page: each call of the system lets that thread go on.
"""

LOOK_SECONDS: Final = 0.9
"""How many seconds pass before the time limits are checked again."""

_PIECE: Final = 64 * 1024

_PAGES: Final = b"GET /pay/"
"""How requests begin that a kept page may answer."""


class NotAtOnce(Exception):
    """No kept page answers the request, so a thread has to."""


class Connection(TConn):  # type: ignore[misc]  # gunicorn has no types
    """A connection whose parser gets complete requests. `rest` holds bytes of the next request."""

    def __init__(self, worker: "Worker", client: socket.socket, address: Any, server: Any) -> None:
        super().__init__(worker.cfg, ClientSocket(client), address, server)
        client.setblocking(True)  # the main loop says with each call that it does not wait
        self.initialized = True
        self.parser = LookingParser(worker.cfg, self.sock, address)
        self.rest = b""
        self.cut_short = False
        self.keeps = True
        self.is_polled = False
        self._worker = worker

    def close(self, graceful: bool = False) -> None:
        """Close at once, or with `graceful` after the client has read the response. gunicorn would wait in its main loop."""
        if graceful:
            self._worker.linger(self)
        else:
            super().close()


class Worker(ThreadWorker):  # type: ignore[misc]  # gunicorn has no types
    """gunicorn's threaded worker. Its threads never wait for a request to arrive, and its main loop never waits for a client."""

    wsgi: Any

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._arriving: dict[Connection, tuple[IncomingRequest, float]] = {}
        self._arriving_bytes = 0
        self._answering: dict[Connection, float] = {}
        self._lingering: dict[Connection, float] = {}
        self._looked_at = 0.0
        self._asked_at = float("-inf")

    @property
    def is_busy(self) -> bool:
        """Whether a request has just arrived, so that more of them can be expected."""
        return time.monotonic() - self._asked_at < BUSY_SECONDS

    def run(self) -> None:
        """Serve until this worker stops."""
        sys.setswitchinterval(SWITCH_SECONDS)
        super().run()

    def load_wsgi(self) -> None:
        """Load the application."""
        super().load_wsgi()
        self._application = self.wsgi
        self.wsgi = self._run
        pages: PageCache | None = getattr(self._application, "extensions", {}).get(PAGE_CACHE)
        self._answers_at_once = pages is not None and pages.answers_at_once

    def _run(self, environ: dict[str, Any], start_response: Any) -> Any:
        """Run the application. Raises `NotAtOnce` where the main loop runs it and has to wait for the answer."""
        if not environ["gunicorn.socket"].waits:
            environ[AT_ONCE] = True
        pieces = self._application(environ, start_response)
        if UNANSWERED in environ:
            raise NotAtOnce
        return pieces

    def accept(self, listener: socket.socket) -> None:
        """Accept a connection and read the bytes that have arrived."""
        try:
            client, address = listener.accept()
        except (BlockingIOError, ConnectionAbortedError):
            return
        self.nr_conns += 1
        with suppress(OSError):
            client.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, SEND_BUFFER)
        conn = Connection(self, client, address, listener.getsockname())
        if len(self._arriving) >= WAITING:
            self._refuse_late(next(iter(self._arriving)))
        self._wait_for_request(conn)

    def on_client_socket_readable(self, conn: Connection, _client: Any) -> None:
        """Read what a client has sent, in whatever state its connection is."""
        if conn in self._lingering:
            self._drain(conn)
        elif conn in self._arriving:
            self._read(conn)
        else:
            self.keepalived_conns.remove(conn)
            self._wait_for_request(conn)

    def _poll(self, conn: Connection) -> None:
        """Let the poller say when the client sends something. Most requests of an open connection arrive while it is polled."""
        if not conn.is_polled:
            self.poller.register(conn.sock, EVENT_READ, partial(self.on_client_socket_readable, conn))
            conn.is_polled = True

    def _stop_polling(self, conn: Connection) -> None:
        if conn.is_polled:
            self.poller.unregister(conn.sock)
            conn.is_polled = False

    def finish_request(self, conn: Connection, fs: Any) -> None:
        """Keep the connection or close it, after a thread has answered."""
        try:
            keeps = bool(fs.result())
        except Exception:
            self._lose(conn)
        else:
            self._finish(conn, keeps=keeps)

    def _finish(self, conn: Connection, *, keeps: bool) -> None:
        """Keep the connection for the next request, whose bytes may be here, or close it."""
        if not keeps:
            conn.close(graceful=True)
            self.nr_conns -= 1
        elif conn.rest:
            self._wait_for_request(conn)
        else:
            conn.set_timeout()
            if not self.alive:
                conn.timeout = min(conn.timeout, time.monotonic() + STOP_KEEPALIVE_LINGER)
            self.keepalived_conns.append(conn)
            self._poll(conn)

    def _lose(self, conn: Connection) -> None:
        """Close the connection at once."""
        self._stop_polling(conn)
        self.nr_conns -= 1
        conn.close()

    def _wait_for_request(self, conn: Connection) -> None:
        self._arriving[conn] = (IncomingRequest(), time.monotonic())
        rest, conn.rest = conn.rest, b""
        if rest:
            self._add(conn, rest)
        else:
            self._read(conn)
        if conn in self._arriving:  # most requests have arrived by now, and the poller needs not know of them
            self._poll(conn)

    def _read(self, conn: Connection) -> None:
        """Read the bytes that have arrived."""
        try:
            piece = conn.sock.recv(_PIECE, socket.MSG_DONTWAIT)
        except BlockingIOError:
            return
        except OSError:
            piece = b""
        if piece:
            self._add(conn, piece)
        else:
            self._forget(conn)

    def _add(self, conn: Connection, piece: bytes) -> None:
        arriving, _ = self._arriving[conn]
        asked_before = arriving.expects_continue
        arriving.feed(piece)
        self._arriving_bytes += len(piece)
        if arriving.ready:
            self._hand_over(conn)
            return
        if arriving.expects_continue and not asked_before:
            with suppress(OSError):
                conn.sock.send(b"HTTP/1.1 100 Continue\r\n\r\n", socket.MSG_DONTWAIT)
        if self._arriving_bytes > WAITING_BYTES:
            self._refuse_late(max(self._arriving, key=lambda it: self._arriving[it][0].received))

    def _hand_over(self, conn: Connection) -> None:
        """Answer the request with a kept page, or give it to a thread."""
        arriving = self._stop_waiting(conn)
        self._asked_at = time.monotonic()
        request, conn.rest = arriving.take()
        conn.cut_short = not arriving.complete
        conn.parser.unreader.unread(request)
        if not (
            self._answers_at_once and request.startswith(_PAGES) and arriving.is_alone and self._answer_at_once(conn)
        ):
            self._stop_polling(conn)
            self.enqueue_req(conn)

    def _answer_at_once(self, conn: Connection) -> bool:
        """Answer the request with a kept page. Return False where a thread has to answer it."""
        request = conn.parser.look()
        if request is None:
            return False
        conn.sock.waits = False
        try:
            conn.keeps = self.handle_request(request, conn)
        except NotAtOnce:
            return False
        except Exception:
            self.log.exception("no kept page could be sent")
            return False
        finally:
            conn.sock.waits = True
        conn.parser.take()
        conn.parser.forget()
        if conn.sock.is_lost:
            self._lose(conn)
        elif conn.sock.unsent:
            self._stop_polling(conn)
            self.enqueue_req(conn)
        else:
            self._finish(conn, keeps=conn.keeps)
        return True

    def _refuse_late(self, conn: Connection) -> None:
        """Answer 408, because the request took too long, and close."""
        if self._arriving[conn][0].received:
            with suppress(OSError):
                util.write_error(HeaderSocket(conn.sock), 408, "Request Timeout", "The request did not arrive in time.")
        self._forget(conn)

    def _forget(self, conn: Connection) -> None:
        self._stop_waiting(conn)
        self._lose(conn)

    def _stop_waiting(self, conn: Connection) -> IncomingRequest:
        arriving, _ = self._arriving.pop(conn)
        self._arriving_bytes -= arriving.received
        return arriving

    def linger(self, conn: Connection) -> None:
        """End our side of the connection. Close it when the client has closed its side, or after `LINGER_SECONDS`."""
        try:
            conn.sock.shutdown(socket.SHUT_WR)
            self._poll(conn)
        except (OSError, RuntimeError, ValueError, KeyError):
            with suppress(RuntimeError, ValueError, KeyError):
                self._stop_polling(conn)
            conn.close()  # the client has closed it, or this worker's loop has ended
            return
        self._lingering[conn] = time.monotonic()
        if len(self._lingering) > WAITING:
            self._end_lingering(next(iter(self._lingering)))

    def _drain(self, conn: Connection) -> None:
        try:
            more = conn.sock.recv(_PIECE, socket.MSG_DONTWAIT)
        except BlockingIOError:
            return
        except OSError:
            more = b""
        if not more:
            self._end_lingering(conn)

    def _end_lingering(self, conn: Connection) -> None:
        self._stop_polling(conn)
        del self._lingering[conn]
        conn.close()

    def notify(self) -> None:
        """Once a second, say that this worker lives, and close connections that are over a time limit.

        gunicorn calls this after each event, and at least once a second.
        """
        now = time.monotonic()
        if self._looked_at <= now < self._looked_at + LOOK_SECONDS:
            return
        self._looked_at = now
        super().notify()
        late = now - (READ_SECONDS if self.alive else STOPPING_SECONDS)
        for conn, (_, begun) in list(self._arriving.items()):
            if begun > late:
                break
            self._refuse_late(conn)
        for conn, begun in list(self._lingering.items()):
            if begun < now - LINGER_SECONDS:
                self._end_lingering(conn)
        for conn, begun in list(self._answering.items()):
            if begun < now - ANSWER_SECONDS:
                with suppress(OSError):
                    conn.sock.shutdown(socket.SHUT_RDWR)
            elif begun < now - READ_SECONDS:
                with suppress(OSError):
                    conn.sock.shutdown(socket.SHUT_RD)

    def handle(self, conn: Connection) -> Any:
        """Answer one request in a thread, or send the rest of an answer that had no room in the socket's buffer."""
        self._answering[conn] = time.monotonic()
        try:
            if not conn.sock.unsent:
                return super().handle(conn)
            with suppress(OSError):
                conn.sock.send_rest()
                return conn.keeps
            return False
        finally:
            del self._answering[conn]

    def handle_request(self, req: Any, conn: Connection) -> Any:
        """Answer one request. Say `Connection: close` where none can follow: a proxy would send the next one into a closed connection."""
        if conn.cut_short:
            req.force_close()
        conn.sock.hold()
        try:
            keeps = super().handle_request(req, conn)
            conn.sock.flush()
        finally:
            conn.sock.drop()
        return keeps

    def _keepalive_after(self, conn: Connection, keepalive: Any) -> bool:
        # The rest of a request that is too long is not read, so no request can follow on this connection.
        return not conn.cut_short and bool(super()._keepalive_after(conn, keepalive))

    def handle_error(self, req: Any, client: Any, addr: Any, exc: BaseException) -> None:
        """Answer a request that the parser refused, with the same security headers as every page."""
        super().handle_error(req, HeaderSocket(client), addr, exc)


class HeaderSocket:
    """A socket that adds our security headers to the response that gunicorn sends through it."""

    HEADERS: Final = {
        "Content-Security-Policy": content_security_policy((), ()),
        "X-Frame-Options": "DENY",
        **ALWAYS,
    }

    def __init__(self, client: socket.socket) -> None:
        self._client = client

    def __getattr__(self, name: str) -> Any:
        return getattr(self._client, name)

    def sendall(self, answer: bytes) -> None:
        """Send a response with the headers added."""
        status, _, rest = answer.partition(b"\r\n")
        ours = "".join(f"{name}: {value}\r\n" for name, value in self.HEADERS.items())
        self._client.sendall(status + b"\r\n" + ours.encode("latin-1") + rest)
