"""What a view says about the page that it makes, so that the page may be kept."""

from dataclasses import dataclass, field
from typing import Final

from flask import request

from app.web.page_cache.sent_form import Pairs, Rules, Sent
from app.web.visit.form_token import FormTokens
from app.web.visit.visit import Visit

OFFER: Final = "counterfoil.page_offer"
"""The key of the `Offer` in the WSGI environment of a request whose page may be kept."""

PREVIEW_OFFER: Final = "counterfoil.preview_offer"
"""The key of the `PreviewOffer` in the WSGI environment of a preview that may be kept."""


@dataclass
class Offer:
    """The visit that a page was made for, and the tokens of its form. `error` is why the state could not be read."""

    visit: Visit | None = None
    tokens: FormTokens | None = None
    error: Exception | None = None


def offer_page(visit: Visit, tokens: FormTokens | None = None) -> None:
    """Say that the page of this request has nothing of a buyer but the form tokens, so that it may be kept."""
    offer: Offer | None = request.environ.get(OFFER)
    if offer is not None:
        offer.visit, offer.tokens = visit, tokens


def raise_found_error() -> None:
    """Raise the error that was found before Flask was entered, so that it is answered like every error."""
    offer: Offer | None = request.environ.get(OFFER)
    if offer is not None and offer.error is not None:
        raise offer.error


@dataclass
class PreviewOffer:
    """The fields that were sent, and what the view says about them: the rules of its form, and marks in place of typed texts."""

    pairs: Pairs
    visit: Visit | None = None
    tokens: FormTokens | None = None
    rules: Rules | None = None
    sent: Sent | None = None
    marks: dict[str, str] = field(default_factory=dict)


def preview_offer() -> PreviewOffer | None:
    """Return the offer of this request, if its preview may be kept."""
    found: PreviewOffer | None = request.environ.get(PREVIEW_OFFER)
    return found
