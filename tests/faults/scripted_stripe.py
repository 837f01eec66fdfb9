"""A Stripe of a few lines for very many sessions: what it answers stands in memory, and every call is counted.

It speaks HTTP on loopback, so the official SDK and our own network client stand before it as before Stripe itself.
"""

import json
import threading
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit

KEY = "sk_" + "test_" + "scripted"

Answer = tuple[int, dict[str, Any]]


class ScriptedStripe:
    """Sessions by id, events oldest first; `calls` by kind, `most_at_once` how many calls were under way together.

    `seconds` is how long each answer takes. With `lists_events` false the key is a restricted one.
    """

    def __init__(self) -> None:
        self.sessions: dict[str, dict[str, Any]] = {}
        self.events: list[dict[str, Any]] = []
        self.calls: Counter[str] = Counter()
        self.seconds = 0.0
        self.lists_events = True
        self.most_at_once = 0
        self.url = ""
        self._under_way = 0
        self._lock = threading.Lock()

    def open_session(self, id: str, expires_at: int) -> None:
        self.sessions[id] = {
            "id": id, "object": "checkout.session", "amount_subtotal": 1250, "amount_total": 1250, "currency": "eur",
            "expires_at": expires_at, "livemode": False, "metadata": {}, "mode": "payment", "payment_intent": None,
            "payment_status": "unpaid", "status": "open", "url": f"https://checkout.test/{id}",
        }  # fmt: skip

    def pay(self, id: str, now: int) -> None:
        """A buyer pays; an event tells of it to those who ask."""
        paid = {"status": "complete", "payment_status": "paid", "payment_intent": f"pi_{id}", "url": None}
        self._happen("checkout.session.completed", id, paid, now)

    def expire(self, id: str, now: int) -> None:
        self._happen("checkout.session.expired", id, {"status": "expired", "url": None}, now)

    def _happen(self, type: str, id: str, changes: dict[str, Any], now: int) -> None:
        with self._lock:
            self.sessions[id] = {**self.sessions[id], **changes}
            self.events.append(
                {
                    "id": f"evt_{len(self.events):08}", "object": "event", "created": now, "livemode": False,
                    "type": type, "data": {"object": self.sessions[id]},
                }
            )  # fmt: skip

    @contextmanager
    def answering(self) -> Iterator[None]:
        """Count a call, and take the time that it takes."""
        with self._lock:
            self._under_way += 1
            self.most_at_once = max(self.most_at_once, self._under_way)
        time.sleep(self.seconds)
        try:
            yield
        finally:
            with self._lock:
                self._under_way -= 1

    def answer(self, method: str, path: str, query: dict[str, list[str]]) -> Answer:
        """Answer one call. Ids are left out of what is counted."""
        parts = path.removeprefix("/v1/").split("/")
        if parts == ["events"]:
            self._count("list events")
            return self._list_events({name: values[0] for name, values in query.items()})
        id = parts[2]
        if method == "POST":
            self._count("expire a session")
            if self.sessions[id]["status"] != "open":
                return 400, {"error": {"type": "invalid_request_error", "message": "The session is not open."}}
            self.expire(id, self.sessions[id]["expires_at"])
        else:
            self._count("read a session")
        return 200, self.sessions[id]

    def _count(self, kind: str) -> None:
        with self._lock:
            self.calls[kind] += 1

    def _list_events(self, query: dict[str, str]) -> Answer:
        if not self.lists_events:
            message = "The provided key does not have the required permissions for this endpoint."
            return 403, {"error": {"type": "invalid_request_error", "message": message}}
        with self._lock:
            ids = [event["id"] for event in self.events]
            limit = int(query["limit"])
            if "ending_before" in query:
                newer = self.events[ids.index(query["ending_before"]) + 1 :]
                page, more = newer[:limit], len(newer) > limit
            else:
                last = ids.index(query["starting_after"]) if "starting_after" in query else len(ids)
                older = [event for event in self.events[:last] if event["created"] >= int(query["created[gte]"])]
                page, more = older[-limit:], len(older) > limit
        return 200, {"object": "list", "url": "/v1/events", "data": page[::-1], "has_more": more}


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 128


@contextmanager
def scripted_stripe() -> Iterator[ScriptedStripe]:
    """Serve one on loopback while it is needed."""
    stripe = ScriptedStripe()

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"
        # An answer goes out in two writes. Without this, the second one waits for an acknowledgement, 40 ms for each call.
        disable_nagle_algorithm = True

        def do_GET(self) -> None:
            self.rfile.read(int(self.headers.get("Content-Length") or 0))
            parts = urlsplit(self.path)
            with stripe.answering():
                status, body = stripe.answer(self.command, parts.path, parse_qs(parts.query))
            text = json.dumps(body).encode()
            self.send_response(status)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(text)))
            self.end_headers()
            self.wfile.write(text)

        do_POST = do_GET

        def log_message(self, format: str, *args: Any) -> None:
            """What is asked is counted."""

    server = _Server(("127.0.0.1", 0), Handler)
    stripe.url = f"http://127.0.0.1:{server.server_address[1]}"
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield stripe
    finally:
        server.shutdown()
        server.server_close()
        thread.join(10)
