"""Where "back" leads after a payment, or after the buyer left Checkout."""

from dataclasses import dataclass

from app.objects.organization import Organization
from app.objects.payment_link import PaymentLink
from app.objects.selection import UrlParameters
from app.web.display.formatting import merchant_name
from app.web.display.safe_urls import link_url
from app.web.display.translation import gettext as _
from app.wire.web_address import origin_of


@dataclass(frozen=True)
class WayBack:
    """An address and the words of its link. `to_start` is whether the buyer came from there, and not the merchant's site in general."""

    url: str
    label: str
    to_start: bool


def way_back(parameters: UrlParameters, link: PaymentLink, organization: Organization) -> WayBack | None:
    """Return the address from the page's own address, else the link's, else the merchant's site. None where there is none.

    The one in the page's address counts only if its site may frame the link: otherwise anyone could make our page link anywhere.
    """
    asked = parameters.return_url
    if asked is not None and origin_of(asked) not in link.counterfoil.embed_origins:
        asked = None
    start = link_url(asked) or link_url(link.counterfoil.return_url)
    url = start or link_url(organization.business_profile.url)
    if url is None:
        return None
    if start and link.is_invoice:
        label = _("Back to the invoice")
    else:
        # L10n: A link to the merchant’s site.
        label = _("Back to %(merchant)s", merchant=merchant_name(organization))
    return WayBack(url, label, to_start=start is not None)
