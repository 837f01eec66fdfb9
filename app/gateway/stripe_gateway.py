"""The gateway on the official SDK: sends requests to Stripe, or to a WSGI application that answers like Stripe.

The SDK's objects and exceptions do not leave this package: callers get our models, `GatewayRefused` and `GatewayUnavailable`. No
message contains the API key.
"""

import logging
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from copy import copy
from functools import partial
from itertools import islice
from typing import Any, Final, Self, TypeVar, cast

import stripe
from pydantic import ValidationError

from app.errors import ConfigurationError, GatewayUnavailable
from app.gateway.checkout_url import require_checkout_url
from app.gateway.documents import Documents, request_options
from app.gateway.failures import to_gateway_error
from app.gateway.network.call_slots import CALL_SLOTS, CallSlots
from app.gateway.network.client import CALL_SECONDS, NetworkClient
from app.gateway.network.pace import LIVE_PER_SECOND, TEST_PER_SECOND, Pace
from app.gateway.rights import Rights
from app.gateway.signature import read_event
from app.objects.api_version import API_VERSION
from app.objects.base import Object
from app.objects.charge import BalanceTransaction, Refund
from app.objects.checkout_session import CheckoutSession
from app.objects.discount import Coupon, PromotionCode
from app.objects.event import Event
from app.objects.price import Price
from app.objects.shipping_rate import ShippingRate
from app.objects.tax_rate import TaxRate

log: Final = logging.getLogger(__name__)

# With telemetry, the SDK writes an id of this machine into the user's home folder and describes the machine in a header.
stripe.enable_telemetry = False

_SIMPLE_PRODUCT: Final = frozenset({"metadata", "name", "tax_code", "tax_details", "unit_label"})
"""The attributes of a product that can be created together with its price."""

_PRICE_EXPAND: Final = ["product", "tiers", "currency_options"]
_COUPON_EXPAND: Final = ["applies_to", "currency_options"]
_PROMOTION_CODE_EXPAND: Final = [
    "data.promotion.coupon",
    *(f"data.promotion.coupon.{name}" for name in _COUPON_EXPAND),
    "data.restrictions.currency_options",
]
_PAGE: Final = 100

_IN_LINKS: Final = (Coupon, Price, ShippingRate, TaxRate)
"""The kinds of objects that links hold copies of. A copy keeps attributes that we do not know."""

Model = TypeVar("Model", bound=Object)


