"""Copies of prices and products that links hold: replaced when an event from Stripe says that they changed or were deleted."""

from collections.abc import Callable, Sequence
from typing import Any

from pydantic import ValidationError

from app.errors import GatewayRefused
from app.gateway.protocol import Gateway
from app.objects.event import Event
from app.objects.line_item import LineItem
from app.objects.payment_link import PaymentLink
from app.objects.price import Price, Product
from app.services.accounts.organizations import organizations_of_account
from app.services.links.copies import replace_in_links
from app.store.protocol import Store


def refresh_price(store: Store, gateway: Gateway, event: Event) -> int:
    """Read the price from Stripe and put it into every link that holds it. Return the number of links.

    The event itself has neither tiers nor currency options. If Stripe refuses to return the price, take from the event whether it is
    active. A price that does not exist any more is not.
    """
    id = event.data.object.get("id")
    organizations = organizations_of_account(store, gateway, event.account)
    if not isinstance(id, str) or not store.links_with(id, organizations):
        return 0
    try:
        price = gateway.retrieve_price(id, account=event.account)
    except GatewayRefused as error:
        active = event.data.object.get("active") is True and error.code != "resource_missing"
        return _replace(store, id, organizations, lambda kept: _with_active(kept, id, active=active))
    return replace_price(store, organizations, price)


def delete_price(store: Store, gateway: Gateway, event: Event) -> int:
    """Close every link that holds the deleted price of the event. Return the number of links."""
    id = event.data.object.get("id")
    organizations = organizations_of_account(store, gateway, event.account)
    return close_price(store, organizations, id) if isinstance(id, str) else 0


def replace_price(store: Store, organizations: Sequence[str], price: Price) -> int:
    """Put a price into every link of these organizations that holds it. Return the number of links."""
    return _replace(store, price.id, organizations, lambda kept: price if kept.id == price.id else kept)


def close_price(store: Store, organizations: Sequence[str], id: str) -> int:
    """Mark a price as not active in every link of these organizations that holds it. Return the number of links."""
    return _replace(store, id, organizations, lambda kept: _with_active(kept, id, active=False))


def refresh_product(store: Store, gateway: Gateway, event: Event) -> int:
    """Put the product of the event into every link that holds it. Return the number of links.

    An event that arrives after a newer one of the same product changes nothing. A deleted product is not active.
    """
    try:
        product = Product.read_whole(event.data.object)
    except ValidationError:
        return 0
    if event.type == "product.deleted":
        product = product.model_copy(update={"active": False, "updated": max(product.updated, event.created)})

    return replace_product(store, organizations_of_account(store, gateway, event.account), product)


def replace_product(store: Store, organizations: Sequence[str], product: Product) -> int:
    """Put a product into every link of these organizations that holds no newer copy of it. Return the number of links."""

    def refreshed(kept: Price) -> Price:
        old = kept.product
        newer = isinstance(old, Product) and old.id == product.id and old.updated <= product.updated
        return kept.model_copy(update={"product": product}) if newer else kept

    return _replace(store, product.id, organizations, refreshed)


def with_price(link: PaymentLink, old: str, new: Price) -> PaymentLink:
    """Return the link with the price `new` in place of the price with the id `old`."""
    return _with_prices(link, lambda kept: new if kept.id == old else kept)


def _with_active(price: Price, id: str, *, active: bool) -> Price:
    return price.model_copy(update={"active": active}) if price.id == id else price


def _replace(store: Store, resource: str, organizations: Sequence[str], refreshed: Callable[[Price], Price]) -> int:
    return replace_in_links(store, resource, organizations, lambda link: _with_prices(link, refreshed))


def _with_prices(link: PaymentLink, refreshed: Callable[[Price], Price]) -> PaymentLink:
    """Return the link with every price in it replaced by `refreshed(price)`."""
    changes: dict[str, Any] = {}
    if link.line_items is not None:
        items = tuple(
            item if item.price is None else _item_with(item, refreshed(item.price)) for item in link.line_items.data
        )
        changes["line_items"] = link.line_items.model_copy(update={"data": items})
    if link.optional_items:
        changes["optional_items"] = tuple(
            item.model_copy(update={"price": refreshed(item.price)}) if isinstance(item.price, Price) else item
            for item in link.optional_items
        )
    return link.model_copy(update=changes)


def _item_with(item: LineItem, price: Price) -> LineItem:
    """Return the line item with the new price. If its description was the product's name, it follows the new name."""
    old, new = item.price.product if item.price else None, price.product
    changes: dict[str, object] = {"price": price}
    if isinstance(old, Product) and isinstance(new, Product) and item.description == old.name:
        changes["description"] = new.name
    return item.model_copy(update=changes)
