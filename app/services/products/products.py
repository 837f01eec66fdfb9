"""Products: listed with their prices and links, changed, archived and put back on sale.

Stripe is asked first. Then the copies in links follow at once, and the change is recorded.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from pydantic import ValidationError

from app.errors import GatewayRefused, GatewayUnavailable, ResourceMissing
from app.gateway.picture_address import images_for_stripe
from app.gateway.protocol import Gateway
from app.objects.change import Actor
from app.objects.metadata import find_metadata_change
from app.objects.organization import Organization
from app.objects.payment_link import PaymentLink
from app.objects.price import Price, Product
from app.services import pictures
from app.services.accounts import changes
from app.services.accounts.organizations import account_of, organizations_of_account
from app.services.links import service as links
from app.services.links import stock
from app.services.links.answer import LinkSettings
from app.services.links.price_refresh import replace_product
from app.services.pictures import PictureRefused
from app.store.protocol import Store
from app.wire.lists import Page

PRICES_LISTED: Final = 100
"""How many active prices of one product are shown."""

ARCHIVED_LISTED: Final = 20
"""How many archived prices of one product are shown, newest first."""


@dataclass(frozen=True)
class Listed:
    """A product with its active prices and the links of the organization that hold it. `archived` has its newest archived prices."""

    product: Product
    prices: Sequence[Price]
    links: Sequence[PaymentLink]
    archived: Sequence[Price] = ()


@dataclass(frozen=True)
class ProductList:
    """One page of the products that fit. `more` is whether more follow in the requested direction."""

    rows: Sequence[Listed]
    more: bool
    on_sale: int
    archived: int


def list_products(
    store: Store, gateway: Gateway, organization: Organization, page: Page, now: int, *, text: str, active: bool
) -> ProductList:
    """Return a page of the products whose name, description, id or price has this text, newest first.

    Raises `ResourceMissing` for an unknown cursor, and `GatewayError`.
    """
    prices: dict[str, list[Price]] = {}
    for price in stock.list_prices(gateway, organization, now):
        prices.setdefault(product_id(price), []).append(price)
    wanted = text.strip().casefold()
    products = stock.list_products(gateway, organization, now)
    found = [it for it in products if _fits(it, prices.get(it.id, ()), wanted)]
    shown = [it for it in found if it.active is active]
    part, more = stock.take_page(shown, page, among=products)
    rows = [Listed(it, prices.get(it.id, ()), store.links_with(it.id, [organization.id])) for it in part]
    on_sale = sum(it.active for it in found)
    return ProductList(rows, more, on_sale, len(found) - on_sale)


def retrieve(gateway: Gateway, organization: Organization, id: str) -> Product:
    """Return the product. Raises `ResourceMissing`, `GatewayError`."""
    try:
        data = gateway.retrieve_in_catalogue("products", id, account=account_of(organization, gateway))
    except GatewayRefused as error:
        raise missing_or(error, "product") from error
    if data.get("deleted"):
        raise ResourceMissing("There is no such product.", param="product")
    return _read(data)


def open_product(store: Store, gateway: Gateway, organization: Organization, id: str) -> Listed:
    """Return the product with its prices and its links. Raises `ResourceMissing`, `GatewayError`."""
    product = retrieve(gateway, organization, id)
    account = account_of(organization, gateway)

    def prices(*, active: bool, limit: int) -> list[Price]:
        params = {"product": id, "active": active, "expand": ["data.currency_options", "data.tiers"]}
        return stock.read_objects(Price, gateway.list_catalogue("prices", params, account=account, limit=limit))

    links_with_it = store.links_with(id, [organization.id])
    on_sale = prices(active=True, limit=PRICES_LISTED)
    return Listed(product, on_sale, links_with_it, prices(active=False, limit=ARCHIVED_LISTED))


def save(
    store: Store,
    gateway: Gateway,
    organization: Organization,
    id: str,
    fields: Mapping[str, str],
    now: int,
    *,
    actor: Actor,
    public_url: str,
    metadata: Mapping[str, str] | None = None,
    picture: bytes | None = None,
) -> Product:
    """Change the attributes in `fields`, the metadata and the first picture. A form that changes nothing makes no call to Stripe.

    Raises `ResourceMissing`, `PictureRefused`, `GatewayError`.
    """
    before = retrieve(gateway, organization, id)
    params: dict[str, Any] = {name: value for name, value in fields.items() if value != (getattr(before, name) or "")}
    if metadata is not None and (change := find_metadata_change(before.metadata, metadata)):
        params["metadata"] = change
    if picture is not None:
        images = _with_picture(store, gateway, before, picture, public_url)
        params |= {"images": images} if images != list(before.images) else {}
    if not params:
        return before
    return _update(store, gateway, organization, before, params, now, actor=actor, what="product.updated")


def archive(
    store: Store,
    gateway: Gateway,
    organization: Organization,
    id: str,
    now: int,
    *,
    actor: Actor,
    settings: LinkSettings,
    deactivate_links: bool,
) -> Product:
    """Archive a product. With `deactivate_links`, switch off the links that sell it. Raises `ResourceMissing`, `GatewayError`."""
    product = _set_active(store, gateway, organization, id, now, actor=actor, active=False)
    for link in store.links_with(id, [organization.id]) if deactivate_links else ():
        if link.active:
            params = {"active": False}
            links.update(store, gateway, organization, link.id, params, now, actor=actor, settings=settings)
    return product


def restore(store: Store, gateway: Gateway, organization: Organization, id: str, now: int, *, actor: Actor) -> Product:
    """Put an archived product back on sale. Raises `ResourceMissing`, `GatewayError`."""
    return _set_active(store, gateway, organization, id, now, actor=actor, active=True)


def sendable_images(gateway: Gateway, images: Sequence[str], public_url: str) -> list[str]:
    """Return the addresses of pictures as Stripe gets them. Raises `PictureRefused` if Stripe cannot fetch them."""
    sent = list(images) if gateway.sandbox else images_for_stripe(images, public_url)
    if len(sent) < len(images):
        message = "Stripe cannot fetch a picture from this server. It needs a public address with https."
        raise PictureRefused(message, "picture_not_public")
    return sent


def product_id(price: Price) -> str:
    """Return the id of the product that a price belongs to."""
    return price.product.id if isinstance(price.product, Product) else price.product


def price_ids(link: PaymentLink) -> set[str]:
    """Return the ids of the prices that a link sells, also as optional items."""
    items = link.line_items.data if link.line_items else ()
    optional = [it.price for it in link.optional_items or ()]
    return {price.id for price in (*(it.price for it in items), *optional) if isinstance(price, Price)}


def missing_or(error: GatewayRefused, what: str) -> Exception:
    """Return `ResourceMissing` if Stripe does not have the object, or else the refusal itself."""
    return ResourceMissing(f"There is no such {what}.", param=what) if error.is_missing else error


def _set_active(
    store: Store, gateway: Gateway, organization: Organization, id: str, now: int, *, actor: Actor, active: bool
) -> Product:
    before = retrieve(gateway, organization, id)
    if before.active is active:
        return before
    what = "product.restored" if active else "product.archived"
    return _update(store, gateway, organization, before, {"active": active}, now, actor=actor, what=what)


def _update(
    store: Store,
    gateway: Gateway,
    organization: Organization,
    before: Product,
    params: Mapping[str, Any],
    now: int,
    *,
    actor: Actor,
    what: str,
) -> Product:
    account = account_of(organization, gateway)
    after = _read(gateway.update_in_catalogue("products", before.id, params, account=account))
    stock.forget_lists(gateway, organization)
    replace_product(store, organizations_of_account(store, gateway, account), after)
    was = before.model_copy(update={"updated": after.updated})
    changes.record(
        store, actor, what, after.id, now, organization=organization.id, name=after.name, before=was, after=after
    )
    return after


def _read(data: Mapping[str, Any]) -> Product:
    try:
        return Product.read_whole(data)
    except ValidationError:
        raise GatewayUnavailable("Stripe's answer is not a valid product.") from None


def _with_picture(store: Store, gateway: Gateway, product: Product, picture: bytes, public_url: str) -> list[str]:
    """Store a picture. Return the product's pictures with it in the first place. Stripe must be able to fetch it."""
    sent = sendable_images(gateway, [pictures.add_picture(store, picture).path], public_url)
    return [*sent, *product.images[1:]]


def _fits(product: Product, prices: Sequence[Price], wanted: str) -> bool:
    texts = (product.id, product.name, product.description or "")
    return any(wanted in text.casefold() for text in texts) or any(stock.fits(price, wanted) for price in prices)
