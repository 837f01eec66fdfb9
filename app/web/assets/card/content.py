"""What the card of a link says, and whether the font can draw it.

An invoice's card shows neither its amount nor who pays it: a preview is seen by everyone in a chat.
"""

import hashlib
import json
from dataclasses import asdict, dataclass
from typing import Final

from app.objects.organization import Organization
from app.objects.payment_link import PaymentLink
from app.objects.picture import PICTURE_PATH
from app.objects.quote import Quote
from app.pricing.money import format_amount
from app.web.assets.card.drawing import Words
from app.web.assets.card.font import drawable
from app.web.display import link_text
from app.web.display.formatting import merchant_name, shortened
from app.wire.web_address import readable

DRAWING: Final = 1
"""The version of the drawing. Another one draws every card again."""

LONGEST_TEXT: Final = 200
"""Characters of a name or a title. A card has room for fewer."""

COLOR: Final = "#0e585c"
"""The brand's colour where a merchant has none, as in static/css/counterfoil.css."""


@dataclass(frozen=True)
class Card:
    """The card of one link. `logo` and `picture` are paths of uploaded pictures."""

    words: Words
    color: str
    logo: str | None
    picture: str | None

    @property
    def fingerprint(self) -> str:
        """The hash of everything that the card shows."""
        shown = json.dumps([DRAWING, asdict(self)], sort_keys=True)
        return hashlib.sha256(shown.encode()).hexdigest()


def card_of(link: PaymentLink, organization: Organization, quote: Quote, public_url: str) -> Card:
    """Return the card of a link. It has no title where the font lacks a letter of the merchant's name or of the title."""
    seller = drawable(shortened(merchant_name(organization), LONGEST_TEXT))
    title = drawable(shortened(link_text.heading(link, quote), LONGEST_TEXT))
    host = readable(public_url).partition("://")[2]
    branding = organization.settings.branding
    words = Words(
        seller=seller or "",
        title=title if title and seller else "",
        amount=_amount(link, organization, quote),
        host=drawable(host) or public_url.partition("://")[2],
    )
    picture = _uploaded(next(iter(link_text.images(link, quote)), None))
    return Card(words, branding.primary_color or COLOR, _uploaded(branding.logo) or _uploaded(branding.icon), picture)


def _amount(link: PaymentLink, organization: Organization, quote: Quote) -> str:
    """Return the price. Where the font lacks the digits or the sign of a language, the price is written as in English."""
    shown = link_text.preview_price(link, quote, organization)
    if words := drawable(shown):
        return words
    if not shown or link.is_invoice:
        return ""
    return drawable(format_amount(quote.amount_total, quote.currency, "en")) or ""


def _uploaded(image: str | None) -> str | None:
    """Return the path of an uploaded picture. Others are not drawn: they are elsewhere, or in a format that is not for pixels."""
    return image if image and PICTURE_PATH.fullmatch(image) else None
