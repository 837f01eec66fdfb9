"""Serve the card of a link."""

from typing import Final

from flask import Blueprint, request
from flask.typing import ResponseReturnValue

from app.web.assets.card.stored import find_card
from app.web.assets.pictures import served_picture
from app.web.visit.visit import open_visit

blueprint: Final = Blueprint("card", __name__)

_HOUR: Final = "public, max-age=3600"


@blueprint.get("/pay/<code>/card.png")
def card(code: str) -> ResponseReturnValue:
    """Serve the preview picture of a link, in the link's language. Raises `ResourceMissing`."""
    visit = open_visit(code)
    shown, content = find_card(visit.context, visit.original or visit.link, visit.organization, visit.now)
    response = served_picture(content, "image/png", _HOUR)
    response.set_etag(shown.fingerprint)
    return response.make_conditional(request)
