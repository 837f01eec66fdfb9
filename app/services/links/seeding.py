"""Load a seed file: an organization, its catalogue at Stripe or in the sandbox, and its links. Loading it twice changes nothing.

In the file `@prices.jar` is the id of the price that the file calls `jar`, `@@` starts a text with one @, `$PUBLIC_URL` is this server's
origin and `$SAMPLE_URL` that of the demo's invoice. An organization is found again by its name, an object of the catalogue by
`metadata[counterfoil_seed]` or its id, a link by its slug or its id. What is found stays as it is, but a link that lists origins of this
server gets those that it lacks. Coupons and promotion codes whose time is over are left out.
"""

from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from functools import partial
from typing import Any, Final, TypeVar

from app.errors import GatewayRefused, InvalidRequest
from app.gateway.picture_address import address_for_stripe
from app.gateway.protocol import Gateway
from app.objects.change import COMMAND_LINE
from app.objects.ids import new_id
from app.objects.organization import Organization
from app.objects.payment_link import PaymentLink
from app.objects.scalars import abbreviate
from app.services.accounts import organizations
from app.services.accounts.organizations import account_of
from app.services.links import service as links
from app.services.links.answer import LinkSettings, with_urls
from app.services.links.documents import read_document
from app.services.links.exporting import KINDS, MARK
from app.services.links.merchant_urls import exact_origin
from app.services.links.seed_file import SeedEntry, SeedFile, SeedLink, without_ended
from app.services.pictures import restore_picture
from app.store.protocol import Store
from app.wire.errors import validate

T = TypeVar("T")

NAMED_BY_US: Final = ("products", "coupons")
"""The kinds whose id Stripe lets us choose."""


@dataclass
class Seeded:
    """The result: the organization, its links with what each shows, and how many objects were created."""

    organization: Organization
    links: list[tuple[PaymentLink, str]] = field(default_factory=list)
    made: int = 0


def sample_origin(public_url: str) -> str:
    """Return the origin of the demo's invoice: `localhost` instead of 127.0.0.1, so that its frames are cross-site."""
    return public_url.replace("//127.0.0.1", "//localhost", 1)


def seed(store: Store, gateway: Gateway, data: Mapping[str, Any], now: int, *, settings: LinkSettings) -> Seeded:
    """Load a seed. Raises `InvalidRequest` with the place in the file (`prices[jar][currency]`) and the rule."""
    file = without_ended(validate(SeedFile, data), now)
    for path, content in file.pictures.items():
        at_place(f"pictures[{path}]", partial(restore_picture, store, path, content))
    organization = _find_or_create_organization(store, file.organization, now)
    seeded = Seeded(organization)
    names: dict[str, str] = {}
    for kind in KINDS:
        seeded.made += seed_catalogue(gateway, organization, kind, getattr(file, kind), names, settings)
    for position, entry in enumerate(file.payment_links):
        at_place(f"payment_links[{position}]", partial(_seed_link, store, gateway, entry, names, now, settings, seeded))
    return seeded


def _find_or_create_organization(store: Store, fields: Mapping[str, Any], now: int) -> Organization:
    name = fields.get("name") or "Counterfoil"
    for organization in store.organizations():
        if organization.name == name:
            return organization
    return at_place(
        "organization", lambda: organizations.create(store, {"name": name, **fields}, now, actor=COMMAND_LINE)
    )


def seed_catalogue(
    gateway: Gateway,
    organization: Organization,
    kind: str,
    entries: Mapping[str, SeedEntry],
    names: dict[str, str],
    settings: LinkSettings,
) -> int:
    """Find or create every object of one kind, and store its id under the name that the file gives it. Return how many are new.

    Raises `InvalidRequest` with the place in the file, and `GatewayUnavailable`.
    """
    if not entries:
        return 0
    made = 0
    existing = gateway.list_catalogue_ids(kind, MARK, account=account_of(organization, gateway))
    for name, entry in entries.items():
        id = existing.get(name) or existing.get(entry.id or "")
        if id is None:
            create = partial(_create, gateway, organization, kind, name, entry, names, settings)
            id = at_place(f"{kind}[{name}]", create)
            made += 1
        names[f"@{kind}.{name}"] = id
    return made


def _create(
    gateway: Gateway,
    organization: Organization,
    kind: str,
    name: str,
    entry: SeedEntry,
    names: Mapping[str, str],
    settings: LinkSettings,
) -> str:
    """Create one object. Return its id. Stripe fetches the pictures of a product, so those that it cannot fetch are left out."""
    left_out = set() if entry.id and kind in NAMED_BY_US else {"id"}
    params = entry.model_dump(exclude_unset=True, exclude=left_out)
    if not gateway.sandbox and params.get("images"):
        addresses = (address_for_stripe(image, settings.public_url) for image in params["images"])
        params["images"] = [address for address in addresses if address]
    marked = {**params, "metadata": {**params.get("metadata", {}), MARK: name}}
    return gateway.create_in_catalogue(kind, _resolve(marked, names), account=account_of(organization, gateway))


