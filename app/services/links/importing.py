"""Brings Payment Links of a Stripe account into this server: same id, same content, an address of ours.

What is here already stays as it is, so importing again only brings what is new. Imported links keep what our own rules would
refuse today (ruling 17).
"""

from collections.abc import Mapping
from functools import partial
from typing import Any

from pydantic import ValidationError

from app.errors import InvalidRequest
from app.gateway.protocol import Gateway
from app.objects.organization import Organization
from app.objects.payment_link import Counterfoil, PaymentLink
from app.services.accounts.organizations import account_of
from app.services.links import events
from app.services.links.answer import LinkSettings, with_urls
from app.services.links.service import new_code
from app.store.protocol import Store
from app.wire.errors import invalid_request


def import_links(
    store: Store, gateway: Gateway, organization: Organization, now: int, *, settings: LinkSettings
) -> list[PaymentLink]:
    """Every Payment Link of the account that is not here yet, kept; the new ones. Raises `InvalidRequest`, `GatewayError`.

    Of a link with a limit, what it has left comes along: the sessions completed at Stripe are not counted here again.
    """
    if gateway.sandbox:
        raise InvalidRequest("Importing reads a Stripe account: set STRIPE_SECRET_KEY.")
    account = account_of(organization, gateway)
    brought = []
    for data in gateway.list_payment_links(account=account):
        if store.link(data["id"]) is None:
            link = with_urls(_read_link(gateway, data, organization, account), settings)
            store.run(partial(_keep, store, link, organization, now))
            brought.append(link)
    return brought


def _keep(store: Store, link: PaymentLink, organization: Organization, now: int) -> None:
    store.add_link(link)
    store.add_event(events.created(link, now, None), organization=organization.id, received=now)


def _read_link(
    gateway: Gateway, data: Mapping[str, Any], organization: Organization, account: str | None
) -> PaymentLink:
    """Stripe's object with everything that it only names by id in full."""
    whole = {**data, "counterfoil": Counterfoil(code=new_code(), organization=organization.id)}
    whole["optional_items"] = [
        {**item, "price": gateway.retrieve_price(item["price"], account=account)}
        for item in data.get("optional_items") or ()
    ] or None
    restrictions = (data.get("restrictions") or {}).get("completed_sessions")
    if restrictions:
        left = max(restrictions["limit"] - restrictions["count"], 0)
        whole["restrictions"] = {"completed_sessions": {"limit": left, "count": 0}}
        whole["active"] = data["active"] and left > 0
    try:
        return PaymentLink.read(whole)
    except ValidationError as error:
        refused = invalid_request(error, PaymentLink)
        raise InvalidRequest(f"{data['id']}: {refused.message}", param=refused.param, code=refused.code) from None
