"""The notices above the pay form. Each says what happened, what it means, and what to do next."""

from dataclasses import dataclass

from app.errors import CodeNotChecked, CodeNotTaken, GatewayError, LookUpsUsedUp
from app.objects.quote import Quote
from app.web.display.formatting import money
from app.web.display.translation import gettext as _
from app.web.display.translation import join_sentences, ngettext
from app.web.display.way_back import WayBack
from app.web.states.error import LONGEST_IN_MINUTES


@dataclass(frozen=True)
class Notice:
    """A tag, a title and a sentence. `tone` is empty, `notice` or `danger`. With `names_page` its title names the tab, too.

    `back` leads to the page that the buyer came from.
    """

    tag: str
    title: str
    text: str
    tone: str = ""
    names_page: bool = False
    back: WayBack | None = None


def canceled() -> Notice:
    """The buyer came back from Checkout without paying."""
    return Notice(
        _("Not paid"),
        _("You left before paying"),
        _("Nothing was charged. Your order and your answers are still here."),
    )


def expired() -> Notice:
    """The buyer came back from Checkout after the session had expired."""
    return Notice(
        _("Not paid"),
        _("The time to pay has run out"),
        _("Nothing was charged. Your order and your answers are still here."),
    )


def declined() -> Notice:
    """The buyer came back from Checkout after a failed payment."""
    return Notice(
        _("Not paid"),
        _("Your payment did not go through"),
        _("Your bank declined it and nothing was charged. Try another card, or ask your bank."),
        "danger",
    )


def form_expired() -> Notice:
    """The form's token is missing or expired."""
    return Notice(
        _("Not sent"),
        _("This page was open for a long time"),
        _("For your safety, please send it again. Your answers are kept and nothing was charged."),
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
    """The browser did not confirm that our page sent the form."""
    return Notice(
        _("Not sent"),
        _("Please send this page again"),
        _(
            "We could not confirm that it came from our page. Look it over and press the button again. Nothing was charged."
        ),
        "notice",
    )


def gateway_failed(error: GatewayError) -> Notice:
    """A call to Stripe failed, or was not made."""
    if isinstance(error, CodeNotChecked):
        return code_not_checked()
    return codes_not_checked() if isinstance(error, LookUpsUsedUp) else stripe_unreachable()


def code_not_taken(error: CodeNotTaken, quote: Quote) -> Notice:
    """A promotion code does not apply any more. `quote` is the quote without it."""
    titles = {
        # L10n: `code` is a promotion code.
        "expired": _("%(code)s has ended", code=error.name),
        "first_order": _("%(code)s is for first orders only", code=error.name),
        "used_up": _("%(code)s has been used up", code=error.name),
    }
    total = _(
        "The total is now %(total)s instead of %(before)s.",
        total=money(quote.amount_total, quote.currency),
        before=money(error.amount_total, quote.currency),
    )
    choice = _("You can enter another code or go on without one.")
    return Notice(
        _("Not paid"),
        titles.get(error.reason, _("%(code)s can no longer be used", code=error.name)),
        join_sentences(_("Nothing was charged."), total, choice),
        "notice",
        names_page=True,
    )


def code_not_checked() -> Notice:
    """Stripe does not allow this server to look up promotion codes, which only the merchant can change."""
    return Notice(
        _("Not sent"),
        _("Promotion codes cannot be checked at the moment"),
        _("Nothing was charged and your answers are kept. You can go on without a code."),
        "notice",
    )


def codes_not_checked() -> Notice:
    """Too many promotion codes were looked up lately."""
    return Notice(
        _("Not sent"),
        _("Promotion codes cannot be checked at the moment"),
        _("Nothing was charged and your answers are kept. Try again in a minute, or continue without a code."),
        "notice",
    )


def stripe_unreachable() -> Notice:
    """Stripe did not answer, so there is no session and no payment."""
    return Notice(
        _("Not paid"),
        _("Payments are paused for a moment"),
        _(
            "We cannot reach Stripe, which processes the payment. Nothing was charged and your answers are kept. Try again in a minute."
        ),
        "notice",
    )


def too_many_requests(seconds: int) -> Notice:
    """The buyer's network has sent too many requests. The form is shown again."""
    minutes = max(1, -(-seconds // 60))
    hours = -(-minutes // 60)
    title = (
        ngettext("Wait one hour, then press the button again", "Wait %(num)s hours, then press the button again", hours)
        if minutes > LONGEST_IN_MINUTES
        else ngettext(
            "Wait one minute, then press the button again", "Wait %(num)s minutes, then press the button again", minutes
        )
    )
    text = _("There were many attempts from your network. Your answers are kept below and nothing was charged.")
    return Notice(_("Wait a moment"), str(title), text, "notice", names_page=True)
