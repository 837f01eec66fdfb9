"""What the address of a pay page may carry, after Stripe's rules: a bad value never fails the page, it is left out.

Which ones were left out and why is told to the merchant in test mode; Stripe tells nobody.
"""

import re
from collections.abc import Mapping
from typing import Final
from urllib.parse import urlencode

from app.objects.enumerations import CHECKOUT_LOCALES
from app.objects.payment_link import PaymentLink
from app.objects.selection import UrlParameters
from app.web.display.translation import gettext as _
from app.web.visit.email_address import is_email

_REFERENCE: Final = re.compile(r"[A-Za-z0-9_-]{1,200}")
_UTM: Final = re.compile(r"[A-Za-z0-9_-]{1,150}")
_CODE: Final = re.compile(r"[A-Za-z0-9]{1,200}")
_LOCALES: Final = {locale.lower(): locale for locale in CHECKOUT_LOCALES}


def read_url_parameters(arguments: Mapping[str, str]) -> tuple[UrlParameters, list[str]]:
    """What counts, and the names of what was given but does not (unknown names are nobody's business)."""
    counted: dict[str, str] = {}
    ignored: list[str] = []
    for name in UrlParameters.model_fields:
        given = arguments.get(name)
        if not given:
            continue
        value = _accepted(name, given)
        if value is None:
            ignored.append(name)
        else:
            counted[name] = value
    return UrlParameters(**counted), ignored


def why_ignored(name: str, link: PaymentLink) -> str:
    """Why a parameter does not count, for the merchant."""
    if name in {"prefilled_email", "locked_prefilled_email"}:
        return _("this is no e-mail address")
    if name == "prefilled_promo_code" and not link.allow_promotion_codes:
        return _("this link takes no promotion codes")
    if name == "prefilled_promo_code":
        return _("a code here has letters and digits alone")
    if name == "locale":
        return _("this is no language that Checkout speaks")
    most = 200 if name == "client_reference_id" else 150
    return _("it takes up to %(most)s letters, digits, hyphens and underscores", most=most)


def query_string(parameters: UrlParameters) -> str:
    """The same as a query, with its question mark, so that it travels on from page to page."""
    pairs = {name: value for name, value in parameters.model_dump().items() if value is not None}
    return f"?{urlencode(pairs)}" if pairs else ""


def _accepted(name: str, value: str) -> str | None:
    if name in {"prefilled_email", "locked_prefilled_email"}:
        return value.strip() if is_email(value.strip()) else None
    if name == "locale":
        return _LOCALES.get(value.lower())
    rule = {"client_reference_id": _REFERENCE, "prefilled_promo_code": _CODE}.get(name, _UTM)
    return value if rule.fullmatch(value) else None
