"""The Checkout Session of an attempt. The attempt's id is the idempotency key, so a repeated request returns the same session."""

from app.errors import GatewayRefused
from app.gateway.protocol import Gateway
from app.objects.attempt import Attempt
from app.services.attempts.state_machine import add_flag, change
from app.services.attempts.verification import identity_mismatch
from app.store.protocol import Store


def create_session(store: Store, gateway: Gateway, attempt: Attempt, now: int, *, cause: str) -> Attempt:
    """Create the attempt's session at Stripe and store its id and URL. Return the stored attempt. Raises `GatewayError`.

    After a lost answer, the same call returns the session that Stripe made then.
    A session of another mode, currency or livemode is flagged and refused: its address must not reach the buyer.
    """
    session = gateway.create_checkout_session(
        attempt.session_params, idempotency_key=attempt.id, account=attempt.account
    )
    flag = identity_mismatch(attempt, session, attempt.account)
    if flag is not None:
        add_flag(store, attempt, flag, now, cause=cause)
        raise GatewayRefused("Stripe answered with a session that was not asked for.", code=flag)

    def step(current: Attempt) -> Attempt:
        if current.checkout_session == session.id:
            return current
        changes = {"checkout_session": session.id, "session_url": session.url, "updated": now}
        return current.model_copy(update=changes | {"version": current.version + 1})

    opened = step(attempt)
    if opened is not attempt and store.save_session(opened):
        return opened
    # Another request or an event has changed the attempt since it was read.
    return change(store, attempt, step, cause=cause)
