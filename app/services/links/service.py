"""Payment links: made, changed, found, and whether they can be paid now.

What a link sells is read from the gateway when it is named and kept with the link; no transaction is open while the gateway is asked.
"""

import logging
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Final

from app.errors import (
    GatewayError,
    InvalidRequest,
    LinkClosed,
    LinkInactive,
    LinkNotOpen,
    LinkPaid,
    LinkUnavailable,
    LinkUsedUp,
    PlacesHeld,
    ResourceMissing,
    StoreBusy,
)
from app.gateway.protocol import Gateway
from app.objects.event import EventRequest
from app.objects.ids import new_id, random_base62
from app.objects.line_item import LineItem
from app.objects.organization import Organization
from app.objects.payment_link import PaymentLink
from app.objects.payment_link_params import PaymentLinkCreateParams, PaymentLinkUpdateParams
from app.services.attempts.settlement import expire_session, log_fields
from app.services.links import events, merge
from app.services.links.catalogue import Catalogue
from app.services.links.rules import check as link_rules
from app.services.links.rules.items import count_items
from app.services.links.rules.money import price_or_price_data
from app.services.links.rules.refuse import refuse
from app.store.protocol import SlugTaken, Store
from app.wire.errors import validate
from app.wire.lists import ActivePage, Page

_CODE_LENGTH: Final = 22
"""Characters of base 62 that hold 128 bits and more."""

ENDED_AT_ONCE: Final = 10
"""How many open sessions are ended while somebody waits for the link to be switched off; each is a call to Stripe."""

log: Final = logging.getLogger(__name__)

Then = Callable[[PaymentLink], None]
"""What else belongs into the transaction that keeps a link."""


@dataclass(frozen=True)
class LinkSettings:
    """The settings that links depend on: the origin that buyers see, and how many custom fields a link may have."""

    public_url: str
    custom_fields_max: int


def account_of(organization: Organization, gateway: Gateway) -> str | None:
    """The account that the organization's things live in: its connected one, or in the sandbox its own catalogue."""
    return organization.id if gateway.sandbox else organization.stripe_account


def create(
    store: Store,
    gateway: Gateway,
    organization: Organization,
    params: Mapping[str, Any],
    now: int,
    *,
    settings: LinkSettings,
    request: EventRequest | None = None,
    then: Then | None = None,
) -> PaymentLink:
    """Make a link from parameters as a form or JSON carried them. Raises `InvalidRequest`, `GatewayUnavailable`.

    Nothing is made at the gateway before every rule has been seen to hold; `then` runs in the transaction that keeps the link.
    """
    sent = validate(PaymentLinkCreateParams, params)
    for index, item in enumerate(sent.line_items):
        price_or_price_data(item, f"line_items[{index}]")
    count_items(len(sent.line_items), len(sent.optional_items or ()))
    id = new_id("plink")
    catalogue = Catalogue(gateway, account_of(organization, gateway))
    link = merge.draft_link(
        sent, catalogue, id=id, code=new_code(), organization=organization.id, livemode=gateway.livemode
    )
    link_rules.check(link, None, custom_fields_max=settings.custom_fields_max)
    _refuse_taken_slug(store, link)
    link = with_urls(merge.create_prices(link, sent, catalogue), settings)
    link_rules.check(link, {"line_items"}, custom_fields_max=settings.custom_fields_max)

    def work() -> PaymentLink:
        try:
            store.add_link(link)
        except SlugTaken:
            raise _slug_taken(link) from None
        store.add_event(events.created(link, now, request), organization=organization.id, received=now)
        if then is not None:
            then(link)
        return link

    return store.run(work)


def update(
    store: Store,
    gateway: Gateway,
    organization: Organization,
    id: str,
    params: Mapping[str, Any],
    now: int,
    *,
    settings: LinkSettings,
    request: EventRequest | None = None,
    then: Then | None = None,
) -> PaymentLink:
    """Change a link. Raises `InvalidRequest`, `ResourceMissing`, `GatewayUnavailable`. What was not sent stays as it is.

    Changes on top of each other are applied one after the other: each sees what the one before it left. Sessions of a link that is
    over then (switched off, closed, its limit reached) are ended, as many as can be at once; reconciling sees to the rest.
    """
    currency = retrieve(store, organization.id, id).currency
    sent = validate(PaymentLinkUpdateParams, params)
    changes = merge.resolve_references(sent, Catalogue(gateway, account_of(organization, gateway)), currency)

    def work() -> PaymentLink:
        before = retrieve(store, organization.id, id)
        after = with_urls(merge.changed(before, changes), settings)
        link_rules.check(after, sent.model_fields_set, custom_fields_max=settings.custom_fields_max)
        if after != before:
            after = _save(store, before, after)
            event = events.updated(before, after, now, request)
            store.add_event(event, organization=organization.id, received=now)
        if then is not None:
            then(after)
        return after

    link = store.run(work)
    if (reason := closed_reason(link, now)) is not None:
        _end_sessions(store, gateway, link, now, reason)
    return link


def retrieve(store: Store, organization_id: str, id: str) -> PaymentLink:
    """The organization's link. Raises `ResourceMissing`, alike for what is not there and what is somebody else's."""
    link = store.link(id)
    if link is None or link.counterfoil.organization != organization_id:
        raise ResourceMissing(f"No such payment link: '{id[:100]}'.", param="payment_link")
    return link


