"""The HTML that a merchant pastes into a site or an invoice: a frame, and a link and a QR code for readers without frames.

The script in the last line is optional. Command line, console and documentation show the same snippet.
"""

from html import escape
from typing import Final

from app.objects.organization import Organization
from app.objects.payment_link import PaymentLink

STARTING_HEIGHT: Final = 900
"""The height of the frame in pixels until the optional script knows the height of the page."""


def snippet(link: PaymentLink, organization: Organization) -> str:
    """Return the snippet of a link."""
    merchant = escape(organization.business_profile.name or organization.name)
    origin = link.url.partition("/pay/")[0]
    return (
        f'<iframe src="{escape(link.counterfoil.embed_url)}" title="Pay {merchant}" width="100%" height="{STARTING_HEIGHT}"\n'
        f'  loading="lazy" referrerpolicy="strict-origin-when-cross-origin"></iframe>\n'
        f'<a href="{escape(link.url)}" target="_blank" rel="noopener">Open the payment page</a>\n'
        f'<img src="{escape(link.counterfoil.qr_url)}" alt="QR code of {escape(link.url)}" width="160" height="160" loading="lazy">\n'
        f'<script src="{escape(origin)}/embed.js" async></script>\n'
    )
