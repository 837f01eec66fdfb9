"""Hostile texts, and the count of the work that they cause. Work is counted, not timed."""

from collections.abc import Callable, Iterable
from typing import Any, TypeVar
from urllib.parse import quote

from flask import Flask
from werkzeug.datastructures import Headers
from werkzeug.test import EnvironBuilder, run_wsgi_app

from app.web.http.request_body import FORM_BYTES
from tests.faults.work import Work, counted

PATTERNS = {
    "combining marks": "\u0316\u0301",
    "one letter with marks": "e\u0301\u0316\u0327",
    "digits": "1",
    "digits of another script": "\u0663",
    "card numbers": "4242 4242 4242 4242 ",
    "spaces": " ",
    "lines": "\r\n",
    "addresses": "a@b.c,",
    "brackets": "[a][",
    "ligatures that unfold": "\ufdfa",
    "markup": "**[a](https://b)<i>&",
    "percent signs": "%25",
}
FEW = ("combining marks", "digits", "card numbers", "addresses", "brackets")
MORE_CALLS = 30_000
"""What a field may add: a few calls for each of the thousand characters that are read of it, in both previews of one post."""

NORMALIZED = 12_000_000
"""Ten texts of about a thousand characters."""

JWT_SECRET = "a secret of thirty-two characters and more"
OWN = {"Sec-Fetch-Site": "same-origin"}
WEBHOOK_SECRET = "whsec_" + "h" * 32


def hostile(name: str, encoded_bytes: int) -> str:
    """A text of a pattern that fills so many bytes of a form."""
    pattern = PATTERNS[name]
    return pattern * (encoded_bytes // len(quote(pattern, safe="")))


Told = TypeVar("Told")
Send = Callable[[str], EnvironBuilder]
"""From a text to the request that has it in one place."""


def get(path: str, headers: dict[str, str] | None = None, **told: Any) -> EnvironBuilder:
    return EnvironBuilder(path, base_url="http://localhost", headers=Headers(headers or {}), **told)


def post(path: str, headers: dict[str, str] | None = None, **told: Any) -> EnvironBuilder:
    return get(path, headers, method="POST", **told)


def holds(
    app: Flask, send: Send, length: Callable[[str], str], plain: str = "x", patterns: Iterable[str] = PATTERNS
) -> None:
    """That no pattern makes the server do much more than a plain text does, and that each is answered."""
    done_by(send, plain, app)
    done_by(send, length(next(iter(PATTERNS))), app)  # both once before counting: caches are filled
    usual = done_by(send, plain, app)
    for name in patterns:
        work = done_by(send, length(name), app)
        assert work.calls <= usual.calls + MORE_CALLS, (name, work, usual)
        assert work.normalized <= NORMALIZED, (name, work)


def done_by(send: Callable[[Told], EnvironBuilder], told: Told, app: Flask) -> Work:
    """What the server does for one request; what a client does to send it is not counted."""
    environ = send(told).get_environ()
    with counted() as work:
        body, status, _headers = run_wsgi_app(app.wsgi_app, environ, buffered=True)
    assert int(status[:3]) < 500, b"".join(body)[:500]
    return work


def in_form(name: str) -> str:
    return hostile(name, FORM_BYTES - 6_000)