def _seed_link(
    store: Store,
    gateway: Gateway,
    entry: SeedLink,
    names: Mapping[str, str],
    now: int,
    settings: LinkSettings,
    seeded: Seeded,
) -> None:
    """Find the link by its slug or its id, or create it."""
    own_origins = own_origins_of(entry, settings)
    link = _find(store, entry, seeded.organization)
    if link is None:
        link = with_state(
            new_link(store, gateway, entry, link_params(entry, own_origins, names), seeded.organization, settings),
            entry,
        )
        links.keep(store, link, now, actor=COMMAND_LINE)
        seeded.made += 1
    elif missing := [origin for origin in own_origins if origin not in link.counterfoil.embed_origins]:
        listed = {"counterfoil": {"embed_origins": [*link.counterfoil.embed_origins, *missing]}}
        owner = seeded.organization
        link = links.update(store, gateway, owner, link.id, listed, now, actor=COMMAND_LINE, settings=settings)
    seeded.links.append((with_urls(link, settings), entry.shows))


def new_link(
    store: Store,
    gateway: Gateway,
    entry: SeedLink,
    params: Mapping[str, Any],
    organization: Organization,
    settings: LinkSettings,
) -> PaymentLink:
    """Return the link of an entry, which is not stored yet. Raises `InvalidRequest`, `GatewayError`."""
    id, code = entry.id, entry.counterfoil.code
    if entry.document is None:
        return links.prepare(store, gateway, organization, params, settings=settings, id=id, code=code)
    return read_document(
        gateway,
        organization,
        params["document"],
        params.get("counterfoil", {}),
        id=id or new_id("plink"),
        code=code or links.new_code(),
        settings=settings,
    )


def _find(store: Store, entry: SeedLink, organization: Organization) -> PaymentLink | None:
    if not entry.counterfoil.slug and not entry.id:
        raise InvalidRequest(
            "A seeded link needs a slug, which finds it again.", param="counterfoil[slug]", code="parameter_missing"
        )
    link = store.link_by_code(entry.counterfoil.slug) if entry.counterfoil.slug else None
    link = link or (store.link(entry.id) if entry.id else None)
    if link is not None and link.counterfoil.organization != organization.id:
        raise InvalidRequest("Another organization has a link with this slug or id.", param="counterfoil[slug]")
    return link


def link_params(entry: SeedLink, own_origins: list[str], names: Mapping[str, str]) -> dict[str, Any]:
    """Return the API's parameters of the link, without what an exported link has besides."""
    params: dict[str, Any] = _resolve(
        entry.model_dump(exclude_unset=True, exclude={"id", "active", "line_item_ids", "shows"}), names
    )
    ours = params.get("counterfoil", {})
    ours.pop("code", None)
    if "embed_origins" in ours:
        named = [origin for origin in ours["embed_origins"] if not origin.startswith("$")]
        ours["embed_origins"] = [*named, *own_origins]
    if params.get("restrictions"):
        params["restrictions"]["completed_sessions"].pop("count", None)
    return params


def with_state(link: PaymentLink, entry: SeedLink) -> PaymentLink:
    """Return the new link with the entry's `active`, count of completed sessions and ids of items."""
    changes: dict[str, Any] = {"active": entry.active}
    if entry.line_item_ids and link.line_items is not None:
        ids = entry.line_item_ids
        if len(ids) != len(link.line_items.data):
            raise InvalidRequest("Name one id for each line item.", param="line_item_ids")
        items = tuple(item.model_copy(update={"id": id}) for item, id in zip(link.line_items.data, ids, strict=True))
        changes["line_items"] = link.line_items.model_copy(update={"data": items})
    if link.restrictions is not None and entry.restrictions is not None:
        sessions = link.restrictions.completed_sessions
        count = entry.restrictions.completed_sessions.count
        changes["restrictions"] = link.restrictions.model_copy(
            update={"completed_sessions": sessions.model_copy(update={"count": count})}
        )
    return link.model_copy(update=changes)


def own_origins_of(entry: SeedLink, settings: LinkSettings) -> list[str]:
    """Return the origins of this server that may frame the link, where the file says `$PUBLIC_URL` or `$SAMPLE_URL`.

    An origin that no link may list (http on another machine) is left out, so that the file loads there too.
    """
    names = {"$PUBLIC_URL": settings.public_url, "$SAMPLE_URL": sample_origin(settings.public_url)}
    found = []
    for name in entry.counterfoil.embed_origins:
        with suppress(InvalidRequest):
            found += [exact_origin(names[name], "embed_origins")] if name in names else []
    return found


def _resolve(value: Any, names: Mapping[str, str]) -> Any:
    """Return the value with the id in place of every `@kind.name`, and one @ in place of two."""
    if isinstance(value, str) and value.startswith("@"):
        if value.startswith("@@"):
            return value[1:]
        if value not in names:
            raise InvalidRequest(f"Nothing in this file is called {abbreviate(value)!r} above this place.")
        return names[value]
    if isinstance(value, Mapping):
        return {key: _resolve(item, names) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [_resolve(item, names) for item in value]
    return value


def at_place(place: str, work: Callable[[], T]) -> T:
    """Do the work. An error names the place of the file."""
    try:
        return work()
    except (InvalidRequest, GatewayRefused) as error:
        inner = "".join(f"[{part}]" for part in (error.param or "").replace("]", "").split("[") if part)
        raise InvalidRequest(error.message, param=f"{place}{inner}", code=error.code) from error
