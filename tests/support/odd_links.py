"""Payment Links that only Stripe accepts, each odd in one way, and the result of an import."""

import json
import re
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from tests.support.stripe_account import StripeAccount, a_link, a_price, a_product, an_item

LONG = (
    "How shall we write the name of the person who gets the jar on its label, and in which of our four colours, please? "
    * 8
)


@dataclass(frozen=True)
class Odd:
    """One odd link. `off`: it is switched off here. `param`: it is skipped because of this parameter. `less`: left-out attributes."""

    link: dict[str, Any] = field(default_factory=dict)
    items: tuple[Any, ...] = ()
    off: bool = False
    param: str | None = None
    less: str | None = None


def _one(**price: Any) -> tuple[Any, ...]:
    return (an_item("li_odd", price=a_price(**{"id": "price_odd", "unit_amount": 1250, **price})),)


def _question(**changes: Any) -> list[dict[str, Any]]:
    label = {"type": "custom", "custom": "Name"}
    return [{"key": "name", "label": label, "optional": False, "type": "text", "text": {}, **changes}]


ODD: dict[str, Odd] = {
    "payment_method_type": Odd({"payment_method_types": ["card", "shell_money"]}),
    "submit_type": Odd({"submit_type": "rent"}),
    "billing_address": Odd({"billing_address_collection": "verified"}),
    "customer_creation": Odd({"customer_creation": "never"}),
    "payment_method_collection": Odd({"payment_method_collection": "later"}),
    "question": Odd({"custom_fields": _question(type="date", date={"earliest": "2026-01-01"})}),
    "dropdown": Odd({"custom_fields": _question(type="dropdown", dropdown=None)}),
    "pack": Odd({}, _one(transform_quantity={"divide_by": 0, "round": "up"}), off=True),
    "after_completion": Odd({"after_completion": {"type": "portal", "portal": {"configuration": "bpc_1"}}}),
    "consent": Odd({"consent_collection": {"promotions": "double_opt_in", "terms_of_service": "optional"}}),
    "tax_id": Odd({"tax_id_collection": {"enabled": True, "required": "always"}}),
    "capture": Odd({"payment_intent_data": {"capture_method": "in_parts", "metadata": {}}}),
    "brand": Odd({"payment_method_options": {"card": {"restrictions": {"brands_blocked": ["a_new_brand"]}}}}),
    "liability": Odd({"automatic_tax": {"enabled": True, "liability": {"type": "platform"}}}),
    "trial_end": Odd({"subscription_data": {"trial_settings": {"end_behavior": {"missing_payment_method": "ask"}}}}),
    "nulls": Odd(
        {
            **dict.fromkeys(["after_completion", "automatic_tax", "custom_fields", "custom_text", "metadata"]),
            **dict.fromkeys(["phone_number_collection", "shipping_options", "submit_type", "tax_id_collection"]),
        }
    ),
    "null_metadata_inside": Odd({"payment_intent_data": {"metadata": None, "description": "Jar"}}),
    "null_item": Odd({}, (an_item("li_odd", metadata=None, taxes=None, discounts=None, amount_tax=None),)),
    "null_restriction": Odd({"restrictions": {"completed_sessions": None}}, less="restrictions"),
    "null_text": Odd({"custom_text": {"submit": {"message": None}}}, less="custom_text[submit]"),
    "new_attribute": Odd({"wallet_options": {"link": {"display": "never"}}, "created": 1767225600}),
    "new_inside": Odd({"phone_number_collection": {"enabled": True, "verify": {"by": ["sms"]}}}),
    "new_in_item": Odd({}, (an_item("li_odd", display={"group": 1}),)),
    "new_in_price": Odd({}, _one(migrate_to={"price": "price_next"})),
    "long_label": Odd({"custom_fields": _question(label={"type": "custom", "custom": LONG[:140]})}),
    "long_texts": Odd({"inactive_message": LONG[:700], "custom_text": {"submit": {"message": LONG + LONG}}}),
    "used_up": Odd({"restrictions": {"completed_sessions": {"limit": 5, "count": 7}}}),
    "three_of_five": Odd({"restrictions": {"completed_sessions": {"limit": 5, "count": 3}}}),
    "archived_price": Odd({}, _one(active=False), off=True),
    "archived_product": Odd({}, _one(product=a_product("prod_odd", "Jar", active=False)), off=True),
    "deleted_product": Odd({}, _one(product={"id": "prod_odd", "object": "product", "deleted": True}), off=True),
    "gone_price": Odd({}, (an_item("li_odd", price=None),), off=True),
    "billing_scheme": Odd({}, _one(billing_scheme="auction"), off=True),
    "interval": Odd({}, _one(type="recurring", recurring={"interval": "quarter", "usage_type": "licensed"}), off=True),
    "no_amount": Odd({}, _one(unit_amount=None), off=True),
    "another_currency": Odd({}, _one(currency="eur"), param="line_items[0][price]"),
    "many_items": Odd({}, tuple(an_item(f"li_odd_{number}") for number in range(130))),
    "shipping_by_id": Odd({"shipping_options": [{"shipping_amount": 490, "shipping_rate": "shr_1"}]}),
    "currency": Odd({"currency": 7}, param="currency"),
    "metadata": Odd({"metadata": ["a", "b"]}, param="metadata"),
    "nul": Odd({"metadata": {"note": "a\x00b"}}, param="metadata[note]"),
    "surrogate": Odd({"custom_text": {"submit": {"message": "\ud800"}}}, param="custom_text[submit][message]"),
    "active": Odd({"active": "perhaps"}, param="active"),
    "negative": Odd(
        {"restrictions": {"completed_sessions": {"limit": 5, "count": -1}}},
        param="restrictions[completed_sessions][count]",
    ),
    "optional_price": Odd(
        {"optional_items": [{"price": "price_lost", "quantity": 1}]}, param="optional_items[0][price]"
    ),
    "optional_map": Odd({"optional_items": {"first": "price_jar"}}, param="optional_items"),
    "item_currency": Odd({}, (an_item("li_odd", currency=None),), param="line_items[data][0][currency]"),
}
"""By the name that its id ends with."""


