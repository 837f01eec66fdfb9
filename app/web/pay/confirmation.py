"""The confirmation page as values: what was paid, what was bought, and what the buyer answered. It prints on one sheet."""

from dataclasses import dataclass, field, replace

from markupsafe import Markup

from app.objects.attempt import Attempt
from app.objects.organization import Organization
from app.objects.payment_link import PaymentLink
from app.objects.quote import Quote
from app.pricing.refunds import amount_left, amount_refunded, refunded_parts
from app.web.display import link_text, price_text
from app.web.display.formatting import date, merchant_line, merchant_name, money, time_markup
from app.web.display.markup import document_link, linked, reference_markup
from app.web.display.order import OrderLine, TotalRow, chosen_lines
from app.web.display.receipt import amount_differs, amount_of, custom_answers, email_of, paid_with, totals_of
from app.web.display.safe_urls import link_url
from app.web.display.translation import gettext as _
from app.web.display.translation import join_sentences, pgettext
from app.web.display.way_back import WayBack, way_back
from app.web.pay.receipt_parts import Cancellation, cancellation_of, delivery_of, seller_markup
from app.web.states.state import Action, write_to_merchant


@dataclass(frozen=True)
class Confirmation:
    """The values that the template shows."""

    title: str
    tag: str
    tone: str
    heading: str | Markup
    message: str | None
    amount: str
    under_amount: list[str]
    receipt_heading: str
    reference: str | None
    facts: list[tuple[str, str | Markup]]
    answers: list[tuple[str, str | Markup]]
    lines: list[OrderLine]
    totals: list[TotalRow]
    back: WayBack | None
    seller: Markup
    delivery: list[tuple[str, str | Markup]] = field(default_factory=list)
    cancellation: Cancellation | None = None
    write: tuple[Action, ...] = ()
    """The ways to ask about a payment that is being checked."""


def confirmation(
    attempt: Attempt, link: PaymentLink, organization: Organization, redirect_url: str | None = None
) -> Confirmation:
    """Return the receipt of one attempt. `redirect_url` is the merchant's own page that comes next."""
    quote = attempt.quote
    total = amount_of(attempt)
    amount = money(total, attempt.currency)
    hosted = link.after_completion.hosted_confirmation
    recurs = quote.mode == "subscription"
    # L10n: A short label on a receipt. So are "Paid" and "Confirmed".
    tag = _("Subscribed") if recurs else _("Paid") if total else _("Confirmed")
    receipt = Confirmation(
        title=_("Paid %(amount)s", amount=amount) if total and not recurs else tag,
        tag=tag,
        tone="success",
        heading=_heading(link, attempt),
        message=hosted.custom_message if hosted and hosted.custom_message else None,
        amount=amount if total else price_text.charged_now(quote),
        under_amount=_under_amount(link, quote),
        receipt_heading=_receipt_heading(attempt),
        reference=attempt.reference,
        facts=_facts(attempt, link, organization),
        answers=_answers(attempt, link, organization),
        lines=chosen_lines(quote),
        totals=totals_of(attempt, organization, total),
        back=way_back(attempt.selection.url_parameters, link, organization),
        seller=seller_markup(organization),
        delivery=delivery_of(attempt),
        cancellation=cancellation_of(attempt, organization),
    )
    if _was_refunded(attempt):
        return _refunded(receipt, attempt, organization)
    return _checking(receipt, attempt, organization, redirect_url) if is_being_checked(attempt) else receipt


def is_being_checked(attempt: Attempt) -> bool:
    """Return whether to tell the buyer that another amount arrived."""
    return amount_differs(attempt) and not _was_refunded(attempt)


def _was_refunded(attempt: Attempt) -> bool:
    return bool(refunded_parts(attempt)) or attempt.state == "refunded"


def _refunded(receipt: Confirmation, attempt: Attempt, organization: Organization) -> Confirmation:
    """Return the receipt of a payment that was sent back, in full or in part."""
    parts, left = refunded_parts(attempt), amount_left(attempt)
    paid = money(amount_of(attempt), attempt.currency)
    arrives = _("The refund arrives in five to ten working days.")
    if attempt.state == "refunded":
        tag, heading, amount = _("Refunded"), _("Your payment was sent back in full"), paid
        when = date(parts[-1].created, organization.timezone) if parts else None
        text = _("Refunded on %(date)s.", date=when) if when else None
    else:
        sent = money(amount_refunded(attempt), parts[0].currency)
        # L10n: A short label on a receipt.
        tag, amount = _("Partly refunded"), money(*left) if left else paid
        heading = _("%(amount)s of your payment was sent back", amount=sent)
        text = _("You paid %(paid)s.", paid=paid)
    return replace(
        receipt,
        title=tag,
        tag=tag,
        tone="notice",
        heading=heading,
        message=None,
        amount=amount,
        under_amount=[join_sentences(*(sentence for sentence in (text, arrives) if sentence))],
    )


