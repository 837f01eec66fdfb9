"""Retrieve and expire a Checkout Session that one of our links opened, and list its line items."""

from collections.abc import Collection

from app.errors import GatewayRefused
from app.objects.attempt import Attempt
from app.services.attempts.settlement import apply_session, settle_ended
from app.services.checkout_sessions.expansion import read_expand
from app.services.checkout_sessions.reading import Reading, missing
from app.services.checkout_sessions.sources import MISSING, Session, read_sessions
from app.wire.lists import Page


def retrieve(reading: Reading, id: str, expand: Collection[str]) -> Session:
    """Return a session of the organization's links. Raises `ResourceMissing`, `InvalidRequest`, `GatewayError`."""
    paths = read_expand(expand)
    attempt = reading.find(id)
    session = read_sessions(reading.store, reading.gateway, [attempt], paths.at_stripe).get(id)
    if session is None:
        raise missing(id)
    return reading.answer([(session, attempt)], paths)[0]


def list_line_items(reading: Reading, id: str, page: Page) -> Session:
    """Return a page of a session's line items, as Stripe answers it. Raises `ResourceMissing`, `GatewayError`."""
    attempt = reading.find(id)
    params = {name: value for name, value in page.model_dump(exclude_none=True).items() if value != ()}
    return reading.gateway.list_session_line_items(id, params, account=attempt.account)


def expire(reading: Reading, attempt: Attempt, expand: Collection[str]) -> Session:
    """End the open session of an attempt, and release the place that it holds. Return the session.

    Raises `ResourceMissing` if Stripe does not know it, and `GatewayRefused` for a session that is no longer open: what became of
    it is applied first.
    """
    paths, id = read_expand(expand), attempt.checkout_session or ""
    params = {"expand": list(paths.at_stripe)} if paths.at_stripe else {}
    try:
        session = reading.gateway.end_checkout_session(id, params, account=attempt.account)
    except GatewayRefused as refused:
        if refused.code == MISSING:
            raise missing(id) from None
        apply_session(reading.store, reading.gateway, attempt, reading.asked_at, cause="read again by the API")
        raise
    attempt = settle_ended(reading.store, attempt, reading.asked_at, cause="expired by the API", state="expired")
    return reading.answer([(session, attempt)], paths)[0]
