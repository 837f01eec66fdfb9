"""Runs of an import: the official SDK against an account in this process."""

from typing import Any

from app.gateway.network.pace import Pace
from app.gateway.stripe_gateway import StripeGateway
from app.gateway.transport import WSGIClient
from app.objects.change import COMMAND_LINE
from app.objects.payment_link import PaymentLink
from app.services.links.answer import LinkSettings
from app.services.links.importing.run import Choice, Outcome, import_links
from app.store import Store
from tests.gateway.stripe_shaped import KEY
from tests.support.build import NOW
from tests.support.stripe_account import StripeAccount, a_price

SETTINGS = LinkSettings(public_url="https://pay.example.com", custom_fields_max=3)


def an_account(*links: dict[str, Any]) -> StripeAccount:
    """Return an account with these links, newest first, whose lists have pages of one object. It takes as many calls as come."""
    account = StripeAccount()
    account.page, account.per_second = 1, 10_000
    account.prices["price_spoon"] = a_price("price_spoon", 400, "Spoon")
    for link in links:
        account.add(link)
    return account


def outcomes_of(store: Store, account: StripeAccount, *, organization: int = 0, **choice: Any) -> list[Outcome]:
    """Import, and return what happened to each link."""
    client = WSGIClient(account)
    gateway = StripeGateway(KEY, webhook_secret=None, http_client=client, max_network_retries=0, pace=Pace(10_000))
    owner = store.organizations()[organization]
    pages = import_links(store, gateway, owner, NOW, actor=COMMAND_LINE, settings=SETTINGS, choice=Choice(**choice))
    return [outcome for page in pages for outcome in page.outcomes]


def run_import(store: Store, account: StripeAccount, **choice: Any) -> list[PaymentLink]:
    """Import, and return the new links."""
    found = outcomes_of(store, account, **choice)
    return [outcome.link for outcome in found if outcome.kind == "imported" and outcome.link]


def listed(store: Store) -> list[str]:
    """Return the ids of the links as lists show them."""
    found, more = store.links(store.organizations()[0].id, limit=100)
    assert not more
    return [link.id for link in found]
