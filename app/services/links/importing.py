"""Imports Payment Links of a Stripe account: the same id and content, with an address on this server.

A link that exists here stays unchanged, so another import adds only new links. Imported links keep attributes that our own rules would
refuse (ruling 17).
"""

from collections.abc import Mapping
from typing import Any

from pydantic import ValidationError

from app.errors import InvalidRequest
from app.gateway.protocol import Gateway
from app.objects.organization import Organization
from app.objects.payment_link import Counterfoil, PaymentLink
from app.services.accounts.organizations import account_of
from app.services.links.answer import LinkSettings, with_urls
from app.services.links.service import keep, new_code
from app.store.protocol import Store
from app.wire.errors import invalid_request


def import_links(
    store: Store, gateway: Gateway, organization: Organization, now: int, *, settings: LinkSettings
) -> list[PaymentLink]:
    """Store every Payment Link of the account that does not exist here, and return the new ones.

    A link with a limit gets the number of sessions that are left: those completed at Stripe are not counted again. Raises
    `InvalidRequest`, `GatewayError`.
    """
    if gateway.sandbox:
        raise InvalidRequest("Importing reads a Stripe account: set STRIPE_SECRET_KEY.")
    account = account_of(organization, gateway)
    imported = []
    for data in gateway.list_payment_links(account=account):
        if store.link(data["id"]) is None:
            link = with_urls(_read_link(gateway, data, organization, account), settings)
            keep(store, link, now)
            imported.append(link)
    return imported


def _read_link(
    gateway: Gateway, data: Mapping[str, Any], organization: Organization, account: str | None
) -> PaymentLink:
    """Return Stripe's object as our link. The prices of optional items, which Stripe returns by id, are read."""
    attributes = {**data, "counterfoil": Counterfoil(code=new_code(), organization=organization.id)}
    attributes["optional_items"] = [
        {**item, "price": gateway.retrieve_price(item["price"], account=account)}
        for item in data.get("optional_items") or ()
    ] or None
    restrictions = (data.get("restrictions") or {}).get("completed_sessions")
    if restrictions:
        left = max(restrictions["limit"] - restrictions["count"], 0)
        attributes["restrictions"] = {"completed_sessions": {"limit": left, "count": 0}}
        attributes["active"] = data["active"] and left > 0
    try:
        return PaymentLink.read(attributes)
    except ValidationError as error:
        refused = invalid_request(error, PaymentLink)
        raise InvalidRequest(f"{data['id']}: {refused.message}", param=refused.param, code=refused.code) from None
