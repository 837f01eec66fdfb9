"""A buyer's steps after the preview: start, complete, cancel.

A session costs what the quote says at its start, whatever the page showed before. A retry after a failure returns the same session.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Final

from app.errors import (
    AnswerNotTaken,
    AnswersRefused,
    CodeNotChecked,
    CodeNotTaken,
    GatewayRefused,
    GatewayUnavailable,
    ReferenceTaken,
    ResourceMissing,
)
from app.gateway.protocol import Gateway
from app.objects.attempt import COMPLETED, SETTLED, Attempt
from app.objects.order import OVER_LIMIT
from app.objects.organization import Organization
from app.objects.payment_link import PaymentLink
from app.objects.quote import QuoteProblem
from app.objects.reference import new_reference
from app.objects.selection import Selection, ShownConsent
from app.pricing.discounts import FIELD as PROMOTION_CODE
from app.pricing.quote import quote
from app.services.attempts import state_machine
from app.services.attempts.sessions import create_session
from app.services.attempts.settlement import apply_session, expire_session
from app.services.checkout import promotion_codes
from app.services.checkout.preview import Preview, forget_code, preview, withdrawn_code
from app.services.checkout.promotion_codes import MayLookUp
from app.services.checkout.refusals import FIRST_ORDER, code_not_taken, for_buyer
from app.services.checkout.reservation import Network, draft_attempt, reserve_attempt
from app.services.events import inbox
from app.services.links import availability, checking, refusals
from app.services.links.merchant_urls import SESSION_ID
from app.store.protocol import Store

TRIES: Final = 3
"""How often to start again when other tabs of the same form open sessions meanwhile, before `GatewayUnavailable` is raised."""


MayAsk = Callable[[str], bool]
"""Whether Stripe may be asked about the attempt with this id now."""


def always(_attempt: str) -> bool:
    """Ask Stripe each time."""
    return True


@dataclass(frozen=True)
class Completion:
    """The attempt that a buyer returns to. `redirect_url` is set if the merchant's own page comes next."""

    attempt: Attempt
    redirect_url: str | None = None


def start(
    store: Store,
    gateway: Gateway,
    organization: Organization,
    link: PaymentLink,
    selection: Selection,
    now: int,
    *,
    form: str,
    public_url: str,
    promotion_code: str | None = None,
    origin: str = "page",
    locale: str = "en",
    network: Network | None = None,
    consents: tuple[ShownConsent, ...] = (),
    count_session: Callable[[], None] = lambda: None,
    may_look_up: MayLookUp = promotion_codes.always,
    make_reference: Callable[[], str] = new_reference,
) -> Attempt:
    """Open a session for this selection, or return the attempt that this form has opened for it already.

    Another selection of the same form ends its open session first. Raises `LinkUnavailable`, `AnswersRefused`, `FormUsedUp`,
    `TooManyUnpaid`, `TooManyHeld`, `GatewayError`; of these `AnswerNotTaken` if the buyer can change what Stripe refused.
    `consents` are in the words of the page. `count_session` is called before a new session is opened, and may raise an error to refuse
    it. `make_reference` is called again where another payment of the organization has the same reference.
    """
    try:
        shown = preview(
            gateway, organization, link, selection, now, promotion_code=promotion_code, may_look_up=may_look_up
        )
    except CodeNotChecked as error:
        refusals.record(store, link.id, error, now)
        raise
    problems = [problem for problem in shown.quote.problems if not _asked_by_checkout(problem, origin)]
    if problems:
        _ensure_code_applies(gateway, shown, problems, promotion_code, now)
        raise AnswersRefused({problem.field or "": problem.code for problem in problems})
    draft = partial(
        draft_attempt,
        *(gateway, shown, now),
        form=form,
        origin=origin,
        locale=locale,
        public_url=public_url,
        network=network,
        consents=consents,
    )
    wanted = draft(reference=make_reference())
    for _ in range(TRIES):
        try:
            attempt = reserve_attempt(store, gateway, link, wanted, now, network=network, count_session=count_session)
        except ReferenceTaken:
            wanted = draft(reference=make_reference())
            continue
        if attempt is None:
            continue
        if attempt.state != "opened" or attempt.session_url is not None:
            return attempt
        try:
            return open_session(store, gateway, attempt, now)
        except GatewayRefused as error:
            if attempt is wanted:
                if not isinstance(error, AnswerNotTaken):
                    checking.refresh_refused(store, gateway, attempt, error, now)
                    refusals.record(store, link.id, error, now)
                raise
            # Stripe refuses the parameters of an older attempt whose session was never created. It has failed, so start again.
    raise GatewayUnavailable


def complete(
    store: Store, gateway: Gateway, link: PaymentLink, token: str, now: int, *, may_ask: MayAsk = always
) -> Completion:
    """Return the attempt that a buyer returns to. Read its session once more unless everything about it is known.

    If Stripe cannot answer now, or `may_ask` says no for this attempt, the attempt stays as it is. Raises `ResourceMissing`, also for
    another link's attempt.
    """
    attempt = _find_attempt(store, link, token)
    unsettled = attempt.state not in SETTLED or state_machine.refund_is_due(attempt)
    if (unsettled or _lacks_details(attempt)) and may_ask(attempt.id):
        attempt = apply_session(store, gateway, attempt, now, cause="return")
    return Completion(attempt, redirect_url(attempt, link))


