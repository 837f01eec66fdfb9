"""Moves links from the sandbox or from test mode to live mode: their catalogue is made at Stripe, and then the links themselves.

The links and their catalogue come as a seed file, from this server or from another one. Objects are found again by the mark that seed
gives them, and links by their id, so a move that was interrupted goes on, and one that is done changes nothing.
"""

import logging
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from secrets import token_hex
from typing import Any, Final, Literal

from pydantic import ValidationError

from app.errors import InvalidRequest, ResourceMissing
from app.gateway.picture_address import address_for_stripe
from app.gateway.protocol import Gateway
from app.objects.change import Actor
from app.objects.organization import Organization
from app.objects.payment_link import PaymentLink
from app.services.accounts.organizations import account_of
from app.services.links import seeding, service
from app.services.links.answer import LinkSettings, with_urls
from app.services.links.exporting import KINDS, MARK, export_links
from app.services.links.seed_file import SeedEntry, SeedFile, SeedLink, without_ended
from app.services.links.seeding import at_place
from app.services.pictures import restore_picture
from app.store.protocol import Store
from app.wire.errors import validate

log: Final = logging.getLogger(__name__)

MOVED: Final = "Live"
"""The end of a moved link's id, where the link that it came from is on the same server."""

LEASE_SECONDS: Final = 120
"""How long at most one move keeps others of the organization from starting."""

LINKS_MAXIMUM: Final = 50
"""How many links are moved at once."""

Loss = Literal["picture", "promotion_codes", "account", "tax_ids", "payment_methods", "slug", "count"]
"""What does not move: a picture that Stripe cannot fetch, promotion codes, what names objects of the test account, a slug that another
link has, and the count of completed sessions."""

_ACCOUNT_PARAMS: Final = ("on_behalf_of", "transfer_data", "application_fee_amount", "application_fee_percent")


@dataclass(frozen=True)
class PlannedObject:
    """An object of the catalogue. `id` is that of the object at Stripe that is used, or None if one is made."""

    kind: str
    name: str
    entry: SeedEntry
    id: str | None


@dataclass(frozen=True)
class PlannedLink:
    """A link to move. `found` is the link that an earlier move made. `losses` says what does not move, with details."""

    entry: SeedLink
    id: str
    found: PaymentLink | None
    losses: Sequence[tuple[Loss, str]]


@dataclass(frozen=True)
class Plan:
    """What a move makes at Stripe and here."""

    objects: Sequence[PlannedObject]
    links: Sequence[PlannedLink]

    @property
    def is_done(self) -> bool:
        """Whether every link was moved before."""
        return all(link.found is not None for link in self.links)


@dataclass(frozen=True)
class Moved:
    """The links that exist now, and how many objects were made at Stripe."""

    links: Sequence[PaymentLink]
    made: int


def is_movable(gateway: Gateway, link: PaymentLink) -> bool:
    """Return whether the link is of test mode and the server is live."""
    return gateway.livemode and not link.livemode


def file_of(store: Store, organization: Organization, link: PaymentLink) -> dict[str, Any]:
    """Return a link with its catalogue as a file that another server can read."""
    return export_links(store, organization, [link])


def keep_pictures(store: Store, data: Mapping[str, Any]) -> None:
    """Store the pictures of a file. Raises `InvalidRequest` with the place in the file."""
    pictures = validate(SeedFile, {"pictures": data.get("pictures") or {}}).pictures
    for path, content in pictures.items():
        at_place(f"pictures[{path[:100]}]", partial(restore_picture, store, path, content))


def plan_move(
    store: Store,
    gateway: Gateway,
    organization: Organization,
    data: Mapping[str, Any],
    now: int,
    *,
    settings: LinkSettings,
) -> Plan:
    """Return what a move of this file would make. Stripe is asked which objects exist. Raises `InvalidRequest`, `GatewayError`."""
    file = _read(data, now)
    with _refusing_other_shapes():
        links = [_plan_link(store, gateway, organization, file, entry, settings) for entry in file.payment_links]
    account = account_of(organization, gateway)
    objects: list[PlannedObject] = []
    for kind in KINDS:
        entries: Mapping[str, SeedEntry] = getattr(file, kind)
        existing = gateway.list_catalogue_ids(kind, MARK, account=account) if entries else {}
        objects += [
            PlannedObject(kind, name, entry, existing.get(name) or existing.get(entry.id or ""))
            for name, entry in entries.items()
        ]
    return Plan(objects, links)


def move(
    store: Store,
    gateway: Gateway,
    organization: Organization,
    data: Mapping[str, Any],
    now: int,
    *,
    actor: Actor,
    settings: LinkSettings,
) -> Moved:
    """Make the catalogue and the links of a file. What exists stays as it is.

    Raises `InvalidRequest` with the place in the file and Stripe's reason, also while another move is running, and
    `GatewayUnavailable`. What was made by then stays, and the next move uses it.
    """
    file = _read(data, now)
    lease, owner = f"move {organization.id}", token_hex(8)
    if not store.take_lease(lease, owner, now, now + LEASE_SECONDS):
        raise InvalidRequest("Another move is running. Wait a moment, then open this page again.", code="lock_timeout")
    try:
        with _refusing_other_shapes():
            keep_pictures(store, data)
            names: dict[str, str] = {}
            made = sum(
                seeding.seed_catalogue(gateway, organization, kind, getattr(file, kind), names, settings)
                for kind in KINDS
            )
            found = []
            for position, entry in enumerate(file.payment_links):
                planned = _plan_link(store, gateway, organization, file, entry, settings)
                work = partial(_move_link, store, gateway, organization, planned, names, now, actor, settings)
                found.append(planned.found or at_place(f"payment_links[{position}]", work))
            return Moved(found, made)
    finally:
        store.take_lease(lease, owner, now, now)


