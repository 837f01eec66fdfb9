"""Prices: create, update, retrieve and list. An update emits `price.updated`."""

from decimal import Decimal
from typing import Any

from app.errors import InvalidRequest
from app.objects.ids import new_id
from app.sandbox import events
from app.sandbox.account import Account, Document
from app.sandbox.parameters import CurrencyOption, NamedProduct, PriceData, update_metadata
from app.sandbox.resources.price_parameters import PriceCreate, PriceList, PriceUpdate
from app.sandbox.routing import Listing, Operation, list_page, retrieve_operation, search_operation
from app.wire.errors import validate


def add_product(account: Account, data: NamedProduct) -> Document:
    """Add a product and return it."""
    given = data.model_dump(mode="json")
    return account.add(
        {
            "id": given.get("id") or new_id("prod", 14),
            "object": "product",
            "active": given.get("active", True),
            "created": account.now,
            "default_price": None,
            "description": given.get("description"),
            "images": given.get("images", []),
            "livemode": False,
            "marketing_features": [],
            "metadata": update_metadata({}, data.metadata),
            "name": data.name,
            "package_dimensions": None,
            "shippable": None,
            "statement_descriptor": given.get("statement_descriptor"),
            "tax_code": data.tax_code,
            "tax_details": given["tax_details"],
            "type": "service",
            "unit_label": data.unit_label,
            "updated": account.now,
            "url": None,
        }
    )


def add_price(account: Account, params: PriceCreate) -> Document:
    """Add a price and return it. With `product_data`, add its product as well."""
    _claim_lookup_key(account, params.lookup_key, transfer=params.transfer_lookup_key, own=None)
    if params.product_data is not None:
        if params.product_data.id is not None and account.find("product", params.product_data.id) is not None:
            raise InvalidRequest("Product already exists.", param="product_data[id]", code="resource_already_exists")
        product = add_product(account, params.product_data)
    else:
        product = account.require("product", params.product or "", "product")
    data = params.model_dump(mode="json")
    amounts = _amounts(data)
    options = {params.currency: {**amounts, "tax_behavior": params.tax_behavior}}
    options |= _options(params.currency_options or {})
    return account.add(
        {
            "id": new_id("price"),
            "object": "price",
            "active": params.active,
            "billing_scheme": params.billing_scheme,
            "created": account.now,
            "currency": params.currency,
            "currency_options": options,
            "livemode": False,
            "lookup_key": params.lookup_key,
            "metadata": update_metadata({}, params.metadata),
            "nickname": params.nickname,
            "product": product["id"],
            "recurring": data["recurring"],
            "tax_behavior": params.tax_behavior,
            "tiers_mode": params.tiers_mode,
            "transform_quantity": data["transform_quantity"],
            "type": "recurring" if params.recurring else "one_time",
            **amounts,
        }
    )


def add_inline_price(account: Account, data: PriceData) -> Document:
    """Add the price of a `price_data` and return it. It is not active, because it serves one session or product only."""
    values: dict[str, Any] = data.model_dump(exclude_unset=True) | {"active": False}
    if data.product_data is not None and data.product is None:
        values["product"] = add_product(account, data.product_data)["id"]
        del values["product_data"]
    return add_price(account, validate(PriceCreate, values))


def _amounts(data: dict[str, Any]) -> Document:
    """Return the attributes of an amount as Stripe's answers have them, from parameters as JSON."""
    unit_amount, decimal = data["unit_amount"], data["unit_amount_decimal"]
    if unit_amount is not None:
        decimal = str(unit_amount)
    elif decimal is not None and Decimal(decimal) == Decimal(decimal).to_integral_value():
        unit_amount = int(Decimal(decimal))
    chosen = data["custom_unit_amount"]
    tiers = [_tier(tier) for tier in data["tiers"]] if data["tiers"] is not None else None
    return {
        "custom_unit_amount": {key: chosen[key] for key in ("maximum", "minimum", "preset")} if chosen else None,
        "tiers": tiers,
        "unit_amount": unit_amount,
        "unit_amount_decimal": decimal,
    }


