"""The state of a link for its frame, which asks while it is shown so that a paid invoice says so by itself."""

from typing import Final

from flask import Blueprint, jsonify
from flask.typing import ResponseReturnValue

from app.services.links.frames import frame_state
from app.web.visit.visit import open_visit

blueprint: Final = Blueprint("frame_state", __name__, url_prefix="/pay/<code>")


@blueprint.get("/embed/state")
def state(code: str) -> ResponseReturnValue:
    """Return the state as JSON. It says nothing that the page does not say to everyone who opens it."""
    visit = open_visit(code, embedded=True)
    response = jsonify(state=frame_state(visit.context.store, visit.link, visit.now))
    response.headers["Cache-Control"] = "no-store"
    return response
