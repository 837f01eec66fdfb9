"""The URL parameters of a pay page, with Stripe's rules: an invalid value is ignored and never breaks the page.

In test mode the page tells the merchant which parameters were ignored, and why. Stripe's own page does not.
"""

import re
from collections.abc import Collection, Mapping
from typing import Final
from urllib.parse import urlencode

from app.objects.payment_link import PaymentLink
from app.objects.selection import UrlParameters
from app.objects.typed_text import clean_code
from app.web.display.languages import link_locale
from app.web.display.safe_urls import link_url
from app.web.display.translation import gettext as _
from app.web.visit.email_address import read_email
from app.wire.web_address import origin_of

_REFERENCE: Final = re.compile(r"[A-Za-z0-9_-]{1,200}")
_UTM: Final = re.compile(r"[A-Za-z0-9_-]{1,150}")
_CODE: Final = re.compile(r"[A-Za-z0-9]{1,200}")
_MAXIMUM_LENGTH: Final = 300
"""Characters of a value that is looked at. No rule takes more."""

_MAXIMUM_RETURN_URL_LENGTH: Final = 1000
_NO_PARAMETERS: Final = UrlParameters()


def read_url_parameters(
    arguments: Mapping[str, str], embed_origins: Collection[str] = ()
) -> tuple[UrlParameters, list[str]]:
    """Return the valid parameters, and the names of the invalid ones. Unknown names are not reported.

    `embed_origins` are the origins that a `return_url` may have: those of the sites that may frame the link.
    """
    counted: dict[str, str] = {}
    ignored: list[str] = []
    if not arguments:
        return _NO_PARAMETERS, ignored
    for name in UrlParameters.model_fields:
        # An address that was copied from the source of a page has "&amp;" between its parameters.
        given = _given(arguments, name) or _given(arguments, f"amp;{name}")
        if not given:
            continue
        value = _return_url(given, embed_origins) if name == "return_url" else _accepted(name, given)
        if value is None:
            ignored.append(name)
        else:
            counted[name] = value
    return UrlParameters(**counted), ignored


def why_ignored(name: str, link: PaymentLink) -> str:
    """Explain to the merchant why a parameter was ignored."""
    if name in {"prefilled_email", "locked_prefilled_email"}:
        # L10n: Follows the name of a parameter in a note for merchants: "prefilled_email: it is not …". So do the next texts.
        return _("it is not an e-mail address")
    if name == "prefilled_promo_code" and not link.allow_promotion_codes:
        return _("this link does not take promotion codes")
    if name == "prefilled_promo_code":
        return _("a code has only letters and digits here")
    if name == "locale":
        return _("Checkout does not support this language")
    if name == "return_url":
        return _("its site is not listed in counterfoil[embed_origins]")
    most = 200 if name == "client_reference_id" else 150
    # L10n: `most` is 150 or 200.
    return _("it takes up to %(most)s letters, digits, hyphens and underscores", most=most)


def query_string(parameters: UrlParameters) -> str:
    """Return the parameters as a query string with its question mark, or an empty text."""
    pairs = {name: value for name, value in parameters.model_dump().items() if value is not None}
    return f"?{urlencode(pairs)}" if pairs else ""


def _given(arguments: Mapping[str, str], name: str) -> str | None:
    """Return the value of a name, or None."""
    return arguments[name] if name in arguments else None  # noqa: SIM401 - Werkzeug's `get` raises and catches an error


def _return_url(value: str, embed_origins: Collection[str]) -> str | None:
    if len(value) > _MAXIMUM_RETURN_URL_LENGTH or origin_of(value) not in embed_origins:
        return None
    return link_url(value)


def _accepted(name: str, value: str) -> str | None:
    if len(value) > _MAXIMUM_LENGTH:
        return None
    if name in {"prefilled_email", "locked_prefilled_email"}:
        return read_email(value)
    if name == "locale":
        return link_locale(value)
    if name == "prefilled_promo_code":
        value = clean_code(value)
    rule = {"client_reference_id": _REFERENCE, "prefilled_promo_code": _CODE}.get(name, _UTM)
    return value if rule.fullmatch(value) else None
