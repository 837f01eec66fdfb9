"""What stands above the pay page when something happened on the way: the fact, then what is true, then what comes next."""

from dataclasses import dataclass

from app.web.display.translation import gettext as _


@dataclass(frozen=True)
class Notice:
    """A tag that names the fact, a title, a sentence; `tone` is empty, `notice` or `danger`."""

    tag: str
    title: str
    text: str
    tone: str = ""


def canceled() -> Notice:
    """Back from Checkout without having paid."""
    return Notice(
        _("Not paid"),
        _("You left before paying"),
        _("Nothing was charged. Your order and your answers are still here."),
    )


def expired() -> Notice:
    """Back from Checkout after its time was over."""
    return Notice(
        _("Not paid"),
        _("The time to pay has run out"),
        _("Nothing was charged. Your order and your answers are still here."),
    )


def declined() -> Notice:
    """Back from Checkout after a payment that failed."""
    return Notice(
        _("Not paid"),
        _("Your payment did not go through"),
        _("Your bank declined it and nothing was charged. Try another card, or ask your bank."),
        "danger",
    )


def form_expired() -> Notice:
    """The form's token is not good any more."""
    return Notice(
        _("Not sent"),
        _("This page was open for a long time"),
        _("For your safety it has to be sent again. Your answers are kept and nothing was charged."),
        "notice",
    )


def form_used_up() -> Notice:
    """The form has opened as many sessions as one form may."""
    return Notice(
        _("Not sent"),
        _("Please send your order again"),
        _("It was changed and sent many times. Your answers are kept and nothing was charged. Press the button again."),
        "notice",
    )


def not_our_page() -> Notice:
    """The browser did not say that the post comes from our page."""
    return Notice(
        _("Not sent"),
        _("Send this page once more"),
        _(
            "It came from somewhere that we could not make sure of. Look it over and press the button again. Nothing was charged."
        ),
        "notice",
    )


def stripe_unreachable() -> Notice:
    """Stripe did not answer, or refused: no session, so no payment."""
    return Notice(
        _("Not paid"),
        _("Payments are paused for a moment"),
        _(
            "We cannot reach Stripe, which processes the payment. Nothing was charged and your answers are kept. Try again in a minute."
        ),
        "notice",
    )
