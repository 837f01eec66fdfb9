"""Serve the card of a link. It is drawn when it is first asked for, and again when what it shows has changed."""

from typing import Final

from flask import Blueprint, request
from flask.typing import ResponseReturnValue

from app.pricing.quote import default_selection, quote
from app.services import pictures
from app.web.assets.card.content import Card, card_of
from app.web.assets.card.drawing import draw_card
from app.web.assets.pictures import served_picture
from app.web.display.locale import fix_language
from app.web.visit.visit import Visit, open_visit

blueprint: Final = Blueprint("card", __name__)

_HOUR: Final = "public, max-age=3600"


@blueprint.get("/pay/<code>/card.png")
def card(code: str) -> ResponseReturnValue:
    """Serve the preview picture of a link, in the link's language. Raises `ResourceMissing`."""
    visit = open_visit(code)
    fix_language(visit.link.counterfoil.locale)
    shown = card_of(
        visit.link,
        visit.organization,
        quote(visit.link, default_selection(visit.link), visit.now),
        visit.context.config.public_url,
    )
    content = pictures.retrieve_card(visit.context.store, visit.link.id, shown.fingerprint, lambda: _draw(visit, shown))
    response = served_picture(content, "image/png", _HOUR)
    response.set_etag(shown.fingerprint)
    return response.make_conditional(request)


def _draw(visit: Visit, card: Card) -> bytes:
    store = visit.context.store
    logo, picture = pictures.find_content(store, card.logo), pictures.find_content(store, card.picture)
    return draw_card(card.words, card.color, logo=logo, picture=picture)
