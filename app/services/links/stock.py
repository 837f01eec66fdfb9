"""Objects of the account that a merchant can put on a link: prices by search, shipping rates, tax rates and coupons.

Lists are kept for a minute in each process, since the editor shows them on every page of its form.
"""

import logging
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from threading import Lock
from typing import Any, Final, TypeVar
from weakref import WeakKeyDictionary

from pydantic import ValidationError

from app.errors import GatewayError, GatewayRefused, ResourceMissing
from app.gateway.protocol import Gateway
from app.objects.base import Object
from app.objects.discount import Coupon, PromotionCode
from app.objects.organization import Organization
from app.objects.price import Price, Product
from app.objects.shipping_rate import ShippingRate
from app.objects.tax_rate import TaxRate
from app.pricing.discounts import expiry_problem
from app.services.accounts.organizations import account_of
from app.wire.lists import Page

KEPT_SECONDS: Final = 60
LISTED: Final = 100
"""How many objects of one kind the editor offers."""

SEARCHED: Final = 1000
"""How many prices a search looks through, newest first."""

FOUND: Final = 10
"""How many prices a search shows."""

Kind = TypeVar("Kind", bound=Object)
log: Final = logging.getLogger(__name__)


@dataclass(frozen=True)
class Stock:
    """The objects of the account. `missing` says why a kind could not be listed, by its name at Stripe."""

    shipping_rates: Sequence[ShippingRate] = ()
    tax_rates: Sequence[TaxRate] = ()
    coupons: Sequence[Coupon] = ()
    missing: Mapping[str, GatewayError] = field(default_factory=dict)


_kept: Final[WeakKeyDictionary[Gateway, dict[tuple[str | None, str], tuple[int, list[dict[str, Any]]]]]] = (
    WeakKeyDictionary()
)
_lock: Final = Lock()


def list_stock(gateway: Gateway, organization: Organization, now: int) -> Stock:
    """Return the rates and coupons that the account has now. A kind that Stripe does not list is missing."""
    missing: dict[str, GatewayError] = {}
    lists: dict[str, list[dict[str, Any]]] = {}
    for kind in ("shipping_rates", "tax_rates"):
        try:
            lists[kind] = _list(gateway, organization, kind, {"active": True}, LISTED, now)
        except GatewayError as error:
            missing[kind], lists[kind] = error, []
    coupons: list[Coupon] = []
    try:
        every = list_coupons(gateway, organization, now)
        coupons = [coupon for coupon in every if expiry_problem(coupon, now) is None][:LISTED]
    except GatewayError as error:
        missing["coupons"] = error
    rates, taxes = read_objects(ShippingRate, lists["shipping_rates"]), read_objects(TaxRate, lists["tax_rates"])
    return Stock(rates, taxes, coupons, missing)


def search_prices(gateway: Gateway, organization: Organization, text: str, now: int) -> list[Price]:
    """Return active prices by a part of their product's name, by their amount or by an id, newest first. Raises `GatewayError`."""
    wanted = text.strip().casefold()
    prices = list_prices(gateway, organization, now)
    return [price for price in prices if _is_sold(price) and fits(price, wanted)][:FOUND]


def list_prices(gateway: Gateway, organization: Organization, now: int) -> list[Price]:
    """Return up to `SEARCHED` active prices with their products, newest first. Raises `GatewayError`."""
    params = {"active": True, "expand": ["data.product", "data.tiers"]}
    return read_objects(Price, _list(gateway, organization, "prices", params, SEARCHED, now))


def list_products(gateway: Gateway, organization: Organization, now: int) -> list[Product]:
    """Return up to `SEARCHED` products, archived ones too, newest first. Raises `GatewayError`."""
    return read_objects(Product, _list(gateway, organization, "products", {}, SEARCHED, now))


