"""The Checkout Session of an attempt. The attempt's id is the idempotency key, so a repeated request returns the same session."""

from app.gateway.protocol import Gateway
from app.objects.attempt import Attempt
from app.services.attempts.state_machine import change
from app.store.protocol import Store


def create_session(store: Store, gateway: Gateway, attempt: Attempt, now: int, *, cause: str) -> Attempt:
    """Create the attempt's session at Stripe and store its id and URL. Return the stored attempt. Raises `GatewayError`.

    After a lost answer, the same call returns the session that Stripe made then.
    """
    session = gateway.create_checkout_session(
        attempt.session_params, idempotency_key=attempt.id, account=attempt.account
    )

    def step(current: Attempt) -> Attempt:
        if current.checkout_session == session.id:
            return current
        changes = {"checkout_session": session.id, "session_url": session.url, "updated": now}
        return current.model_copy(update=changes | {"version": current.version + 1})

    return change(store, attempt, step, cause=cause)
