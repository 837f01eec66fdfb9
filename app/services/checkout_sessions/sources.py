"""Read sessions: a final one from the newest signed event that carried it, any other one from Stripe."""

from collections.abc import Mapping, Sequence
from typing import Any, Final

from app.errors import GatewayRefused
from app.gateway.protocol import Gateway
from app.objects.api_version import API_VERSION
from app.objects.attempt import Attempt, State
from app.services.checkout_sessions.expansion import listed
from app.store.protocol import Store

_FINAL: Final[Mapping[State, tuple[str, frozenset[str]]]] = {
    "paid": ("complete", frozenset({"paid"})),
    "no_payment_required": ("complete", frozenset({"no_payment_required"})),
    "refunded": ("complete", frozenset({"no_payment_required", "paid"})),
    "failed": ("complete", frozenset({"unpaid"})),
    "expired": ("expired", frozenset({"unpaid"})),
    "canceled": ("expired", frozenset({"unpaid"})),
}
"""The `status` and `payment_status` of the sessions of attempts in these states. Such a session does not change any more."""

EARLIER_SECONDS: Final = 300
LATER_SECONDS: Final = 3600
"""How far apart the creation of a session and its attempt may be: clocks differ, and a request is repeated after a lost answer."""

PAGES: Final = 3
"""How many pages of Stripe's list to read before sessions are read one by one: an account may have many that are not ours."""

MISSING: Final = "resource_missing"

Session = dict[str, Any]


def read_sessions(
    store: Store, gateway: Gateway, attempts: Sequence[Attempt], expand: Sequence[str]
) -> dict[str, Session]:
    """Return the sessions of attempts of one account, by id. One that Stripe does not know is missing. Raises `GatewayError`.

    Several sessions are read with one list: that of the period in which they were created.
    """
    found = {} if expand else _from_events(store, attempts)
    left = [attempt for attempt in attempts if attempt.checkout_session not in found]
    if len(left) > 1:
        found |= _from_list(gateway, left, expand)
    for attempt in left:
        id = attempt.checkout_session
        if id is not None and id not in found and (session := _retrieve(gateway, attempt, expand)) is not None:
            found[id] = session
    return found


def _from_events(store: Store, attempts: Sequence[Attempt]) -> dict[str, Session]:
    by_id = {attempt.checkout_session: attempt for attempt in attempts if attempt.checkout_session is not None}
    final = [id for id, attempt in by_id.items() if attempt.state in _FINAL]
    if not final:
        return {}
    told = store.sessions_in_events(attempts[0].organization, final, API_VERSION)
    return {id: session for id, session in told.items() if _is_final(session, by_id[id].state)}


def _is_final(session: Session, state: State) -> bool:
    """Return whether the session of an event agrees with the attempt's state, so that no later event is missing."""
    status, payment_statuses = _FINAL[state]
    return session.get("status") == status and session.get("payment_status") in payment_statuses


def _from_list(gateway: Gateway, attempts: Sequence[Attempt], expand: Sequence[str]) -> dict[str, Session]:
    wanted = {attempt.checkout_session for attempt in attempts}
    times = [attempt.created for attempt in attempts]
    created = {"gte": min(times) - EARLIER_SECONDS, "lte": max(times) + LATER_SECONDS}
    params: dict[str, Any] = {"created": created, **({"expand": listed(expand)} if expand else {})}
    found: dict[str, Session] = {}
    for _ in range(PAGES):
        sessions, has_more = gateway.list_checkout_sessions(params, account=attempts[0].account)
        found |= {session["id"]: session for session in sessions if session["id"] in wanted}
        if not has_more or not sessions or len(found) == len(wanted):
            break
        params["starting_after"] = sessions[-1]["id"]
    return found


def _retrieve(gateway: Gateway, attempt: Attempt, expand: Sequence[str]) -> Session | None:
    params = {"expand": list(expand)} if expand else {}
    try:
        return gateway.read_checkout_session(attempt.checkout_session or "", params, account=attempt.account)
    except GatewayRefused as refused:
        if refused.code == MISSING:
            return None
        raise
