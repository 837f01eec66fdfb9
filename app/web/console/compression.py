"""Compress the console's pages for browsers that take gzip.

A page of the console repeats its markup, so it becomes five times smaller. The length of a compressed page must not help to guess the token
of its forms, so the gzip header has a file name of random length.
"""

import gzip
import io
import secrets
from typing import Final

from flask import Response, request

from app.web.console.auth import blueprint
from app.web.http.encodings import accepts_gzip

_SMALLEST: Final = 1024
"""Bytes of a page below which compressing gains nothing."""

_LEVEL: Final = 5
_LONGEST_NAME: Final = 100


@blueprint.after_request
def compress(response: Response) -> Response:
    """Compress a page. Exports are streamed, and pictures are compressed already: both stay as they are."""
    if response.is_streamed or response.mimetype != "text/html":
        return response
    response.vary.add("Accept-Encoding")
    body = response.get_data()
    if len(body) >= _SMALLEST and accepts_gzip(request.headers.get("Accept-Encoding", "")):
        response.set_data(_compressed(body))
        response.headers["Content-Encoding"] = "gzip"
    return response


def _compressed(body: bytes) -> bytes:
    file = io.BytesIO()
    name = "a" * secrets.randbelow(_LONGEST_NAME)
    with gzip.GzipFile(name, "wb", _LEVEL, file, mtime=0) as packed:
        packed.write(body)
    return file.getvalue()
