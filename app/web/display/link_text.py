"""Texts about a link as a whole: its heading, its button and the notes around it. Every string goes through gettext."""

import re
from collections.abc import Callable, Iterable
from typing import Final

from markupsafe import Markup

from app.objects.organization import Organization
from app.objects.payment_link import PaymentLink
from app.objects.quote import Quote
from app.web.display import price_text
from app.web.display.formatting import date, merchant_name, money, shortened
from app.web.display.markup import linked, reference_markup
from app.web.display.safe_urls import image_url, is_svg
from app.web.display.translation import N_, join_sentences, ngettext
from app.web.display.translation import gettext as _

TITLE_MAXIMUM: Final = 80
"""How many characters of a heading a tab or a preview shows."""

_AFTER_WORD: Final = r"[\s:\uff1a#\uff03.,/_\u2010-\u2015-]*"
"""The space and the signs between the word "Invoice" and the number."""

# The button and the notes around it


def verb_of(link: PaymentLink, quote: Quote) -> str:
    """Return what the buyer does: `pay`, `book`, `donate` or `subscribe`, from `submit_type` or else from the quote's mode."""
    if link.submit_type in {"book", "donate", "subscribe"}:
        return link.submit_type
    return "subscribe" if quote.mode == "subscription" else "pay"


def button(link: PaymentLink, quote: Quote) -> str:
    """Return the words of the filled button. It leads to Stripe and does not pay, so it says where it leads."""
    verb = verb_of(link, quote)
    if quote.is_free:
        # L10n: A button. The buyer continues to the next step.
        return _("Continue")
    if verb == "subscribe" and quote.is_free_today and quote.trial_period_days:
        # L10n: A button. It leads to the page where the buyer confirms. The next four texts are buttons, too.
        return _("Continue to free trial")
    return {
        "book": _("Continue to booking"),
        "donate": _("Continue to donation"),
        "subscribe": _("Continue to subscription"),
    }.get(verb, _("Continue to payment"))


def next_step(quote: Quote, *, leads_back: bool = False) -> str:
    """Return what happens on the next page. `leads_back` is whether it leads back to the page around a frame."""
    if quote.is_free:
        # L10n: Below the button.
        return _("You confirm on the next page. Nothing is charged.")
    if quote.is_free_today:
        return _("You confirm on the next page. Nothing is charged today.")
    if leads_back:
        return _("You pay on the next page, and it leads you back here.")
    return _("You pay on the next page. Nothing is charged before you confirm there.")


def payment_heading(link: PaymentLink, quote: Quote, *, asks: bool) -> str:
    """Return the heading of the form. `asks` is whether the form has questions."""
    if link.is_invoice:
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


def consent_heading(link: PaymentLink, quote: Quote) -> str:
    """Return the heading of the consents."""
    return {
        "book": _("Before you book"),
        "donate": _("Before you donate"),
        "subscribe": _("Before you subscribe"),
    }.get(verb_of(link, quote), _("Before you pay"))


def reuse_agreement(link: PaymentLink, quote: Quote, organization: Organization) -> str | None:
    """Return the note about the saved payment method, or None where none is saved or the merchant hides the note."""
    consent = link.consent_collection
    agreement = consent.payment_method_reuse_agreement if consent else None
    if agreement and agreement.position == "hidden":
        return None
    name = merchant_name(organization)
    # L10n: The payment method is a card or an account that Stripe stores.
    later = _("%(merchant)s keeps your payment method for later payments that you agree to.", merchant=name)
    if quote.mode == "subscription":
        if quote.is_free_today and link.payment_method_collection == "if_required":
            return None  # Checkout asks for no payment method.
        return later if quote.is_free else _subscription_agreement(quote, organization, name)
    return later if link.payment_intent_data and link.payment_intent_data.setup_future_usage else None


def _subscription_agreement(quote: Quote, organization: Organization, name: str) -> str:
    first = quote.recurring[0] if quote.recurring else None
    if quote.metered or first is None or len(quote.recurring) > 1:
        kept = _(
            "%(merchant)s keeps your payment method and charges it for what is due until you cancel.", merchant=name
        )
    else:
        # L10n: `every` is a text such as "every month".
        kept = _(
            "%(merchant)s keeps your payment method and charges %(amount)s %(every)s until you cancel.",
            merchant=name,
            amount=money(first.amount_total, quote.currency),
            every=price_text.how_often(first, quote.currency),
        )
    cancel = cancel_in_trial(quote, organization, charged=not quote.is_free_today)
    return join_sentences(kept, cancel) if cancel else kept


