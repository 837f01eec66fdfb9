"""The gateway's interface: all requests that Counterfoil sends to Stripe.

Every method raises `GatewayRefused` if Stripe refused the request, and `GatewayUnavailable` if Stripe may or may not have acted.
`account` is the organization's connected account (`Stripe-Account`), or None.
"""

from collections.abc import Mapping, Sequence
from typing import Any, Protocol, Self

from app.objects.charge import BalanceTransaction, Refund
from app.objects.checkout_session import CheckoutSession
from app.objects.connection import Access
from app.objects.discount import Coupon, PromotionCode
from app.objects.event import Event
from app.objects.price import Price
from app.objects.shipping_rate import ShippingRate
from app.objects.tax_rate import TaxRate


class Gateway(Protocol):
    """Sends requests to Stripe, or to our sandbox, through the same SDK."""

    @property
    def livemode(self) -> bool:
        """Whether the key is a live key."""

    @property
    def sandbox(self) -> bool:
        """Whether our own sandbox answers. There, each organization is an account with the organization's id."""

    def in_bulk(self) -> Self:
        """Return the same gateway for work in bulk: it asks Stripe at most as often as Stripe allows, and waits for its turn."""

    def create_checkout_session(
        self, params: Mapping[str, Any], *, idempotency_key: str, account: str | None
    ) -> CheckoutSession:
        """Create the session, or return the one that this key created before. Raises `GatewayRefused` if its address is not
        Checkout's."""

    def retrieve_checkout_session(self, id: str, *, account: str | None) -> CheckoutSession:
        """Return the session, with `payment_intent.latest_charge` and the chosen shipping rate expanded.

        A completed session of a subscription gets the payment intent of its first invoice.
        """

    def expire_checkout_session(self, id: str, *, account: str | None) -> CheckoutSession:
        """End an open session. Raises `GatewayRefused` if it is no longer open."""

    def read_checkout_session(self, id: str, params: Mapping[str, Any], *, account: str | None) -> dict[str, Any]:
        """Return the session as Stripe answers it, with every attribute. `params` may have `expand`."""

    def end_checkout_session(self, id: str, params: Mapping[str, Any], *, account: str | None) -> dict[str, Any]:
        """End an open session as `expire_checkout_session` does. Return it as `read_checkout_session` does."""

    def list_checkout_sessions(
        self, params: Mapping[str, Any], *, account: str | None
    ) -> tuple[list[dict[str, Any]], bool]:
        """Return up to 100 sessions of the account as Stripe answers them, newest first, and whether more follow."""

    def list_session_line_items(self, id: str, params: Mapping[str, Any], *, account: str | None) -> dict[str, Any]:
        """Return a page of the session's line items as Stripe answers it."""

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
        """Refund a payment, or `amount` of it in minor units of its charge. The same key returns the same refund for 24 hours."""

    def find_refund(self, payment_intent: str, metadata: Mapping[str, str], *, account: str | None) -> Refund | None:
        """Return the refund of a payment that has these entries in its metadata, or None."""

    def retrieve_fee(self, payment_intent: str, *, account: str | None) -> BalanceTransaction | None:
        """Return the balance transaction of a payment's charge, with Stripe's fee. None while Stripe has none."""

    def end_subscription(
        self, id: str, *, idempotency_key: str, metadata: Mapping[str, str], account: str | None
    ) -> str | None:
        """Cancel a subscription at once and refund its first invoice. Return the id of the refund, or None if nothing was paid.

        Repeating this is safe: a canceled subscription stays canceled, and the key returns the same refund.
        """

    def retrieve_account(self, *, account: str | None) -> dict[str, Any]:
        """Return the account as Stripe answers it; with `account` None, the one that the key belongs to."""

    def own_account_id(self) -> str:
        """Return the id of the account that the key belongs to. Stripe is asked once."""

    def try_right(self, resource: str, access: Access, *, account: str | None) -> None:
        """Make a call without effect that needs a right: list one object, or change an object that does not exist.

        Raises `GatewayRefused` with status 403 where the key lacks the right. Every other refusal shows that the key has it.
        """

    def create_price(self, params: Mapping[str, Any], *, idempotency_key: str, account: str | None) -> Price:
        """Create a price, and its product if there is `product_data`. Return it with product, tiers and currency_options expanded."""

    def retrieve_price(self, id: str, *, account: str | None) -> Price:
        """Return the price, with product, tiers and currency_options expanded."""

    def retrieve_coupon(self, id: str, *, account: str | None) -> Coupon:
        """Return the coupon, with applies_to and currency_options expanded."""

    def retrieve_tax_rate(self, id: str, *, account: str | None) -> TaxRate: ...
    def retrieve_shipping_rate(self, id: str, *, account: str | None) -> ShippingRate:
        """Return the shipping rate, with fixed_amount.currency_options expanded."""

    def find_promotion_code(self, code: str, *, account: str | None) -> PromotionCode | None:
        """Return the active code with this name in any case, with its coupon expanded, or None.

        If several have the name, a code for every customer comes before a code for one customer.
        """

    def read_event(self, payload: bytes, signature: str | None, now: int) -> Event:
        """Verify and parse a delivery to our webhook route. Raises `SignatureRefused`, `InvalidRequest`."""

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

        `starting_after` asks for older events than this one, `ending_before` for newer ones. Raises `GatewayRefused` with status
        403 where the key may not list events, and with the code `resource_missing` for an event that is too old to be a cursor.
        """

    def list_payment_link_ids(self, *, account: str | None) -> list[str]:
        """Return the ids of all Payment Links of the account, newest first."""

    def list_payment_links(self, *, account: str | None, starting_after: str | None = None) -> list[dict[str, Any]]:
        """Return up to 100 Payment Links as Stripe answers them, newest first, with shipping rates expanded."""

    def list_line_items(self, payment_link: str, *, account: str | None) -> list[dict[str, Any]]:
        """Return all line items of a Payment Link as Stripe answers them, with prices and products expanded."""

    def list_catalogue_ids(self, kind: str, mark: str, *, account: str | None) -> dict[str, str]:
        """Return the ids of all objects of a kind (`products`, `prices`, ...), by the id and by the value of this metadata key."""

    def list_catalogue(
        self, kind: str, params: Mapping[str, Any], *, account: str | None, limit: int
    ) -> list[dict[str, Any]]:
        """Return up to `limit` objects of a kind (`products`, `prices`, ...), newest first. `params` filters and expands them."""

    def create_in_catalogue(
        self, kind: str, params: Mapping[str, Any], *, account: str | None, idempotency_key: str | None = None
    ) -> str:
        """Create an object of a kind (`products`, `prices`, ...), or find the one that this key created before. Return its id."""

    def retrieve_in_catalogue(self, kind: str, id: str, *, account: str | None) -> dict[str, Any]:
        """Return one object of a kind (`products`, `prices`, ...) as Stripe answers it."""

    def update_in_catalogue(
        self, kind: str, id: str, params: Mapping[str, Any], *, account: str | None
    ) -> dict[str, Any]:
        """Update one object of a kind (`products`, `prices`, ...). Return it as Stripe answers it."""

    def delete_in_catalogue(self, kind: str, id: str, *, account: str | None) -> None:
        """Delete one object of a kind that can be deleted (`products`, `coupons`)."""
