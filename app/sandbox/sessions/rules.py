"""Stripe's rules between several parameters of a session. Each refusal names a parameter."""

import re
from typing import Final

from app.errors import InvalidRequest
from app.objects.enumerations import SHIPPING_COUNTRIES
from app.objects.limits import (
    MAXIMUM_DROPDOWN_OPTIONS,
    MAXIMUM_LABEL_LENGTH,
    MAXIMUM_SESSION_SECONDS,
    MINIMUM_SESSION_SECONDS,
)
from app.objects.payment_link.custom_field import CustomField
from app.sandbox.parameters import Parameters
from app.sandbox.sessions.parameters import SessionCreate

_EMAIL = re.compile(r"[^@\s]+@[^@\s]+\.[^@\s.]+")
_URL = re.compile(r"https?://[^\s/?#]+([/?#]\S*)?")
_PAYMENT_ONLY: Final = ("payment_intent_data", "invoice_creation", "customer_creation")
_SUBSCRIPTION_ONLY: Final = ("subscription_data", "payment_method_collection")


def check(params: SessionCreate, now: int) -> None:
    """Raise `InvalidRequest` for parameters that break a rule. No rule here needs the catalogue."""
    _check_addresses(params)
    _check_mode(params)
    _check_exclusive(params)
    _check_expiry(params, now)
    for index, field in enumerate(params.custom_fields):
        _check_custom_field(params, field, f"custom_fields[{index}]")
    if params.customer_email is not None and not _EMAIL.fullmatch(params.customer_email):
        raise InvalidRequest(
            f"Invalid email address: {params.customer_email}", param="customer_email", code="email_invalid"
        )
    for country in params.shipping_address_collection.allowed_countries if params.shipping_address_collection else ():
        if country not in SHIPPING_COUNTRIES:
            raise InvalidRequest(
                f"Checkout does not offer delivery to `{country[:10]}`.",
                param="shipping_address_collection[allowed_countries]",
                code="country_unsupported",
            )


def _check_addresses(params: SessionCreate) -> None:
    if params.ui_mode != "hosted_page":
        raise InvalidRequest("The sandbox has only the hosted page: `ui_mode` must be `hosted_page`.", param="ui_mode")
    if params.success_url is None:
        raise InvalidRequest("Missing required param: success_url.", param="success_url", code="parameter_missing")
    for name, url in (("success_url", params.success_url), ("cancel_url", params.cancel_url)):
        if url is not None and not _URL.fullmatch(url):
            raise InvalidRequest("Not a valid URL", param=name, code="url_invalid")
    for name in ("return_url", "redirect_on_completion"):
        if getattr(params, name) is not None:
            raise InvalidRequest(f"`{name}` can't be used when `ui_mode` is `hosted_page`.", param=name)


def _check_mode(params: SessionCreate) -> None:
    if params.mode == "setup":
        raise InvalidRequest("The sandbox has only payments: `mode` must be `payment` or `subscription`.", param="mode")
    if not params.line_items:
        raise InvalidRequest("Missing required param: line_items.", param="line_items", code="parameter_missing")
    for name in _PAYMENT_ONLY if params.mode == "subscription" else _SUBSCRIPTION_ONLY:
        if getattr(params, name) is not None:
            raise InvalidRequest(f"You can not pass `{name}` in `{params.mode}` mode.", param=name)
    if params.setup_intent_data is not None:
        raise InvalidRequest("You can only pass `setup_intent_data` in `setup` mode.", param="setup_intent_data")


def _check_exclusive(params: SessionCreate) -> None:
    for one, other in (("allow_promotion_codes", "discounts"), ("customer", "customer_email")):
        if getattr(params, one) and getattr(params, other):
            raise InvalidRequest(
                f"You may only specify one of these parameters: {one}, {other}.",
                param=other,
                code="parameters_exclusive",
            )
    for index, discount in enumerate(params.discounts):
        _require_one_of(discount, f"discounts[{index}]", "coupon", "promotion_code")
    for index, line in enumerate(params.line_items):
        _require_one_of(line, f"line_items[{index}]", "price", "price_data")
        if line.tax_rates and params.automatic_tax.enabled:
            raise InvalidRequest(
                "`tax_rates` can't be used when `automatic_tax` is enabled.", param=f"line_items[{index}][tax_rates]"
            )
    for index, option in enumerate(params.shipping_options):
        _require_one_of(option, f"shipping_options[{index}]", "shipping_rate", "shipping_rate_data")


def _require_one_of(part: Parameters, param: str, one: str, other: str) -> None:
    """Raise `InvalidRequest` unless exactly one of two parameters is given."""
    given = [name for name in (one, other) if getattr(part, name) is not None]
    if len(given) != 1:
        raise InvalidRequest(
            f"Exactly one of these parameters is required: {one}, {other}.",
            param=f"{param}[{one}]",
            code="parameters_exclusive" if given else "parameter_missing",
        )


def _check_expiry(params: SessionCreate, now: int) -> None:
    if params.expires_at is None:
        return
    if params.expires_at < now + MINIMUM_SESSION_SECONDS:
        raise InvalidRequest(
            "The `expires_at` timestamp must be at least 30 minutes from Checkout Session creation.", param="expires_at"
        )
    if params.expires_at > now + MAXIMUM_SESSION_SECONDS:
        raise InvalidRequest(
            "The `expires_at` timestamp must be less than 24 hours from Checkout Session creation.", param="expires_at"
        )


def _check_custom_field(params: SessionCreate, field: CustomField, param: str) -> None:
    if not re.fullmatch(r"[A-Za-z0-9]{1,200}", field.key):
        raise InvalidRequest("A custom field's key must be alphanumeric.", param=f"{param}[key]")
    if sum(other.key == field.key for other in params.custom_fields) > 1:
        raise InvalidRequest("Custom fields must have different keys.", param=f"{param}[key]")
    if not field.label.custom or len(field.label.custom) > MAXIMUM_LABEL_LENGTH:
        raise InvalidRequest(
            f"A custom label has 1 to {MAXIMUM_LABEL_LENGTH} characters.", param=f"{param}[label][custom]"
        )
    for kind in ("dropdown", "numeric", "text"):
        if getattr(field, kind) is not None and kind != field.type:
            raise InvalidRequest(f"`{kind}` can only be given if `type` is `{kind}`.", param=f"{param}[{kind}]")
    if field.type == "dropdown":
        values = [option.value for option in field.dropdown.options] if field.dropdown else []
        if not values or len(values) > MAXIMUM_DROPDOWN_OPTIONS or len(set(values)) < len(values):
            raise InvalidRequest(
                f"A dropdown has 1 to {MAXIMUM_DROPDOWN_OPTIONS} options with different values.",
                param=f"{param}[dropdown][options]",
            )
