"""Sends the SDK's requests to a WSGI application in this process. The SDK's encoding, headers, retries and errors stay in use."""

import sys
from collections.abc import Mapping
from io import BytesIO
from typing import TYPE_CHECKING, Any
from urllib.parse import unquote_to_bytes, urlsplit

import stripe
from requests.structures import CaseInsensitiveDict

if TYPE_CHECKING:
    from wsgiref.types import WSGIApplication


class WSGIClient(stripe.HTTPClient):
    """Calls a WSGI application in this process. Exceptions of the application are not caught: they are our own bugs."""

    name = "wsgi"

    def __init__(self, application: "WSGIApplication") -> None:
        super().__init__()
        self._application = application

    def request(
        self,
        method: str,
        url: str,
        headers: Mapping[str, str] | None,
        post_data: Any = None,
        *,
        _usage: list[str] | None = None,
    ) -> tuple[str, int, Mapping[str, str]]:
        """Return the body, the status and the headers of the answer."""
        body, status, answered = self._call(method, url, headers or {}, post_data)
        return body.decode("utf-8", "replace"), status, answered

    def request_stream(
        self,
        method: str,
        url: str,
        headers: Mapping[str, str] | None,
        post_data: Any = None,
        *,
        _usage: list[str] | None = None,
    ) -> tuple[BytesIO, int, Mapping[str, str]]:
        """Return the same, with the body as a file."""
        body, status, answered = self._call(method, url, headers or {}, post_data)
        return BytesIO(body), status, answered

    def close(self) -> None:
        """Do nothing: no connection stays open between two calls."""

    def _call(
        self, method: str, url: str, headers: Mapping[str, str], post_data: str | bytes | None
    ) -> tuple[bytes, int, CaseInsensitiveDict[str]]:
        status = 0
        answered: CaseInsensitiveDict[str] = CaseInsensitiveDict()
        chunks: list[bytes] = []

        def start_response(line: str, pairs: list[tuple[str, str]], _exc_info: Any = None) -> Any:
            nonlocal status, answered
            status, answered = int(line[:3]), CaseInsensitiveDict(pairs)
            return chunks.append

        answer = self._application(_environ(method, url, headers, post_data), start_response)
        try:
            chunks.extend(answer)
        finally:
            if callable(close := getattr(answer, "close", None)):
                close()
        return b"".join(chunks), status, answered


def _environ(method: str, url: str, headers: Mapping[str, str], post_data: str | bytes | None) -> dict[str, Any]:
    """Return the WSGI environment of the request. PEP 3333 decodes bytes as Latin-1."""
    parts = urlsplit(url)
    body = post_data.encode() if isinstance(post_data, str) else post_data or b""
    environ: dict[str, Any] = {
        "REQUEST_METHOD": method.upper(),
        "SCRIPT_NAME": "",
        "PATH_INFO": unquote_to_bytes(parts.path).decode("latin-1"),
        "QUERY_STRING": parts.query,
        "SERVER_NAME": parts.hostname or "localhost",
        "SERVER_PORT": str(parts.port or (443 if parts.scheme == "https" else 80)),
        "SERVER_PROTOCOL": "HTTP/1.1",
        "REMOTE_ADDR": "127.0.0.1",
        "HTTP_HOST": parts.netloc,
        "CONTENT_LENGTH": str(len(body)),
        "wsgi.version": (1, 0),
        "wsgi.url_scheme": parts.scheme,
        "wsgi.input": BytesIO(body),
        "wsgi.errors": sys.stderr,
        "wsgi.multithread": True,
        "wsgi.multiprocess": False,
        "wsgi.run_once": False,
    }
    for name, value in headers.items():
        key = name.upper().replace("-", "_")
        environ[key if key == "CONTENT_TYPE" else f"HTTP_{key}"] = value
    return environ
