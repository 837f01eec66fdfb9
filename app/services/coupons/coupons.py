"""Coupons: listed with their codes and links, created, renamed and deleted.

Stripe is asked first. Then the copies in links follow at once, and the change is recorded.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any, Final

from app.errors import GatewayRefused, ResourceMissing
from app.gateway.protocol import Gateway
from app.objects.change import Actor
from app.objects.discount import Coupon, PromotionCode
from app.objects.metadata import find_metadata_change
from app.objects.organization import Organization
from app.objects.payment_link import PaymentLink
from app.objects.price import Product
from app.pricing.discounts import expiry_problem
from app.services.accounts import changes
from app.services.accounts.organizations import account_of, organizations_of_account
from app.services.idempotency import form_key
from app.services.links import service as links
from app.services.links import stock
from app.services.links.answer import LinkSettings
from app.services.links.copies import close_part, replace_part
from app.store.protocol import Store
from app.wire.lists import Page

CODES_LISTED: Final = 100
"""How many codes of one coupon are shown."""

_ID_LENGTH: Final = 16


@dataclass(frozen=True)
class Listed:
    """A coupon with its promotion codes, and the links of the organization that always apply it."""

    coupon: Coupon
    codes: Sequence[PromotionCode]
    links: Sequence[PaymentLink]


@dataclass(frozen=True)
class Opened(Listed):
    """The same, with the products that the coupon is limited to, as far as Stripe has them."""

    products: Sequence[Product]


@dataclass(frozen=True)
class CouponList:
    """One page of the coupons that fit. `more` is whether more follow in the requested direction."""

    rows: Sequence[Listed]
    more: bool
    in_use: int
    ended: int


def list_coupons(
    store: Store, gateway: Gateway, organization: Organization, page: Page, now: int, *, text: str, ended: bool
) -> CouponList:
    """Return a page of the coupons whose name, id or code has this text, newest first.

    Raises `ResourceMissing` for an unknown cursor, and `GatewayError`.
    """
    codes: dict[str, list[PromotionCode]] = {}
    for code in stock.list_promotion_codes(gateway, organization, now):
        codes.setdefault(code.coupon_id, []).append(code)
    wanted = text.strip().casefold()
    coupons = stock.list_coupons(gateway, organization, now)
    found = [it for it in coupons if _fits(it, codes.get(it.id, ()), wanted)]
    over = {it.id for it in found if expiry_problem(it, now) is not None}
    part, more = stock.take_page([it for it in found if (it.id in over) is ended], page, among=coupons)
    rows = [Listed(it, codes.get(it.id, ()), store.links_with(it.id, [organization.id])) for it in part]
    return CouponList(rows, more, len(found) - len(over), len(over))


def retrieve(gateway: Gateway, organization: Organization, id: str) -> Coupon:
    """Return the coupon. Raises `ResourceMissing`, `GatewayError`."""
    try:
        return gateway.retrieve_coupon(id, account=account_of(organization, gateway))
    except GatewayRefused as error:
        if error.is_missing:
            raise ResourceMissing("There is no such coupon.", param="coupon") from error
        raise


def open_coupon(store: Store, gateway: Gateway, organization: Organization, id: str, now: int) -> Opened:
    """Return the coupon with its codes, its links and its products. Raises `ResourceMissing`, `GatewayError`."""
    coupon = retrieve(gateway, organization, id)
    params = {"coupon": id}
    account = account_of(organization, gateway)
    found = gateway.list_catalogue("promotion_codes", params, account=account, limit=CODES_LISTED)
    codes = [it.model_copy(update={"coupon": coupon}) for it in stock.read_objects(PromotionCode, found)]
    limited = coupon.applies_to.products if coupon.applies_to else ()
    known = {it.id: it for it in stock.list_products(gateway, organization, now)} if limited else {}
    products = [known.get(it) or Product(id=it, name=it) for it in limited]
    return Opened(coupon, codes, store.links_with(id, [organization.id]), products)


def create(
    store: Store,
    gateway: Gateway,
    organization: Organization,
    params: Mapping[str, Any],
    form: str,
    now: int,
    *,
    actor: Actor,
) -> Coupon:
    """Create a coupon. The same form creates one coupon, however often it arrives. Raises `GatewayError`."""
    account, id = account_of(organization, gateway), id_of_form(organization, form, params)
    try:
        gateway.create_in_catalogue("coupons", {**params, "id": id}, account=account, idempotency_key=f"coupon_{id}")
    except GatewayRefused as error:
        if error.code != "resource_already_exists":
            raise
        # Stripe forgets idempotency keys after a day, and this form has arrived before.
    coupon = gateway.retrieve_coupon(id, account=account)
    stock.forget_lists(gateway, organization)
    record = partial(changes.record_once, store, actor, "coupon.created", id, now)
    store.run(partial(record, organization=organization.id, name=name_of(coupon)))
    return coupon


def id_of_form(organization: Organization, form: str, params: Mapping[str, Any]) -> str:
    """Return the id of the coupon that a form creates. A form with other values creates another coupon."""
    return form_key("coupon", organization.id, form, params).removeprefix("coupon_")[:_ID_LENGTH].upper()


def save(
    store: Store,
    gateway: Gateway,
    organization: Organization,
    id: str,
    name: str,
    metadata: Mapping[str, str],
    now: int,
    *,
    actor: Actor,
) -> Coupon:
    """Change the name of a coupon, which buyers see beside the discount, and its metadata.

    Raises `ResourceMissing`, `GatewayError`.
    """
    before = retrieve(gateway, organization, id)
    params: dict[str, Any] = {"name": name} if name != (before.name or "") else {}
    if change := find_metadata_change(before.metadata or {}, metadata):
        params["metadata"] = change
    if not params:
        return before
    account = account_of(organization, gateway)
    gateway.update_in_catalogue("coupons", id, params, account=account)
    after = gateway.retrieve_coupon(id, account=account)
    stock.forget_lists(gateway, organization)
    replace_part(store, organizations_of_account(store, gateway, account), after)
    changes.record(
        store,
        actor,
        "coupon.updated",
        id,
        now,
        organization=organization.id,
        name=name_of(after),
        before=before,
        after=after,
    )
    return after


def delete(
    store: Store,
    gateway: Gateway,
    organization: Organization,
    id: str,
    now: int,
    *,
    actor: Actor,
    settings: LinkSettings,
    remove_from_links: bool,
) -> str:
    """Delete a coupon, and with it its codes. Return its name. With `remove_from_links`, its links sell at the full price.

    Other links that apply it cannot be paid any more. Raises `ResourceMissing`, `GatewayError`.
    """
    coupon, account = retrieve(gateway, organization, id), account_of(organization, gateway)
    gateway.delete_in_catalogue("coupons", id, account=account)
    stock.forget_lists(gateway, organization)
    name = name_of(coupon)
    changes.record(store, actor, "coupon.deleted", id, now, organization=organization.id, name=name)
    for link in store.links_with(id, [organization.id]) if remove_from_links else ():
        params = {"counterfoil": {"coupon": ""}}
        links.update(store, gateway, organization, link.id, params, now, actor=actor, settings=settings)
    close_part(store, organizations_of_account(store, gateway, account), id)
    return name


def name_of(coupon: Coupon) -> str:
    """Return the merchant's name for a coupon, or its id."""
    return coupon.name or coupon.id


def _fits(coupon: Coupon, codes: Sequence[PromotionCode], wanted: str) -> bool:
    texts = (coupon.id, coupon.name or "", *(code.code for code in codes))
    return any(wanted in text.casefold() for text in texts)
