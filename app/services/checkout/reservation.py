"""What a form gets for a selection: one attempt that holds a place, and never two that could both be paid.

An attempt is written down whole, with everything that Stripe will be sent, before Stripe is asked; no transaction is open while Stripe is.
"""

import hashlib
import json
from collections.abc import Sequence
from secrets import token_urlsafe
from typing import Final, NoReturn

from app.errors import FormUsedUp, GatewayUnavailable, ResourceMissing, StoreBusy
from app.gateway.protocol import Gateway
from app.gateway.session_params import session_params
from app.objects.attempt import COMPLETED, LIVE, Attempt
from app.objects.quote import Quote
from app.objects.selection import Selection
from app.services.accounts.organizations import account_of
from app.services.attempts.settlement import expire_session
from app.services.checkout.preview import Preview
from app.services.links import availability
from app.store.protocol import Store

HOLD_SECONDS: Final = 32 * 60
"""How long a session of a link with a limit lives: Stripe's least, 30 minutes, and a margin for a slow or repeated request."""

SESSION_SECONDS: Final = 23 * 3600
"""How long other sessions live: an hour short of Stripe's most, so that a retry of the same request is still in bounds."""

ATTEMPTS_PER_FORM: Final = 20
"""How many sessions one form of a pay page may open, one after the other. A fresh form starts again."""


def draft_attempt(
    gateway: Gateway,
    shown: Preview,
    now: int,
    *,
    form: str,
    origin: str,
    locale: str,
    public_url: str,
) -> Attempt:
    """A new attempt with everything that Stripe will be sent."""
    link = shown.link
    id, token = f"att_{token_urlsafe(18)}", token_urlsafe(24)
    expires_at = now + (HOLD_SECONDS if link.restrictions else SESSION_SECONDS)
    if link.counterfoil.closes_at is not None:
        expires_at = min(expires_at, max(link.counterfoil.closes_at, now + HOLD_SECONDS))
    address = f"{public_url}/pay/{link.counterfoil.slug or link.counterfoil.code}"
    params = session_params(
        link,
        shown.quote,
        shown.selection,
        attempt_id=id,
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
            "selection": shown.selection,
            "session_params": params,
            "token": token,
            "updated": now,
        }
    )


def reserve_attempt(store: Store, gateway: Gateway, wanted: Attempt, now: int) -> Attempt | None:
    """The attempt that this form has or gets for this selection; None when another tab of it has just opened another one.

    Raises `FormUsedUp` after ending what the form has open, so that a fresh form finds its place free.
    """
    # One look for both: an attempt at the same that is written between two looks must not be taken for another one.
    made = store.attempts_of_form(wanted.form, ended=False)
    found = _reusable(made, wanted, now) or _end_others(store, gateway, made, now)
    if found is not None:
        return found
    # The form of an API request is named by its caller, who cannot get a fresh one.
    if wanted.origin == "page" and store.count_attempts_of_form(wanted.form, ATTEMPTS_PER_FORM) == ATTEMPTS_PER_FORM:
        raise FormUsedUp
    if store.places_left(wanted.payment_link) == 0:
        # Where nothing is left nobody has to queue for the lock, in which others are taking their places.
        _refuse(store, wanted.payment_link, now)
    return _keep(store, wanted, now)


def _refuse(store: Store, id: str, now: int) -> NoReturn:
    """Say why there is no place: it has been paid for, or someone who is paying holds it. Raises `LinkUnavailable`."""
    link = store.link(id)
    if link is None:
        raise ResourceMissing("The link is gone.")
    availability.ensure_payable(link, now)
    raise availability.places_held(store, id, now)


def _reusable(made: Sequence[Attempt], wanted: Attempt, now: int) -> Attempt | None:
    """The attempt that this form has made of the same selection, if it is still good. One whose time is over may have been paid
    in its last second: it is asked about before another one is opened.
    """
    for attempt in reversed(made):
        overdue = attempt.state == "opened" and attempt.expires_at <= now
        if attempt.fingerprint == wanted.fingerprint and attempt.state in LIVE and not overdue:
            return attempt
    return None


def _end_others(store: Store, gateway: Gateway, made: Sequence[Attempt], now: int) -> Attempt | None:
    """End what this form has open: the buyer changed the answers, and must not be able to pay twice.

    An attempt that has been paid, or turns out to have been, is returned: then nothing new may be opened.
    """
    for attempt in made:
        if attempt.state == "opened":
            attempt = expire_session(store, gateway, attempt, now, cause="answers changed", state="canceled")
            if attempt.state == "opened":
                raise GatewayUnavailable
        if attempt.state in COMPLETED:
            return attempt
    return None


def _keep(store: Store, wanted: Attempt, now: int) -> Attempt | None:
    """Hold a place and write the row, or neither; a double click finds the row that the first one wrote.

    None where another selection of the same form was written meanwhile: its session must end first, unless it was paid already.
    """

    def work() -> Attempt | None:
        # From here on the link's row is ours alone, so that what another tab wrote is seen.
        held = store.hold_place(wanted.payment_link)
        made = store.attempts_of_form(wanted.form, ended=False)
        existing = _reusable(made, wanted, now)
        taken = any(attempt.state == "opened" or attempt.state in COMPLETED for attempt in made)
        if existing is not None or taken:
            if held:
                store.release_place(wanted.payment_link)
            return existing
        link = store.link(wanted.payment_link)
        if link is None:
            raise ResourceMissing("The link is gone.")
        availability.ensure_payable(link, now)
        if not held:
            _refuse(store, link.id, now)
        if not store.add_attempt(wanted, "opened"):
            raise StoreBusy
        return wanted

    return store.run(work)


def _fingerprint(selection: Selection, priced: Quote) -> str:
    """Tells one selection from another; what a promotion code has been used for meanwhile makes no difference."""
    chosen = selection.model_dump(mode="json")
    chosen["promotion_code"] = selection.promotion_code.id if selection.promotion_code else None
    chosen["amounts"] = [priced.currency, priced.mode, priced.amount_subtotal, priced.amount_discount]
    return hashlib.sha256(json.dumps(chosen, sort_keys=True).encode()).hexdigest()
