"""Loads a seed file: an organization, its catalogue at Stripe (or in the sandbox) and its links. Twice is as good as once.

A name in the file stands for itself: `@prices.jar` is the price that the file calls `jar`; `$PUBLIC_URL` is this server's origin and
`$SAMPLE_URL` that of the sample invoice. What a seed made is found again by `metadata[counterfoil_seed]`, a link by its slug, the
organization by its name; nothing that is there is touched, but for origins of this server that a link does not list yet.
"""

from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from functools import partial
from typing import Any, Final, TypeVar

from pydantic import BaseModel, ConfigDict

from app.errors import GatewayRefused, InvalidRequest
from app.gateway.protocol import Gateway
from app.objects.organization import Organization
from app.objects.payment_link import PaymentLink
from app.objects.scalars import Boolean
from app.services.accounts import organizations
from app.services.accounts.organizations import account_of
from app.services.links import service as links
from app.services.links.addresses import exact_origin
from app.services.links.answer import LinkSettings, with_urls
from app.store.protocol import Store
from app.wire.errors import validate

T = TypeVar("T")

MARK: Final = "counterfoil_seed"
KINDS: Final = ("products", "coupons", "tax_rates", "shipping_rates", "prices", "promotion_codes")


class SeedEntry(BaseModel):
    """One object in Stripe's own create parameters, which its own rules check."""

    model_config = ConfigDict(extra="allow")

    metadata: dict[str, Any] = {}


class SeedCounterfoil(BaseModel):
    """What a seed reads of a link's `counterfoil` before the link's own rules do."""

    model_config = ConfigDict(extra="allow")

    embed_origins: list[str] = []


class SeedLink(BaseModel):
    """A link in the API's parameters, whether it is on, and what it shows."""

    model_config = ConfigDict(extra="allow")

    active: Boolean = True
    counterfoil: SeedCounterfoil = SeedCounterfoil()
    shows: str = ""


class SeedFile(BaseModel):
    """The shape of a seed file."""

    model_config = ConfigDict(extra="forbid")

    organization: dict[str, Any] = {}
    products: dict[str, SeedEntry] = {}
    coupons: dict[str, SeedEntry] = {}
    tax_rates: dict[str, SeedEntry] = {}
    shipping_rates: dict[str, SeedEntry] = {}
    prices: dict[str, SeedEntry] = {}
    promotion_codes: dict[str, SeedEntry] = {}
    payment_links: list[SeedLink] = []


@dataclass
class Seeded:
    """What a seed file names: the organization, its links with what each shows, and how many objects were made just now."""

    organization: Organization
    links: list[tuple[PaymentLink, str]] = field(default_factory=list)
    made: int = 0


def sample_origin(public_url: str) -> str:
    """Where the sample invoice is opened: the same server by another name where it has one, so that its frames come from elsewhere."""
    return public_url.replace("//127.0.0.1", "//localhost", 1)


def seed(store: Store, gateway: Gateway, data: Mapping[str, Any], now: int, *, settings: LinkSettings) -> Seeded:
    """Load a seed. Raises `InvalidRequest` with the place in the file (`prices[jar][currency]`) and the rule."""
    file = validate(SeedFile, data).model_dump(exclude_unset=True)
    organization = _organization(store, file.get("organization", {}), now)
    seeded = Seeded(organization)
    names: dict[str, str] = {}
    for kind in KINDS:
        _catalogue(gateway, organization, kind, file.get(kind, {}), names, seeded)
    for position, entry in enumerate(file.get("payment_links", ())):
        _within(f"payment_links[{position}]", partial(_link, store, gateway, entry, names, now, settings, seeded))
    return seeded


def _organization(store: Store, fields: Mapping[str, Any], now: int) -> Organization:
    name = fields.get("name") or "Counterfoil"
    for organization in store.organizations():
        if organization.name == name:
            return organization
    return _within("organization", lambda: organizations.create(store, {"name": name, **fields}, now))