def _tier(tier: dict[str, Any]) -> Document:
    answer = {**tier, "up_to": None if tier["up_to"] == "inf" else tier["up_to"]}
    for name in ("flat_amount", "unit_amount"):
        decimal = f"{name}_decimal"
        if tier[name] is not None:
            answer[decimal] = str(tier[name])
        elif tier[decimal] is not None and Decimal(tier[decimal]) == Decimal(tier[decimal]).to_integral_value():
            answer[name] = int(Decimal(tier[decimal]))
    return answer


def _options(options: dict[str, CurrencyOption]) -> Document:
    answer = {}
    for currency, option in options.items():
        amounts = _amounts(option.model_dump(mode="json"))
        answer[currency.lower()] = {**amounts, "tax_behavior": option.tax_behavior or "unspecified"}
    return answer


def _claim_lookup_key(account: Account, key: str | None, *, transfer: bool, own: str | None) -> None:
    """Raise `InvalidRequest` if another price has the lookup key, or take it from that price with `transfer_lookup_key`."""
    if not key:
        return
    for other in account.list_all("price"):
        if other["lookup_key"] == key and other["id"] != own:
            if not transfer:
                raise InvalidRequest(f"A price (`{other['id']}`) already uses that lookup key.", param="lookup_key")
            account.save({**other, "lookup_key": None})


def create(account: Account, params: PriceCreate) -> Document:
    """Create a price."""
    price = add_price(account, params)
    events.emit(account, "price.created", price)
    return price


def update(account: Account, params: PriceUpdate, id: str) -> Document:
    """Update a price. Its amount in its own currency cannot change."""
    before = account.require("price", id)
    if params.active is False and account.require("product", before["product"])["default_price"] == id:
        raise InvalidRequest(
            "This price cannot be archived because it is the default price of its product.", param="active"
        )
    _claim_lookup_key(account, params.lookup_key, transfer=params.transfer_lookup_key, own=id)
    fields = {"active", "lookup_key", "nickname", "tax_behavior"}
    given: dict[str, Any] = params.model_dump(mode="json", exclude_unset=True, include=fields)
    change: dict[str, Any] = {name: None if value == "" else value for name, value in given.items()}
    if before["tax_behavior"] not in (None, "unspecified", change.get("tax_behavior", before["tax_behavior"])):
        raise InvalidRequest("Once `tax_behavior` is set it can't be changed.", param="tax_behavior")
    if params.currency_options is not None:
        own = {before["currency"]: before["currency_options"][before["currency"]]}
        kept = own if params.currency_options == "" else before["currency_options"]
        change["currency_options"] = kept | _options(params.currency_options or {})
    after = account.save({**before, **change, "metadata": update_metadata(before["metadata"], params.metadata)})
    events.emit(account, "price.updated", after, events.previous_attributes(before, after))
    return after


def list_prices(account: Account, params: PriceList) -> Listing:
    """List prices, newest first."""
    recurring = params.recurring

    def matches(price: Document) -> bool:
        plan = price["recurring"] or {}
        return (
            params.active in (None, price["active"])
            and params.currency in (None, price["currency"])
            and (not params.lookup_keys or price["lookup_key"] in params.lookup_keys)
            and params.product in (None, price["product"])
            and params.type in (None, price["type"])
            and (recurring is None or recurring.interval in (None, plan.get("interval")))
            and (recurring is None or recurring.meter in (None, plan.get("meter")))
            and (recurring is None or recurring.usage_type in (None, plan.get("usage_type")))
        )

    return list_page(account, "price", params, matches)


_SEARCHED = {"active": bool, "currency": str, "lookup_key": str, "product": str, "type": str}

OPERATIONS = (
    Operation("POST", "/prices", "price", PriceCreate, create),
    Operation("POST", "/prices/<id>", "price", PriceUpdate, update),
    Operation("GET", "/prices", "price", PriceList, list_prices),
    retrieve_operation("prices", "price"),
    search_operation("prices", "price", _SEARCHED),
)
