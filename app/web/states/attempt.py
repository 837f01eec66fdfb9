"""Where an attempt stands that is not paid for good, one function per state; `state_of_attempt` chooses."""

from collections.abc import Callable
from dataclasses import dataclass

from markupsafe import Markup

from app.objects.attempt import COMPLETED, Attempt
from app.objects.organization import Organization
from app.services.attempts.state_machine import OVER_LIMIT
from app.web.display.formatting import money
from app.web.display.translation import gettext as _
from app.web.states.state import Action, State, contact_of


@dataclass(frozen=True)
class Seen:
    """An attempt as its buyer sees it: whose it is, and the address of the pay page."""

    attempt: Attempt
    organization: Organization
    address: str


def state_of_attempt(seen: Seen) -> State:
    """Where an attempt stands that is not paid, or whose payment does not stay."""
    if OVER_LIMIT in seen.attempt.flags and seen.attempt.state in COMPLETED:
        return going_back(seen)
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
    """A delayed payment that the bank has not confirmed yet."""
    return State(
        "processing",
        200,
        _("Processing"),
        _("Your bank is confirming the payment"),
        (
            _(
                "This can take up to five working days. You do not need to pay again. Keep this address: it shows the result."
            ),
        ),
        "notice",
        actions=(Action(_("Check again"), ""),),
        facts=facts_of(seen.attempt, seen.organization),
        looks_again=True,
    )


def unfinished(seen: Seen) -> State:
    """Back without a payment that Stripe knows of; its checkout may still be open."""
    url = seen.attempt.session_url
    actions = [Action(_("Continue to payment"), url, filled=True)] if url else []
    return State(
        "unfinished",
        200,
        _("Not paid yet"),
        _("We are waiting for your payment"),
        (_("If you have just paid, this page says so in a moment. If you have not, go on where you stopped."),),
        "notice",
        actions=(*actions, Action(_("Check again"), "")),
        facts=facts_of(seen.attempt, seen.organization),
        looks_again=True,
    )


def declined(seen: Seen) -> State:
    """The payment failed."""
    return State(
        "declined",
        200,
        _("Not paid"),
        _("Your payment did not go through"),
        (_("Your bank declined it and nothing was charged. Try another card, or ask your bank."),),
        "danger",
        actions=(Action(_("Try again"), seen.address, filled=True),),
        facts=facts_of(seen.attempt, seen.organization),
    )


def expired(seen: Seen) -> State:
    """Checkout's time is over."""
    text = _("Nothing was charged. Start again whenever you like.")
    actions = (Action(_("Start again"), seen.address, filled=True),)
    return State("expired", 200, _("Not paid"), _("The time to pay has run out"), (text,), actions=actions)


def canceled(seen: Seen) -> State:
    """The buyer went back, or sent other answers."""
    text = _("Nothing was charged.")
    actions = (Action(_("Back to the payment page"), seen.address, filled=True),)
    return State("canceled", 200, _("Not paid"), _("You left before paying"), (text,), actions=actions)


def going_back(seen: Seen) -> State:
    """No place was left, and the money has not been sent back yet: the bank still has it, or Stripe could not be asked."""
    attempt = seen.attempt
    amount = money(amount_of(attempt), attempt.currency)
    if attempt.state == "processing":
        text = _(
            "Your bank is still confirming the payment. We send your %(amount)s back when it arrives.", amount=amount
        )
    elif amount_of(attempt):
        text = _("We are sending your %(amount)s back. There is nothing that you need to do.", amount=amount)
    else:
        text = _("Nothing was charged. We are ending what you ordered.")
    return State(
        "going_back",
        200,
        _("Not taken"),
        _("The last one sold while you were paying"),
        (f"{text} {_('We are sorry.')}",),
        "notice",
        actions=(Action(_("Check again"), ""),),
        facts=facts_of(attempt, seen.organization),
        looks_again=True,
    )


def refunded(seen: Seen) -> State:
    """The money was sent back: at once where no place was left, else by the merchant."""
    attempt = seen.attempt
    over = OVER_LIMIT in attempt.flags
    title = _("The last one sold while you were paying") if over else _("This payment was refunded")
    facts = facts_of(seen.attempt, seen.organization)
    if not amount_of(attempt):
        text = _("Nothing was charged and nothing goes on. We are sorry.")
        return State("refunded", 200, _("Not taken"), title, (text,), "notice", facts=facts)
    amount = money(amount_of(attempt), attempt.currency)
    method = paid_with(attempt)
    back = (
        _("We have sent your %(amount)s back to your %(method)s.", amount=amount, method=method)
        if method
        else _("We have sent your %(amount)s back.", amount=amount)
    )
    parts = [back, _("It arrives in five to ten working days."), *([_("We are sorry.")] if over else [])]
    return State("refunded", 200, _("Refunded"), title, (" ".join(parts),), "notice", facts=facts)


def paid_with(attempt: Attempt) -> str | None:
    """ "Visa ending in 4242", as far as Stripe told."""
    if not attempt.payment_method:
        return None
    kind, _space, last4 = attempt.payment_method.rpartition(" ")
    if kind and last4.isdigit() and len(last4) == 4:
        return _("%(card)s ending in %(last4)s", card=kind.replace("_", " ").title(), last4=last4)
    return attempt.payment_method.replace("_", " ").capitalize()


def facts_of(attempt: Attempt, organization: Organization) -> tuple[tuple[str, str | Markup], ...]:
    """What a buyer keeps."""
    facts: list[tuple[str, str | Markup]] = [(_("Amount"), money(amount_of(attempt), attempt.currency))]
    facts.append((_("Reference"), Markup("<code>{}</code>").format(attempt.id)))
    if contact := contact_of(organization):
        facts.append((_("Contact"), contact))
    return tuple(facts)


def amount_of(attempt: Attempt) -> int:
    """What Stripe says was paid, else what was asked for, in minor units."""
    return attempt.quote.amount_total if attempt.amount_total is None else attempt.amount_total
