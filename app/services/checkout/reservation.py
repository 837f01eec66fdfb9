"""Reserves one attempt with a place for a form and a selection. A form never has two attempts that could both be paid.

An attempt is stored with all parameters of its session before Stripe is asked. No transaction is open while Stripe is asked.
"""

import hashlib
import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from secrets import token_urlsafe
from typing import Final, NoReturn

from app.errors import FormUsedUp, GatewayUnavailable, ResourceMissing, StoreBusy, TooManyHeld, TooManyUnpaid
from app.gateway.protocol import Gateway
from app.gateway.session_params import session_params
from app.objects.attempt import COMPLETED, LIVE, Attempt
from app.objects.payment_link import PaymentLink
from app.objects.quote import Quote
from app.objects.selection import Selection, ShownConsent
from app.services.accounts.organizations import account_of
from app.services.attempts.settlement import expire_session
from app.services.checkout.preview import Preview
from app.services.links import availability
from app.store.protocol import Store

HOLD_SECONDS: Final = 32 * 60
"""How long a session of a link with a limit is open: Stripe's minimum of 30 minutes, and a margin for slow or repeated requests."""

SESSION_SECONDS: Final = 23 * 3600
"""How long other sessions are open: an hour less than Stripe's maximum, so that a repeated request stays below it."""

ATTEMPTS_PER_FORM: Final = 20
"""How many sessions one form of a pay page may open, one after the other. A fresh form starts again."""


@dataclass(frozen=True)
class Network:
    """The network that a buyer comes from, as a keyed hash. It may open `unpaid` sessions in `seconds` and leave them unpaid.

    It may hold `holds` places of a link with a limit at a time; 0: any number.
    """

    address: str
    unpaid: int
    seconds: int
    holds: int


def draft_attempt(
    gateway: Gateway,
    shown: Preview,
    now: int,
    *,
    form: str,
    origin: str,
    locale: str,
    public_url: str,
    network: Network | None,
    reference: str,
    consents: tuple[ShownConsent, ...] = (),
) -> Attempt:
    """Return a new attempt with all parameters of its session. It is not stored yet."""
    link = shown.link
    id, token = f"att_{token_urlsafe(18)}", token_urlsafe(24)
    expires_at = _expires_at(link, now)
    address = f"{public_url}/pay/{link.counterfoil.slug or link.counterfoil.code}"
    params = session_params(
        link,
        shown.quote,
        shown.selection,
        attempt_id=id,
        reference=reference,
        success_url=f"{address}/complete/{token}?session_id={{CHECKOUT_SESSION_ID}}",
        cancel_url=f"{address}/cancel/{token}",
        expires_at=expires_at,
        organization=shown.organization,
        asked_by_page=origin == "page",
        locale=locale,
    )
    return Attempt.model_validate(
        {
            "id": id,
            "account": account_of(shown.organization, gateway),
            "address": network.address if network else None,
            "consents": consents,
            "created": now,
            "currency": shown.quote.currency,
            "expires_at": expires_at,
            "fingerprint": _fingerprint(shown.selection, shown.quote),
            "form": form,
            "livemode": gateway.livemode,
            "locale": locale,
            "mode": shown.quote.mode,
            "organization": shown.organization.id,
            "origin": origin,
            "payment_link": link.id,
            "place": "held",
            "quote": shown.quote,
            "reference": reference,
            "selection": shown.selection,
            "session_params": params,
            "token": token,
            "updated": now,
        }
    )


def _expires_at(link: PaymentLink, now: int) -> int:
    """Return when the session ends: with its link at the latest, but not before Stripe's minimum."""
    expires_at = now + (HOLD_SECONDS if link.restrictions else SESSION_SECONDS)
    if link.counterfoil.closes_at is None:
        return expires_at
    return min(expires_at, max(link.counterfoil.closes_at, now + HOLD_SECONDS))


