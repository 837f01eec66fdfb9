"""The WSGI layer that answers with files that never change: those whose address holds the hash of their content, or all of it.

An answer whose `Cache-Control` says `immutable` is the same for every visitor. It is kept with its compressed form, so nothing is read or
compressed for the next request. It is kept by one spelling of its address, so that nobody can fill the memory with one file. Pictures of
merchants are not kept, because a merchant may remove them.
"""

import posixpath
import re
import time
from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from flask import Flask

from app.kept import Kept, length_of_texts
from app.logs import REQUEST_ID
from app.web.http.encodings import Coded, compress_text, compress_text_fast
from app.web.http.metrics import count_request
from app.web.page_cache.answers import Header, coded_headers, kept_headers, run_application, without_headers
from app.web.page_cache.keys import LONGEST_HOST

if TYPE_CHECKING:
    from wsgiref.types import StartResponse, WSGIApplication, WSGIEnvironment

_BRAND: Final = "/brand/"
"""Anyone can make up colours. The version belongs to the colours, and only we can make it. Without one, nothing is kept."""

_RULES: Final = {
    "/static/": "/static/<path:filename>",
    _BRAND: "/brand/<colors>.css",
    "/bundles/": "/bundles/<name>",
    "/embed.js": "/embed.js",
}
"""The rule of the route, as metrics name it, by the beginning of the path."""

_VERSION: Final = re.compile(r"v=[0-9a-f]{1,64}")
_MAXIMUM_BYTES: Final = 4 * 1024 * 1024
_TEXTS: Final = ("text/", "image/svg+xml", "application/json", "application/javascript")
_CONDITIONS: Final = ("HTTP_IF_MODIFIED_SINCE", "HTTP_IF_NONE_MATCH", "HTTP_RANGE")

_Key = tuple[str, str, str, str]


@dataclass(frozen=True)
class File:
    """One file with its headers, and the rule of its route for metrics."""

    rule: str
    headers: tuple[Header, ...]
    coded: Coded


class ImmutableFiles:
    """A WSGI application that answers files from memory, and everything else by the application behind it."""

    def __init__(self, app: Flask, application: "WSGIApplication") -> None:
        self._app = app
        self._application = application
        self._files = Kept[_Key, File](_MAXIMUM_BYTES, lambda file: file.coded.size, length_of_texts)

    def __call__(self, environ: "WSGIEnvironment", start_response: "StartResponse") -> Iterable[bytes]:
        """Answer one request."""
        began = time.perf_counter()
        key = _key(environ)
        if key is None:
            return self._application(environ, start_response)
        file = self._files.find(key)
        if file is not None:
            count_request(self._app, file.rule, 200, began)
            return _answer(file, environ, start_response)
        status, headers, body = run_application(self._application, environ)
        file = _file_of(environ, headers, body) if status.startswith("200 ") else None
        if file is None:
            start_response(status, headers)
            return [body]
        if not _is_made_up(environ):
            self._files.keep(key, file)
        return _answer(file, environ, start_response)


def _key(environ: "WSGIEnvironment") -> _Key | None:
    """Return the key of a file, or None where the address is not spelled as pages spell it, and where a condition was sent."""
    path, query, host = (environ.get(name, "") for name in ("PATH_INFO", "QUERY_STRING", "HTTP_HOST"))
    if environ["REQUEST_METHOD"] != "GET" or not path.startswith(tuple(_RULES)) or len(host) > LONGEST_HOST:
        return None
    if posixpath.normpath(path) != path or (query and not _VERSION.fullmatch(query)):
        return None
    if any(name in environ for name in _CONDITIONS):
        return None
    return environ["wsgi.url_scheme"], host, path, query


def _is_made_up(environ: "WSGIEnvironment") -> bool:
    """Return whether a file can be in colours that a stranger chose."""
    return environ["PATH_INFO"].startswith(_BRAND) and not environ.get("QUERY_STRING")


def _file_of(environ: "WSGIEnvironment", headers: list[Header], body: bytes) -> File | None:
    """Return the file to keep, or None where the answer may change."""
    named = {name.lower(): value for name, value in headers}
    if "immutable" not in named.get("cache-control", "") or "set-cookie" in named:
        return None
    is_text = named.get("content-type", "").startswith(_TEXTS)
    shared = kept_headers(headers) if is_text else without_headers(headers, "content-length", "request-id")
    rule = next(rule for beginning, rule in _RULES.items() if environ["PATH_INFO"].startswith(beginning))
    compress = compress_text_fast if _is_made_up(environ) else compress_text
    return File(rule, tuple(shared), compress(body) if is_text else Coded({"": body}))


def _answer(file: File, environ: "WSGIEnvironment", start_response: "StartResponse") -> list[bytes]:
    coding, body = file.coded.find(environ.get("HTTP_ACCEPT_ENCODING", ""))
    headers = [*(coded_headers(file.headers, coding) if coding else file.headers)]
    headers += (("Request-Id", environ.get(REQUEST_ID, "")), ("Content-Length", str(len(body))))
    start_response("200 OK", headers)
    return [body]
