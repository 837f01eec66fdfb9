"""`POST /v1/checkout/sessions`: creates a session from its parameters."""

from typing import Any, Final

from app.errors import InvalidRequest
from app.objects.ids import new_id
from app.objects.limits import MAXIMUM_ITEMS, MAXIMUM_SESSION_SECONDS
from app.objects.price import Recurring
from app.objects.shipping_rate import ShippingRate
from app.pricing.recurring import SECONDS_A_DAY, longest_trial, trial_end
from app.pricing.selling import PRICE_INACTIVE
from app.pricing.shipping import shipping_amount
from app.sandbox.account import Account, Document
from app.sandbox.parameters import prefix_params, update_metadata
from app.sandbox.resources import shipping_rates
from app.sandbox.sessions import rules
from app.sandbox.sessions.discounts import find_discount
from app.sandbox.sessions.lines import check_price, read_lines
from app.sandbox.sessions.parameters import SessionCreate
from app.sandbox.sessions.totals import compute_totals, find_total_problem, has_custom_amount

_GIVEN: Final = frozenset(
    {
        "adaptive_pricing", "after_expiration", "allow_promotion_codes", "allowed_payment_method_types",
        "billing_address_collection", "branding_settings", "cancel_url", "client_reference_id", "consent_collection",
        "customer", "customer_account", "customer_creation", "customer_email", "excluded_payment_method_types",
        "integration_identifier", "locale", "managed_payments", "mode", "name_collection", "origin_context",
        "payment_method_collection", "permissions", "phone_number_collection", "redirect_on_completion", "return_url",
        "saved_payment_method_options", "shipping_address_collection", "submit_type", "success_url", "tax_id_collection",
        "ui_mode", "wallet_options",
    }
)  # fmt: skip
"""Parameters that the session returns as they were given."""


def create(account: Account, params: SessionCreate) -> Document:
    """Create a session. Raises `InvalidRequest` for parameters that Stripe refuses."""
    rules.check(params, account.now)
    if params.customer is not None:
        account.require("customer", params.customer, "customer")
    lines, currency = read_lines(account, params)
    session = _new_session(account, params, lines, currency)
    session["_trial_end"] = _trial_end(account, params, lines)
    session["shipping_options"] = _shipping_options(account, params, currency)
    if len(session["shipping_options"]) == 1:
        session["_shipping_rate"] = session["shipping_options"][0]["shipping_rate"]
    _check_optional_items(account, params, currency)
    session = compute_totals(account, session)
    session["_discount"] = find_discount(account, params, session)
    session = compute_totals(account, session)
    _check_total(account, session)
    return account.add(session)


def _new_session(account: Account, params: SessionCreate, lines: list[Document], currency: str) -> Document:
    data = params.model_dump(mode="json")
    id = new_id("cs_test", 58)
    expires_at = params.expires_at if params.expires_at is not None else account.now + MAXIMUM_SESSION_SECONDS
    return {
        "id": id,
        "object": "checkout.session",
        **{name: data[name] for name in sorted(_GIVEN)},
        "automatic_tax": {**data["automatic_tax"], "provider": None, "status": None},
        "client_secret": None,
        "collected_information": None,
        "consent": None,
        "created": account.now,
        "currency": currency,
        "currency_conversion": None,
        "custom_fields": [_custom_field(field) for field in data["custom_fields"]],
        "custom_text": {name: text or None for name, text in data["custom_text"].items()},
        "customer_details": {"email": params.customer_email, "address": None, "name": None, "phone": None}
        if params.customer_email
        else None,
        "discounts": data["discounts"],
        "expires_at": expires_at,
        "invoice": None,
        "invoice_creation": data["invoice_creation"],
        "livemode": False,
        "metadata": update_metadata({}, params.metadata),
        "optional_items": data["optional_items"],
        "payment_intent": None,
        "payment_link": None,
        "payment_method_configuration_details": None,
        "payment_method_options": data["payment_method_options"] or {},
        "payment_method_types": ["card"],
        "payment_status": "unpaid",
        "recovered_from": None,
        "setup_intent": None,
        "status": "open",
        "subscription": None,
        "url": f"{account.public_url}/sandbox/checkout/{id}{_language_query(params)}",
        "_discount": None,
        "_due": expires_at,
        "_lines": lines,
        "_payment_intent_data": data["payment_intent_data"],
        "_shipping_rate": None,
        "_subscription_data": data["subscription_data"],
        "_trial_end": None,
    }


