"""Places that open sessions hold: the buyer who began a payment continues it, or a buyer ends it and starts again."""

from collections.abc import Collection, Sequence
from typing import Final

from app.errors import GatewayRefused, GatewayUnavailable
from app.gateway.protocol import Gateway
from app.objects.attempt import LIVE, Attempt
from app.objects.payment_link import PaymentLink
from app.services.attempts.settlement import apply_session, expire_session
from app.services.checkout.steps import open_session
from app.services.links.availability import can_be_paid_once
from app.store.protocol import Store

MAXIMUM_HOLDERS: Final = 10
"""How many open attempts of a link are looked at. Each one that ends is a call to Stripe."""


def open_attempts(store: Store, link: PaymentLink) -> Sequence[Attempt]:
    """Return the attempts that hold the link's places, newest first."""
    return store.attempts_of_link(link.id, state=("opened",), limit=MAXIMUM_HOLDERS)


def continue_attempt(
    store: Store, gateway: Gateway, link: PaymentLink, forms: Collection[str], now: int
) -> Attempt | None:
    """Return the attempt of these forms as it is now, with the address of its session while it is open. Return None without one.

    A buyer proves with the form's id that the attempt is theirs: the open session may show what they entered. Raises `GatewayError`.
    """
    attempt = next(iter(_of_forms(store, link, forms)), None)
    if attempt is None or attempt.state != "opened":
        return attempt
    if attempt.expires_at <= now:
        # Its session has ended, and may have been paid in its last second.
        return apply_session(store, gateway, attempt, now, cause="continued")
    if attempt.session_url is not None:
        return attempt
    try:
        return open_session(store, gateway, attempt, now)
    except GatewayRefused:
        # The attempt has failed and its place is free. A new payment says what Stripe refuses.
        return store.attempt(attempt.id)


def start_again(store: Store, gateway: Gateway, link: PaymentLink, forms: Collection[str], now: int) -> None:
    """End the open sessions of these forms, or all of a link that can be paid once. Then their places are free.

    Each session ends at Stripe first. One that was paid in the meantime stays paid. Raises `GatewayUnavailable` where Stripe does not
    say how a session ended: its place stays held.
    """
    held = open_attempts(store, link) if can_be_paid_once(link) else _of_forms(store, link, forms)
    for attempt in held:
        if attempt.state == "opened":
            ended = expire_session(store, gateway, attempt, now, cause="started again", state="canceled")
            if ended.state == "opened":
                raise GatewayUnavailable


def _of_forms(store: Store, link: PaymentLink, forms: Collection[str]) -> list[Attempt]:
    """Return the live attempts of these forms, newest first."""
    found = [attempt for form in forms for attempt in store.attempts_of_form(form, ended=False)]
    return [attempt for attempt in reversed(found) if attempt.payment_link == link.id and attempt.state in LIVE]
