"""The HTML that a merchant pastes into a site or an invoice: a frame, a link for readers without frames, and a QR code if wanted.

The script in the last line is optional. Command line, console and documentation show the same snippet. Its words are in the language of the
link, else in the one that the caller gives. They are translated without a request, because the command line has none.
"""

from dataclasses import dataclass
from functools import cache
from html import escape
from typing import Final
from urllib.parse import urlencode

from babel.support import NullTranslations, Translations

from app.errors import InvalidRequest
from app.languages.locales import babel_locale
from app.objects.organization import Organization
from app.objects.payment_link import PaymentLink
from app.web.display import link_text
from app.web.display.languages import AUTO, DEFAULT
from app.web.display.locale import BUYER, CATALOGUES
from app.web.display.safe_urls import link_url
from app.web.display.translation import N_
from app.wire.web_address import origin_of

STARTING_HEIGHT: Final = 900
"""The height of the frame in pixels until the optional script knows the height of the page."""

FALLBACK_WIDTH: Final = 608
"""The width of the frame in pixels where a site's policy forbids the style that makes it as wide as its place."""

# L10n: A link on a site of the merchant's, for readers who do not see the frame above it.
_WAY: Final = N_("Open the payment page")

THEMES: Final = ("light", "auto", "dark")


@dataclass(frozen=True)
class Choices:
    """What the merchant chooses for a snippet. `return_url` is the page that the snippet will stand on."""

    return_url: str | None = None
    theme: str = "light"
    qr: bool = True


PLAIN: Final = Choices()


def snippet(link: PaymentLink, organization: Organization, choices: Choices = PLAIN, *, language: str = DEFAULT) -> str:
    """Return the snippet of a link. Raises `InvalidRequest` for a `return_url` on a site that may not frame the link.

    `language` is that of a link whose buyers have several.
    """
    words = _words(link, language)
    back = _checked(link, choices.return_url)
    theme = choices.theme if choices.theme != "light" else None
    source = _with_query(link.counterfoil.embed_url, return_url=back, theme=theme)
    origin = link.url.partition("/pay/")[0]
    way = escape(words.gettext(_WAY))
    lines = [
        f'<iframe src="{escape(source)}" title="{escape(frame_title(link, organization, language))}"',
        f'  width="{FALLBACK_WIDTH}" height="{STARTING_HEIGHT}" style="width: 100%; border: 0"',
        f'  loading="lazy" referrerpolicy="strict-origin-when-cross-origin"{_text_for_script(way)}></iframe>',
        f'<a href="{escape(_with_query(link.url, return_url=back))}" target="_blank" rel="noopener">{way}</a>',
        *([_qr(link, words)] if choices.qr else ()),
        f'<script src="{escape(origin)}/embed.js" async></script>',
    ]
    return "\n".join(lines) + "\n"


def frame_title(link: PaymentLink, organization: Organization, language: str = DEFAULT) -> str:
    """Return the name of the frame for screen readers. It tells several frames of one page apart."""
    words = _words(link, language)
    merchant = organization.business_profile.name or organization.name
    reference = link.counterfoil.reference
    if reference and link.is_invoice:
        number = link_text.invoice_number(reference, link_text.invoice_words(words.gettext))
        # L10n: The name of a frame, for screen readers. `reference` is the number of the invoice.
        return words.gettext("Pay invoice %(reference)s to %(merchant)s") % {"reference": number, "merchant": merchant}
    items = link.line_items.data if link.line_items else ()
    name = link.counterfoil.title or (items[0].description if items else None)
    if not name:
        return words.gettext("Pay %(merchant)s") % {"merchant": merchant}
    # L10n: The name of a frame, for screen readers. `name` is what is sold: "Pay Hillside Apiary: Jar of honey".
    return words.gettext("Pay %(merchant)s: %(name)s") % {"merchant": merchant, "name": name}


def _words(link: PaymentLink, language: str) -> NullTranslations:
    """Return the buyer's texts in the language of the link, else in another one."""
    locale = link.counterfoil.locale
    return _catalogue(str(babel_locale(language if locale in (None, AUTO) else locale)))


@cache
def _catalogue(locale: str) -> NullTranslations:
    """Return the buyer's texts in a language. A language without a catalogue has them in English."""
    return Translations.load(str(CATALOGUES), [locale], BUYER)


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


def _text_for_script(way: str) -> str:
    """Return the attribute with the text of the link that the script adds if the site has removed it. The script has it in English."""
    return f' data-link="{way}"' if way != _WAY else ""


def _qr(link: PaymentLink, words: NullTranslations) -> str:
    alt = words.gettext("QR code of %(address)s") % {"address": link.url}
    return f'<img src="{escape(link.counterfoil.qr_url)}" alt="{escape(alt)}" width="160" height="160" loading="lazy">'
