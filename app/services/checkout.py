"""A buyer's steps: preview, start, complete, cancel.

The quote is computed here again from the link and the selection: a total from a browser is never believed. The attempt is
written before Stripe is asked and no transaction is open while Stripe is; a retry after any failure makes the same session.
"""

import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass
from secrets import token_urlsafe
from typing import Final, NoReturn

from app.errors import (
    AnswersRefused,
    GatewayRefused,
    GatewayUnavailable,
    PlacesHeld,
    ResourceMissing,
    StoreBusy,
)
from app.gateway.protocol import Gateway
from app.gateway.session_params import session_params
from app.objects.attempt import Attempt
from app.objects.organization import Organization
from app.objects.payment_link import PaymentLink
from app.objects.quote import Quote, QuoteProblem
from app.objects.selection import Selection
from app.pricing.quote import quote
from app.services import attempts, events, links
from app.services.promotion_codes import PromotionCodes
from app.services.settlement import apply_session, expire_session
from app.store.protocol import Store

HOLD_SECONDS: Final = 32 * 60
"""How long a session of a link with a limit lives: Stripe's least, 30 minutes, and a margin for a slow or repeated request."""

SESSION_SECONDS: Final = 23 * 3600
"""How long other sessions live: an hour short of Stripe's most, so that a retry of the same request is still in bounds."""

TRIES: Final = 3
"""How often a form whose tabs open one session after the other is begun anew, before it is told to come back later."""

_promotion_codes: Final = PromotionCodes()


@dataclass(frozen=True)
class Preview:
    """What the page shows: the link, whose it is, the selection with the promotion code that was found, and the quote."""

    link: PaymentLink
    organization: Organization
    selection: Selection
    quote: Quote


@dataclass(frozen=True)
class Completion:
    """What a buyer comes back to; `redirect_url` is set when the merchant's own page is next."""

    attempt: Attempt
    link: PaymentLink
    organization: Organization
    redirect_url: str | None = None


def preview(
    store: Store,
    gateway: Gateway,
    link: PaymentLink,
    selection: Selection,
    now: int,
    *,
    promotion_code: str | None = None,
) -> Preview:
    """What this selection costs now. Creates nothing. Raises `LinkUnavailable`.

    A promotion code that does not count leaves the quote without it and a problem at the field `promotion_code`.
    """
    links.availability(link, now)
    organization = _organization(store, link)
    problem = None
    if promotion_code and link.allow_promotion_codes:
        account = links.account_of(organization, gateway)
        found = _promotion_codes.find(gateway, promotion_code.strip(), now, account=account)
        if found is None:
            problem = QuoteProblem(code="promotion_code_unknown", field="promotion_code")
        selection = selection.model_copy(update={"promotion_code": found})
    elif promotion_code:
        problem = QuoteProblem(code="promotion_code_not_taken", field="promotion_code")
    result = quote(link, selection, now)
    if problem is not None:
        result = result.model_copy(update={"problems": (*result.problems, problem)})
    return Preview(link, organization, selection, result)


def start(
    store: Store,
    gateway: Gateway,
    link: PaymentLink,
    selection: Selection,
    now: int,
    *,
    form: str,
    public_url: str,
    promotion_code: str | None = None,
    origin: str = "page",
    locale: str = "en",
) -> Attempt:
    """Open a session for this selection, or return the attempt that this form has opened for it already.

    Another selection of the same form ends its open session first. Raises `LinkUnavailable`, `AnswersRefused`, `GatewayError`.
    """
    shown = preview(store, gateway, link, selection, now, promotion_code=promotion_code)
    problems = [problem for problem in shown.quote.problems if not _left_to_checkout(problem, origin)]
    if problems:
        raise AnswersRefused({problem.field or "": problem.code for problem in problems})
    wanted = _attempt(gateway, shown, now, form=form, origin=origin, locale=locale, public_url=public_url)
    for _ in range(TRIES):
        attempt = _claimed(store, gateway, wanted, now)
        if attempt is None:
            continue
        if attempt.state != "opened" or attempt.session_url is not None:
            return attempt
        try:
            return _open_session(store, gateway, attempt, now)
        except GatewayRefused:
            if attempt is wanted:
                raise
            # An attempt of earlier whose session was never made has grown too old for Stripe: it has ended, so begin anew.
    raise GatewayUnavailable


def complete(store: Store, gateway: Gateway, token: str, now: int) -> Completion:
    """Where a buyer comes back to: the session is read once more unless all is known. Raises `ResourceMissing`.

    A session that cannot be read now leaves the attempt as it is: the page then says what is known.
    """
    attempt = _by_token(store, token)
    unknown_method = attempt.payment_intent is not None and attempt.payment_method is None
    if attempt.state not in attempts.SETTLED or attempts.refund_is_due(attempt) or unknown_method:
        attempt = apply_session(store, gateway, attempt, now, cause="return")
    return _completion(store, attempt)


def cancel(store: Store, gateway: Gateway, token: str, now: int) -> Completion:
    """A buyer left Checkout: the session is ended at Stripe before its place is free. Raises `ResourceMissing`.

    A session that was paid in the meantime is paid: the attempt tells.
    """
    attempt = _by_token(store, token)
    if attempt.state == "opened":
        attempt = expire_session(store, gateway, attempt, now, cause="canceled by the buyer", state="canceled")
    return _completion(store, attempt)


def _left_to_checkout(problem: QuoteProblem, origin: str) -> bool:
    """Whether Checkout asks for what is missing: the amount that a buyer chooses, where our page has not asked."""
    return origin == "api" and problem.code == "custom_unit_amount_missing"