def _catalogue(
    gateway: Gateway,
    organization: Organization,
    kind: str,
    entries: Mapping[str, Any],
    names: dict[str, str],
    seeded: Seeded,
) -> None:
    """Find or make every object of one kind, and remember its id under the name that the file gives it."""
    if not entries:
        return
    account = account_of(organization, gateway)
    there = gateway.marked_in_catalogue(kind, MARK, account=account)
    for name, params in entries.items():
        if name in there:
            names[f"@{kind}.{name}"] = there[name]
            continue
        marked = {**params, "metadata": {**params.get("metadata", {}), MARK: name}}
        make = partial(_made, gateway, kind, marked, names, account)
        names[f"@{kind}.{name}"] = _within(f"{kind}[{name}]", make)
        seeded.made += 1


def _made(gateway: Gateway, kind: str, params: Mapping[str, Any], names: Mapping[str, str], account: str | None) -> str:
    return gateway.create_in_catalogue(kind, _resolved(params, names), account=account)


def _link(
    store: Store,
    gateway: Gateway,
    entry: Mapping[str, Any],
    names: Mapping[str, str],
    now: int,
    settings: LinkSettings,
    seeded: Seeded,
) -> None:
    """Find a link by its slug, or make it."""
    params = _resolved({key: value for key, value in entry.items() if key not in {"shows", "active"}}, names)
    ours, own = params.get("counterfoil", {}), _own_origins(entry, settings)
    if "embed_origins" in ours:
        named = [origin for origin in ours["embed_origins"] if not origin.startswith("$")]
        params["counterfoil"] = {**ours, "embed_origins": [*named, *own]}
    slug = ours.get("slug")
    if not slug:
        raise InvalidRequest(
            "A seeded link needs a slug, to be found again by.", param="counterfoil[slug]", code="parameter_missing"
        )
    link = store.link_by_code(slug)
    if link is None:
        link = links.create(store, gateway, seeded.organization, params, now, settings=settings)
        if entry.get("active") is False:
            link = links.update(store, gateway, seeded.organization, link.id, {"active": False}, now, settings=settings)
        seeded.made += 1
    elif missing := [origin for origin in own if origin not in link.counterfoil.embed_origins]:
        listed = {"counterfoil": {"embed_origins": [*link.counterfoil.embed_origins, *missing]}}
        link = links.update(store, gateway, seeded.organization, link.id, listed, now, settings=settings)
    seeded.links.append((with_urls(link, settings), entry.get("shows", "")))


def _own_origins(entry: Mapping[str, Any], settings: LinkSettings) -> list[str]:
    """The origins of this server that may frame the link, where the file says `$PUBLIC_URL` or `$SAMPLE_URL`.

    One that no link may list (http on another machine) is left out, so that the file loads there too.
    """
    names = {"$PUBLIC_URL": settings.public_url, "$SAMPLE_URL": sample_origin(settings.public_url)}
    found = []
    for name in entry.get("counterfoil", {}).get("embed_origins") or ():
        with suppress(InvalidRequest):
            found += [exact_origin(names[name], "embed_origins")] if name in names else []
    return found


def _resolved(value: Any, names: Mapping[str, str]) -> Any:
    """The value with every `@kind.name` replaced by the id that it stands for."""
    if isinstance(value, str) and value.startswith("@"):
        if value not in names:
            raise InvalidRequest(f"Nothing in this file is called {value!r} above this place.")
        return names[value]
    if isinstance(value, Mapping):
        return {key: _resolved(item, names) for key, item in value.items()}
    if isinstance(value, list):
        return [_resolved(item, names) for item in value]
    return value


def _within(place: str, work: Callable[[], T]) -> T:
    """Do the work; an error says at which place of the file it came up."""
    try:
        return work()
    except (InvalidRequest, GatewayRefused) as error:
        inner = "".join(f"[{part}]" for part in (error.param or "").replace("]", "").split("[") if part)
        raise InvalidRequest(error.message, param=f"{place}{inner}", code=error.code) from error
