"""What a view says about the page that it makes, so that the page may be kept."""

from dataclasses import dataclass
from typing import Final

from flask import request

from app.web.visit.form_token import FormTokens
from app.web.visit.visit import Visit

OFFER: Final = "counterfoil.page_offer"
"""The key of the `Offer` in the WSGI environment of a request whose page may be kept."""


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
