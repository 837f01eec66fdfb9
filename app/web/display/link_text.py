"""What the page says about prices, times and answers, where the words depend on values. Every string goes through gettext."""

from app.objects.organization import Organization
from app.objects.payment_link import PaymentLink
from app.objects.quote import Quote
from app.web.display import price_text
from app.web.display.formatting import date, merchant_name, money
from app.web.display.translation import gettext as _
from app.web.display.translation import ngettext

# The button and what stands around it


def verb_of(link: PaymentLink, quote: Quote) -> str:
    """What the buyer does here: `pay`, `book`, `donate` or `subscribe`, the link's `submit_type` or what the quote says."""
    if link.submit_type in {"book", "donate", "subscribe"}:
        return link.submit_type
    return "subscribe" if quote.mode == "subscription" else "pay"


def is_open_ended(quote: Quote) -> bool:
    """Whether Checkout still adds to the total, so that no amount can be promised."""
    return quote.shipping_pending or quote.tax_pending


def is_unchosen(quote: Quote) -> bool:
    """Whether the buyer is still to say how much."""
    return any(problem.code == "custom_unit_amount_missing" for problem in quote.problems)


def button(link: PaymentLink, quote: Quote) -> str:
    """The one filled button: a verb, and the amount where it is known."""
    verb = verb_of(link, quote)
    if verb == "subscribe":
        return _("Start free trial") if quote.trial_period_days else _("Subscribe")
    if is_open_ended(quote) or (is_unchosen(quote) and verb == "pay"):
        return _("Continue to payment")
    if not quote.amount_total:
        return {"donate": _("Donate"), "book": _("Book")}.get(verb, _("Complete the order"))
    amount = money(quote.amount_total, quote.currency)
    return {
        "donate": _("Donate %(amount)s", amount=amount),
        "book": _("Book for %(amount)s", amount=amount),
        "pay": _("Pay %(amount)s", amount=amount),
    }[verb]


def under_button(link: PaymentLink, quote: Quote) -> str:
    """What happens next."""
    if is_open_ended(quote):
        return _("Next Stripe asks for your address and shows the final total before you pay.")
    if not quote.amount_total and not quote.metered and not is_unchosen(quote):
        if not quote.trial_period_days:
            return _("Next you confirm with Stripe. Nothing is charged.")
        if link.payment_method_collection == "if_required":
            return _("Next you confirm with Stripe. Nothing is charged today.")
        return _("Next you choose with Stripe how to pay later. Nothing is charged today.")
    if link.payment_method_types == ("card",):
        return _("Next you enter your card with Stripe. Your card number never reaches us.")
    return _("Next you pay with Stripe. Your card number never reaches us.")


def payment_heading(link: PaymentLink, quote: Quote, *, asks: bool) -> str:
    """The heading of the part where the buyer acts."""
    if is_invoice(link):
        return _("Pay this invoice")
    if verb_of(link, quote) == "donate":
        return _("Your donation")
    return (
        _("Your details")
        if asks
        else {"book": _("Your booking"), "subscribe": _("Your subscription")}.get(
            verb_of(link, quote), _("Your payment")
        )
    )


def before(link: PaymentLink, quote: Quote) -> str:
    """The heading of the consents."""
    return {
        "book": _("Before you book"),
        "donate": _("Before you donate"),
        "subscribe": _("Before you subscribe"),
    }.get(verb_of(link, quote), _("Before you pay"))


def reuse_agreement(link: PaymentLink, quote: Quote, organization: Organization) -> str | None:
    """What is said where the payment method is kept for later; None where it is not kept or the merchant hides it."""
    consent = link.consent_collection
    agreement = consent.payment_method_reuse_agreement if consent else None
    if agreement and agreement.position == "hidden":
        return None
    name = merchant_name(organization)
    if quote.mode == "subscription":
        return _subscription_agreement(quote, organization, name)
    if link.payment_intent_data and link.payment_intent_data.setup_future_usage:
        return _("%(merchant)s keeps your payment method for later payments that you agree to.", merchant=name)
    return None


def _subscription_agreement(quote: Quote, organization: Organization, name: str) -> str:
    first = quote.recurring[0] if quote.recurring else None
    if quote.metered or first is None or len(quote.recurring) > 1:
        kept = _(
            "%(merchant)s keeps your payment method and charges it for what comes due until you cancel.", merchant=name
        )
    else:
        kept = _(
            "%(merchant)s keeps your payment method and charges %(amount)s %(every)s until you cancel.",
            merchant=name,
            amount=money(first.amount_total, quote.currency),
            every=price_text.every(first.interval, first.interval_count),
        )
    if quote.trial_end is None:
        return kept
    ends = date(quote.trial_end, organization.timezone)
    return f"{kept} {_('Cancel before %(date)s and you pay nothing.', date=ends)}"


# Heads: what is paid for


def is_invoice(link: PaymentLink) -> bool:
    """Whether the page is one of an invoice: it has a reference, and is for plain payment."""
    return bool(link.counterfoil.reference) and link.submit_type in {"auto", "pay"}


def names_itself(reference: str) -> bool:
    """Whether a reference says "Invoice" by itself."""
    return reference.casefold().startswith((_("Invoice").casefold(), "invoice"))


def heading(link: PaymentLink, quote: Quote) -> str:
    """What the page is about, without markup."""
    reference = link.counterfoil.reference
    if reference and is_invoice(link):
        return reference if names_itself(reference) else _("Invoice %(reference)s", reference=reference)
    lines = [line for line in quote.lines if not line.optional] or list(quote.lines)
    name = lines[0].description if lines else _("Payment")
    if len(lines) < 2:
        return name
    return str(ngettext("%(name)s and %(num)s more item", "%(name)s and %(num)s more items", len(lines) - 1, name=name))


def summary_of(link: PaymentLink, quote: Quote) -> str:
    """One line for titles and link previews: what, and how much."""
    what = heading(link, quote)
    if quote.trial_period_days and not quote.amount_total:
        return _("%(what)s, %(amount)s", what=what, amount=price_text.trial(quote.trial_period_days))
    if not quote.amount_total:
        return what
    return _("%(what)s, %(amount)s", what=what, amount=money(quote.amount_total, quote.currency))
