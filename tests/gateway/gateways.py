"""A gateway that talks to a scripted Stripe."""

from typing import Any

from app.gateway.stripe_gateway import StripeGateway
from app.gateway.transport import WSGIClient
from tests.gateway.stripe_shaped import KEY, StripeShaped


def gateway(server: StripeShaped, api_key: str = KEY, **settings: Any) -> StripeGateway:
    return StripeGateway(
        api_key, webhook_secret=None, http_client=WSGIClient(server), **{"max_network_retries": 0, **settings}
    )