def list_links(store: Store, organization_id: str, page: ActivePage) -> tuple[list[PaymentLink], bool]:
    """One page of the organization's links, newest first, and whether more follow in that direction. Raises `ResourceMissing`."""
    return store.links(
        organization_id,
        active=page.active,
        limit=page.limit,
        starting_after=page.starting_after,
        ending_before=page.ending_before,
    )


def list_line_items(link: PaymentLink, page: Page) -> tuple[list[LineItem], bool]:
    """One page of a link's line items, and whether more follow in that direction. Raises `ResourceMissing`."""
    items = list(link.line_items.data) if link.line_items else []
    places = {item.id: place for place, item in enumerate(items)}
    for name in ("starting_after", "ending_before"):
        cursor = getattr(page, name)
        if cursor is not None and cursor not in places:
            raise ResourceMissing(f"No such line item: '{cursor[:100]}'.", param=name)
    if page.ending_before is not None:
        before = items[: places[page.ending_before]]
        return before[-page.limit :], len(before) > page.limit
    after = items[places[page.starting_after] + 1 :] if page.starting_after is not None else items
    return after[: page.limit], len(after) > page.limit


def resolve(store: Store, code: str) -> PaymentLink:
    """The link that answers to this code or slug. Raises `ResourceMissing`."""
    link = store.link_by_code(code)
    if link is None:
        raise ResourceMissing("There is no payment link at this address.", param="payment_link")
    return link


def ensure_payable(link: PaymentLink, now: int) -> None:
    """Raise the `LinkUnavailable` that says why the link cannot be paid now, if it cannot.

    Whether the places that are left are all held by others is `places`'s to say, and found out again when one is taken.
    """
    if not link.active:
        raise LinkInactive
    if link.counterfoil.opens_at is not None and now < link.counterfoil.opens_at:
        raise LinkNotOpen(link.counterfoil.opens_at)
    if link.restrictions is not None:
        completed = link.restrictions.completed_sessions
        if completed.count >= completed.limit:
            raise LinkPaid(completed.limit) if completed.limit == 1 else LinkUsedUp(completed.limit)
    if link.counterfoil.closes_at is not None and now >= link.counterfoil.closes_at:
        raise LinkClosed(link.counterfoil.closes_at)


def closed_reason(link: PaymentLink, now: int) -> LinkUnavailable | None:
    """Why nothing can be paid through the link any more, where that is so: its sessions do not outlive it."""
    try:
        ensure_payable(link, now)
    except (LinkClosed, LinkInactive, LinkUsedUp) as reason:
        return reason
    except LinkNotOpen:
        return None
    return None


def ensure_place_left(store: Store, link: PaymentLink, now: int) -> None:
    """Raise `PlacesHeld` where every place that is left is held by someone who is paying, so that nobody can begin now."""
    if link.restrictions is not None and store.places_left(link.id) == 0 and store.next_release(link.id) is not None:
        raise places_held(store, link.id, now)


def places_held(store: Store, id: str, now: int) -> PlacesHeld:
    """That every place is held, and until when at the latest; not known where a session is over by time and Stripe has not said how."""
    until = store.next_release(id)
    return PlacesHeld(until if until is not None and until > now else None)


def new_code() -> str:
    """A random code for a link's address: 128 bits that nobody guesses."""
    return random_base62(_CODE_LENGTH)


def with_urls(link: PaymentLink, settings: LinkSettings) -> PaymentLink:
    """The link with its addresses as they are today: by its slug, else by its code."""
    url = f"{settings.public_url}/pay/{link.counterfoil.slug or link.counterfoil.code}"
    counterfoil = link.counterfoil.model_copy(update={"embed_url": f"{url}/embed", "qr_url": f"{url}/qr.svg"})
    return link.model_copy(update={"url": url, "counterfoil": counterfoil})


def _end_sessions(store: Store, gateway: Gateway, link: PaymentLink, now: int, reason: LinkUnavailable) -> None:
    for attempt in store.attempts_of_link(link.id, state=("opened",), limit=ENDED_AT_ONCE):
        try:
            expire_session(store, gateway, attempt, now, cause=f"link {reason.reason}", state="expired")
        except GatewayError as error:
            log.warning("session could not be ended", extra={**log_fields(attempt), "reason": type(error).__name__})
            return


def _save(store: Store, before: PaymentLink, after: PaymentLink) -> PaymentLink:
    version = before.counterfoil.version + 1
    after = after.model_copy(update={"counterfoil": after.counterfoil.model_copy(update={"version": version})})
    try:
        saved = store.save_link(after)
    except SlugTaken:
        raise _slug_taken(after) from None
    if not saved:
        raise StoreBusy("Somebody else is changing this link.")
    return after


def _refuse_taken_slug(store: Store, link: PaymentLink) -> None:
    """Tell before anything is made at the gateway; the store tells again, for two who ask at once."""
    if link.counterfoil.slug is not None and store.link_by_code(link.counterfoil.slug) is not None:
        raise _slug_taken(link)


def _slug_taken(link: PaymentLink) -> InvalidRequest:
    return refuse(
        f"Another link answers to “{link.counterfoil.slug}” already. Choose another slug.",
        "counterfoil[slug]",
        "resource_already_exists",
    )