def list_coupons(gateway: Gateway, organization: Organization, now: int) -> list[Coupon]:
    """Return up to `SEARCHED` coupons, ended ones too, newest first. Raises `GatewayError`."""
    params = {"expand": ["data.applies_to", "data.currency_options"]}
    return read_objects(Coupon, _list(gateway, organization, "coupons", params, SEARCHED, now))


def list_promotion_codes(gateway: Gateway, organization: Organization, now: int) -> list[PromotionCode]:
    """Return up to `SEARCHED` promotion codes, newest first, each with the id of its coupon. Raises `GatewayError`."""
    return read_objects(PromotionCode, _list(gateway, organization, "promotion_codes", {}, SEARCHED, now))


def forget_lists(gateway: Gateway, organization: Organization) -> None:
    """Forget the kept lists of the account, because one of its objects has changed."""
    account = account_of(organization, gateway)
    with _lock:
        kept = _kept.get(gateway, {})
        for key in [key for key in kept if key[0] == account]:
            del kept[key]


def read_prices(gateway: Gateway, organization: Organization, ids: Sequence[str]) -> dict[str, Price]:
    """Return prices by their ids. A price that Stripe does not have is left out. Raises `GatewayUnavailable`."""
    account = account_of(organization, gateway)
    found = {}
    for id in dict.fromkeys(ids):
        try:
            found[id] = gateway.retrieve_price(id, account=account)
        except GatewayRefused:
            continue
    return found


def _list(
    gateway: Gateway, organization: Organization, kind: str, params: Mapping[str, Any], limit: int, now: int
) -> list[dict[str, Any]]:
    account = account_of(organization, gateway)
    key = (account, kind)
    with _lock:
        kept = _kept.setdefault(gateway, {}).get(key)
    if kept is not None and 0 <= now - kept[0] < KEPT_SECONDS and not gateway.sandbox:
        return kept[1]
    found = gateway.list_catalogue(kind, params, account=account, limit=limit)
    with _lock:
        _kept[gateway][key] = (now, found)
    return found


def read_objects(model: type[Kind], entries: Sequence[Mapping[str, Any]]) -> list[Kind]:
    """Return the objects of Stripe's answers. One that cannot be read is logged and left out."""
    found = []
    for entry in entries:
        try:
            found.append(model.read(entry))
        except ValidationError:
            log.warning("object of the catalogue could not be read", extra={"object": entry.get("id")})
    return found


def take_page(shown: Sequence[Kind], page: Page, *, among: Sequence[Kind]) -> tuple[Sequence[Kind], bool]:
    """Return one page of a filtered list, and whether more objects follow in the requested direction.

    `among` is the list without its filter: an object that has left the filter still marks a position. Raises `ResourceMissing`.
    """
    cursor = page.starting_after or page.ending_before
    if cursor is None:
        return shown[: page.limit], len(shown) > page.limit
    places = {getattr(it, "id", None): place for place, it in enumerate(among)}
    if cursor not in places:
        raise ResourceMissing("There is no such object.")
    if page.starting_after is not None:
        after = [it for it in shown if places[getattr(it, "id", None)] > places[cursor]]
        return after[: page.limit], len(after) > page.limit
    before = [it for it in shown if places[getattr(it, "id", None)] < places[cursor]]
    return before[-page.limit :], len(before) > page.limit


def _is_sold(price: Price) -> bool:
    return price.active and (not isinstance(price.product, Product) or price.product.active)


def fits(price: Price, wanted: str) -> bool:
    """Return whether a search for this text, in lower case, finds the price."""
    if not wanted:
        return True
    product = price.product if isinstance(price.product, Product) else None
    texts = [price.id, price.nickname or "", price.lookup_key or ""]
    texts += [product.id, product.name] if product else []
    if price.unit_amount is not None:
        whole, minor = divmod(price.unit_amount, 100)
        texts += [str(price.unit_amount), f"{whole}.{minor:02}", f"{whole},{minor:02}"]
    return any(wanted in text.casefold() for text in texts)
