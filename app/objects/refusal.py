"""Why Stripe refuses to sell a link: the reason that its merchant reads, until it is gone."""

from typing import Literal

from app.objects.base import Object
from app.objects.scalars import Timestamp

FoundBy = Literal["buyer", "check"]


class Refusal(Object):
    """Stripe's last refusal of a link. `count` is how often it came since `created`, and `last_seen` when it came last.

    `found_by` is `buyer` for a session that a buyer wanted, and `check` for `counterfoil links check`.
    """

    code: str | None = None
    count: int = 1
    created: Timestamp
    found_by: FoundBy = "buyer"
    last_seen: Timestamp
    message: str
    param: str | None = None

    @property
    def is_about_an_object(self) -> bool:
        """Whether Stripe named a price, a coupon or a rate, which can be read again."""
        parts = (self.param or "").strip("]").replace("]", "").split("[")
        return parts[0] in {"discounts", "optional_items", "shipping_options"} or (
            parts[0] == "line_items" and ("price" in parts or "tax_rates" in parts)
        )