def _checking(
    receipt: Confirmation, attempt: Attempt, organization: Organization, redirect_url: str | None
) -> Confirmation:
    """Return the receipt of a payment that arrived with another amount. The merchant has to check it first."""
    merchant = merchant_name(organization)
    onwards = WayBack(redirect_url, _("Continue to %(merchant)s", merchant=merchant), False) if redirect_url else None
    text = _(
        "Your order came to %(quoted)s, and %(received)s arrived. There is nothing to do and no need to pay again.",
        quoted=money(attempt.quote.amount_total, attempt.currency),
        received=money(amount_of(attempt), attempt.currency),
    )
    heading = _("We received your payment and are checking it")
    return replace(
        receipt,
        title=heading,
        tag=_("Being checked"),
        tone="notice",
        heading=heading,
        message=None,
        under_amount=[text],
        receipt_heading=_("What you ordered"),
        back=onwards or receipt.back,
        write=write_to_merchant(organization, attempt.reference),
    )


def _under_amount(link: PaymentLink, quote: Quote) -> list[str]:
    """Return the lines below the amount: later charges, and for an invoice that nothing is left to pay."""
    later = price_text.charged_later(quote)
    return later if later or not link.is_invoice else [_("There is nothing left to pay.")]


def _heading(link: PaymentLink, attempt: Attempt) -> str | Markup:
    invoice = link_text.invoice_sentence(link, _("%(reference)s is paid"), _("Invoice %(reference)s is paid"))
    if invoice:
        return invoice
    return {
        "donate": _("Thank you for your donation"),
        "book": _("Thank you for your booking"),
        "subscribe": _("Your subscription has started"),
    }.get(link_text.verb_of(link, attempt.quote), _("Thank you for your order"))


def _receipt_heading(attempt: Attempt) -> str:
    if attempt.quote.mode == "subscription":
        return _("What you subscribed to")
    return _("What you paid for") if amount_of(attempt) else _("What you ordered")


def _facts(attempt: Attempt, link: PaymentLink, organization: Organization) -> list[tuple[str, str | Markup]]:
    facts: list[tuple[str, str | Markup]] = []
    if attempt.reference:
        facts.append((_("Reference"), Markup('<code class="reference">{}</code>').format(attempt.reference)))
    if link.counterfoil.reference:
        # L10n: The label of a reference that the merchant gave the payment: "For: Order 42".
        unnamed = _("For")
        label = _("Invoice") if link.is_invoice else unnamed
        facts.append((label, reference_markup(link.counterfoil.reference)))
    facts += _first_payment(attempt, organization)
    if attempt.paid_at is not None:
        stamp = time_markup(attempt.paid_at, organization.timezone)
        facts.append((_paid_on(attempt), stamp))
    if method := paid_with(attempt):
        # L10n: A label. A payment method follows.
        facts.append((_("Paid with"), method))
    if email := email_of(attempt):
        facts.append((_email_label(attempt), email))
    if attempt.customer_name and not attempt.shipping_details:
        facts.append((_("Name"), Markup("<bdi>{}</bdi>").format(attempt.customer_name)))
    return facts


def _paid_on(attempt: Attempt) -> str:
    if is_being_checked(attempt):
        # L10n: A label. A date follows.
        return _("Received on")
    return _("Paid on") if amount_of(attempt) else _("Confirmed on")


def _email_label(attempt: Attempt) -> str:
    if is_being_checked(attempt):
        # L10n: A label. An e-mail address follows.
        return _("We write to")
    return _("Receipt sent to") if amount_of(attempt) else _("E-mail address")


def _first_payment(attempt: Attempt, organization: Organization) -> list[tuple[str, str | Markup]]:
    """Return when a subscription charges for the first time after its trial, and how much."""
    later = [total for total in attempt.quote.recurring if total.starts_at is not None]
    return [
        (
            _("First payment") if not amount_of(attempt) else _("Next payment"),
            # L10n: A day, and the amount that is charged then.
            _("%(date)s, %(amount)s", date=day, amount=money(total.amount_total, attempt.currency)),
        )
        for total in later[:1]
        if total.starts_at is not None and (day := date(total.starts_at, organization.timezone))
    ]


def _answers(attempt: Attempt, link: PaymentLink, organization: Organization) -> list[tuple[str, str | Markup]]:
    consent = attempt.selection.answers.consent
    rows = custom_answers(attempt, link)
    if consent.terms_of_service == "accepted":
        # L10n: A label. The names of documents follow.
        rows.append((_("You agreed to"), _documents(link, organization)))
    if consent.promotions == "opt_in":
        # L10n: A label. "News and offers by e-mail" follows.
        rows.append((_("You asked for"), _("News and offers by e-mail")))
    return rows


def _documents(link: PaymentLink, organization: Organization) -> Markup:
    """Name the documents that the page asked to accept: by the merchant's own sentence with its links, where there is one."""
    own = link.custom_text.terms_of_service_acceptance
    if own is not None:
        return merchant_line(own.message)
    terms = document_link(organization.terms_of_service_url, _("Terms of service"))
    if link_url(organization.privacy_policy_url) is None:
        return terms
    privacy = document_link(organization.privacy_policy_url, pgettext("after “Terms of service and”", "privacy policy"))
    # L10n: "Terms of service and privacy policy", as links.
    return linked(_("%(terms)s and %(privacy)s"), terms=terms, privacy=privacy)
