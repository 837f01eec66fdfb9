"""New shipping rates: made at Stripe from the form of a link, once for each form."""

from collections.abc import Mapping
from functools import partial
from typing import Any

from app.gateway.protocol import Gateway
from app.objects.change import Actor
from app.objects.organization import Organization
from app.services.accounts import changes
from app.services.accounts.organizations import account_of
from app.services.idempotency import form_key
from app.services.links import stock
from app.store.protocol import Store


def create_shipping_rate(
    store: Store,
    gateway: Gateway,
    organization: Organization,
    params: Mapping[str, Any],
    form: str,
    now: int,
    *,
    actor: Actor,
) -> str:
    """Create a shipping rate, and return its id. The same form creates one rate, however often it arrives. Raises `GatewayError`."""
    key = form_key("shipping_rate", organization.id, form, params)
    account = account_of(organization, gateway)
    id = gateway.create_in_catalogue("shipping_rates", params, account=account, idempotency_key=key)
    stock.forget_lists(gateway, organization)
    record = partial(changes.record_once, store, actor, "shipping_rate.created", id, now)
    store.run(partial(record, organization=organization.id, name=str(params["display_name"])))
    return id