def an_account(plain: int, *, name: Callable[[int], str] = "plink_{:04}".format) -> StripeAccount:
    """Return an account with plain links and all the odd ones, evenly spread."""
    account = StripeAccount()
    every = max(plain // len(ODD), 1)
    odd = iter(ODD.items())
    for number in range(plain):
        account.add(a_link(name(number), livemode=True, metadata={"order": str(number)}))
        if number % every == 0 and (one := next(odd, None)) is not None:
            _add(account, *one)
    for one in odd:
        _add(account, *one)
    return account


def _add(account: StripeAccount, name: str, odd: Odd) -> None:
    """Add an odd link, whose items, prices and products have ids of their own."""
    items = json.loads(re.sub(r'"(li|price|prod)_odd', rf'"\1_{name}', json.dumps(odd.items)))
    account.add(a_link(f"plink_odd_{name}", livemode=True, **odd.link), *items)


def differences(theirs: Any, ours: Any, place: str = "") -> list[str]:
    """Return where our link lacks something that Stripe answers, or has something else. A null may have become a default."""
    if theirs is None:
        return []
    if isinstance(theirs, dict):
        if not isinstance(ours, dict):
            return [place]
        return [
            found for key in theirs for found in differences(theirs[key], ours.get(key), f"{place}.{key}".strip("."))
        ]
    if isinstance(theirs, list):
        if not isinstance(ours, list) or len(ours) != len(theirs):
            return [place]
        return [
            found
            for index, pair in enumerate(zip(theirs, ours, strict=True))
            for found in differences(*pair, f"{place}.{index}")
        ]
    return [] if theirs == ours else [place]
