"""One object of every kind that the console has a page for. The walk of the URL map makes one for each of two organizations.

A new route like `/console/products/<id>` needs an entry `products` here. The entry makes an object of the organization whose texts
contain `SECRET` and the organization's id, and returns the object's id.
"""

from collections.abc import Callable
from typing import Final

from app.errors import GatewayRefused
from app.gateway.protocol import Gateway
from app.objects.change import COMMAND_LINE
from app.objects.event import Event, EventData
from app.objects.user import User
from app.services.accounts.invitations import invite
from app.services.accounts.keys import create_key
from app.store.protocol import Store
from tests.store.build import an_attempt
from tests.support.build import NOW, a_link

SECRET: Final = "Secret of "
"""Stands in the texts of every example, before the id of its organization. A page of another organization must not show it."""


def a_link_of(store: Store, organization: str) -> str:
    """Add a link."""
    id = f"plink_{organization}"
    if store.link(id) is None:
        ours = {"code": f"code-{organization}", "name": f"{SECRET}{organization}", "organization": organization}
        store.add_link(a_link(id=id, counterfoil=ours))
    return id


def a_payment_of(store: Store, organization: str) -> str:
    """Add a paid attempt at the link."""
    id = f"att_{organization}"
    if store.attempt(id) is None:
        link = a_link_of(store, organization)
        email = f"{organization}@secret.example"
        paid = an_attempt(
            id,
            organization=organization,
            payment_link=link,
            state="paid",
            paid_at=NOW,
            customer_email=email,
            customer_name=f"{SECRET}{organization}",
        )
        assert store.add_attempt(paid, "paid")
    return id


def a_member_of(store: Store, organization: str) -> str:
    """Add a manager to the team."""
    id = f"user_of_{organization}"
    if store.user(id) is None:
        email = f"{organization}@secret.example"
        user = User(id=id, created=NOW, email=email, organization=organization, password_hash="none")
        assert store.add_user(user, "manager")
    return id


def an_invitation_of(store: Store, organization: str) -> str:
    """Invite a person to the team."""
    found = store.invitations(organization)
    if found:
        return found[0].id
    email = f"invited.{organization}@secret.example"
    return invite(store, organization, email, "viewer", NOW, actor=COMMAND_LINE)[0].id


def a_key_of(store: Store, organization: str) -> str:
    """Make an API key."""
    found = store.keys(organization)
    if found:
        return found[0].id
    return create_key(store, organization, NOW, actor=COMMAND_LINE, name=f"{SECRET}{organization}")[0].id


def an_event_of(store: Store, organization: str) -> str:
    """Store an event that Stripe delivered."""
    id = f"evt_{organization}"
    event = Event(id=id, created=NOW, data=EventData(object={"id": f"{SECRET}{organization}"}), type="price.updated")
    payload = event.model_dump_json()
    store.add_event(event, organization=organization, received=NOW, payload=payload, delivered=True)
    return id


EXAMPLES: Final[dict[str, Callable[[Store, str], str]]] = {
    "invitations": an_invitation_of,
    "keys": a_key_of,
    "links": a_link_of,
    "payments": a_payment_of,
    "team": a_member_of,
    "webhooks": an_event_of,
}
"""What makes an example, by the part of the address before its id: `links` for `/console/links/<id>/edit`."""


def a_product_of(gateway: Gateway, organization: str) -> str:
    """Add a product to the organization's account in the sandbox."""
    id = f"prod_{organization}"
    try:
        gateway.retrieve_in_catalogue("products", id, account=organization)
    except GatewayRefused:
        gateway.create_in_catalogue("products", {"id": id, "name": f"{SECRET}{organization}"}, account=organization)
    return id


def a_price_of(gateway: Gateway, organization: str) -> str:
    """Add a price of that product."""
    product = a_product_of(gateway, organization)
    found = gateway.list_catalogue("prices", {"product": product}, account=organization, limit=1)
    if found:
        return str(found[0]["id"])
    params = {"currency": "eur", "product": product, "unit_amount": 950}
    return gateway.create_in_catalogue("prices", params, account=organization)


def a_coupon_of(gateway: Gateway, organization: str) -> str:
    """Add a coupon."""
    found = gateway.list_catalogue("coupons", {}, account=organization, limit=1)
    if found:
        return str(found[0]["id"])
    params = {"name": f"{SECRET}{organization}", "percent_off": "10"}
    return gateway.create_in_catalogue("coupons", params, account=organization)


def a_promotion_code_of(gateway: Gateway, organization: str) -> str:
    """Add a code of a coupon."""
    found = gateway.list_catalogue("promotion_codes", {}, account=organization, limit=1)
    if found:
        return str(found[0]["id"])
    coupon = a_coupon_of(gateway, organization)
    params = {"code": f"SECRET-{organization.upper().replace('_', '-')}"}
    promotion = {"type": "coupon", "coupon": coupon}
    return gateway.create_in_catalogue("promotion_codes", {**params, "promotion": promotion}, account=organization)


EXAMPLES_AT_STRIPE: Final[dict[str, Callable[[Gateway, str], str]]] = {
    "coupons": a_coupon_of,
    "prices": a_price_of,
    "products": a_product_of,
    "promotion_codes": a_promotion_code_of,
}
"""The same for objects that stand at Stripe: what makes an example in the account of the organization."""


def make_examples(store: Store, gateway: Gateway, organization: str) -> dict[str, str]:
    """Make one object of every kind for an organization. Return the ids by kind."""
    return {kind: make(store, organization) for kind, make in EXAMPLES.items()} | {
        kind: make(gateway, organization) for kind, make in EXAMPLES_AT_STRIPE.items()
    }


WITHOUT_EXAMPLE: Final = {
    "/console/<path:unknown>": "every address without a page",
    "/console/invitations/<token>": "the token is a secret, and no id of an object",
    "/console/login/<token>": "the token is a secret, and no id of an object",
    "/console/setup/<token>": "the token is a secret, and no id of an object",
    "/console/requests/<id>": "a request is found in the log of the server, and the page shows the id alone",
}
"""Routes with a variable that names no object of an organization, and why."""
