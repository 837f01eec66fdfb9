"""What the gateway can do: everything that we ever ask of Stripe, and nothing else.

Every method raises `GatewayRefused` when Stripe said no and `GatewayUnavailable` when it is not known whether Stripe
acted.
`account` is the connected account (`Stripe-Account`) where an organization has one.
"""

from collections.abc import Mapping, Sequence
from typing import Any, Protocol

from app.objects.checkout_session import CheckoutSession
from app.objects.discount import Coupon, PromotionCode
from app.objects.event import Event
from app.objects.price import Price
from app.objects.shipping_rate import ShippingRate
from app.objects.tax_rate import TaxRate


class Gateway(Protocol):
    """Speaks to Stripe, or to our sandbox, through the same SDK."""

    @property
    def livemode(self) -> bool:
        """Whether the key is a live one."""

    @property
    def sandbox(self) -> bool:
        """Whether our own sandbox answers: there every organization is an account, by its id."""

    def create_checkout_session(
        self, params: Mapping[str, Any], *, idempotency_key: str, account: str | None
    ) -> CheckoutSession:
        """Make the session, or get the one that this key made before."""

    def retrieve_checkout_session(self, id: str, *, account: str | None) -> CheckoutSession:
        """Read it back, with `payment_intent.latest_charge` expanded."""

    def expire_checkout_session(self, id: str, *, account: str | None) -> CheckoutSession:
        """End an open session. Raises `GatewayRefused` when it is no longer open."""

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

    def end_subscription(
        self, id: str, *, idempotency_key: str, metadata: Mapping[str, str], account: str | None
    ) -> str | None:
        """End a subscription at once and send back what its first invoice took; the refund's id, None where nothing was taken.

        Safe to repeat: what has ended stays so, and the key brings the same refund."""

    def create_price(self, params: Mapping[str, Any], *, idempotency_key: str, account: str | None) -> Price:
        """A price (with `product_data`, its product too), with product, tiers and currency_options expanded."""

    def retrieve_price(self, id: str, *, account: str | None) -> Price:
        """With product, tiers and currency_options expanded."""

    def retrieve_coupon(self, id: str, *, account: str | None) -> Coupon:
        """With applies_to and currency_options expanded."""

    def retrieve_tax_rate(self, id: str, *, account: str | None) -> TaxRate: ...
    def retrieve_shipping_rate(self, id: str, *, account: str | None) -> ShippingRate:
        """With fixed_amount.currency_options expanded."""

    def find_promotion_code(self, code: str, *, account: str | None) -> PromotionCode | None:
        """The active code with this name, whatever its case, with its coupon expanded; None where there is none."""

    def read_event(self, payload: bytes, signature: str | None, now: int) -> Event:
        """Verify and parse what arrived at our webhook route. Raises `SignatureRefused`."""

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

    def list_payment_links(self, *, account: str | None) -> list[dict[str, Any]]:
        """Every Payment Link of the Stripe account with its line items (and prices with products) expanded."""

    def list_catalogue_ids(self, kind: str, mark: str, *, account: str | None) -> dict[str, str]:
        """Return the ids of all objects of a kind (`products`, `prices`, ...), by the id and by the value of this metadata key."""

    def create_in_catalogue(self, kind: str, params: Mapping[str, Any], *, account: str | None) -> str:
        """Make an object of a kind (`products`, `prices`, ...); its id."""
