"""A session that was not asked for is not given to a buyer: the attempt is flagged, its place is released, the form can go on."""

from typing import Any

import pytest

from app.errors import GatewayRefused
from app.gateway.stripe_gateway import StripeGateway
from app.gateway.transport import WSGIClient
from app.objects.attempt import Attempt
from app.objects.payment_link import PaymentLink
from tests.gateway.stripe_shaped import KEY, a_session, answering
from tests.services.shop import ServiceShop

ORIGINS = ("https://checkout.stripe.com",)


def answered_with(**changes: Any) -> StripeGateway:
    """Return a gateway to a Stripe that answers every request with this session."""
    session = a_session(url="https://checkout.stripe.com/c/pay/cs_1", **changes)
    return StripeGateway(
        KEY, webhook_secret=None, http_client=WSGIClient(answering(session)), sandbox=True, checkout_origins=ORIGINS
    )


def the_attempt(shop: ServiceShop, link: PaymentLink) -> Attempt:
    (attempt,) = shop.store.attempts_of_link(link.id)
    return attempt


@pytest.mark.parametrize(
    ("changes", "flag"),
    [
        pytest.param({"livemode": True}, "livemode_mismatch", id="of the other mode"),
        pytest.param({"currency": "usd"}, "currency_mismatch", id="in another currency"),
        pytest.param({"mode": "subscription"}, "mode_mismatch", id="of another kind"),
        pytest.param({"metadata": {"counterfoil_attempt": "att_other"}}, "attempt_mismatch", id="of another attempt"),
    ],
)
def test_a_session_of_something_else_is_flagged_and_refused(
    shop: ServiceShop, changes: dict[str, Any], flag: str
) -> None:
    link = shop.limited(1)
    with pytest.raises(GatewayRefused) as raised:
        shop.start_with(answered_with(**changes), link)
    assert raised.value.code == flag
    attempt = the_attempt(shop, link)
    assert (attempt.state, attempt.flags, attempt.session_url) == ("failed", (flag,), None)
    assert shop.store.places_left(link.id) == 1
    assert shop.start(link).session_url is not None, "the form cannot go on"


@pytest.mark.parametrize(
    ("url", "code"),
    [
        (None, "checkout_url_missing"),
        ("http://checkout.stripe.com/c/pay/cs_1", "checkout_origin_not_listed"),
        ("https://checkout.stripe.example/c/pay/cs_1", "checkout_origin_not_listed"),
    ],
)
def test_a_session_without_a_trusted_address_is_refused(shop: ServiceShop, url: str | None, code: str) -> None:
    link = shop.limited(1)
    server = answering({**a_session(), "url": url})
    gateway = StripeGateway(KEY, webhook_secret=None, http_client=WSGIClient(server), checkout_origins=ORIGINS)
    with pytest.raises(GatewayRefused) as raised:
        shop.start_with(gateway, link)
    assert raised.value.code == code
    assert (the_attempt(shop, link).state, shop.store.places_left(link.id)) == ("failed", 1)


def test_a_matching_session_is_given_to_the_buyer(shop: ServiceShop) -> None:
    attempt = shop.start_with(answered_with(), shop.link())
    assert attempt.session_url == "https://checkout.stripe.com/c/pay/cs_1"
