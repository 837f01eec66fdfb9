"""The HTML that a merchant pastes into a site or an invoice: a frame, a link for readers without frames, and a QR code if wanted.

The script in the last line is optional. Command line, console and documentation show the same snippet.
"""

from dataclasses import dataclass
from html import escape
from typing import Final
from urllib.parse import urlencode

from app.errors import InvalidRequest
from app.objects.organization import Organization
from app.objects.payment_link import PaymentLink
from app.web.display.safe_urls import link_url
from app.wire.web_address import origin_of

STARTING_HEIGHT: Final = 900
"""The height of the frame in pixels until the optional script knows the height of the page."""

FALLBACK_WIDTH: Final = 608
"""The width of the frame in pixels where a site's policy forbids the style that makes it as wide as its place."""

THEMES: Final = ("light", "auto", "dark")


@dataclass(frozen=True)
class Choices:
    """What the merchant chooses for a snippet. `return_url` is the page that the snippet will stand on."""

    return_url: str | None = None
    theme: str = "light"
    qr: bool = True


PLAIN: Final = Choices()


def snippet(link: PaymentLink, organization: Organization, choices: Choices = PLAIN) -> str:
    """Return the snippet of a link. Raises `InvalidRequest` for a `return_url` on a site that may not frame the link."""
    back = _checked(link, choices.return_url)
    theme = choices.theme if choices.theme != "light" else None
    source = _with_query(link.counterfoil.embed_url, return_url=back, theme=theme)
    origin = link.url.partition("/pay/")[0]
    lines = [
        f'<iframe src="{escape(source)}" title="{escape(frame_title(link, organization))}"',
        f'  width="{FALLBACK_WIDTH}" height="{STARTING_HEIGHT}" style="width: 100%; border: 0"',
        '  loading="lazy" referrerpolicy="strict-origin-when-cross-origin"></iframe>',
        f'<a href="{escape(_with_query(link.url, return_url=back))}" target="_blank" rel="noopener">Open the payment page</a>',
        *([_qr(link)] if choices.qr else ()),
        f'<script src="{escape(origin)}/embed.js" async></script>',
    ]
    return "\n".join(lines) + "\n"


def frame_title(link: PaymentLink, organization: Organization) -> str:
    """Return the name of the frame for screen readers. It tells several frames of one page apart."""
    merchant = organization.business_profile.name or organization.name
    reference = link.counterfoil.reference
    if reference and link.submit_type in {"auto", "pay"}:
        named = reference if reference.casefold().startswith("invoice") else f"invoice {reference}"
        return f"Pay {named} to {merchant}"
    items = link.line_items.data if link.line_items else ()
    name = link.counterfoil.title or (items[0].description if items else None)
    return f"Pay {merchant}: {name}" if name else f"Pay {merchant}"


def _checked(link: PaymentLink, return_url: str | None) -> str | None:
    if not return_url:
        return None
    if link_url(return_url) is None or origin_of(return_url) not in link.counterfoil.embed_origins:
        raise InvalidRequest(
            "The site of return_url is not listed in counterfoil[embed_origins], so it cannot show the frame.",
            param="return_url",
        )
    return return_url


def _with_query(url: str, **parameters: str | None) -> str:
    query = urlencode({name: value for name, value in parameters.items() if value})
    return f"{url}?{query}" if query else url


def _qr(link: PaymentLink) -> str:
    return f'<img src="{escape(link.counterfoil.qr_url)}" alt="QR code of {escape(link.url)}" width="160" height="160" loading="lazy">'
