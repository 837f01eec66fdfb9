"""Links that are not stored yet: drafted from parameters, checked by every rule, and finished by what the gateway has to create.

The API and the console's editor create links in these two steps, so nothing is created before every rule has been checked.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from app.errors import InvalidRequest
from app.gateway.protocol import Gateway
from app.objects.organization import Organization
from app.objects.payment_link import PaymentLink
from app.objects.payment_link.params import PaymentLinkCreateParams
from app.objects.price import Price
from app.services.accounts.organizations import account_of
from app.services.links import merge
from app.services.links.answer import LinkSettings, with_urls
from app.services.links.catalogue import NO_PRICES, NONE_READ, Catalogue
from app.services.links.rules import check as link_rules
from app.services.links.rules.items import count_items
from app.services.links.rules.money import price_or_price_data
from app.services.links.rules.refuse import refuse
from app.store.protocol import Store
from app.wire.errors import validate


@dataclass(frozen=True)
class Draft:
    """A link whose new prices do not exist yet, with what it was made from."""

    link: PaymentLink
    sent: PaymentLinkCreateParams
    catalogue: Catalogue
    settings: LinkSettings

    def problems(self, store: Store) -> list[InvalidRequest]:
        """Return every rule that the link breaks."""
        found = link_rules.problems(self.link, None, custom_fields_max=self.settings.custom_fields_max)
        return found + ([slug_taken(self.link)] if is_slug_taken(store, self.link) else [])


def draft(
    gateway: Gateway,
    organization: Organization,
    params: Mapping[str, Any],
    *,
    settings: LinkSettings,
    id: str,
    code: str,
    new_prices: Mapping[str, Mapping[str, Any]] = NO_PRICES,
    read_prices: Mapping[str, Price] = NONE_READ,
) -> Draft:
    """Return a link from the API's parameters, without checking the rules that join several of them.

    `new_prices` has prices that `price_data` cannot describe, by the names that stand for their ids in `params`, and
    `read_prices` those that were read already. Raises `InvalidRequest`, `GatewayUnavailable`.
    """
    sent = validate(PaymentLinkCreateParams, params)
    for index, item in enumerate(sent.line_items):
        price_or_price_data(item, f"line_items[{index}]")
    count_items(len(sent.line_items), len(sent.optional_items or ()))
    catalogue = Catalogue(gateway, account_of(organization, gateway), new_prices, read_prices)
    link = merge.draft_link(sent, catalogue, id=id, code=code, organization=organization.id, livemode=gateway.livemode)
    return Draft(link, sent, catalogue, settings)


def finish(draft: Draft) -> PaymentLink:
    """Create the new prices of a checked draft at the gateway. Return the link, which is not stored yet. Raises `InvalidRequest`."""
    settings = draft.settings
    link = with_urls(merge.create_prices(draft.link, draft.sent, draft.catalogue, settings.public_url), settings)
    link_rules.check(link, {"line_items"}, custom_fields_max=settings.custom_fields_max)
    return link


def is_slug_taken(store: Store, link: PaymentLink) -> bool:
    """Whether another link has the slug. The store checks again when it adds the link."""
    if link.counterfoil.slug is None:
        return False
    found = store.link_by_code(link.counterfoil.slug)
    return found is not None and found.id != link.id


def slug_taken(link: PaymentLink) -> InvalidRequest:
    """Return the error for a slug that another link has."""
    return refuse(
        f"Another link has the slug “{link.counterfoil.slug}” already. Choose another slug.",
        "counterfoil[slug]",
        "resource_already_exists",
    )
