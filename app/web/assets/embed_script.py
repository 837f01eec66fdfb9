"""The script that merchants may add to a page with a frame. Its address never changes, so caches keep it for an hour only."""

from functools import cache
from pathlib import Path
from typing import Final

from flask import Blueprint, Response, current_app, request
from flask.typing import ResponseReturnValue

from app.web.http.security_headers import FOREVER
from app.web.http.static_files import static_hash

blueprint: Final = Blueprint("embed_script", __name__)

_FILE: Final = "js/embed.js"
_HOUR: Final = "public, max-age=3600"


@blueprint.get("/embed.js")
def embed_script() -> ResponseReturnValue:
    """Serve the script that fits frames to their pages. With its own hash as `?v=…`, caches may keep it forever."""
    response = Response(_script(str(current_app.static_folder)), mimetype="text/javascript")
    response.headers["Cache-Control"] = FOREVER if request.args.get("v") == static_hash(_FILE) else _HOUR
    # This also lets pages load it that use Cross-Origin-Embedder-Policy or an integrity attribute.
    response.headers["Access-Control-Allow-Origin"] = "*"
    response.headers["Cross-Origin-Resource-Policy"] = "cross-origin"
    response.add_etag()
    return response.make_conditional(request)


@cache
def _script(folder: str) -> bytes:
    return (Path(folder) / _FILE).read_bytes()
