"""What can change of a price at Stripe beside whether it is on sale: its names, its metadata, and once its tax behavior."""

from collections.abc import Mapping
from typing import Any, Final

from app.gateway.protocol import Gateway
from app.objects.change import Actor
from app.objects.metadata import find_metadata_change
from app.objects.organization import Organization
from app.objects.price import Price, Product
from app.services.accounts import changes
from app.services.accounts.organizations import account_of, organizations_of_account
from app.services.links import stock
from app.services.links.price_refresh import replace_price
from app.services.products.prices import open_price
from app.store.protocol import Store

NAMES: Final = ("nickname", "lookup_key")
"""The attributes that are one text each. An empty text removes them."""


def can_set_tax_behavior(price: Price) -> bool:
    """Return whether Stripe still takes a tax behavior: once it is set, it never changes."""
    return price.tax_behavior in (None, "unspecified")


def save_details(
    store: Store,
    gateway: Gateway,
    organization: Organization,
    id: str,
    fields: Mapping[str, str],
    metadata: Mapping[str, str],
    now: int,
    *,
    actor: Actor,
) -> Price:
    """Change the attributes in `fields` and the metadata of a price. A form that changes nothing makes no call to Stripe.

    Raises `ResourceMissing`, `GatewayError`.
    """
    before = open_price(store, gateway, organization, id).price
    params: dict[str, Any] = {
        name: fields[name] for name in NAMES if name in fields and fields[name] != (getattr(before, name) or "")
    }
    if fields.get("tax_behavior") in ("inclusive", "exclusive") and can_set_tax_behavior(before):
        params["tax_behavior"] = fields["tax_behavior"]
    if change := find_metadata_change(before.metadata, metadata):
        params["metadata"] = change
    if not params:
        return before
    account = account_of(organization, gateway)
    gateway.update_in_catalogue("prices", id, params, account=account)
    after = gateway.retrieve_price(id, account=account)
    stock.forget_lists(gateway, organization)
    # Another organization of the same account may sell it.
    replace_price(store, organizations_of_account(store, gateway, account), after)
    name = after.product.name if isinstance(after.product, Product) else None
    changes.record(
        store, actor, "price.updated", id, now, organization=organization.id, name=name, before=before, after=after
    )
    return after
