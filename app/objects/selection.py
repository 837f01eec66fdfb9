"""What a buyer chose and answered on one page: values only, already checked against the link's bounds."""

from typing import Literal

from app.objects.base import Object
from app.objects.discount import PromotionCode
from app.objects.scalars import CurrencyCode, Integer


class Consent(Object):
    """What the buyer agreed to, in Checkout's own words."""

    promotions: Literal["opt_in", "opt_out"] | None = None
    terms_of_service: Literal["accepted"] | None = None


class Answers(Object):
    """What the buyer told: `custom_fields` by key; `email` where the page asked for one."""

    consent: Consent = Consent()
    custom_fields: dict[str, str] = {}
    email: str | None = None


class UrlParameters(Object):
    """What the address of the page carried, after Stripe's rules (bad values are already gone)."""

    client_reference_id: str | None = None
    locale: str | None = None
    locked_prefilled_email: str | None = None
    prefilled_email: str | None = None
    prefilled_promo_code: str | None = None
    utm_campaign: str | None = None
    utm_content: str | None = None
    utm_medium: str | None = None
    utm_source: str | None = None
    utm_term: str | None = None


class Selection(Object):
    """One buyer's choice on one link. Missing quantities are the link's own; amounts in minor units.

    `quantities` and `unit_amounts` go by line item id, `optional_quantities` by price id (0 or missing: left out).
    """

    answers: Answers = Answers()
    currency: CurrencyCode | None = None
    optional_quantities: dict[str, Integer] = {}
    promotion_code: PromotionCode | None = None
    quantities: dict[str, Integer] = {}
    unit_amounts: dict[str, Integer] = {}
    url_parameters: UrlParameters = UrlParameters()
