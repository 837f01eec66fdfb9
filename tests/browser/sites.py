"""Servers on loopback for browsers. Each has its own name under `.test`, so that they are different sites."""

import threading
from collections.abc import Callable, Iterable
from typing import Any

from werkzeug.serving import WSGIRequestHandler, make_server

Application = Callable[[dict[str, Any], Any], Iterable[bytes]]


class Quiet(WSGIRequestHandler):
    """A request handler without log lines that does not wait for idle connections."""

    timeout = 20

    def log(self, type: str, message: str, *args: Any) -> None:
        """Log nothing."""


class Site:
    """One origin. The application can be set later, when its address is known."""

    def __init__(self, host: str = "127.0.0.1", certificate: tuple[str, str] | None = None) -> None:
        self.application: Application | None = None
        self.cookies: list[str] = []
        self._server = make_server(
            "127.0.0.1", 0, self._serve, threaded=True, request_handler=Quiet, ssl_context=certificate
        )
        self._server.daemon_threads = True  # type: ignore[attr-defined]  # the threaded one has it
        self.port = self._server.port
        self.origin = f"{'https' if certificate else 'http'}://{host}:{self.port}"
        self._thread = threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
        self._thread.start()

    def close(self) -> None:
        """Stop serving."""
        self._server.shutdown()
        self._thread.join(5)
        self._server.server_close()

    def _serve(self, environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
        def start(status: str, headers: list[tuple[str, str]], *more: Any) -> Any:
            self.cookies += [value for name, value in headers if name.lower() == "set-cookie"]
            return start_response(status, headers, *more)

        assert self.application is not None
        answer = self.application(environ, start)
        try:
            # Read the response and close it here. The server leaves files open when a browser has disconnected.
            return [b"".join(answer)]
        finally:
            if hasattr(answer, "close"):
                answer.close()
