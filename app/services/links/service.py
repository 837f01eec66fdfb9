"""Payment links: create, update and find them.

Prices and other references are read from the gateway and stored with the link. Every change has two steps: `prepare` asks the gateway
with no transaction open, `keep` stores link, event and answer in one transaction.
"""

import logging
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from app.errors import GatewayError, LinkChanged, ResourceMissing, StoreBusy
from app.gateway.protocol import Gateway
from app.objects.change import Actor
from app.objects.event import EventRequest
from app.objects.ids import new_id, random_base62
from app.objects.line_item import LineItem
from app.objects.organization import Organization
from app.objects.payment_link import PaymentLink
from app.objects.payment_link.params import PaymentLinkUpdateParams
from app.objects.stored_link import StoredLink
from app.services.accounts import changes
from app.services.accounts.organizations import account_of
from app.services.attempts.settlement import expire_session, log_fields
from app.services.links import events, merge
from app.services.links.answer import LinkSettings, Reply, with_urls
from app.services.links.availability import closed_reason
from app.services.links.catalogue import Catalogue
from app.services.links.drafting import draft, finish, is_slug_taken, slug_taken
from app.services.links.rules import check as link_rules
from app.services.links.typed_codes import find_typed
from app.store.protocol import SlugTaken, Store
from app.wire.errors import validate
from app.wire.lists import ActivePage, Page, take_page

_CODE_LENGTH: Final = 22
"""Characters of base 62: more than 128 bits."""

ENDED_AT_ONCE: Final = 10
"""How many open sessions an update ends itself when it closes the link. Each is a call to Stripe; reconciling ends the rest."""

log: Final = logging.getLogger(__name__)


@dataclass(frozen=True)
class Change:
    """A checked update of one link: the parameters that were sent, and the attributes that they change."""

    link: PaymentLink
    sent: frozenset[str]
    attributes: Mapping[str, Any]
    settings: LinkSettings
    version: int | None = None
    """The version that the change was made for. None: it applies to any."""


def create(
    store: Store,
    gateway: Gateway,
    organization: Organization,
    params: Mapping[str, Any],
    now: int,
    *,
    actor: Actor,
    settings: LinkSettings,
    request: EventRequest | None = None,
) -> PaymentLink:
    """Create a link from the API's parameters. Raises `InvalidRequest`, `GatewayUnavailable`."""
    link = prepare(store, gateway, organization, params, settings=settings)
    keep(store, link, now, actor=actor, request=request)
    return link


def prepare(
    store: Store,
    gateway: Gateway,
    organization: Organization,
    params: Mapping[str, Any],
    *,
    settings: LinkSettings,
    id: str | None = None,
    code: str | None = None,
) -> PaymentLink:
    """Return a new link that is not stored yet. Raises `InvalidRequest`, `GatewayUnavailable`.

    Nothing is created at the gateway before every rule has been checked. A link that existed elsewhere keeps its `id` and `code`.
    """
    drafted = draft(gateway, organization, params, settings=settings, id=id or new_id("plink"), code=code or new_code())
    link_rules.check(drafted.link, None, custom_fields_max=settings.custom_fields_max)
    if is_slug_taken(store, drafted.link):
        raise slug_taken(drafted.link)
    return finish(drafted)


def keep(
    store: Store,
    link: PaymentLink,
    now: int,
    *,
    actor: Actor,
    request: EventRequest | None = None,
    reply: Reply | None = None,
    sort_key: int | None = None,
) -> str:
    """Store a new link, its event and the answer to the request in one transaction. Return the answer, empty without `reply`.

    Raises `InvalidRequest` where another link has the same slug, and `IdempotencyInFlight`.
    """

    def work() -> str:
        try:
            store.add_link(link, sort_key=sort_key)
        except SlugTaken:
            raise slug_taken(link) from None
        event = events.created_event(link, now, request)
        store.add_event(event, organization=link.counterfoil.organization, received=now)
        ours = link.counterfoil
        changes.record(store, actor, event.type, link.id, now, organization=ours.organization, name=_name(link))
        return reply.store_answer(store, link) if reply is not None else ""

    return store.run(work)


