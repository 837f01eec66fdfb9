"""What may have happened while Stripe created a session."""

from typing import NamedTuple

from app.objects.payment_link import PaymentLink


class SessionNews(NamedTuple):
    """The link as it is now, and what is stored about it and the new session."""

    link: PaymentLink | None
    is_refused: bool
    """Stripe refused an earlier session of the link."""
    has_waiting_events: bool
    """Events about the session arrived before its id was stored."""