def reserve_attempt(
    store: Store,
    gateway: Gateway,
    link: PaymentLink,
    wanted: Attempt,
    now: int,
    *,
    network: Network | None,
    count_session: Callable[[], None],
) -> Attempt | None:
    """Return the form's attempt for this selection, or store `wanted`. Return None if another tab has just stored another selection.

    The form's open sessions of other selections end first. Raises `LinkUnavailable` if no place is left, `GatewayUnavailable`,
    `TooManyUnpaid`, `TooManyHeld`, `ReferenceTaken` for a fresh draft, and `FormUsedUp` after it has ended the form's open session, so that
    its place is free for a fresh form.
    `count_session` is called only when nothing else speaks against a new session. It may raise an error to refuse it.
    """
    # The caller of the API chooses the form of its request, so there is no fresh form, and any number of attempts.
    from_page = wanted.origin == "page"
    # One query for all checks: an attempt stored between two queries could be taken for another selection.
    existing = store.attempts_of_form(wanted.form, ended=from_page)
    lasting = [attempt for attempt in existing if attempt.state in LIVE]
    found = _reusable(lasting, wanted, now) or _end_others(store, gateway, lasting, now)
    if found is not None:
        return found
    if from_page and len(existing) >= ATTEMPTS_PER_FORM:
        raise FormUsedUp
    if network is not None:
        _ensure_few_unpaid(store, network, now)
    if link.restrictions is not None:
        if store.places_left(link.id) == 0:
            # Without a place left, do not queue for the lock in which other buyers take their places.
            _refuse(store, link.id, now)
        if network is not None:
            _ensure_few_held(store, network, link.id)
    count_session()
    return _keep(store, wanted, now, network=network)


def _ensure_few_unpaid(store: Store, network: Network, now: int) -> None:
    """Raise `TooManyUnpaid` where the network has left too many sessions unpaid."""
    oldest = store.nth_unpaid_attempt(network.address, network.unpaid, now - network.seconds)
    if oldest is not None:
        raise TooManyUnpaid(oldest + network.seconds)


def _ensure_few_held(store: Store, network: Network, link: str) -> None:
    """Raise `TooManyHeld` where the network holds too many places of this link."""
    until = store.nth_hold(link, network.address, network.holds) if network.holds else None
    if until is not None:
        raise TooManyHeld(until)


def _refuse(store: Store, id: str, now: int) -> NoReturn:
    """Raise the `LinkUnavailable` that says why no place is left: all are paid, or buyers who are paying hold them."""
    link = store.link(id)
    if link is None:
        raise ResourceMissing("The link is gone.")
    availability.ensure_payable(link, now)
    raise availability.places_held(store, id, now)


def _reusable(attempts: Sequence[Attempt], wanted: Attempt, now: int) -> Attempt | None:
    """Return the form's live attempt for the same selection, or None.

    An open attempt whose time is over is not reusable: it may have been paid in its last second, so its session is read first.
    """
    for attempt in reversed(attempts):
        overdue = attempt.state == "opened" and attempt.expires_at <= now
        if attempt.fingerprint == wanted.fingerprint and attempt.state in LIVE and not overdue:
            return attempt
    return None


def _end_others(store: Store, gateway: Gateway, attempts: Sequence[Attempt], now: int) -> Attempt | None:
    """End the form's open sessions, so that a buyer who changed the answers cannot pay twice.

    Return an attempt that is paid, or turns out to be. In that case no new session may be opened.
    """
    for attempt in attempts:
        if attempt.state == "opened":
            attempt = expire_session(store, gateway, attempt, now, cause="answers changed", state="canceled")
            if attempt.state == "opened":
                raise GatewayUnavailable
        if attempt.state in COMPLETED:
            return attempt
    return None


def _keep(store: Store, wanted: Attempt, now: int, *, network: Network | None) -> Attempt | None:
    """Take a place and store the attempt in one transaction. After a double click, return the attempt that the first click stored.

    Return None if another selection of the same form was stored meanwhile: its session must end first, unless it was paid.
    """

    def work() -> Attempt | None:
        # This locks the link's row, so attempts that another tab stored are visible from here on.
        held = store.hold_place(wanted.payment_link)
        existing = store.attempts_of_form(wanted.form, ended=False)
        found = _reusable(existing, wanted, now)
        if found is not None or any(attempt.state == "opened" or attempt.state in COMPLETED for attempt in existing):
            if held:
                store.release_place(wanted.payment_link)
            return found
        link = store.link(wanted.payment_link)
        if link is None:
            raise ResourceMissing("The link is gone.")
        availability.ensure_payable(link, now)
        if not held:
            _refuse(store, link.id, now)
        if network is not None and link.restrictions is not None:
            # Checked again under the lock: posts that came at once all found room before.
            _ensure_few_held(store, network, link.id)
        if not store.add_attempt(wanted, "opened"):
            raise StoreBusy
        return wanted

    return store.run(work)


def _fingerprint(selection: Selection, priced: Quote) -> str:
    """Return a hash that identifies the selection and its amounts. The usage count of a promotion code does not change it."""
    chosen = selection.model_dump(mode="json")
    chosen["promotion_code"] = selection.promotion_code.id if selection.promotion_code else None
    chosen["amounts"] = [priced.currency, priced.mode, priced.amount_subtotal, priced.amount_discount]
    return hashlib.sha256(json.dumps(chosen, sort_keys=True).encode()).hexdigest()
