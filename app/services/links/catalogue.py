"""Objects that a link refers to at the gateway (prices, rates, the coupon): read once and stored with the link.

A refusal of the gateway becomes an `InvalidRequest` that names the parameter with the id.
"""

from collections.abc import Callable, Mapping
from copy import deepcopy
from typing import Any, Final, TypeVar

from app.errors import GatewayRefused, InvalidRequest
from app.gateway.picture_address import images_for_stripe
from app.gateway.protocol import Gateway
from app.objects.base import Object
from app.objects.discount import Coupon
from app.objects.payment_link.params import PriceData
from app.objects.price import Price, Product, Recurring
from app.objects.shipping_rate import ShippingRate
from app.objects.tax_rate import TaxRate

Found = TypeVar("Found", bound=Object)

NO_PRICES: Final[Mapping[str, Mapping[str, Any]]] = {}
NONE_READ: Final[Mapping[str, Price]] = {}


class Catalogue:
    """The gateway of one account. Each object is read at most once."""

    def __init__(
        self,
        gateway: Gateway,
        account: str | None,
        new_prices: Mapping[str, Mapping[str, Any]] = NO_PRICES,
        read_prices: Mapping[str, Price] = NONE_READ,
    ) -> None:
        """`new_prices` has the parameters of prices that are created with the link, by the name that stands for their id.

        `read_prices` has the prices that this request has read already, by their ids.
        """
        self._gateway = gateway
        self._account = account
        self._found: dict[str, Object] = {f"price {id}": price for id, price in read_prices.items()}
        self._new_prices = new_prices

    def price(self, id: str, param: str) -> Price:
        """Return the price with its product, or a draft of it if it is created with the link. Raises `InvalidRequest`."""
        if id in self._new_prices:
            return draft_new_price(id, self._new_prices[id])
        return self._read(self._gateway.retrieve_price, id, param, "price")

    def coupon(self, id: str, param: str) -> Coupon:
        """Return the coupon with the products that it applies to. Raises `InvalidRequest`."""
        return self._read(self._gateway.retrieve_coupon, id, param, "coupon")

    def tax_rate(self, id: str, param: str) -> TaxRate:
        """Return the tax rate. Raises `InvalidRequest`."""
        return self._read(self._gateway.retrieve_tax_rate, id, param, "tax rate")

    def shipping_rate(self, id: str, param: str) -> ShippingRate:
        """Return the shipping rate. Raises `InvalidRequest`."""
        return self._read(self._gateway.retrieve_shipping_rate, id, param, "shipping rate")

    def create_price(self, data: PriceData, param: str, *, idempotency_key: str, public_url: str) -> Price:
        """Create the price, and its product if the data describe one. Raises `InvalidRequest`.

        Stripe is given the addresses of uploaded pictures below `public_url`, as far as it can fetch them.
        """
        params = data.model_dump(mode="json", exclude_unset=True, exclude_none=True)
        return self._create(params, param, idempotency_key, public_url)

    def create_new_price(self, draft: Price, param: str, *, idempotency_key: str, public_url: str) -> Price:
        """Create the price that a draft stands for; return any other price as it is. Raises `InvalidRequest`."""
        if draft.id not in self._new_prices:
            return draft
        return self._create(self._new_prices[draft.id], param, idempotency_key, public_url)

    def _create(self, sent: Mapping[str, Any], param: str, idempotency_key: str, public_url: str) -> Price:
        params = deepcopy(dict(sent))
        product = params.get("product_data") or {}
        if "images" in product and not self._gateway.sandbox:
            product["images"] = images_for_stripe(product["images"], public_url)
        try:
            return self._gateway.create_price(params, idempotency_key=idempotency_key, account=self._account)
        except GatewayRefused as error:
            raise _as_request(error, param) from error

    def _read(self, retrieve: Callable[..., Found], id: str, param: str, what: str) -> Found:
        key = f"{what} {id}"
        if key not in self._found:
            try:
                self._found[key] = retrieve(id, account=self._account)
            except GatewayRefused as error:
                if error.code == "resource_missing" or error.status == 404:
                    message = f"No such {what}: '{id[:100]}'."
                    raise InvalidRequest(message, param=param, code="resource_missing") from error
                raise _as_request(error, param) from error
        return self._found[key]  # type: ignore[return-value]  # the key contains the kind of object


def draft_price(data: PriceData) -> Price:
    """Return the price as it will be, so that the rules can check it before anything is created at the gateway."""
    given: Mapping[str, Any] = data.model_dump(exclude_none=True)
    described = data.product_data
    product = Product(id=data.product or "", name=described.name if described else "")
    if described is not None:
        seen = {
            "description": described.description,
            "images": described.images or (),
            "unit_label": described.unit_label,
        }
        product = product.model_copy(update=seen)
    recurring = Recurring.model_validate(given["recurring"]) if data.recurring else None
    return Price(
        id="",
        currency=data.currency,
        product=product,
        recurring=recurring,
        type="recurring" if recurring else "one_time",
        unit_amount=data.unit_amount,
        unit_amount_decimal=data.unit_amount_decimal,
    )


def draft_new_price(name: str, params: Mapping[str, Any]) -> Price:
    """Return a price as it will be, from the parameters that create it. Its id is the name that stands for it."""
    chosen = params.get("custom_unit_amount")
    tiers = [tier | {"up_to": None if tier["up_to"] == "inf" else tier["up_to"]} for tier in params.get("tiers", ())]
    product = Product(
        id="",
        **{
            key: params["product_data"][key]
            for key in ("description", "images", "name", "unit_label")
            if key in params["product_data"]
        },
    )
    given = {
        key: params[key]
        for key in ("billing_scheme", "currency", "recurring", "tax_behavior", "tiers_mode", "unit_amount")
        if key in params
    }
    return Price.model_validate(
        given
        | {"id": name, "product": product, "type": "recurring" if "recurring" in params else "one_time"}
        | ({"custom_unit_amount": {key: value for key, value in chosen.items() if key != "enabled"}} if chosen else {})
        | ({"tiers": tiers} if tiers else {})
    )


def _as_request(error: GatewayRefused, param: str) -> InvalidRequest:
    """Return Stripe's refusal with the name of our parameter."""
    inner = ""
    if error.param:
        first, bracket, rest = error.param.partition("[")
        inner = f"[{first}]{bracket}{rest}"
    return InvalidRequest(
        error.message, param=f"{param}{inner}" if param.endswith("[price_data]") else param, code=error.code
    )
