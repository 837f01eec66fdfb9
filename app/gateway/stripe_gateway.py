"""The gateway over the official SDK: to Stripe, or to any WSGI application that answers as Stripe does.

Nothing of the SDK comes out of here: its objects leave as our models, its exceptions as `GatewayRefused` (Stripe said
no) or `GatewayUnavailable` (nobody knows whether it acted), and the key in no message.
"""

import logging
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any, Final, TypeVar, cast

import stripe
from pydantic import ValidationError

from app.errors import ConfigurationError, GatewayUnavailable
from app.gateway.checkout_url import require_checkout_url
from app.gateway.failures import failure
from app.gateway.network.client import CALL_SECONDS, NetworkClient
from app.gateway.network.places import PLACES, Places
from app.gateway.signature import read_event
from app.objects.api_version import API_VERSION
from app.objects.base import Object
from app.objects.checkout_session import CheckoutSession
from app.objects.discount import Coupon, PromotionCode
from app.objects.event import Event
from app.objects.price import Price
from app.objects.shipping_rate import ShippingRate
from app.objects.tax_rate import TaxRate

log: Final = logging.getLogger(__name__)

# The SDK would write an id for this machine into the user's home, and describe the machine in a header.
stripe.enable_telemetry = False

_SIMPLE_PRODUCT: Final = frozenset({"metadata", "name", "tax_code", "tax_details", "unit_label"})
"""What a price can say of the product that is made with it."""

_PRICE_EXPAND: Final = ["product", "tiers", "currency_options"]
_COUPON_EXPAND: Final = ["applies_to", "currency_options"]
_PROMOTION_CODE_EXPAND: Final = [
    "data.promotion.coupon",
    *(f"data.promotion.coupon.{name}" for name in _COUPON_EXPAND),
    "data.restrictions.currency_options",
]
_PAGE: Final = 100

Model = TypeVar("Model", bound=Object)


