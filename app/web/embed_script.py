"""The one script that merchants may put beside a frame. Its address never changes, so caches ask again after an hour."""

from typing import Final

from flask import Blueprint, current_app, request, send_from_directory
from flask.typing import ResponseReturnValue

from app.web.headers import FOREVER

blueprint: Final = Blueprint("embed_script", __name__)

_HOUR: Final = "public, max-age=3600"


@blueprint.get("/embed.js")
def embed_script() -> ResponseReturnValue:
    """The script that fits frames to their pages; with `?v=…` for whoever wants this very version for good."""
    response = send_from_directory(str(current_app.static_folder), "js/embed.js", mimetype="text/javascript", etag=True)
    response.headers["Cache-Control"] = FOREVER if request.args.get("v") else _HOUR
    # Pages under Cross-Origin-Embedder-Policy, or with an integrity attribute, load it too.
    response.headers["Access-Control-Allow-Origin"] = "*"
    response.headers["Cross-Origin-Resource-Policy"] = "cross-origin"
    return response
