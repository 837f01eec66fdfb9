"""Runs a Stripe with faults in its own process: the real sandbox behind HTTP, and a script of faults.

    python -m tests.faults.faulty_stripe DATABASE    # prints its port and serves until it is ended

Below `/control/` tests set the script, let buyers pay, fetch the deliveries for the webhook, and list objects.
"""

import json
import logging
import socket
import struct
import sys
import threading
import time
from collections import deque
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from werkzeug.test import Client

from app.logs import configure
from app.sandbox import STEPS, create_sandbox
from app.sandbox.account import DEFAULT_ACCOUNT, Account
from app.sandbox.deliveries import sign
from app.sandbox.payments.methods import Method
from app.sandbox.sessions import lifecycle
from app.sandbox.sessions.lifecycle import Answers
from app.store import migrate, open_engine
from tests.support.build import NOW

KEY = "sk_" + "test_" + "faulty"
SECRET = "whsec_" + "faulty"
SILENCE = 1.2
"""How long a silence lasts, in seconds. Longer than the gateway of these tests waits for one try."""

SLOW = 0.2

REFUSALS: dict[str, tuple[int, Any]] = {
    "409": (409, {"error": {"type": "idempotency_error", "code": "idempotency_key_in_use", "message": "In use."}}),
    "429": (429, {"error": {"type": "invalid_request_error", "code": "lock_timeout", "message": "Locked."}}),
    "500": (500, {"error": {"type": "api_error", "message": "Sorry."}}),
    "500_after": (500, {"error": {"type": "api_error", "message": "Sorry."}}),
    "502": (502, "<html>Bad gateway</html>"),
    "garbled": (200, "<html>Welcome to this hotel</html>"),
}

log = logging.getLogger("tests.faulty_stripe")


class FaultyStripe:
    """The sandbox with a script of faults and an outbox."""

    def __init__(self, database: str) -> None:
        self.engine = open_engine(f"sqlite:///{database}")
        migrate(self.engine, STEPS, NOW)
        self.offset = 0
        self.script: deque[tuple[str, str]] = deque()
        self.outbox: list[bytes] = []
        self.lock = threading.Lock()
        self.sandbox = create_sandbox(
            self.engine, clock=self.clock, webhook_secret=SECRET, public_url="http://127.0.0.1", deliver=self.take
        )

    def clock(self) -> int:
        return int(time.time()) + self.offset

    def take(self, payload: bytes, _signature: str) -> int:
        with self.lock:
            self.outbox.append(payload)
        return 200

    def fault(self, call: str) -> str | None:
        """Take the first entry of the script and return its fault, if it is for this kind of call. Otherwise return None."""
        with self.lock:
            if self.script and call.startswith(self.script[0][0]):
                return self.script.popleft()[1]
        return None

    def control(self, name: str, told: dict[str, Any]) -> Any:
        """Answer a request of the tests."""
        account = Account(self.engine, DEFAULT_ACCOUNT, self.clock(), "http://127.0.0.1")
        if name == "script":
            self.script = deque((call, fault) for call, fault in told["script"])
        elif name == "clock":
            self.offset = told["offset"]
            self.sandbox.settle_delayed(self.clock())
        elif name == "pay":
            method = Method(**told["method"])
            answers = Answers("mary@post.example", name="Mary Bee")
            self.engine.run(
                lambda: lifecycle.complete(
                    account, account.require("checkout.session", told["session"]), answers, method
                )
            )
        elif name == "outbox":
            while self.sandbox.deliver_pending():
                pass
            with self.lock:
                taken, self.outbox = self.outbox, []
            now = int(time.time())
            return [{"payload": payload.decode(), "signature": sign(payload, SECRET, now)} for payload in taken]
        elif name == "objects":
            rows = self.engine.rows(
                "SELECT document FROM sandbox_objects WHERE object = :object ORDER BY sequence",
                {"object": told["object"]},
            )
            return [json.loads(row["document"]) for row in rows]
        return None


class Handler(BaseHTTPRequestHandler):
    """Serves the sandbox by HTTP. It can reset a connection, which WSGI cannot."""

    stripe: FaultyStripe
    protocol_version = "HTTP/1.1"

    def do_GET(self) -> None:
        self.answer()

    def do_POST(self) -> None:
        self.answer()

    def answer(self) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        if self.path.startswith("/control/"):
            told = self.stripe.control(self.path.removeprefix("/control/"), json.loads(body))
            self.send(200, json.dumps(told).encode())
            return
        call = f"{self.command} {self.path}"
        fault = self.stripe.fault(call)
        log.info("%s", call.partition("?")[0], extra={"fault": fault})
        if fault in {"reset", "silence"}:
            self.vanish(fault)
        elif fault is not None and fault in REFUSALS and not fault.endswith("_after"):
            self.refuse(fault)
        else:
            if fault == "slow":
                time.sleep(SLOW)
            answer = Client(self.stripe.sandbox.api).open(
                self.path, method=self.command, data=body, headers=list(self.headers.items())
            )
            if fault in {"reset_after", "silence_after"}:
                self.vanish(fault)
            elif fault == "500_after":
                self.refuse(fault)
            else:
                self.send(answer.status_code, answer.get_data(), dict(answer.headers))

    def refuse(self, fault: str) -> None:
        status, body = REFUSALS[fault]
        self.send(status, body.encode() if isinstance(body, str) else json.dumps(body).encode())

    def send(self, status: int, body: bytes, headers: dict[str, str] | None = None) -> None:
        self.send_response(status)
        for name, value in (headers or {"Content-Type": "application/json"}).items():
            if name != "Content-Length":
                self.send_header(name, value)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def vanish(self, fault: str) -> None:
        """Reset the connection without an answer, at once or after a silence."""
        if fault.startswith("silence"):
            time.sleep(SILENCE)
        self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self.close_connection = True
        self.connection.close()

    def log_message(self, format: str, *args: Any) -> None:
        """Log nothing, because `answer` writes a line."""


class Server(ThreadingHTTPServer):
    """An HTTP server with a thread for each connection."""

    daemon_threads = True
    request_queue_size = 128

    def shutdown_request(self, request: Any) -> None:
        """Close a connection that may have been reset already."""
        try:
            super().shutdown_request(request)
        except OSError:
            self.close_request(request)

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Log errors, except for clients that closed their connection."""
        if not isinstance(sys.exception(), OSError | ValueError):
            log.exception("failed")


def main() -> None:
    """Serve until the process is ended."""
    configure()
    Handler.stripe = FaultyStripe(sys.argv[1])
    server = Server(("127.0.0.1", 0), Handler)
    sys.stdout.write(f"{server.server_address[1]}\n")
    sys.stdout.flush()
    server.serve_forever()


if __name__ == "__main__":
    main()
