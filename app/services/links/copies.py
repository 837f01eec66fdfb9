"""Copies of objects at Stripe that links hold: replaced in every link when they have changed there.

If another request changed the link meanwhile, the link is read again. A link that does not change is not written.
"""

from collections.abc import Callable, Mapping, Sequence
from functools import partial
from typing import Any, Final, TypeVar

from app.errors import GatewayRefused, StoreBusy
from app.gateway.protocol import Gateway
from app.objects.discount import Coupon
from app.objects.event import Event
from app.objects.payment_link import PaymentLink
from app.objects.shipping_rate import ShippingRate
from app.objects.tax_rate import TaxRate
from app.services.accounts.organizations import organizations_of_account
from app.store.protocol import Store

Part = Coupon | ShippingRate | TaxRate

Kept = TypeVar("Kept")

KINDS: Final = ("coupon", "shipping_rate", "tax_rate")


def read_part(gateway: Gateway, kind: str, id: str, *, account: str | None) -> Part:
    """Return the coupon or rate as Stripe has it now. Raises `GatewayError`."""
    read: Mapping[str, Callable[..., Part]] = {
        "coupon": gateway.retrieve_coupon,
        "shipping_rate": gateway.retrieve_shipping_rate,
        "tax_rate": gateway.retrieve_tax_rate,
    }
    return read[kind](id, account=account)


def refresh_part(store: Store, gateway: Gateway, event: Event) -> int:
    """Read the coupon or tax rate of an event from Stripe and put it into every link that holds it. Return the number of links.

    The event itself lacks the products of a coupon. If Stripe refuses to return the object, take from the event only that it is gone.
    """
    about = event.data.object
    kind, id = about.get("object"), about.get("id")
    organizations = organizations_of_account(store, gateway, event.account)
    if kind not in KINDS or not isinstance(id, str) or not store.links_with(id, organizations):
        return 0
    try:
        part = read_part(gateway, kind, id, account=event.account)
    except GatewayRefused as error:
        gone = error.code == "resource_missing" or event.type.endswith(".deleted")
        withdrawn = about.get("active") is False or about.get("valid") is False
        return close_part(store, organizations, id) if gone or withdrawn else 0
    return replace_part(store, organizations, part)


def replace_part(store: Store, organizations: Sequence[str], part: Part) -> int:
    """Put a coupon or rate into every link of these organizations that holds it. Return the number of links."""
    return _replace_parts(store, organizations, part.id, lambda kept: part if type(kept) is type(part) else kept)


def close_part(store: Store, organizations: Sequence[str], id: str) -> int:
    """Mark a coupon or rate as withdrawn in every link of these organizations that holds it. Return the number of links."""
    return _replace_parts(store, organizations, id, _withdrawn)


def replace_in_links(
    store: Store, resource: str, organizations: Sequence[str], refreshed: Callable[[PaymentLink], PaymentLink]
) -> int:
    """Save `refreshed(link)` of every link of these organizations that holds the object. Return the number of links."""
    found = store.links_with(resource, organizations)
    for link in found:
        if refreshed(link) != link:
            store.run(partial(_save, store, link.id, refreshed))
    return len(found)


def _save(store: Store, id: str, refreshed: Callable[[PaymentLink], PaymentLink]) -> None:
    link = store.link(id)
    if link is None:
        return
    after = refreshed(link)
    if after == link:
        return
    counterfoil = after.counterfoil.model_copy(update={"version": link.counterfoil.version + 1})
    if not store.save_link(after.model_copy(update={"counterfoil": counterfoil})):
        raise StoreBusy


def _replace_parts(store: Store, organizations: Sequence[str], id: str, change: Callable[[Any], Part]) -> int:
    return replace_in_links(store, id, organizations, lambda link: _with_part(link, id, change))


def _with_part(link: PaymentLink, id: str, change: Callable[[Any], Part]) -> PaymentLink:
    """Return the link with its copies of one coupon or rate replaced. An id without its object stays."""

    def changed(kept: Kept) -> Kept | Part:
        return change(kept) if isinstance(kept, Part) and kept.id == id else kept

    ours = link.counterfoil
    counterfoil = ours.model_copy(
        update={"coupon": changed(ours.coupon), "tax_rates": tuple(changed(rate) for rate in ours.tax_rates)}
    )
    options = tuple(
        option.model_copy(update={"shipping_rate": changed(option.shipping_rate)}) for option in link.shipping_options
    )
    return link.model_copy(update={"counterfoil": counterfoil, "shipping_options": options})


def _withdrawn(part: Part) -> Part:
    return part.model_copy(update={"valid" if isinstance(part, Coupon) else "active": False})
