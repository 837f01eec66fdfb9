"""A server that records the requests of the official SDK and answers like Stripe. The requests are real; nothing of ours is a mock."""

import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qsl

KEY = "sk_" + "test_" + "recorder"
LIVE_KEY = "sk_" + "live_" + "recorder"
WEBHOOK_SECRET = "whsec_" + "recorder"


@dataclass(frozen=True)
class Recorded:
    """One request. `pairs` are the pairs of the form, or of the query of a GET, in their order."""

    method: str
    path: str
    headers: dict[str, str]
    pairs: tuple[tuple[str, str], ...]
    remote_addr: str = ""


@dataclass
class Body:
    """The body of an answer, which records whether it was closed."""

    chunks: list[bytes]
    closed: bool = False

    def __iter__(self) -> Iterator[bytes]:
        return iter(self.chunks)

    def close(self) -> None:
        self.closed = True


@dataclass
class StripeShaped:
    """Answers requests with `answers` in order, each `(status, JSON or raw bytes, headers)`. The last answer is repeated."""

    answers: list[tuple[int, Any, dict[str, str]]]
    requests: list[Recorded] = field(default_factory=list)
    bodies: list[Body] = field(default_factory=list)

    def __call__(self, environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
        body = environ["wsgi.input"].read(int(environ.get("CONTENT_LENGTH") or 0))
        headers = {
            name[5:].replace("_", "-").lower(): value for name, value in environ.items() if name.startswith("HTTP_")
        }
        headers["content-type"] = environ.get("CONTENT_TYPE", "")
        pairs = tuple(parse_qsl(body.decode() or environ["QUERY_STRING"], keep_blank_values=True))
        self.requests.append(
            Recorded(environ["REQUEST_METHOD"], environ["PATH_INFO"], headers, pairs, environ["REMOTE_ADDR"])
        )
        status, answer, extra = self.answers.pop(0) if len(self.answers) > 1 else self.answers[0]
        start_response(f"{status} Status", [("Content-Type", "application/json"), *extra.items()])
        raw = answer if isinstance(answer, bytes) else json.dumps(answer).encode()
        self.bodies.append(Body([raw[:7], raw[7:]]))
        return self.bodies[-1]

    @property
    def only(self) -> Recorded:
        """Return the only request."""
        (request,) = self.requests
        return request


def answering(answer: Any, status: int = 200, **headers: str) -> StripeShaped:
    """Return a server that always gives this answer."""
    return StripeShaped([(status, answer, {name.replace("_", "-"): value for name, value in headers.items()})])


def an_error(type: str = "invalid_request_error", **told: Any) -> dict[str, Any]:
    """Return Stripe's error body."""
    return {"error": {"type": type, "message": "No.", **told}}


def a_session(**changes: Any) -> dict[str, Any]:
    """Return a Checkout Session as Stripe does, with fields that we do not read."""
    return {
        "id": "cs_test_a1",
        "object": "checkout.session",
        "amount_subtotal": 1250,
        "amount_total": 1250,
        "automatic_tax": {"enabled": False, "liability": None, "status": None},
        "currency": "eur",
        "expires_at": 1_790_003_600,
        "livemode": False,
        "metadata": {},
        "mode": "payment",
        "payment_status": "unpaid",
        "status": "open",
        "url": "https://checkout.stripe.com/c/pay/cs_test_a1",
        **changes,
    }


def a_list(*data: dict[str, Any], has_more: bool = False) -> dict[str, Any]:
    """Return Stripe's list envelope."""
    return {"object": "list", "url": "/v1/things", "has_more": has_more, "data": list(data)}