def _organization(store: Store, link: PaymentLink) -> Organization:
    organization = store.organization(link.counterfoil.organization)
    if organization is None:
        raise ResourceMissing("The link's organization is gone.")
    return organization


def _fingerprint(selection: Selection, priced: Quote) -> str:
    """Tells one selection from another; what a promotion code has been used for meanwhile makes no difference."""
    chosen = selection.model_dump(mode="json")
    chosen["promotion_code"] = selection.promotion_code.id if selection.promotion_code else None
    chosen["amounts"] = [priced.currency, priced.mode, priced.amount_subtotal, priced.amount_discount]
    return hashlib.sha256(json.dumps(chosen, sort_keys=True).encode()).hexdigest()


def _claimed(store: Store, gateway: Gateway, wanted: Attempt, now: int) -> Attempt | None:
    """The attempt that this form has or gets for this selection; None when another tab of it has just opened another one."""
    # One look for both: an attempt at the same that is written between two looks must not be taken for another one.
    made = store.attempts_of_form(wanted.form)
    found = _same(made, wanted, now) or _end_others(store, gateway, made, now)
    if found is not None:
        return found
    if store.places_left(wanted.payment_link) == 0:
        # Where nothing is left nobody has to queue for the lock, in which others are taking their places.
        _refuse(store, wanted.payment_link, now)
    return _keep(store, wanted, now)


def _refuse(store: Store, id: str, now: int) -> NoReturn:
    """Say why there is no place: it has been paid for, or someone who is paying holds it. Raises `LinkUnavailable`."""
    link = store.link(id)
    if link is None:
        raise ResourceMissing("The link is gone.")
    links.availability(link, now)
    raise PlacesHeld(store.next_release(id))


def _same(made: Sequence[Attempt], wanted: Attempt, now: int) -> Attempt | None:
    """The attempt that this form has made of the same selection, if it is still good. One whose time is over may have been paid
    in its last second: it is asked about before another one is opened.
    """
    for attempt in reversed(made):
        overdue = attempt.state == "opened" and attempt.expires_at <= now
        if attempt.fingerprint == wanted.fingerprint and attempt.state in attempts.LIVE and not overdue:
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
        if attempt.state in attempts.COMPLETED:
            return attempt
    return None


def _attempt(
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
            "account": links.account_of(shown.organization, gateway),
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


def _keep(store: Store, wanted: Attempt, now: int) -> Attempt | None:
    """Hold a place and write the row, or neither; a double click finds the row that the first one wrote.

    None where another selection of the same form was written meanwhile: its session must end first, unless it was paid already.
    """

    def work() -> Attempt | None:
        existing = _same(store.attempts_of_form(wanted.form), wanted, now)
        if existing is not None:
            return existing
        link = store.link(wanted.payment_link)
        if link is None:
            raise ResourceMissing("The link is gone.")
        links.availability(link, now)
        held = store.hold_place(link.id)
        # From here on the link's row is ours alone, so that what another tab wrote is seen.
        made = store.attempts_of_form(wanted.form)
        if any(attempt.state == "opened" or attempt.state in attempts.COMPLETED for attempt in made):
            if held:
                store.release_place(link.id)
            return None
        if not held:
            _refuse(store, link.id, now)
        if not store.add_attempt(wanted, "opened"):
            raise StoreBusy
        return wanted

    return store.run(work)


def _open_session(store: Store, gateway: Gateway, attempt: Attempt, now: int) -> Attempt:
    """Ask Stripe, always with the same key and the same parameters, and note what came back."""
    try:
        session = gateway.create_checkout_session(
            attempt.session_params, idempotency_key=attempt.id, account=attempt.account
        )
    except GatewayRefused as error:
        attempts.settle(
            store, attempt.id, attempts.Fact("failed"), now, cause=f"refused by Stripe: {error.code or error.status}"
        )
        raise

    def note(current: Attempt) -> Attempt:
        if current.checkout_session == session.id:
            return current
        return current.model_copy(
            update={
                "checkout_session": session.id,
                "session_url": session.url,
                "updated": now,
                "version": current.version + 1,
            }
        )

    attempt = attempts.change(store, attempt.id, note, cause="session opened")
    return events.apply_waiting(store, gateway, attempt, now)


def _by_token(store: Store, token: str) -> Attempt:
    attempt = store.attempt_by_token(token)
    if attempt is None:
        raise ResourceMissing("There is nothing at this address.")
    return attempt


def _completion(store: Store, attempt: Attempt) -> Completion:
    link = store.link(attempt.payment_link)
    if link is None:
        raise ResourceMissing("The link is gone.")
    return Completion(attempt, link, _organization(store, link), redirect_url(attempt, link))


def redirect_url(attempt: Attempt, link: PaymentLink) -> str | None:
    """The merchant's own page, with the session's id filled in and the `utm_*` of the pay page appended (Stripe's rule).

    None while nothing has been completed, and for a payment that is sent back because no place was left.
    """
    redirect = link.after_completion.redirect
    done = attempt.state in {"processing", "paid", "no_payment_required"} and attempts.OVER_LIMIT not in attempt.flags
    if redirect is None or not done:
        return None
    url = redirect.url.replace("{CHECKOUT_SESSION_ID}", attempt.checkout_session or "")
    carried = attempt.selection.url_parameters
    names = ("utm_source", "utm_medium", "utm_campaign", "utm_term", "utm_content")
    pairs = [f"{name}={value}" for name in names if (value := getattr(carried, name))]
    if not pairs:
        return url
    address, mark, fragment = url.partition("#")
    return f"{address}{'&' if '?' in address else '?'}{'&'.join(pairs)}{mark}{fragment}"