def update(
    store: Store,
    gateway: Gateway,
    organization: Organization,
    id: str,
    params: Mapping[str, Any],
    now: int,
    *,
    actor: Actor,
    settings: LinkSettings,
    request: EventRequest | None = None,
) -> PaymentLink:
    """Update a link from the API's parameters. Parameters that were not sent change nothing.

    Raises `InvalidRequest`, `ResourceMissing`, `GatewayUnavailable`.
    """
    link = retrieve(store, organization.id, id)
    change = prepare_update(gateway, organization, link, params, settings=settings)
    return keep_update(store, gateway, change, now, actor=actor, request=request)[0]


def prepare_update(
    gateway: Gateway,
    organization: Organization,
    link: PaymentLink,
    params: Mapping[str, Any],
    *,
    settings: LinkSettings,
) -> Change:
    """Return the change that the parameters make to the link. Raises `InvalidRequest`, `GatewayUnavailable`."""
    sent = validate(PaymentLinkUpdateParams, params)
    catalogue = Catalogue(gateway, account_of(organization, gateway))
    attributes = merge.resolve_references(sent, catalogue, link.currency)
    return Change(link, frozenset(sent.model_fields_set), attributes, settings)


def keep_update(
    store: Store,
    gateway: Gateway,
    change: Change,
    now: int,
    *,
    actor: Actor,
    request: EventRequest | None = None,
    reply: Reply | None = None,
) -> tuple[PaymentLink, str]:
    """Store a change of a link, its event and the answer to the request in one transaction.

    Return the changed link and the answer, which is empty without `reply`. The change is applied to the stored link, so concurrent
    updates all count. Open sessions of a link that is closed afterwards end, as `end_sessions_if_closed` says. Raises `LinkChanged` if
    the change was made for another version.
    """

    def work() -> tuple[PaymentLink, str]:
        before = retrieve(store, change.link.counterfoil.organization, change.link.id)
        if change.version not in (None, before.counterfoil.version):
            raise LinkChanged
        after = with_urls(merge.changed(before, change.attributes), change.settings)
        link_rules.check(after, change.sent, custom_fields_max=change.settings.custom_fields_max)
        after = save(store, before, after, now, actor=actor, request=request)
        return after, reply.store_answer(store, after) if reply is not None else ""

    link, body = store.run(work)
    end_sessions_if_closed(store, gateway, link, now)
    return link, body


def save(
    store: Store,
    before: PaymentLink,
    after: PaymentLink,
    now: int,
    *,
    actor: Actor,
    request: EventRequest | None = None,
) -> PaymentLink:
    """Store a changed link, its event and who changed it in the open transaction. Return it as it is stored.

    Without a change, nothing is stored. Raises `InvalidRequest` if another link has the same slug, and `StoreBusy` if another
    request was faster.
    """
    if after == before:
        return after
    version = before.counterfoil.version + 1
    after = after.model_copy(update={"counterfoil": after.counterfoil.model_copy(update={"version": version})})
    try:
        saved = store.save_link(after)
    except SlugTaken:
        raise slug_taken(after) from None
    if not saved:
        raise StoreBusy("Another request is changing this link.")
    event = events.updated_event(before, after, now, request)
    owner = after.counterfoil.organization
    store.add_event(event, organization=owner, received=now)
    name = _name(after)
    changes.record(store, actor, event.type, after.id, now, organization=owner, name=name, before=before, after=after)
    return after


def end_sessions_if_closed(store: Store, gateway: Gateway, link: PaymentLink, now: int) -> None:
    """End open sessions of a link that can no longer be paid: it is switched off, its time is over or its limit reached.

    Some of them end at once. Reconciling ends the rest.
    """
    reason = closed_reason(link, now)
    if reason is None:
        return
    for attempt in store.attempts_of_link(link.id, state=("opened",), limit=ENDED_AT_ONCE):
        try:
            expire_session(store, gateway, attempt, now, cause=f"link {reason.reason}", state="expired")
        except GatewayError as error:
            log.warning("session could not be ended", extra={**log_fields(attempt), "reason": type(error).__name__})
            return


