"""The preview of a shared address: title, description, image and a schema.org Offer. It holds no data of buyers."""

from dataclasses import dataclass
from typing import Any

from app.objects.quote import Quote
from app.pricing.money import format_amount_plain
from app.web.display import link_text
from app.web.display.formatting import merchant_name, shortened
from app.web.display.markdown import plain
from app.web.display.safe_urls import image_url, link_url
from app.web.display.translation import gettext as _
from app.web.visit.visit import Visit

DESCRIPTION_MAXIMUM = 200


@dataclass(frozen=True)
class Sharing:
    """The values of the Open Graph and Twitter tags, and the offer as JSON-LD."""

    url: str
    title: str
    description: str
    site_name: str
    image: str | None
    offer: dict[str, Any]


def sharing(visit: Visit, quote: Quote) -> Sharing:
    """Return the preview of one link."""
    merchant = merchant_name(visit.organization)
    title = link_text.summary_of(visit.link, quote)
    described = plain(visit.link.counterfoil.description or "") or next(
        (line.product.description for line in quote.lines if line.product.description), None
    )
    description = described or _("Pay %(merchant)s", merchant=merchant)
    image = _absolute(
        visit,
        visit.link.counterfoil.image or next((found for line in quote.lines for found in line.product.images), None),
    )
    return Sharing(
        url=visit.public_address,
        title=title,
        description=shortened(description, DESCRIPTION_MAXIMUM),
        site_name=merchant,
        image=image,
        offer=_offer(visit, quote, merchant, image),
    )


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


def _absolute(visit: Visit, image: str | None) -> str | None:
    address = image_url(image)
    if address and address.startswith("/"):
        return visit.context.config.public_url + address
    return address