class StripeGateway:
    """A `Gateway` for one API key; it may be shared by threads.

    `api_base` is another base address than Stripe's, `http_client` another way to travel than the network, `timeout`
    how many seconds one call may take with all its retries, `places` how many calls may be under way at once, `sandbox` whether our
    own answers. Without `webhook_secret` every delivery is refused. `checkout_origins` are the origins that a session's
    address may have, None for any.
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
        places: int = PLACES,
        sandbox: bool = False,
        checkout_origins: Sequence[str] | None = None,
        timeout: float = CALL_SECONDS,
    ) -> None:
        if not re.fullmatch(r"[!-~]+", api_key):
            # The HTTP library would quote it in its complaint about the header.
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
            http_client=http_client or NetworkClient(timeout, places=Places(places)),
            max_network_retries=max_network_retries,
        )
        self._v1 = client.v1

    @property
    def livemode(self) -> bool:
        """Whether the key is a live one."""
        return self._livemode

    @property
    def sandbox(self) -> bool:
        """Whether our own sandbox answers: there every organization is an account, by its id."""
        return self._sandbox

    def create_checkout_session(
        self, params: Mapping[str, Any], *, idempotency_key: str, account: str | None
    ) -> CheckoutSession:
        """Make the session, or get the one that this key made before. Raises `GatewayRefused` for an address that is not Checkout's."""
        options = _options(account, idempotency_key)
        session = self._read(CheckoutSession, self._v1.checkout.sessions.create, dict(params), options)
        require_checkout_url(session.url, self._checkout_origins)
        return session

    def retrieve_checkout_session(self, id: str, *, account: str | None) -> CheckoutSession:
        """Read it back, with `payment_intent.latest_charge` expanded.

        A subscription's session has no payment intent of its own: once it is complete, it is given the one of the first invoice.
        """
        params = {"expand": ["payment_intent.latest_charge"]}
        options = _options(account)
        session = self._read(CheckoutSession, self._v1.checkout.sessions.retrieve, id, params, options)
        billed = session.status == "complete" and session.payment_status in {"paid", "unpaid"}
        if billed and isinstance(session.subscription, str):
            subscription = self._call(self._v1.subscriptions.retrieve, session.subscription, None, options)
            intents = self._payment_intents(subscription, options)
            session = session.model_copy(update={"payment_intent": intents[0] if intents else None})
        return session

    def expire_checkout_session(self, id: str, *, account: str | None) -> CheckoutSession:
        """End an open session. Raises `GatewayRefused` when it is no longer open."""
        return self._read(CheckoutSession, self._v1.checkout.sessions.expire, id, None, _options(account))

    def create_refund(
        self,
        *,
        payment_intent: str,
        idempotency_key: str,
        reason: str,
        metadata: Mapping[str, str],
        account: str | None,
    ) -> str:
        """Send all of a payment back; the refund's id."""
        params = {"payment_intent": payment_intent, "reason": reason, "metadata": dict(metadata)}
        refund = self._call(self._v1.refunds.create, params, _options(account, idempotency_key))
        return str(refund["id"])

    def end_subscription(
        self, id: str, *, idempotency_key: str, metadata: Mapping[str, str], account: str | None
    ) -> str | None:
        """End a subscription at once and send back what its first invoice took; the refund's id, None where nothing was taken.

        Safe to repeat: what has ended stays so, and the key brings the same refund.
        """
        subscription = self._call(self._v1.subscriptions.retrieve, id, None, _options(account))
        if subscription["status"] != "canceled":
            self._call(self._v1.subscriptions.cancel, id, {"prorate": False}, _options(account))
        intents = self._payment_intents(subscription, _options(account))
        taken = [intent["id"] for intent in intents if intent.get("amount_received")]
        if not taken:
            return None
        return self.create_refund(
            payment_intent=taken[0],
            idempotency_key=idempotency_key,
            reason="requested_by_customer",
            metadata=metadata,
            account=account,
        )

    def _payment_intents(self, subscription: Mapping[str, Any], options: stripe.RequestOptions) -> list[dict[str, Any]]:
        """What pays a subscription's latest invoice, with `latest_charge` expanded."""
        params = {"invoice": subscription["latest_invoice"], "expand": ["data.payment.payment_intent.latest_charge"]}
        payments = self._call(self._v1.invoice_payments.list, params, options)["data"]
        intents = [payment["payment"].get("payment_intent") for payment in payments]
        return [intent for intent in intents if isinstance(intent, dict)]

    def create_price(self, params: Mapping[str, Any], *, idempotency_key: str, account: str | None) -> Price:
        """A price (with `product_data`, its product too), with product, tiers and currency_options expanded.

        Stripe's prices make simple products alone: one with more to it (a description, images) is made first, by itself.
        """
        sent = {**params, "expand": _PRICE_EXPAND}
        product = params.get("product_data") or {}
        if product.keys() - _SIMPLE_PRODUCT:
            options = _options(account, f"{idempotency_key}_product")
            sent["product"] = self._call(self._v1.products.create, dict(product), options)["id"]
            del sent["product_data"]
        return self._read(Price, self._v1.prices.create, sent, _options(account, idempotency_key))

    def retrieve_price(self, id: str, *, account: str | None) -> Price:
        """With product, tiers and currency_options expanded."""
        params = {"expand": _PRICE_EXPAND}
        return self._read(Price, self._v1.prices.retrieve, id, params, _options(account))

    def retrieve_coupon(self, id: str, *, account: str | None) -> Coupon:
        """With applies_to and currency_options expanded."""
        params = {"expand": _COUPON_EXPAND}
        return self._read(Coupon, self._v1.coupons.retrieve, id, params, _options(account))

    def retrieve_tax_rate(self, id: str, *, account: str | None) -> TaxRate:
        """The tax rate as it is now."""
        return self._read(TaxRate, self._v1.tax_rates.retrieve, id, None, _options(account))

    def retrieve_shipping_rate(self, id: str, *, account: str | None) -> ShippingRate:
        """With fixed_amount.currency_options expanded."""
        params = {"expand": ["fixed_amount.currency_options"]}
        return self._read(ShippingRate, self._v1.shipping_rates.retrieve, id, params, _options(account))

    def find_promotion_code(self, code: str, *, account: str | None) -> PromotionCode | None:
        """The active code with this name, whatever its case, with its coupon expanded; None where there is none.

        Of several with one name, which differ by customer, one that is for everybody comes first.
        """
        params = {"code": code, "active": True, "limit": _PAGE, "expand": _PROMOTION_CODE_EXPAND}
        answer = self._call(self._v1.promotion_codes.list, params, _options(account))
        found = [self._model(PromotionCode, _with_coupon(data)) for data in answer["data"]]
        named = [it for it in found if it.active and it.code.casefold() == code.casefold()]
        return min(named, key=lambda it: it.customer is not None, default=None)

    def read_event(self, payload: bytes, signature: str | None, now: int) -> Event:
        """Verify and parse what arrived at our webhook route. Raises `SignatureRefused`, or `InvalidRequest`."""
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
        """Return up to 100 events of these types, newest first, and whether more follow in the direction that was asked.

        An event that names no account came from the account that was asked. One that cannot be read is left out, so that it keeps no
        other from being applied.
        """
        params: dict[str, Any] = {"types": list(types), "limit": _PAGE}
        params |= {"created": {"gte": created_gte}} if created_gte is not None else {}
        params |= {"starting_after": starting_after} if starting_after is not None else {}
        params |= {"ending_before": ending_before} if ending_before is not None else {}
        answer = self._call(self._v1.events.list, params, _options(account))
        events = []
        for data in answer["data"]:
            try:
                events.append(Event.read({**data, "account": data.get("account") or account}))
            except ValidationError:
                log.warning("event could not be read", extra={"event": data.get("id"), "type": data.get("type")})
        return events, bool(answer["has_more"])

    def list_payment_links(self, *, account: str | None) -> list[dict[str, Any]]:
        """Every Payment Link of the Stripe account with its line items (and prices with products) expanded."""
        options = _options(account)
        params: dict[str, Any] = {"expand": ["data.shipping_options.shipping_rate"]}
        links = [dict(link) for link in self._every(self._v1.payment_links.list, params, options)]
        # From the list itself, a price's product would be the fifth level, and expand[] goes four deep.
        params = {"limit": _PAGE, "expand": [f"data.price.{name}" for name in _PRICE_EXPAND]}
        for link in links:
            link["line_items"] = self._call(self._v1.payment_links.line_items.list, link["id"], params, options)
        return links

    def list_catalogue_ids(self, kind: str, mark: str, *, account: str | None) -> dict[str, str]:
        """See `Gateway`."""
        objects = list(self._every(getattr(self._v1, kind).list, {}, _options(account)))
        marked = {it["metadata"][mark]: it["id"] for it in objects if mark in (it.get("metadata") or {})}
        return {it["id"]: it["id"] for it in objects} | marked

    def create_in_catalogue(self, kind: str, params: Mapping[str, Any], *, account: str | None) -> str:
        """Make an object of a kind (`products`, `prices`, ...); its id."""
        return str(self._call(getattr(self._v1, kind).create, dict(params), _options(account))["id"])

    def _read(self, model: type[Model], ask: Callable[..., object], *values: Any) -> Model:
        return self._model(model, self._call(ask, *values))

    def _model(self, model: type[Model], data: Mapping[str, Any]) -> Model:
        try:
            return model.read(data)
        except ValidationError as error:
            place = ".".join(str(part) for part in error.errors()[0]["loc"])
            raise GatewayUnavailable(
                f"Stripe's answer is no {model.__name__} as we know it: look at {place}."
            ) from None

    def _every(
        self, ask: Callable[..., object], params: Mapping[str, Any], options: stripe.RequestOptions
    ) -> Iterator[dict[str, Any]]:
        """All objects of a list, page after page."""
        sent = {"limit": _PAGE, **params}
        while True:
            page = self._call(ask, sent, options)
            yield from page["data"]
            if not page["has_more"] or not page["data"]:
                return
            sent["starting_after"] = page["data"][-1]["id"]

    def _call(self, ask: Callable[..., object], *values: Any) -> dict[str, Any]:
        """Ask through the SDK; the answer's JSON, as it came: a StripeObject keeps others inside its plain dicts."""
        try:
            response = getattr(ask(*values), "last_response", None)
        except stripe.StripeError as error:
            raise failure(error, self._api_key) from None
        except AttributeError:
            # The SDK stumbles over an error that is not Stripe's, such as a proxy's {"error": "Bad gateway"}.
            raise GatewayUnavailable("What answered was not Stripe.") from None
        if response is None or not isinstance(response.data, dict):
            raise GatewayUnavailable("What answered was not Stripe.")
        return cast(dict[str, Any], response.data)


def _options(account: str | None, idempotency_key: str | None = None) -> stripe.RequestOptions:
    options: stripe.RequestOptions = {}
    if account:
        options["stripe_account"] = account
    if idempotency_key:
        options["idempotency_key"] = idempotency_key
    return options


def _with_coupon(data: Mapping[str, Any]) -> dict[str, Any]:
    """A promotion code with its coupon beside it, as before 2025-09-30.clover; since then it stands in `promotion`."""
    promotion = data.get("promotion")
    coupon = promotion.get("coupon") if isinstance(promotion, dict) else data.get("coupon")
    return {**data, "coupon": coupon}
