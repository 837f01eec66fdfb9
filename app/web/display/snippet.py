"""What a merchant pastes into an invoice or a site: a titled frame, a plain link and a QR code for where frames do not work.

The last line, one script, is optional. The same block everywhere: on the command line, in the console, in the documentation.
"""

from html import escape
from typing import Final

from app.objects.organization import Organization
from app.objects.payment_link import PaymentLink

STARTING_HEIGHT: Final = 900
"""The frame's height in pixels until the script, where there is one, has heard the page's own."""


def snippet(link: PaymentLink, organization: Organization) -> str:
    """The block of HTML for this link; works without its last line."""
    merchant = escape(organization.business_profile.name or organization.name)
    origin = link.url.partition("/pay/")[0]
    return (
        f'<iframe src="{escape(link.counterfoil.embed_url)}" title="Pay {merchant}" width="100%" height="{STARTING_HEIGHT}"\n'
        f'  loading="lazy" referrerpolicy="strict-origin-when-cross-origin"></iframe>\n'
        f'<a href="{escape(link.url)}" target="_blank" rel="noopener">Open the payment page</a>\n'
        f'<img src="{escape(link.counterfoil.qr_url)}" alt="QR code of {escape(link.url)}" width="160" height="160" loading="lazy">\n'
        f'<script src="{escape(origin)}/embed.js" async></script>\n'
    )
