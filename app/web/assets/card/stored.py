"""The stored cards of links: drawn when a link is created or changed, or when a request finds an outdated one."""

from typing import Final

from flask import Flask

from app.objects.organization import Organization
from app.objects.payment_link import PaymentLink
from app.objects.payment_link.translated import translated
from app.pricing.quote import default_selection, quote
from app.services import pictures
from app.services.accounts import keys
from app.store.protocol import Store
from app.web.assets.card.content import Card, card_of
from app.web.assets.card.drawing import draw_card
from app.web.display.languages import nearest_locales
from app.web.display.link_text import images_for_chats
from app.web.display.locale import fix_language, page_locale
from app.web.http.context import EXTENSION, Context

DRAWN_AT_ONCE: Final = 20
"""How many cards one run of the periodic work draws. Each takes about a tenth of a second."""


def find_card(context: Context, link: PaymentLink, organization: Organization, now: int) -> tuple[Card, bytes]:
    """Return the card of a link in the link's language, as values and as PNG. It is drawn if the stored one is missing or outdated."""
    fix_language(link.counterfoil.locale)
    link = translated(link, nearest_locales(page_locale()))
    shown = card_of(link, organization, quote(link, default_selection(link), now), context.config.public_url)
    content = pictures.retrieve_card(context.store, link.id, shown.fingerprint, lambda: _draw(context.store, shown))
    return shown, content


def draw_new_cards(app: Flask, now: int) -> int:
    """Draw the cards of links that are new or changed. Return how many links were looked at.

    A link with a picture of its own needs no card: chats show the picture.
    """
    context: Context = app.extensions[EXTENSION]

    def draw(link: PaymentLink) -> None:
        with app.app_context():
            if not images_for_chats(link, quote(link, default_selection(link), now)):
                owner = keys.retrieve_organization(context.store, link.counterfoil.organization)
                find_card(context, link, owner, now)

    return pictures.draw_cards(context.store, draw, limit=DRAWN_AT_ONCE)


def _draw(store: Store, card: Card) -> bytes:
    logo, picture = pictures.find_content(store, card.logo), pictures.find_content(store, card.picture)
    return draw_card(card.words, card.color, logo=logo, picture=picture)
