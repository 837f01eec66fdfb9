"""The states of an attempt that is not paid, or whose payment does not stay. `state_of_attempt` chooses."""

from collections.abc import Callable
from dataclasses import dataclass

from markupsafe import Markup

from app.objects.attempt import COMPLETED, UNFINISHED, Attempt
from app.objects.order import OVER_LIMIT
from app.objects.organization import Organization
from app.services.attempts.state_machine import REFUND_FAILED
from app.services.attempts.verification import MISMATCHES
from app.web.display.contact import contact_of
from app.web.display.formatting import money
from app.web.display.receipt import amount_of, paid_with
from app.web.display.translation import gettext as _
from app.web.display.translation import join_sentences
from app.web.states.state import Action, State, back_to_page, check_again


@dataclass(frozen=True)
class Seen:
    """An attempt as its buyer sees it: with its organization and the address of the pay page."""

    attempt: Attempt
    organization: Organization
    address: str


def state_of_attempt(seen: Seen) -> State:
    """Return the state of an attempt that is not paid, or whose payment does not stay."""
    if OVER_LIMIT in seen.attempt.flags and seen.attempt.state in COMPLETED:
        return refunding(seen)
    if seen.attempt.state in UNFINISHED and MISMATCHES.intersection(seen.attempt.flags):
        return checking(seen)
    table: dict[str, Callable[[Seen], State]] = {
        "processing": processing,
        "opened": unfinished,
        "failed": declined,
        "expired": expired,
        "canceled": canceled,
        "refunded": refunded,
    }
    return table[seen.attempt.state](seen)


def processing(seen: Seen) -> State:
    """The bank has not confirmed a delayed payment yet."""
    text = _(
        "This can take up to five working days. You do not need to pay again. Keep this address: it shows the result."
    )
    return State(
        "processing",
        _("Processing"),
        _("Your bank is confirming the payment"),
        (text,),
        "notice",
        actions=(check_again(),),
        facts=facts_of(seen.attempt, seen.organization),
        polls=True,
    )


def unfinished(seen: Seen) -> State:
    """The buyer is back, but Stripe knows of no payment. The session may still be open."""
    url = seen.attempt.session_url
    actions = [Action(_("Continue to payment"), url, filled=True)] if url else []
    text = _(
        "If you have just paid, this page will show it in a moment. If you have not paid, continue where you stopped."
    )
    return State(
        "unfinished",
        _("Not paid yet"),
        _("We are waiting for your payment"),
        (text,),
        "notice",
        actions=(*actions, check_again()),
        facts=facts_of(seen.attempt, seen.organization),
        polls=True,
    )


def checking(seen: Seen) -> State:
    """Stripe reported something that does not belong to this order. Money may have moved, so the page asks for none."""
    text = _(
        "What Stripe reported about it does not match your order. If you have paid, there is no need to pay again."
    )
    return State(
        "checking",
        # L10n: A short label: the payment is being checked.
        _("Being checked"),
        _("We are checking your payment"),
        (text,),
        "notice",
        actions=(check_again(),),
        facts=facts_of(seen.attempt, seen.organization),
        polls=True,
    )


def declined(seen: Seen) -> State:
    """The payment failed."""
    return State(
        "declined",
        _("Not paid"),
        _("Your payment did not go through"),
        (_("Your bank declined it and nothing was charged. Try another card, or ask your bank."),),
        "danger",
        actions=(Action(_("Try again"), seen.address, filled=True),),
        facts=facts_of(seen.attempt, seen.organization),
    )


def expired(seen: Seen) -> State:
    """The session has expired."""
    text = _("Nothing was charged. Start again whenever you like.")
    actions = (Action(_("Start again"), seen.address, filled=True),)
    return State("expired", _("Not paid"), _("The time to pay has run out"), (text,), actions=actions)


def canceled(seen: Seen) -> State:
    """The buyer went back, or sent other answers."""
    text = _("Nothing was charged.")
    return State("canceled", _("Not paid"), _("You left before paying"), (text,), actions=back_to_page(seen.address))


def refunding(seen: Seen) -> State:
    """No place was left, and the refund is not finished: the bank still has the money, or Stripe could not be asked."""
    attempt = seen.attempt
    amount = money(amount_of(attempt), attempt.currency)
    failed = REFUND_FAILED in attempt.flags
    if failed:
        # L10n: `amount` is money, such as "€12.50".
        text = _("Your %(amount)s could not be sent back. Please contact the seller about it.", amount=amount)
    elif attempt.state == "processing":
        text = _(
            "Your bank is still confirming the payment. We will send your %(amount)s back when the payment arrives.",
            amount=amount,
        )
    elif amount_of(attempt):
        text = _("We are sending your %(amount)s back. You do not need to do anything.", amount=amount)
    else:
        text = _("Nothing was charged. We are canceling your order.")
    return State(
        "refunding",
        # L10n: A short label: the order was not accepted, because no place was left.
        _("Not accepted"),
        _("The last one sold while you were paying"),
        (join_sentences(text, _("We are sorry.")),),
        "notice",
        actions=(check_again(),),
        facts=facts_of(attempt, seen.organization),
        polls=not failed,
    )


def refunded(seen: Seen) -> State:
    """The money was sent back, because no place was left."""
    attempt = seen.attempt
    title = _("The last one sold while you were paying")
    facts = facts_of(seen.attempt, seen.organization)
    if not amount_of(attempt):
        text = _("Nothing was charged and your order is canceled. We are sorry.")
        return State("refunded", _("Not accepted"), title, (text,), "notice", facts=facts)
    amount = money(amount_of(attempt), attempt.currency)
    method = paid_with(attempt)
    back = (
        # L10n: `method` is a text such as "Visa ending in 4242" or "Bank debit".
        _("We have sent your %(amount)s back to your %(method)s.", amount=amount, method=method)
        if method
        else _("We have sent your %(amount)s back.", amount=amount)
    )
    parts = [back, _("It arrives in five to ten working days."), _("We are sorry.")]
    return State("refunded", _("Refunded"), title, (join_sentences(*parts),), "notice", facts=facts)


def facts_of(attempt: Attempt, organization: Organization) -> tuple[tuple[str, str | Markup], ...]:
    """Return the facts that a buyer may need later: amount, reference, contact."""
    facts: list[tuple[str, str | Markup]] = [(_("Amount"), money(amount_of(attempt), attempt.currency))]
    if attempt.reference:
        facts.append((_("Reference"), Markup('<code class="reference">{}</code>').format(attempt.reference)))
    if contact := contact_of(organization):
        facts.append((_("Contact"), contact.markup))
    return tuple(facts)
