"""Lists of sessions. Our rows filter by link, status and time; Stripe filters by customer, payment and subscription."""

from collections.abc import Iterator
from typing import Final

from app.objects.attempt import CHECKOUT_COMPLETED, Attempt, State
from app.services.checkout_sessions.expansion import SessionExpand, listed, read_expand
from app.services.checkout_sessions.reading import Reading
from app.services.checkout_sessions.sources import EARLIER_SECONDS, LATER_SECONDS, Session, read_sessions
from app.store.session_lists import SessionFilter
from app.wire.lists import SessionList

_STATES: Final[dict[str, tuple[State, ...]]] = {
    # A row may not know yet how its session ended.
    "complete": ("opened", *CHECKOUT_COMPLETED),
    "expired": ("opened", "expired", "canceled"),
    "open": ("opened",),
}
"""The states of attempts whose sessions may have a status."""

_KNOWN_TO_STRIPE: Final = ("customer", "customer_account", "customer_details", "payment_intent", "subscription")
"""The filters that Stripe answers and our rows do not."""

_AT_ONCE: Final = 100

Found = tuple[Session, Attempt]


def list_sessions(reading: Reading, params: SessionList) -> tuple[list[Session], bool]:
    """Return a page of the sessions that the organization's links opened, newest first, and whether more follow.

    Raises `UnknownCursor` for a cursor that is no such session, `InvalidRequest`, and `GatewayError`.
    """
    paths = read_expand(params.expand, of_list=True)
    candidates = _candidates(reading, params, paths)
    found: list[Found] = []
    for session, attempt in candidates:
        if params.matches({**session, "payment_link": attempt.payment_link}):
            found.append((session, attempt))
        if len(found) > params.limit:
            break
    shown = found[: params.limit]
    ordered = shown[::-1] if params.ending_before is not None else shown
    return reading.answer(ordered, paths), len(found) > params.limit


def _candidates(reading: Reading, params: SessionList, paths: SessionExpand) -> Iterator[Found]:
    """Return sessions that may pass the filters, in the direction of the page. The caller applies the filters to the sessions."""
    if not any(getattr(params, name) for name in _KNOWN_TO_STRIPE):
        return _from_rows(reading, params, paths)
    known = _of_payment_intent(reading, params)
    if known is not None:
        sessions = read_sessions(reading.store, reading.gateway, [known], paths.at_stripe)
        return iter([(session, known) for session in sessions.values()])
    return _from_stripe(reading, params, paths)


def _from_rows(reading: Reading, params: SessionList, paths: SessionExpand) -> Iterator[Found]:
    wanted, backwards = _filter(reading, params), params.ending_before is not None
    cursor, limit, more = _cursor(reading, params), params.limit + 1, True
    while more:
        direction = "ending_before" if backwards else "starting_after"
        rows, more = reading.store.attempts_with_session(wanted, limit=limit, **{direction: cursor})
        ordered = rows[::-1] if backwards else rows
        sessions = read_sessions(reading.store, reading.gateway, ordered, paths.at_stripe)
        for attempt in ordered:
            if (session := sessions.get(attempt.checkout_session or "")) is not None:
                yield session, attempt
        if more:
            cursor, limit = ordered[-1].id, _AT_ONCE


def _from_stripe(reading: Reading, params: SessionList, paths: SessionExpand) -> Iterator[Found]:
    sent = params.model_dump(exclude_none=True, exclude={"expand", "limit", "payment_link"})
    sent |= {"expand": listed(paths.at_stripe)} if paths.at_stripe else {}
    backwards = params.ending_before is not None
    _cursor(reading, params)
    more = True
    while more:
        sessions, more = reading.gateway.list_checkout_sessions(sent, account=reading.account)
        ordered = sessions[::-1] if backwards else sessions
        attempts = reading.store.attempts_of_sessions(reading.organization.id, [session["id"] for session in ordered])
        for session in ordered:
            if session["id"] in attempts:
                yield session, attempts[session["id"]]
        more = more and bool(ordered)
        if more:
            sent["ending_before" if backwards else "starting_after"] = ordered[-1]["id"]


def _of_payment_intent(reading: Reading, params: SessionList) -> Attempt | None:
    """Return the attempt of the payment intent in the filter, if our rows have it and the page has no cursor."""
    if params.payment_intent is None or _cursor(reading, params) is not None:
        return None
    attempt = reading.store.attempt_by_payment_intent(params.payment_intent, reading.account)
    own = attempt is not None and attempt.organization == reading.organization.id and attempt.mode == "payment"
    return attempt if own else None


def _cursor(reading: Reading, params: SessionList) -> str | None:
    """Return the id of the attempt at which the page starts. Raises `UnknownCursor`."""
    for param in ("starting_after", "ending_before"):
        if (session := getattr(params, param)) is not None:
            return reading.find_cursor(session, param).id
    return None


def _filter(reading: Reading, params: SessionList) -> SessionFilter:
    """Return which attempts may have such a session. The bounds of time are wider than those of the sessions."""
    earliest, latest = params.earliest, params.latest
    return SessionFilter(
        organization=reading.organization.id,
        account=reading.account,
        livemode=reading.gateway.livemode,
        created_from=earliest - LATER_SECONDS if earliest is not None else None,
        created_to=latest + EARLIER_SECONDS if latest is not None else None,
        payment_link=params.payment_link,
        states=_STATES[params.status] if params.status else (),
    )
