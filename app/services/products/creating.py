"""New products and new prices: made at Stripe once for each form, and recorded."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import partial
from typing import Any

from app.errors import GatewayError
from app.gateway.protocol import Gateway
from app.objects.change import Actor
from app.objects.organization import Organization
from app.objects.price import Price, Product
from app.services.accounts import changes
from app.services.accounts.organizations import account_of
from app.services.idempotency import form_key
from app.services.links import stock
from app.services.products.products import retrieve, sendable_images
from app.store.protocol import Store


@dataclass(frozen=True)
class Created:
    """A new product. `failure` says why Stripe did not create its price."""

    product: str
    failure: GatewayError | None = None


def create_product(
    store: Store,
    gateway: Gateway,
    organization: Organization,
    product: Mapping[str, Any],
    price: Mapping[str, Any],
    form: str,
    now: int,
    *,
    actor: Actor,
    public_url: str,
) -> Created:
    """Create a product with its first price, which becomes its default. The same form creates both once.

    Raises `PictureRefused`, and `GatewayError` if the product itself was not created.
    """
    sent = dict(product)
    if "images" in sent:
        sent["images"] = sendable_images(gateway, sent["images"], public_url)
    key = form_key("product", organization.id, form, sent)
    id = gateway.create_in_catalogue("products", sent, account=account_of(organization, gateway), idempotency_key=key)
    stock.forget_lists(gateway, organization)
    record = partial(changes.record_once, store, actor, "product.created", id, now)
    store.run(partial(record, organization=organization.id, name=str(product["name"])))
    try:
        add_price(store, gateway, organization, id, price, form, now, actor=actor)
    except GatewayError as error:
        return Created(id, error)
    return Created(id)


def add_price(
    store: Store,
    gateway: Gateway,
    organization: Organization,
    product_id: str,
    price: Mapping[str, Any],
    form: str,
    now: int,
    *,
    actor: Actor,
) -> Price:
    """Create a price of a product. The first one becomes the product's default. The same form creates one price.

    Raises `ResourceMissing`, `GatewayError`.
    """
    product, account = retrieve(gateway, organization, product_id), account_of(organization, gateway)
    sent = {**price, "product": product_id}
    key = form_key("price", organization.id, form, sent)
    created = gateway.create_price(sent, idempotency_key=key, account=account)
    if product.default_price is None:
        gateway.update_in_catalogue("products", product_id, {"default_price": created.id}, account=account)
    stock.forget_lists(gateway, organization)
    name = created.product.name if isinstance(created.product, Product) else None
    record = partial(changes.record_once, store, actor, "price.created", created.id, now)
    store.run(partial(record, organization=organization.id, name=name))
    return created
