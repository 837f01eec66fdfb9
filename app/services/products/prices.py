"""The change of a price: a new price at Stripe takes the place of the old one, in the links that the merchant chooses.

Stripe's prices never change their amount. Links that are not chosen keep the old price.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from decimal import Decimal
from functools import partial
from typing import Any, Final

from app.errors import GatewayRefused, InvalidRequest
from app.gateway.protocol import Gateway
from app.objects.change import Actor
from app.objects.organization import Organization
from app.objects.payment_link import PaymentLink
from app.objects.price import Price, Product
from app.services.accounts import changes
from app.services.accounts.organizations import account_of, organizations_of_account
from app.services.idempotency import form_key
from app.services.links import service as links
from app.services.links import stock
from app.services.links.price_refresh import replace_price, with_price
from app.services.links.rules import check as link_rules
from app.services.products.products import missing_or, price_ids, product_id
from app.store.protocol import Store

_COPIED: Final = ("currency", "nickname", "metadata", "recurring", "tax_behavior", "transform_quantity")


@dataclass(frozen=True)
class Opened:
    """A price with its product, and the links that sell it."""

    price: Price
    links: Sequence[PaymentLink]


@dataclass(frozen=True)
class PriceChange:
    """The requested change. `moved` has the ids of the links that get the new price, and `form` is the id of the form."""

    amount: int
    moved: Collection[str]
    archive: bool
    form: str
    custom_fields_max: int


def open_price(store: Store, gateway: Gateway, organization: Organization, id: str) -> Opened:
    """Return the price with the links of the organization that sell it. Raises `ResourceMissing`, `GatewayError`."""
    try:
        price = gateway.retrieve_price(id, account=account_of(organization, gateway))
    except GatewayRefused as error:
        raise missing_or(error, "price") from error
    return Opened(price, _links_with(store, organization, price.id))


def can_change(price: Price) -> bool:
    """Return whether the price has one amount in one currency, so that a new amount alone defines the new price."""
    other = set(price.currency_options or {}) - {price.currency}
    return price.unit_amount is not None and not (price.custom_unit_amount or price.tiers or other)


def change_price(
    store: Store,
    gateway: Gateway,
    organization: Organization,
    id: str,
    change: PriceChange,
    now: int,
    *,
    actor: Actor,
) -> Price:
    """Create the new price, put it into the chosen links, and archive the old one if no link sells it any more.

    The same form creates one price, however often it arrives. Raises `ResourceMissing`, `GatewayError`, and `InvalidRequest` if a
    chosen link cannot have the amount; then nothing is created.
    """
    opened = open_price(store, gateway, organization, id)
    old, account = opened.price, account_of(organization, gateway)
    if not can_change(old):
        raise InvalidRequest("This price has more than one amount.", param="amount", code="amount_not_single")
    if change.amount == old.unit_amount:
        raise InvalidRequest("This is the price already.", param="amount", code="amount_not_changed")
    _check_links(opened, change)
    key = form_key("price", organization.id, change.form, [old.id, change.amount])
    created = gateway.create_price(_params(old, change.amount), idempotency_key=key, account=account)
    if old.lookup_key:
        # A second step: a repeated form must create with the same parameters, but by then the old price has no lookup key.
        transfer = {"lookup_key": old.lookup_key, "transfer_lookup_key": True}
        gateway.update_in_catalogue("prices", created.id, transfer, account=account)
        created = created.model_copy(update={"lookup_key": old.lookup_key})
    product = old.product
    if isinstance(product, Product) and product.default_price == old.id:
        gateway.update_in_catalogue("products", product.id, {"default_price": created.id}, account=account)
    for link in opened.links:
        if link.id in change.moved:
            store.run(partial(_move, store, link.id, old.id, created, now, actor, change))
    name = product.name if isinstance(product, Product) else None
    record = partial(changes.record_once, store, actor, "price.created", created.id, now)
    store.run(partial(record, organization=organization.id, name=name))
    if change.archive and old.active and not _links_with(store, organization, old.id):
        _set_active(store, gateway, organization, old, now, actor=actor, active=False)
    stock.forget_lists(gateway, organization)
    return created


def set_price_active(
    store: Store, gateway: Gateway, organization: Organization, id: str, now: int, *, actor: Actor, active: bool
) -> Price:
    """Archive a price, or put it back on sale. Its links close or open at once.

    Stripe archives no default price, so another active price of the product becomes the default first.
    Raises `ResourceMissing`, `GatewayError`.
    """
    price = open_price(store, gateway, organization, id).price
    if price.active is active:
        return price
    product, account = price.product, account_of(organization, gateway)
    if not active and isinstance(product, Product) and product.default_price == id:
        params = {"product": product.id, "active": True}
        found = gateway.list_catalogue("prices", params, account=account, limit=2)
        other = next((it["id"] for it in found if it["id"] != id), None)
        if other is not None:
            gateway.update_in_catalogue("products", product.id, {"default_price": other}, account=account)
    _set_active(store, gateway, organization, price, now, actor=actor, active=active)
    return price


def _links_with(store: Store, organization: Organization, price: str) -> list[PaymentLink]:
    return [link for link in store.links_with(price, [organization.id]) if price in price_ids(link)]


def _check_links(opened: Opened, change: PriceChange) -> None:
    """Raise the first rule that a chosen link breaks with the new amount."""
    amount = {"unit_amount": change.amount, "unit_amount_decimal": Decimal(change.amount), "currency_options": None}
    draft = opened.price.model_copy(update=amount)
    for link in opened.links:
        if link.id in change.moved:
            after = with_price(link, draft.id, draft)
            link_rules.check(after, frozenset({"line_items"}), custom_fields_max=change.custom_fields_max)


def _params(old: Price, amount: int) -> dict[str, Any]:
    """Return the parameters of the new price: everything of the old one except its amount and its lookup key."""
    data = old.model_dump(mode="json", exclude_none=True, include=set(_COPIED))
    return {**data, "product": product_id(old), "unit_amount": amount}


def _move(
    store: Store, id: str, old: str, created: Price, now: int, actor: Actor, change: PriceChange
) -> PaymentLink | None:
    before = store.link(id)
    if before is None:
        return None
    after = with_price(before, old, created)
    link_rules.check(after, frozenset({"line_items"}), custom_fields_max=change.custom_fields_max)
    return links.save(store, before, after, now, actor=actor)


def _set_active(
    store: Store, gateway: Gateway, organization: Organization, price: Price, now: int, *, actor: Actor, active: bool
) -> None:
    account = account_of(organization, gateway)
    gateway.update_in_catalogue("prices", price.id, {"active": active}, account=account)
    stock.forget_lists(gateway, organization)
    # Another organization of the same account may sell it.
    replace_price(store, organizations_of_account(store, gateway, account), price.model_copy(update={"active": active}))
    name = price.product.name if isinstance(price.product, Product) else None
    what = "price.restored" if active else "price.archived"
    changes.record(store, actor, what, price.id, now, organization=organization.id, name=name)
