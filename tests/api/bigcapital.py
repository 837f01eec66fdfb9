"""A request to the Bigcapital-style endpoint."""

from typing import Any

from tests.api.conftest import ApiShop

NOT_FOUND = {"statusCode": 404, "message": "Payment link not found"}


def ask(shop: ApiShop, id: str, body: Any = None, **headers: str) -> Any:
    sent = shop.headers(**headers)
    path = f"/api/payment-links/{id}/stripe_checkout_session"
    return shop.http.post(path, headers=sent) if body is None else shop.http.post(path, json=body, headers=sent)
