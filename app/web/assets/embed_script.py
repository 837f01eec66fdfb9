"""The one script that merchants may put beside a frame. Its address never changes, so caches ask again after an hour."""

from functools import cache
from pathlib import Path
from typing import Final

from flask import Blueprint, Response, current_app, request
from flask.typing import ResponseReturnValue

from app.web.http.security_headers import FOREVER

blueprint: Final = Blueprint("embed_script", __name__)

_HOUR: Final = "public, max-age=3600"


@blueprint.get("/embed.js")
def embed_script() -> ResponseReturnValue:
    """The script that fits frames to their pages; with `?v=…` for whoever wants to keep what it is now."""
    response = Response(_script(str(current_app.static_folder)), mimetype="text/javascript")
    response.headers["Cache-Control"] = FOREVER if request.args.get("v") else _HOUR
    # Pages under Cross-Origin-Embedder-Policy, or with an integrity attribute, load it too.
    response.headers["Access-Control-Allow-Origin"] = "*"
    response.headers["Cross-Origin-Resource-Policy"] = "cross-origin"
    response.add_etag()
    return response.make_conditional(request)


@cache
def _script(folder: str) -> bytes:
    return (Path(folder) / "js" / "embed.js").read_bytes()
