"""The preview of a shared address: title, description, picture and a schema.org Offer. It holds no data of buyers."""

from dataclasses import dataclass, replace
from typing import Any, Final

from app.objects.quote import Quote
from app.pricing.money import format_amount_plain
from app.services import pictures
from app.web.assets.card import drawing
from app.web.assets.card.content import card_of
from app.web.display import link_text
from app.web.display.formatting import merchant_name, shortened, with_commas
from app.web.display.markdown import plain
from app.web.display.safe_urls import image_url, is_svg, link_url
from app.web.display.translation import gettext as _
from app.web.visit.language_menu import alternates
from app.web.visit.visit import Visit

DESCRIPTION_MAXIMUM: Final = 200


@dataclass(frozen=True)
class Image:
    """The picture of a preview. Its size is known where this server has it. A `large` one stands above the text, others beside it."""

    url: str
    alt: str
    size: tuple[int, int] | None = None
    large: bool = True


@dataclass(frozen=True)
class Sharing:
    """The values of the Open Graph and Twitter tags, and the offer as JSON-LD."""

    url: str
    title: str
    description: str
    site_name: str
    image: Image
    offer: dict[str, Any]
    alternates: list[tuple[str, str]]
    """The page in other languages: (`hreflang`, address)."""


def sharing(visit: Visit, quote: Quote) -> Sharing:
    """Return the preview of one link."""
    merchant = merchant_name(visit.organization)
    price = link_text.preview_price(visit.link, quote, visit.organization)
    picture = next(iter(link_text.images(visit.link, quote)), None)
    return Sharing(
        url=visit.public_address,
        title=shortened(link_text.heading(visit.link, quote), link_text.TITLE_MAXIMUM),
        description=shortened(_description(visit, quote, price), DESCRIPTION_MAXIMUM),
        site_name=merchant,
        image=_image(visit, quote, price),
        offer=_offer(visit, quote, merchant, _absolute(visit, picture) if picture else None),
        alternates=alternates(visit),
    )


def _description(visit: Visit, quote: Quote, price: str) -> str:
    """Return the price and what is sold, or else who sells it."""
    described = plain(visit.link.counterfoil.description or "") or next(
        (line.product.description for line in quote.lines if line.product.description), None
    )
    sold = described or _("Sold by %(merchant)s", merchant=merchant_name(visit.organization))
    return f"{price} · {sold}" if price else sold


def _image(visit: Visit, quote: Quote, price: str) -> Image:
    """Return the first picture that chats can show, else the card, else, where the font lacks the card's letters, the logo."""
    title, merchant = link_text.heading(visit.link, quote), merchant_name(visit.organization)
    if shown := link_text.images_for_chats(visit.link, quote):
        return _picture(visit, title, shown[0])
    card = card_of(visit.link, visit.organization, quote, visit.context.config.public_url)
    if not card.words.title and not card.logo:  # an uploaded logo is on the card already
        branding = visit.organization.settings.branding
        for logo in (image_url(branding.logo), image_url(branding.icon)):
            if logo and not is_svg(logo):
                return replace(_picture(visit, merchant, logo), large=False)
    alt = with_commas(title, price, merchant)
    return Image(f"{visit.public_address}/card.png", alt, (drawing.WIDTH, drawing.HEIGHT))


def _picture(visit: Visit, alt: str, image: str) -> Image:
    return Image(_absolute(visit, image), alt, pictures.find_size(visit.context.store, image))


def _offer(visit: Visit, quote: Quote, merchant: str, image: str | None) -> dict[str, Any]:
    seller: dict[str, Any] = {"@type": "Organization", "name": merchant}
    if url := link_url(visit.organization.business_profile.url):
        seller["url"] = url
    item: dict[str, Any] = {"@type": "Product", "name": link_text.heading(visit.link, quote)}
    if image:
        item["image"] = image
    return {
        "@context": "https://schema.org",
        "@type": "Offer",
        "url": visit.public_address,
        "price": format_amount_plain(quote.amount_total, quote.currency, "en"),
        "priceCurrency": quote.currency.upper(),
        "availability": "https://schema.org/InStock",
        "itemOffered": item,
        "seller": seller,
    }


def _absolute(visit: Visit, image: str) -> str:
    """Return the whole address of a picture that a page may show."""
    return visit.context.config.public_url + image if image.startswith("/") else image
