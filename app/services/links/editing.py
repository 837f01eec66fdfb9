"""The console's editor: create a link once for each form, and save a change only to the version that the form was loaded from."""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from app.errors import GatewayUnavailable, InvalidRequest, StoreError
from app.gateway.protocol import Gateway
from app.objects.change import Actor
from app.objects.organization import Organization
from app.objects.payment_link import PaymentLink
from app.objects.payment_link.params import PaymentLinkEditParams
from app.objects.price import Price
from app.services.accounts.organizations import account_of
from app.services.links import drafting, merge, service
from app.services.links.answer import LinkSettings
from app.services.links.catalogue import NO_PRICES, NONE_READ, Catalogue
from app.services.links.drafting import Draft
from app.services.links.rules import check as link_rules
from app.services.links.service import Change
from app.store.protocol import Store
from app.wire.errors import validate

COUNTED: Final = 100
"""Counting open sessions stops here, for the notice about buyers who are paying."""

_ID_LENGTH: Final = 24


@dataclass(frozen=True)
class Edit:
    """A checked change of a link, and the rules that the changed link breaks."""

    change: Change
    after: PaymentLink
    catalogue: Catalogue
    problems: list[InvalidRequest]


def link_id(organization: Organization, form: str, params: Mapping[str, Any], new_prices: Mapping[str, Any]) -> str:
    """Return the id of the link that a form creates. A form that is sent twice has one id; a changed form has another."""
    content = json.dumps([organization.id, form, params, new_prices], sort_keys=True, default=str)
    return f"plink_{hashlib.sha256(content.encode()).hexdigest()[:_ID_LENGTH]}"


def draft_form(
    gateway: Gateway,
    organization: Organization,
    params: Mapping[str, Any],
    new_prices: Mapping[str, Mapping[str, Any]],
    *,
    form: str,
    settings: LinkSettings,
    read_prices: Mapping[str, Price] = NONE_READ,
) -> Draft:
    """Return the link that a form describes. Nothing is created or stored. `read_prices` are not read again.

    Raises `InvalidRequest`, `GatewayError`.
    """
    id = link_id(organization, form, params, new_prices)
    code = service.new_code()
    return drafting.draft(
        gateway,
        organization,
        params,
        settings=settings,
        id=id,
        code=code,
        new_prices=new_prices,
        read_prices=read_prices,
    )


def create_once(store: Store, draft: Draft, now: int, *, actor: Actor) -> PaymentLink:
    """Create what a checked draft needs at the gateway, and store the link. A form that was sent before returns its link.

    Raises `InvalidRequest`, `GatewayError`.
    """
    found = store.link(draft.link.id)
    if found is not None:
        return found
    try:
        link = drafting.finish(draft)
        service.keep(store, link, now, actor=actor)
    except (StoreError, GatewayUnavailable):
        # The same form was sent twice at the same time. Stripe does not answer a key that it still works on.
        found = store.link(draft.link.id)
        if found is None:
            raise
        return found
    return link


def prepare_edit(
    gateway: Gateway,
    organization: Organization,
    link: PaymentLink,
    params: Mapping[str, Any],
    new_prices: Mapping[str, Mapping[str, Any]] = NO_PRICES,
    *,
    version: int,
    settings: LinkSettings,
    read_prices: Mapping[str, Price] = NONE_READ,
) -> Edit:
    """Return the change that a form makes to a link, with the rules that it breaks. `read_prices` are not read again.

    Raises `InvalidRequest`, `GatewayError`.
    """
    sent = validate(PaymentLinkEditParams, params)
    catalogue = Catalogue(gateway, account_of(organization, gateway), new_prices, read_prices)
    attributes = merge.resolve_references(sent, catalogue, link.currency)
    names = frozenset(sent.model_fields_set)
    after = merge.changed(link, attributes)
    problems = link_rules.problems(after, names, custom_fields_max=settings.custom_fields_max)
    return Edit(Change(link, names, attributes, settings, version), after, catalogue, problems)


def save_edit(store: Store, gateway: Gateway, edit: Edit, now: int, *, actor: Actor) -> PaymentLink:
    """Create the new prices of a change that breaks no rule, and store it. Raises `InvalidRequest`, `LinkChanged`, `GatewayError`."""
    change = edit.change
    attributes = dict(change.attributes)
    if attributes.get("optional_items"):
        key = f"{change.link.id}_{change.version}"
        options = merge.create_optional_prices(
            edit.after.optional_items, edit.catalogue, change.settings.public_url, key=key
        )
        attributes["optional_items"] = options
    ready = Change(change.link, change.sent, attributes, change.settings, change.version)
    return service.keep_update(store, gateway, ready, now, actor=actor)[0]


def buyers_paying(store: Store, link: PaymentLink, *, livemode: bool) -> int:
    """Return how many buyers have an open session of the link in a mode, counted up to `COUNTED`."""
    return store.count_paying(link.id, COUNTED, livemode=livemode)