def cancel_in_trial(quote: Quote, organization: Organization, *, charged: bool) -> str | None:
    """Return what it costs to cancel before the trial ends: nothing, or no more than was `charged` at its start. None without a trial."""
    if quote.trial_end is None or quote.is_free:
        return None
    ends = date(quote.trial_end, organization.timezone)
    if charged:
        return _("Cancel before %(date)s and nothing more is charged.", date=ends)
    return _("Cancel before %(date)s and you pay nothing.", date=ends)


# Headings


def invoice_words(translate: Callable[[str], str] = _) -> tuple[str, ...]:
    """Return the words with which a reference may name itself an invoice: in English, and in the language of `translate`."""
    # L10n: The word that a reference may already start with: Invoice 2026-42.
    return ("invoice", translate(N_("Invoice")))


def names_itself(reference: str) -> bool:
    """Whether a reference starts with the word "Invoice" already."""
    return reference.casefold().startswith(tuple(word.casefold() for word in invoice_words()))


def invoice_number(reference: str, words: Iterable[str]) -> str:
    """Return a reference without the word "Invoice" at its start, for a sentence that has the word. It is never empty.

    A longer word stays whole: "Invoiced". Chinese and Japanese put no space between two words.
    """
    for word in words:
        found = re.match(
            rf"{re.escape(word)}(?:(?<=[\u4e00-\u9fff])|(?![^\W\d_])){_AFTER_WORD}", reference, re.IGNORECASE
        )
        if found and found.end() < len(reference):
            return reference[found.end() :]
    return reference


def invoice_sentence(link: PaymentLink, named: str, unnamed: str) -> Markup | None:
    """Fill an invoice's reference into a sentence, or return None where the link is for no invoice.

    `named` is for a reference that starts with "Invoice" already, `unnamed` adds the word.
    """
    reference = link.counterfoil.reference
    if not reference or not link.is_invoice:
        return None
    return linked(named if names_itself(reference) else unnamed, reference=reference_markup(reference))


def invoice_heading(link: PaymentLink) -> Markup | None:
    """Return "Invoice" with its reference, or None where the link is for no invoice."""
    # L10n: `reference` is the number of an invoice.
    return invoice_sentence(link, "%(reference)s", _("Invoice %(reference)s"))


def heading_markup(link: PaymentLink, quote: Quote) -> Markup:
    """Return what the page is about. A reference is not broken at the end of a line."""
    if link.counterfoil.title:
        return Markup("<bdi>{}</bdi>").format(link.counterfoil.title)
    return invoice_heading(link) or Markup("<bdi>{}</bdi>").format(heading(link, quote))


def heading(link: PaymentLink, quote: Quote) -> str:
    """Return what the page is about, without markup: the merchant's title, else the reference, else the products."""
    if link.counterfoil.title:
        return link.counterfoil.title
    reference = link.counterfoil.reference
    if reference and link.is_invoice:
        return reference if names_itself(reference) else _("Invoice %(reference)s", reference=reference)
    lines = [line for line in quote.lines if not line.optional] or list(quote.lines)
    name = lines[0].description if lines else _("Payment")
    if len(lines) < 2:
        return name
    # L10n: `name` is the first product of an order.
    return str(ngettext("%(name)s and %(num)s more item", "%(name)s and %(num)s more items", len(lines) - 1, name=name))


def summary_of(link: PaymentLink, quote: Quote) -> str:
    """Return one line for titles and link previews: name and amount."""
    what = shortened(heading(link, quote), TITLE_MAXIMUM)
    if quote.trial_period_days and not quote.amount_total:
        # L10n: The title of the page: what is sold, and its price.
        return _("%(what)s, %(amount)s", what=what, amount=price_text.trial(quote.trial_period_days))
    if not quote.amount_total:
        return what
    return _("%(what)s, %(amount)s", what=what, amount=money(quote.amount_total, quote.currency))


# Previews of a shared address


def preview_price(link: PaymentLink, quote: Quote, organization: Organization) -> str:
    """Return the price for a preview of the address, or an empty text where the buyer chooses it.

    Everyone in a chat sees a preview, so that of an invoice says when it is due and not how much it is.
    """
    if link.is_invoice:
        due = link.counterfoil.due_date
        return _("Due %(date)s", date=date(due, organization.timezone)) if due is not None else ""
    if any(line.price.custom_unit_amount for line in quote.lines):
        return ""
    return " · ".join([price_text.charged_now(quote), *price_text.charged_later(quote)])


def images(link: PaymentLink, quote: Quote) -> list[str]:
    """Return the pictures that a page may show: the link's own, then those of the products on the order."""
    listed = (link.counterfoil.image, *(image for line in quote.lines for image in line.product.images))
    return [url for image in listed if (url := image_url(image))]


def images_for_chats(link: PaymentLink, quote: Quote) -> list[str]:
    """Return the pictures of a link that a chat can show: no chat shows SVG."""
    return [url for url in images(link, quote) if not is_svg(url)]