class StripeGateway(Documents, Rights):
    """A `Gateway` for one API key. Threads may share it.

    `api_base` replaces Stripe's base address, `http_client` replaces the network. `timeout` is how many seconds one call may take with
    all its retries, `call_slots` how many calls may run at once. `sandbox` says that our own sandbox answers. Without `webhook_secret`,
    every delivery is refused. `checkout_origins` are the allowed origins of a session's address; None allows any.
    `pace` replaces the pace for work in bulk.
    """

    def __init__(
        self,
        api_key: str,
        *,
        webhook_secret: str | None,
        api_base: str | None = None,
        http_client: stripe.HTTPClient | None = None,
        livemode: bool | None = None,
        max_network_retries: int = 2,
        call_slots: int = CALL_SLOTS,
        sandbox: bool = False,
        checkout_origins: Sequence[str] | None = None,
        timeout: float = CALL_SECONDS,
        pace: Pace | None = None,
    ) -> None:
        if not re.fullmatch(r"[!-~]+", api_key):
            # The error of the HTTP library would contain the key.
            raise ConfigurationError("The API key must be plain ASCII without spaces.", setting="STRIPE_SECRET_KEY")
        self._api_key = api_key
        self._livemode = bool(re.match(r"[rs]k_live_", api_key)) if livemode is None else livemode
        self._sandbox = sandbox
        self._webhook_secret = webhook_secret
        self._checkout_origins = checkout_origins
        client = stripe.StripeClient(
            api_key,
            stripe_version=API_VERSION,
            base_addresses={"api": api_base.rstrip("/")} if api_base else {},
            http_client=http_client or NetworkClient(timeout, slots=CallSlots(call_slots)),
            max_network_retries=max_network_retries,
        )
        self._raw_request = client.raw_request
        self._v1 = client.v1
        self._pace = pace or Pace(LIVE_PER_SECOND if self._livemode else TEST_PER_SECOND)
        self._in_bulk: Pace | None = None

    @property
    def livemode(self) -> bool:
        """See `Gateway`."""
        return self._livemode

    @property
    def sandbox(self) -> bool:
        """See `Gateway`."""
        return self._sandbox

    def in_bulk(self) -> Self:
        """See `Gateway`."""
        paced = copy(self)
        paced._in_bulk = self._pace
        return paced

    def create_checkout_session(
        self, params: Mapping[str, Any], *, idempotency_key: str, account: str | None
    ) -> CheckoutSession:
        """See `Gateway`."""
        sent = {**params, **request_options(account, idempotency_key)}
        # A buyer waits for this call. A raw request makes no `StripeObject` of each part of the answer.
        session = self._read(CheckoutSession, partial(self._raw_request, "post", "/v1/checkout/sessions", **sent))
        require_checkout_url(session.url, self._checkout_origins)
        return session

    def retrieve_checkout_session(self, id: str, *, account: str | None) -> CheckoutSession:
        """See `Gateway`."""
        params = {"expand": ["payment_intent.latest_charge", "shipping_cost.shipping_rate"]}
        options = request_options(account)
        session = self._read(CheckoutSession, self._v1.checkout.sessions.retrieve, id, params, options)
        billed = session.status == "complete" and session.payment_status in {"paid", "unpaid"}
        if billed and isinstance(session.subscription, str):
            subscription = self._call(self._v1.subscriptions.retrieve, session.subscription, None, options)
            intents = self._payment_intents(subscription, options)
            session = session.model_copy(update={"payment_intent": intents[0] if intents else None})
        return session

    def expire_checkout_session(self, id: str, *, account: str | None) -> CheckoutSession:
        """See `Gateway`."""
        return self._read(CheckoutSession, self._v1.checkout.sessions.expire, id, None, request_options(account))

    def create_refund(
        self,
        *,
        payment_intent: str,
        idempotency_key: str,
        reason: str,
        metadata: Mapping[str, str],
        account: str | None,
        amount: int | None = None,
    ) -> Refund:
        """See `Gateway`."""
        params: dict[str, Any] = {"payment_intent": payment_intent, "reason": reason, "metadata": dict(metadata)}
        params |= {"amount": amount} if amount is not None else {}
        return self._read(Refund, self._v1.refunds.create, params, request_options(account, idempotency_key))

    def find_refund(self, payment_intent: str, metadata: Mapping[str, str], *, account: str | None) -> Refund | None:
        """See `Gateway`."""
        params = {"payment_intent": payment_intent}
        for data in self._list_all(self._v1.refunds.list, params, request_options(account)):
            if metadata.items() <= (data.get("metadata") or {}).items():
                return self._model(Refund, data)
        return None

    def retrieve_fee(self, payment_intent: str, *, account: str | None) -> BalanceTransaction | None:
        """See `Gateway`."""
        params = {"expand": ["latest_charge.balance_transaction"]}
        intent = self._call(self._v1.payment_intents.retrieve, payment_intent, params, request_options(account))
        charge = intent.get("latest_charge")
        moved = charge.get("balance_transaction") if isinstance(charge, dict) else None
        return self._model(BalanceTransaction, moved) if isinstance(moved, dict) else None

    def end_subscription(
        self, id: str, *, idempotency_key: str, metadata: Mapping[str, str], account: str | None
    ) -> str | None:
        """See `Gateway`."""
        subscription = self._call(self._v1.subscriptions.retrieve, id, None, request_options(account))
        if subscription["status"] != "canceled":
            self._call(self._v1.subscriptions.cancel, id, {"prorate": False}, request_options(account))
        intents = self._payment_intents(subscription, request_options(account))
        paid = [intent["id"] for intent in intents if intent.get("amount_received")]
        if not paid:
            return None
        return self.create_refund(
            payment_intent=paid[0],
            idempotency_key=idempotency_key,
            reason="requested_by_customer",
            metadata=metadata,
            account=account,
        ).id

    def _payment_intents(self, subscription: Mapping[str, Any], options: stripe.RequestOptions) -> list[dict[str, Any]]:
        """Return the payment intents of a subscription's latest invoice, with `latest_charge` expanded."""
        params = {"invoice": subscription["latest_invoice"], "expand": ["data.payment.payment_intent.latest_charge"]}
        payments = self._call(self._v1.invoice_payments.list, params, options)["data"]
        intents = [payment["payment"].get("payment_intent") for payment in payments]
        return [intent for intent in intents if isinstance(intent, dict)]

    def create_price(self, params: Mapping[str, Any], *, idempotency_key: str, account: str | None) -> Price:
        """See `Gateway`. A product with more attributes than a price can create (a description, images) is created first."""
        sent = {**params, "expand": _PRICE_EXPAND}
        product = params.get("product_data") or {}
        if product.keys() - _SIMPLE_PRODUCT:
            options = request_options(account, f"{idempotency_key}_product")
            sent["product"] = self._call(self._v1.products.create, dict(product), options)["id"]
            del sent["product_data"]
        return self._read(Price, self._v1.prices.create, sent, request_options(account, idempotency_key))

    def retrieve_price(self, id: str, *, account: str | None) -> Price:
        """See `Gateway`."""
        params = {"expand": _PRICE_EXPAND}
        return self._read(Price, self._v1.prices.retrieve, id, params, request_options(account))

    def retrieve_coupon(self, id: str, *, account: str | None) -> Coupon:
        """See `Gateway`."""
        params = {"expand": _COUPON_EXPAND}
        return self._read(Coupon, self._v1.coupons.retrieve, id, params, request_options(account))

    def retrieve_tax_rate(self, id: str, *, account: str | None) -> TaxRate:
        """See `Gateway`."""
        return self._read(TaxRate, self._v1.tax_rates.retrieve, id, None, request_options(account))

    def retrieve_shipping_rate(self, id: str, *, account: str | None) -> ShippingRate:
        """See `Gateway`."""
        params = {"expand": ["fixed_amount.currency_options"]}
        return self._read(ShippingRate, self._v1.shipping_rates.retrieve, id, params, request_options(account))

    def find_promotion_code(self, code: str, *, account: str | None) -> PromotionCode | None:
        """See `Gateway`."""
        params = {"code": code, "active": True, "limit": _PAGE, "expand": _PROMOTION_CODE_EXPAND}
        answer = self._call(self._v1.promotion_codes.list, params, request_options(account))
        found = [self._model(PromotionCode, data) for data in answer["data"]]
        named = [it for it in found if it.active and it.code.casefold() == code.casefold()]
        return min(named, key=lambda it: it.customer is not None, default=None)

    def read_event(self, payload: bytes, signature: str | None, now: int) -> Event:
        """See `Gateway`."""
        return read_event(payload, signature, self._webhook_secret, now)

    def list_events(
        self,
        *,
        types: Sequence[str],
        account: str | None,
        created_gte: int | None = None,
        starting_after: str | None = None,
        ending_before: str | None = None,
    ) -> tuple[list[Event], bool]:
        """See `Gateway`. An event without an account belongs to the account that was asked. An unreadable event is left out, so that it
        does not block the others."""
        params: dict[str, Any] = {"types": list(types), "limit": _PAGE}
        params |= {"created": {"gte": created_gte}} if created_gte is not None else {}
        params |= {"starting_after": starting_after} if starting_after is not None else {}
        params |= {"ending_before": ending_before} if ending_before is not None else {}
        answer = self._call(self._v1.events.list, params, request_options(account))
        events = []
        for data in answer["data"]:
            try:
                events.append(Event.read({**data, "account": data.get("account") or account}))
            except ValidationError:
                log.warning("event could not be read", extra={"event": data.get("id"), "type": data.get("type")})
        return events, bool(answer["has_more"])

    def list_payment_link_ids(self, *, account: str | None) -> list[str]:
        """See `Gateway`."""
        return [str(link["id"]) for link in self._list_all(self._v1.payment_links.list, {}, request_options(account))]

    def list_payment_links(self, *, account: str | None, starting_after: str | None = None) -> list[dict[str, Any]]:
        """See `Gateway`."""
        params: dict[str, Any] = {"expand": ["data.shipping_options.shipping_rate"]}
        params |= {"starting_after": starting_after} if starting_after is not None else {}
        return list(islice(self._list_all(self._v1.payment_links.list, params, request_options(account)), _PAGE))

    def list_line_items(self, payment_link: str, *, account: str | None) -> list[dict[str, Any]]:
        """See `Gateway`. In a list of links, a price's product is on the fifth level, and expand[] allows four."""
        ask = partial(self._v1.payment_links.line_items.list, payment_link)
        params = {"expand": [f"data.price.{name}" for name in _PRICE_EXPAND]}
        return list(self._list_all(ask, params, request_options(account)))

    def list_catalogue_ids(self, kind: str, mark: str, *, account: str | None) -> dict[str, str]:
        """See `Gateway`."""
        objects = list(self._list_all(getattr(self._v1, kind).list, {}, request_options(account)))
        marked = {it["metadata"][mark]: it["id"] for it in objects if mark in (it.get("metadata") or {})}
        return {it["id"]: it["id"] for it in objects} | marked

    def list_catalogue(
        self, kind: str, params: Mapping[str, Any], *, account: str | None, limit: int
    ) -> list[dict[str, Any]]:
        """See `Gateway`."""
        return list(islice(self._list_all(getattr(self._v1, kind).list, dict(params), request_options(account)), limit))

    def create_in_catalogue(
        self, kind: str, params: Mapping[str, Any], *, account: str | None, idempotency_key: str | None = None
    ) -> str:
        """See `Gateway`."""
        options = request_options(account, idempotency_key)
        return str(self._call(getattr(self._v1, kind).create, dict(params), options)["id"])

    def retrieve_in_catalogue(self, kind: str, id: str, *, account: str | None) -> dict[str, Any]:
        """See `Gateway`."""
        return self._call(getattr(self._v1, kind).retrieve, id, None, request_options(account))

    def update_in_catalogue(
        self, kind: str, id: str, params: Mapping[str, Any], *, account: str | None
    ) -> dict[str, Any]:
        """See `Gateway`."""
        return self._call(getattr(self._v1, kind).update, id, dict(params), request_options(account))

    def delete_in_catalogue(self, kind: str, id: str, *, account: str | None) -> None:
        """See `Gateway`."""
        self._call(getattr(self._v1, kind).delete, id, None, request_options(account))

    def _read(self, model: type[Model], ask: Callable[..., object], *values: Any) -> Model:
        return self._model(model, self._call(ask, *values))

    def _model(self, model: type[Model], data: Mapping[str, Any]) -> Model:
        try:
            return model.read_whole(data) if issubclass(model, _IN_LINKS) else model.read(data)
        except ValidationError as error:
            place = ".".join(str(part) for part in error.errors()[0]["loc"])
            raise GatewayUnavailable(f"Stripe's answer is not a valid {model.__name__}: see {place}.") from None

    def _list_all(
        self, ask: Callable[..., object], params: Mapping[str, Any], options: stripe.RequestOptions
    ) -> Iterator[dict[str, Any]]:
        """Yield all objects of a list, page by page."""
        sent = {"limit": _PAGE, **params}
        while True:
            page = self._call(ask, sent, options)
            yield from page["data"]
            if not page["has_more"] or not page["data"]:
                return
            sent["starting_after"] = page["data"][-1]["id"]

    def _call(self, ask: Callable[..., object], *values: Any) -> dict[str, Any]:
        """Call the SDK and return the JSON of the answer: of a `StripeObject`, which contains other ones, or of a raw request."""
        call = partial(self._call_once, ask, *values)
        return self._in_bulk.call(call) if self._in_bulk is not None else call()

    def _call_once(self, ask: Callable[..., object], *values: Any) -> dict[str, Any]:
        try:
            answer = ask(*values)
        except stripe.StripeError as error:
            raise to_gateway_error(error, self._api_key) from None
        except AttributeError:
            # The SDK fails on an error that is not Stripe's, such as {"error": "Bad gateway"} of a proxy.
            raise GatewayUnavailable("The answer is not Stripe's.") from None
        response = answer if isinstance(answer, stripe.StripeResponse) else getattr(answer, "last_response", None)
        if response is None or not isinstance(response.data, dict):
            raise GatewayUnavailable("The answer is not Stripe's.")
        return cast(dict[str, Any], response.data)
