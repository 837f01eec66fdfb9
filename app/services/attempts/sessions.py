"""An attempt's session at Stripe: asked for by the attempt's own id and frozen parameters, so that asking again means the same."""

from app.gateway.protocol import Gateway
from app.objects.attempt import Attempt
from app.services.attempts.state_machine import change
from app.store.protocol import Store


def create_session(store: Store, gateway: Gateway, attempt: Attempt, now: int, *, cause: str) -> Attempt:
    """The attempt with its session: made now, or the one that a lost answer was about. Raises `GatewayError`."""
    session = gateway.create_checkout_session(
        attempt.session_params, idempotency_key=attempt.id, account=attempt.account
    )

    def note(current: Attempt) -> Attempt:
        if current.checkout_session == session.id:
            return current
        noted = {"checkout_session": session.id, "session_url": session.url, "updated": now}
        return current.model_copy(update=noted | {"version": current.version + 1})

    return change(store, attempt.id, note, cause=cause)
