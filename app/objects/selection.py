"""The choices and answers of a buyer on one page. They are already validated against the link."""

from typing import Final, Literal

from app.objects.base import Object
from app.objects.discount import PromotionCode
from app.objects.scalars import Boolean, CurrencyCode, Integer, Timestamp


class Consent(Object):
    """The consents of the buyer, in Checkout's terms."""

    promotions: Literal["opt_in", "opt_out"] | None = None
    terms_of_service: Literal["accepted"] | None = None


class ShownConsent(Object):
    """A consent that the page asked for: the words that the buyer read, their language, and when the answer was sent.

    `text` is plain text with links as the little Markdown writes them. `given` is false if the buyer left the box empty.
    """

    name: Literal["promotions", "terms_of_service"]
    created: Timestamp
    given: Boolean
    locale: str
    text: str


class Answers(Object):
    """The answers of the buyer: `custom_fields` by key, and `email` if the page asks for one."""

    consent: Consent = Consent()
    custom_fields: dict[str, str] = {}
    email: str | None = None


class UrlParameters(Object):
    """The parameters in the page's address: those that Stripe defines, and `return_url`. Invalid values are left out."""

    client_reference_id: str | None = None
    locale: str | None = None
    locked_prefilled_email: str | None = None
    prefilled_email: str | None = None
    prefilled_promo_code: str | None = None
    return_url: str | None = None
    """Where the buyer came from: the page that frames the pay page."""
    utm_campaign: str | None = None
    utm_content: str | None = None
    utm_medium: str | None = None
    utm_source: str | None = None
    utm_term: str | None = None


class Selection(Object):
    """One buyer's choice on one link. A missing quantity is the link's own. Amounts are in minor units.

    `quantities` and `unit_amounts` are by line item id, `optional_quantities` by price id. An optional item without a quantity, or with 0,
    is not added.
    """

    answers: Answers = Answers()
    currency: CurrencyCode | None = None
    optional_quantities: dict[str, Integer] = {}
    promotion_code: PromotionCode | None = None
    quantities: dict[str, Integer] = {}
    unit_amounts: dict[str, Integer] = {}
    url_parameters: UrlParameters = UrlParameters()


NOTHING_CHOSEN: Final = Selection()
"""The selection of a page before the buyer chooses. Use it instead of a new one: pydantic copies every default of a new object.

All pages share it, and its dicts can be changed: copy one before you change it.
"""
