"""Uploaded pictures. The address of a picture holds the hash of its content, so caches keep it for good."""

from typing import Final

from flask import Blueprint, Response, request
from flask.typing import ResponseReturnValue

from app.objects.picture import MEDIA_TYPES
from app.services import pictures
from app.web.http.context import current_context
from app.web.http.security_headers import FOREVER

blueprint: Final = Blueprint("pictures", __name__)

NOTHING_RUNS: Final = "default-src 'none'; sandbox; frame-ancestors 'none'"
"""The policy of a picture: even a browser that took it for a page would run nothing."""


@blueprint.get("/pictures/<hash>.<extension>")
def picture(hash: str, extension: str) -> ResponseReturnValue:
    """Serve one picture. Raises `ResourceMissing`."""
    found = pictures.retrieve_picture(current_context().store, hash, extension)
    response = served_picture(found.content, MEDIA_TYPES[found.extension], FOREVER)
    response.set_etag(found.hash)
    return response.make_conditional(request)


def served_picture(content: bytes, mimetype: str, cache_control: str) -> Response:
    """Return a picture that other sites may show and that nothing can run."""
    response = Response(content, mimetype=mimetype)
    response.headers["Cache-Control"] = cache_control
    response.headers["Content-Security-Policy"] = NOTHING_RUNS
    response.headers["Cross-Origin-Resource-Policy"] = "cross-origin"
    return response