def _language_query(params: SessionCreate) -> str:
    """Return the query that sets the page's language, if a language was given."""
    return f"?locale={params.locale}" if params.locale not in (None, "auto") else ""


def _custom_field(field: dict[str, Any]) -> Document:
    """Return a custom field as a session has it: only the object of its type, with an empty answer."""
    kind = field["type"]
    return {
        **dict.fromkeys(("dropdown", "numeric", "text")),
        "key": field["key"],
        "label": field["label"],
        "optional": field["optional"],
        "type": kind,
        kind: {**(field[kind] or {}), "value": None},
    }


def _trial_end(account: Account, params: SessionCreate, lines: list[Document]) -> int | None:
    """Return when the first period is charged after a trial: by the session's data, else by the longest trial of its prices."""
    if params.mode != "subscription":
        return None
    data = params.subscription_data
    if data is not None and data.trial_end is not None:
        if data.trial_end < account.now + 2 * SECONDS_A_DAY:
            raise InvalidRequest(
                "The `trial_end` date has to be at least 2 days in the future.", param="subscription_data[trial_end]"
            )
        return data.trial_end
    days = data.trial_period_days if data is not None else None
    if days is None:
        plans = [account.require("price", line["price"])["recurring"] for line in lines]
        days = longest_trial(Recurring.read(plan) for plan in plans if plan)
    return trial_end(days, account.now)


def _shipping_options(account: Account, params: SessionCreate, currency: str) -> list[Document]:
    options = []
    for index, option in enumerate(params.shipping_options):
        param = f"shipping_options[{index}]"
        if option.shipping_rate_data is not None:
            with prefix_params(f"{param}[shipping_rate_data]"):
                rate = shipping_rates.add_shipping_rate(account, option.shipping_rate_data)
        else:
            rate = account.require("shipping_rate", option.shipping_rate or "", f"{param}[shipping_rate]")
        if not rate["active"]:
            raise InvalidRequest("The shipping rate is archived.", param=f"{param}[shipping_rate]")
        amount = shipping_amount(ShippingRate.read(rate), currency)
        if amount is None:
            raise InvalidRequest(
                f"The shipping rate has no amount in `{currency}`, the session's currency.",
                param=f"{param}[shipping_rate]",
            )
        options.append({"shipping_amount": amount, "shipping_rate": rate["id"]})
    return options


def _check_optional_items(account: Account, params: SessionCreate, currency: str) -> None:
    items = params.optional_items or ()
    if items and len(items) + len(params.line_items) > MAXIMUM_ITEMS:
        raise InvalidRequest(
            f"Line items and optional items are at most {MAXIMUM_ITEMS} together.", param="optional_items"
        )
    for index, item in enumerate(items):
        param = f"optional_items[{index}][price]"
        price = account.require("price", item.price, param)
        check_price(account, price, currency, param)
        if not price["active"]:
            raise InvalidRequest(PRICE_INACTIVE, param=param)
        if price["recurring"] is not None and params.mode == "payment":
            raise InvalidRequest("A recurring price can't be optional in `payment` mode.", param=param)


def _check_total(account: Account, session: Document) -> None:
    """Raise `InvalidRequest` for a total that Stripe does not charge. An amount that the buyer chooses may still be too small."""
    problem = find_total_problem(account, session)
    if problem is None or (problem.code == "amount_too_small" and has_custom_amount(session)):
        return
    bound = "at least" if problem.code == "amount_too_small" else "no more than"
    raise InvalidRequest(
        f"The Checkout Session's total amount due must be {bound} {problem.limit} {session['currency']} (in minor units).",
        param="line_items",
        code=problem.code,
    )
