"""The confirmation as values: what was paid, for what, and what the buyer told. It is a receipt, so it prints on one sheet."""

from dataclasses import dataclass

from markupsafe import Markup, escape

from app.objects.attempt import SETTLED, Attempt
from app.objects.organization import Organization
from app.objects.payment_link import PaymentLink
from app.objects.payment_link_parts import CustomField
from app.web.display import link_text, price_text
from app.web.display.formatting import date_and_time, machine_time, merchant_name, money
from app.web.display.markup import linked
from app.web.display.order import OrderLine, TotalRow, chosen_lines, included_taxes, total_rows
from app.web.display.safe_urls import link_url
from app.web.display.translation import gettext as _
from app.web.pay.page import under_amount
from app.web.states.attempt import amount_of, paid_with
from app.web.states.state import contact_of


@dataclass(frozen=True)
class Confirmation:
    """What the confirmation shows."""

    title: str
    tag: str
    heading: str | Markup
    message: str | None
    amount: str
    under_amount: list[str]
    receipt_heading: str
    reference: str
    facts: list[tuple[str, str | Markup]]
    answers: list[tuple[str, str | Markup]]
    lines: list[OrderLine]
    totals: list[TotalRow]
    back: str | None


def confirmation(attempt: Attempt, link: PaymentLink, organization: Organization) -> Confirmation:
    """The receipt of one attempt."""
    quote = attempt.quote
    total = amount_of(attempt)
    free = price_text.trial(quote.trial_period_days) if quote.trial_period_days and not total else None
    amount = money(total, attempt.currency)
    hosted = link.after_completion.hosted_confirmation
    return Confirmation(
        title=_("Paid %(amount)s", amount=amount) if total else _("Confirmed"),
        tag=_("Paid") if total else _("Confirmed"),
        heading=_heading(link, attempt),
        message=hosted.custom_message if hosted and hosted.custom_message else None,
        amount=free or amount,
        under_amount=under_amount(quote),
        receipt_heading=_("What you paid for") if total else _("What you ordered"),
        reference=attempt.id,
        facts=_facts(attempt, link, organization),
        answers=_answers(attempt, link, organization),
        lines=chosen_lines(quote),
        totals=totals_of(attempt, organization, total),
        back=link_url(organization.business_profile.url),
    )


def _heading(link: PaymentLink, attempt: Attempt) -> str | Markup:
    reference = link.counterfoil.reference
    if reference and link_text.is_invoice(link):
        whole = Markup('<span class="reference">{}</span>').format(reference)
        return linked(
            _("%(reference)s is paid") if link_text.names_itself(reference) else _("Invoice %(reference)s is paid"),
            reference=whole,
        )
    return {
        "donate": _("Thank you for your donation"),
        "book": _("Thank you for your booking"),
        "subscribe": _("Thank you for subscribing"),
    }.get(link_text.verb_of(link, attempt.quote), _("Thank you for your order"))


def _facts(attempt: Attempt, link: PaymentLink, organization: Organization) -> list[tuple[str, str | Markup]]:
    facts: list[tuple[str, str | Markup]] = []
    total = amount_of(attempt)
    if link.counterfoil.reference:
        facts.append((_("For"), link.counterfoil.reference))
    facts.append((_("Reference"), Markup("<code>{}</code>").format(attempt.id)))
    if attempt.paid_at is not None:
        zone = organization.timezone
        stamp = Markup('<time datetime="{}">{}</time>').format(
            machine_time(attempt.paid_at, zone), date_and_time(attempt.paid_at, zone)
        )
        facts.append((_("Paid on") if total else _("Confirmed on"), stamp))
    if method := paid_with(attempt):
        facts.append((_("Paid with"), method))
    facts.append(
        (_("Paid to") if total else _("Ordered from"), Markup("<bdi>{}</bdi>").format(merchant_name(organization)))
    )
    if contact := contact_of(organization):
        facts.append((_("Contact"), contact))
    return facts


def totals_of(attempt: Attempt, organization: Organization, total: int) -> list[TotalRow]:
    """What was quoted, and what Checkout has added or taken off, down to the total in minor units.

    It is called paid where it was; before that, a total of which Checkout has told nothing yet stays as it was quoted.
    """
    rows = total_rows(attempt.quote, organization)
    last = rows[-1]
    if attempt.state not in SETTLED and attempt.amount_total is None:
        return rows
    pending = attempt.quote.shipping_pending or attempt.quote.tax_pending
    difference = total - attempt.quote.amount_total
    if pending:
        # What Checkout was still to say is known now.
        waiting = {_("Chosen in the next step"), _("Calculated in the next step")}
        rows = [row for row in rows if row.amount not in waiting]
    added = []
    if difference:
        label = _("Shipping and tax") if difference > 0 else _("Discount")
        added = [TotalRow(label, money(difference, attempt.currency))]
    label = _("Paid") if total and attempt.state in SETTLED else last.label
    hint = included_taxes(attempt.quote.taxes, attempt.currency) if not difference else None
    return [*rows[:-1], *added, TotalRow(label, money(total, attempt.currency), hint, is_total=True)]


def custom_answers(attempt: Attempt, link: PaymentLink) -> list[tuple[str, str | Markup]]:
    """What the buyer answered, by the labels of the link's questions."""
    given = attempt.selection.answers.custom_fields
    return [
        (field.label.custom or field.key, _shown(field, given[field.key]))
        for field in link.custom_fields
        if field.key in given
    ]


def _answers(attempt: Attempt, link: PaymentLink, organization: Organization) -> list[tuple[str, str | Markup]]:
    given = attempt.selection.answers
    told = custom_answers(attempt, link)
    if given.consent.terms_of_service == "accepted":
        told.append((_("You agreed to"), _documents(link, organization)))
    if given.consent.promotions == "opt_in":
        told.append((_("You asked for"), _("News and offers by e-mail")))
    return told


def _shown(field: CustomField, value: str) -> str:
    options = field.dropdown.options if field.dropdown else ()
    return next((option.label for option in options if option.value == value), value)


def _documents(link: PaymentLink, organization: Organization) -> Markup:
    """What the page asked to agree to; a sentence of the merchant's own speaks of terms, and of what else nobody knows."""
    terms = _document(organization.terms_of_service_url, _("Terms of service"))
    if link.custom_text.terms_of_service_acceptance or link_url(organization.privacy_policy_url) is None:
        return terms
    privacy = _document(organization.privacy_policy_url, _("privacy policy"))
    return linked(_("%(terms)s and %(privacy)s"), terms=terms, privacy=privacy)


def _document(address: str | None, label: str) -> Markup:
    url = link_url(address)
    return Markup('<a href="{}">{}</a>').format(url, label) if url else escape(label)