def cancel(
    store: Store, gateway: Gateway, link: PaymentLink, token: str, now: int, *, may_ask: MayAsk = always
) -> Attempt:
    """End the session at Stripe, then release its place. Return the attempt: if it was paid in the meantime, its state says so.

    If `may_ask` says no for this attempt, it stays as it is.
    Raises `ResourceMissing`, also for another link's attempt.
    """
    attempt = _find_attempt(store, link, token)
    if attempt.state == "opened" and may_ask(attempt.id):
        attempt = expire_session(store, gateway, attempt, now, cause="canceled by the buyer", state="canceled")
    return attempt


def _lacks_details(attempt: Attempt) -> bool:
    """Return whether Stripe knows more about the payment than its events told.

    An event does not tell the payment method, nor the payment of a subscription, which is all that a later refund names. Earlier
    versions of this server did not keep the delivery address.
    """
    if attempt.erased_at is not None:
        return False
    unknown_payment = bool(attempt.amount_total) and None in (attempt.payment_intent, attempt.payment_method)
    return unknown_payment or ("shipping_address_collection" in attempt.session_params and not attempt.shipping_details)


def _asked_by_checkout(problem: QuoteProblem, origin: str) -> bool:
    """Return whether Checkout asks for the missing value: in a session that the API opened, the amount that the buyer chooses."""
    return origin == "api" and problem.code == "custom_unit_amount_missing"


def _ensure_code_applies(
    gateway: Gateway, shown: Preview, problems: Sequence[QuoteProblem], code: str | None, now: int
) -> None:
    """Raise `CodeNotTaken` if nothing is wrong but a promotion code that applied until lately."""
    if code is None or [problem.field for problem in problems] != [PROMOTION_CODE]:
        return
    withdrawn = withdrawn_code(gateway, shown.organization, code)
    if withdrawn is None:
        return
    selection = shown.selection.model_copy(update={"promotion_code": withdrawn})
    before = quote(shown.link, selection, withdrawn.created)  # at a time when the code had not ended
    if before.discount is not None:
        raise code_not_taken(withdrawn, before, now)


def open_session(store: Store, gateway: Gateway, attempt: Attempt, now: int) -> Attempt:
    """Create the attempt's session, and apply the events about it that have arrived meanwhile. Return the stored attempt.

    If the link was closed, used up or switched off while Stripe created the session, end it before a buyer sees it. Raises
    `LinkUnavailable`, `GatewayError`; of these `AnswerNotTaken` if the buyer can change what Stripe refused.
    """
    try:
        attempt = create_session(store, gateway, attempt, now, cause="session opened")
    except GatewayRefused as error:
        refused = f"refused by Stripe: {error.code or error.status}"
        state_machine.settle(store, attempt, state_machine.Fact("failed"), now, cause=refused)
        refusal = for_buyer(error, attempt.selection, attempt.quote, now)
        refusal.reference = attempt.reference
        if isinstance(refusal, CodeNotTaken) and refusal.reason != FIRST_ORDER:
            forget_code(gateway, refusal.name, now, account=attempt.account)
        raise refusal from error
    news = store.news_of(attempt)
    if news.is_refused:
        store.clear_refusal(attempt.payment_link)
    if news.has_waiting_events:
        attempt = inbox.apply_waiting(store, gateway, attempt, now)
    reason = availability.closed_reason(news.link, now) if news.link is not None else None
    if reason is not None and attempt.state == "opened":
        attempt = expire_session(store, gateway, attempt, now, cause=f"link {reason.reason}", state="expired")
    if reason is not None and attempt.state == "expired":
        raise reason
    return attempt


def _find_attempt(store: Store, link: PaymentLink, token: str) -> Attempt:
    attempt = store.attempt_by_token(token)
    if attempt is None or attempt.payment_link != link.id:
        raise ResourceMissing("There is nothing at this address.")
    return attempt


def redirect_url(attempt: Attempt, link: PaymentLink) -> str | None:
    """Return the merchant's page with the session's id filled in and the pay page's `utm_*` appended, as Stripe does.

    Return None for an attempt that is not completed, and for a payment that is refunded because no place was left.
    """
    redirect = link.after_completion.redirect
    done = attempt.state in COMPLETED and OVER_LIMIT not in attempt.flags
    if redirect is None or not done:
        return None
    url = redirect.url.replace(SESSION_ID, attempt.checkout_session or "")
    parameters = attempt.selection.url_parameters
    names = ("utm_source", "utm_medium", "utm_campaign", "utm_term", "utm_content")
    pairs = [f"{name}={value}" for name in names if (value := getattr(parameters, name))]
    if not pairs:
        return url
    address, mark, fragment = url.partition("#")
    return f"{address}{'&' if '?' in address else '?'}{'&'.join(pairs)}{mark}{fragment}"
