"""Promotion codes: the words that buyers type to get a coupon. Created, and switched off and on."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import partial
from typing import Any

from app.errors import GatewayError, GatewayRefused, InvalidRequest, ResourceMissing
from app.gateway.protocol import Gateway
from app.objects.change import Actor
from app.objects.discount import Coupon, PromotionCode
from app.objects.organization import Organization
from app.pricing.discounts import is_redeemable
from app.services.accounts import changes
from app.services.accounts.organizations import account_of
from app.services.coupons import coupons
from app.services.idempotency import form_key
from app.services.links import stock
from app.store.protocol import Store


@dataclass(frozen=True)
class Created:
    """A new coupon. `failure` says why Stripe did not create its code."""

    coupon: Coupon
    failure: GatewayError | None = None


def create_coupon(
    store: Store,
    gateway: Gateway,
    organization: Organization,
    params: Mapping[str, Any],
    code: Mapping[str, Any],
    form: str,
    now: int,
    *,
    actor: Actor,
) -> Created:
    """Create a coupon and its first code, if `code` is not empty. The same form creates both once.

    Raises `InvalidRequest` if another coupon has the code, and `GatewayError`. Then nothing is created.
    """
    if code:
        _ensure_free(gateway, organization, code["code"], coupons.id_of_form(organization, form, params))
    coupon = coupons.create(store, gateway, organization, params, form, now, actor=actor)
    try:
        if code:
            create_code(store, gateway, organization, coupon.id, code, form, now, actor=actor)
    except GatewayError as error:
        return Created(coupon, error)
    return Created(coupon)


def create_code(
    store: Store,
    gateway: Gateway,
    organization: Organization,
    coupon: str,
    params: Mapping[str, Any],
    form: str,
    now: int,
    *,
    actor: Actor,
) -> PromotionCode:
    """Create a promotion code of a coupon. The same form creates one code, however often it arrives.

    Without a code in the parameters, Stripe chooses one. Raises `InvalidRequest` if another coupon has the code, and `GatewayError`.
    """
    account = account_of(organization, gateway)
    if "code" in params:
        _ensure_free(gateway, organization, params["code"], coupon)
    sent = {**params, "promotion": {"type": "coupon", "coupon": coupon}}
    key = form_key("promotion_code", organization.id, form, sent)
    id = gateway.create_in_catalogue("promotion_codes", sent, account=account, idempotency_key=key)
    stock.forget_lists(gateway, organization)
    code = retrieve_code(gateway, organization, id)
    record = partial(changes.record_once, store, actor, "promotion_code.created", id, now)
    store.run(partial(record, organization=organization.id, name=code.code))
    return code


def retrieve_code(gateway: Gateway, organization: Organization, id: str) -> PromotionCode:
    """Return the promotion code. Raises `ResourceMissing`, `GatewayError`."""
    try:
        data = gateway.retrieve_in_catalogue("promotion_codes", id, account=account_of(organization, gateway))
    except GatewayRefused as error:
        if error.is_missing:
            raise ResourceMissing("There is no such promotion code.", param="promotion_code") from error
        raise
    return PromotionCode.read(data)


def set_active(
    store: Store,
    gateway: Gateway,
    organization: Organization,
    code: PromotionCode,
    now: int,
    *,
    actor: Actor,
    active: bool,
) -> None:
    """Switch a promotion code off or on. A code that is in this state already stays as it is. Raises `GatewayError`."""
    if code.active is active:
        return
    account = account_of(organization, gateway)
    gateway.update_in_catalogue("promotion_codes", code.id, {"active": active}, account=account)
    stock.forget_lists(gateway, organization)
    what = "promotion_code.activated" if active else "promotion_code.deactivated"
    changes.record(store, actor, what, code.id, now, organization=organization.id, name=code.code)


def is_over(code: PromotionCode, now: int) -> bool:
    """Return whether a code can never be redeemed again, whether it is switched on or off. Its coupon must be loaded."""
    return not is_redeemable(code.model_copy(update={"active": True}), now)


def _ensure_free(gateway: Gateway, organization: Organization, code: str, coupon: str) -> None:
    """Raise `InvalidRequest` if an active code of another coupon, for every customer, has this text in any case."""
    found = gateway.find_promotion_code(code, account=account_of(organization, gateway))
    if found is not None and found.customer is None and found.coupon_id != coupon:
        raise InvalidRequest("Another coupon has this code.", param="code", code="resource_already_exists")