@contextmanager
def _refusing_other_shapes() -> Iterator[None]:
    """Raise `InvalidRequest` for a file whose parts have other types than an export has. Only its first level has a declared shape."""
    try:
        yield
    except (AttributeError, KeyError, TypeError, ValidationError) as error:
        log.warning("a file of links cannot be read", exc_info=True)
        raise InvalidRequest("This is no export of Counterfoil, or it was changed by hand.") from error


def _read(data: Mapping[str, Any], now: int) -> SeedFile:
    file = without_ended(validate(SeedFile, data), now)
    if not file.payment_links:
        raise InvalidRequest("The file has no link.", param="payment_links")
    if len(file.payment_links) > LINKS_MAXIMUM:
        raise InvalidRequest(f"The file has more than {LINKS_MAXIMUM} links.", param="payment_links")
    for position, entry in enumerate(file.payment_links):
        if not entry.id:
            raise InvalidRequest("A link of the file has no id.", param=f"payment_links[{position}][id]")
    return file


def _plan_link(
    store: Store,
    gateway: Gateway,
    organization: Organization,
    file: SeedFile,
    entry: SeedLink,
    settings: LinkSettings,
) -> PlannedLink:
    id = entry.id or ""
    twin = store.link(id)
    if twin is not None and (twin.livemode != gateway.livemode or twin.counterfoil.organization != organization.id):
        id = f"{id}{MOVED}"
    found = store.link(id)
    if found is not None and found.counterfoil.organization != organization.id:
        raise ResourceMissing("Another organization of this server has a link with this id.", param="payment_links")
    return PlannedLink(entry, id, found, list(_losses(store, file, entry, settings)))


def _losses(store: Store, file: SeedFile, entry: SeedLink, settings: LinkSettings) -> Iterator[tuple[Loss, str]]:
    """Yield what does not move of a link, with a detail."""
    for product in file.products.values():
        for image in (product.model_extra or {}).get("images", ()):
            if address_for_stripe(str(image), settings.public_url) is None:
                yield "picture", str(image)
    params = {**(entry.model_extra or {}), **(entry.document or {})}
    if params.get("allow_promotion_codes"):
        yield "promotion_codes", ""
    for name in _ACCOUNT_PARAMS:
        if params.get(name):
            yield "account", name
    if _names_tax_ids(params):
        yield "tax_ids", ""
    if params.get("payment_method_types"):
        yield "payment_methods", ", ".join(map(str, params["payment_method_types"]))
    slug = entry.counterfoil.slug
    if slug and _other_holder(store, entry, slug):
        yield "slug", slug
    if entry.restrictions is not None and entry.restrictions.completed_sessions.count:
        yield "count", str(entry.restrictions.completed_sessions.count)


def _names_tax_ids(params: Mapping[str, Any]) -> bool:
    """Return whether the invoices of a link name tax ids, which are objects of the test account."""
    invoice = (params.get("invoice_creation") or {}).get("invoice_data") or {}
    subscription = (params.get("subscription_data") or {}).get("invoice_settings") or {}
    return bool(invoice.get("account_tax_ids") or subscription.get("account_tax_ids"))


def _other_holder(store: Store, entry: SeedLink, slug: str) -> bool:
    """Return whether a link has the slug that is neither the one to move nor the moved one."""
    holder = store.link_by_code(slug)
    return holder is not None and holder.id not in {entry.id, f"{entry.id}{MOVED}"}


def _move_link(
    store: Store,
    gateway: Gateway,
    organization: Organization,
    planned: PlannedLink,
    names: Mapping[str, str],
    now: int,
    actor: Actor,
    settings: LinkSettings,
) -> PaymentLink:
    """Make the link, and store it. A link of test mode on this server gives its address to it, and is switched off."""
    entry = planned.entry
    params = seeding.link_params(entry, seeding.own_origins_of(entry, settings), names)
    # The address is added at the end, because the link of test mode has it until then.
    slug = params.get("counterfoil", {}).pop("slug", None)
    slug = None if slug and _other_holder(store, entry, slug) else slug
    code = entry.counterfoil.code
    code = code if code and not _other_holder(store, entry, code) else service.new_code()
    without_count = entry.model_copy(update={"id": planned.id, "restrictions": None})
    made = seeding.new_link(store, gateway, without_count, params, organization, settings)
    made = _with_address(seeding.with_state(made, without_count), code, slug, settings)

    def work() -> None:
        twin = store.link(entry.id or "")
        if twin is not None and twin.id != made.id and twin.counterfoil.organization == organization.id:
            off = _with_address(twin.model_copy(update={"active": False}), service.new_code(), None, settings)
            service.save(store, twin, off, now, actor=actor)
        service.keep(store, made, now, actor=actor)

    store.run(work)
    return made


def _with_address(link: PaymentLink, code: str, slug: str | None, settings: LinkSettings) -> PaymentLink:
    ours = link.counterfoil.model_copy(update={"code": code, "slug": slug})
    return with_urls(link.model_copy(update={"counterfoil": ours}), settings)