def retrieve(store: Store, organization_id: str, id: str) -> PaymentLink:
    """Return the organization's link. Raises `ResourceMissing` for an unknown id and for another organization's link."""
    link = store.link(id)
    if link is None or link.counterfoil.organization != organization_id:
        raise _no_such_link(id)
    return link


def retrieve_unread(store: Store, organization_id: str, id: str) -> StoredLink:
    """Return the organization's link as it is stored. Raises `ResourceMissing` as `retrieve` does."""
    link = store.unread_link(id)
    if link is None or link.organization != organization_id:
        raise _no_such_link(id)
    return link


def _no_such_link(id: str) -> ResourceMissing:
    return ResourceMissing(f"No such payment link: '{id[:100]}'.", param="payment_link")


def _nothing_at_this_address() -> ResourceMissing:
    return ResourceMissing("There is no payment link at this address.", param="payment_link")


def resolve(store: Store, code: str) -> PaymentLink:
    """Return the link with this code or slug. Raises `ResourceMissing`."""
    link = store.link_by_code(code)
    if link is None:
        raise _nothing_at_this_address()
    return link


def resolve_with_organization(store: Store, code: str) -> tuple[PaymentLink, Organization]:
    """Return the link with this code or slug, and the organization that sells by it. Raises `ResourceMissing` as `resolve` does."""
    found = store.link_and_organization(code)
    if found is None:
        raise _nothing_at_this_address()
    return found


def resolve_typed(store: Store, text: str) -> PaymentLink:
    """Return the link that people mean by the last part of an address. Raises `ResourceMissing`."""
    link = find_typed(store, text)
    return link if link is not None else resolve(store, text)


def retrieve_or_resolve(store: Store, organization_id: str, name: str) -> PaymentLink:
    """Return the organization's link by its id, code or slug. Raises `ResourceMissing` as `retrieve` does."""
    if name.startswith("plink_"):
        return retrieve(store, organization_id, name)
    link = resolve(store, name)
    if link.counterfoil.organization != organization_id:
        raise _nothing_at_this_address()
    return link


def list_links(store: Store, organization_id: str, page: ActivePage) -> tuple[list[PaymentLink], bool]:
    """Return one page of the organization's links, newest first, and whether more follow. Raises `ResourceMissing`."""
    return store.links(organization_id, **_page_of(page))


def list_unread(store: Store, organization_id: str, page: ActivePage) -> tuple[list[StoredLink], bool]:
    """Return the same page as `list_links`, without reading the documents."""
    return store.unread_links(organization_id, **_page_of(page))


def _page_of(page: ActivePage) -> dict[str, Any]:
    return page.model_dump(include={"active", "limit", "starting_after", "ending_before"})


def list_line_items(link: PaymentLink, page: Page) -> tuple[list[LineItem], bool]:
    """Return one page of a link's line items, and whether more follow. Raises `ResourceMissing`."""
    items = link.line_items.data if link.line_items else ()
    return take_page(items, page, id_of=lambda item: item.id, noun="line item")


def completed_sessions(store: Store, links: Sequence[PaymentLink]) -> dict[str, int]:
    """Return how many sessions of each link were completed, by the link's id. Links without a limit count as well."""
    return store.completed_sessions([link.id for link in links])


def record_refused_origin(store: Store, link: PaymentLink, origin: str, now: int) -> None:
    """Count one attempt of a site to frame the link although the link does not list it. Raises `StoreError`."""
    store.note_refused_origin(link.id, origin, now)


def refused_origins(store: Store, link: PaymentLink) -> list[dict[str, Any]]:
    """Return the sites that tried to frame the link (`origin`, `count`, `last_seen`), most recent first."""
    return store.refused_origins(link.id)


def new_code() -> str:
    """Return a random code for a link's address. Its 128 bits cannot be guessed."""
    return random_base62(_CODE_LENGTH)


def _name(link: PaymentLink) -> str:
    """Return the merchant's name for the link, for the log of changes."""
    return link.counterfoil.name or link.counterfoil.title or link.counterfoil.slug or link.counterfoil.code
