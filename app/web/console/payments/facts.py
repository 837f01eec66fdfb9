"""Pairs of term and value on the page of a payment: the buyer, the answers, the consents, the money, and ids for developers."""

from dataclasses import dataclass

from markupsafe import Markup

from app.objects.attempt import Attempt
from app.objects.payment_link import PaymentLink
from app.pricing.refunds import refunded_parts
from app.web.console.details import with_detail
from app.web.display.formatting import date_and_time, merchant_line, money, with_commas
from app.web.display.locale import language_name
from app.web.display.postal_address import postal_line
from app.web.display.receipt import amount_of, custom_answers, email_of, paid_with, shipping_name
from app.web.display.safe_urls import mail_url, phone_url
from app.web.display.translation import gettext as _
from app.web.display.translation import pgettext

Fact = tuple[str, str | Markup]


@dataclass(frozen=True)
class Consented:
    """A consent: what it is about and whether it was given, the words that the buyer read, and when."""

    title: str
    text: Markup | None
    note: str | None


def buyer_facts(attempt: Attempt) -> list[Fact]:
    """Return the facts about the buyer."""
    tax_ids = with_commas(*(with_detail(it.value, it.type) for it in attempt.customer_tax_ids if it.value))
    known: list[tuple[str, str | Markup | None]] = [
        (_("E-mail"), _mail(email_of(attempt))),
        (_("Phone"), _phone(attempt.customer_phone)),
        (_("Tax id"), tax_ids or None),
        (_("Billing address"), postal_line(attempt.customer_address) if attempt.customer_address else None),
        (_("Delivery"), shipping_name(attempt)),
        (_("Tracking number"), attempt.tracking_number),
        (_("Language"), language_name(attempt.locale) if attempt.locale != "auto" else None),
    ]
    return [(term, value) for term, value in known if value]


def answers_of(attempt: Attempt, link: PaymentLink | None) -> list[Fact]:
    """Return the answers with their labels. An answer whose question is gone stands under its key."""
    shown = custom_answers(attempt, link) if link is not None else []
    asked = {field.key for field in link.custom_fields} if link is not None else set()
    given = attempt.selection.answers.custom_fields
    own = [(key, value) for key, value in given.items() if key not in asked]
    at_checkout = attempt.checkout_answers.custom_fields if attempt.checkout_answers else {}
    return [*shown, *own, *((key, value) for key, value in at_checkout.items() if key not in given)]


def consents_of(attempt: Attempt, timezone: str) -> list[Consented]:
    """Return the consents in the words that the buyer read. Those of earlier versions and of Checkout have no words."""
    if attempt.consents:
        return [
            Consented(
                _consent_title(consent.name, consent.given),
                merchant_line(consent.text),
                _(
                    "%(date)s, in these words, in %(language)s",
                    date=date_and_time(consent.created, timezone),
                    language=language_name(consent.locale),
                ),
            )
            for consent in attempt.consents
        ]
    own, asked = attempt.selection.answers.consent, attempt.checkout_answers
    terms = own.terms_of_service or (asked.consent.terms_of_service if asked else None)
    promotions = own.promotions or (asked.consent.promotions if asked else None)
    found = []
    if terms == "accepted":
        found.append(Consented(_consent_title("terms_of_service", given=True), None, None))
    if promotions is not None:
        found.append(Consented(_consent_title("promotions", given=promotions == "opt_in"), None, None))
    return found


def money_facts(attempt: Attempt, timezone: str) -> list[Fact]:
    """Return the paid amount, Stripe's fee, and the refunds."""
    amount, method = money(amount_of(attempt), attempt.currency), paid_with(attempt)
    moved = attempt.balance_transaction
    parts = refunded_parts(attempt)
    refunded = with_commas(*(money(part.amount, part.currency) for part in parts))
    known = [
        (_("Started on"), date_and_time(attempt.created, timezone)),
        (_("Paid on"), date_and_time(attempt.paid_at, timezone) if attempt.paid_at is not None else None),
        (_("Paid"), amount if attempt.paid_at is not None else None),
        (_("Paid with"), method),
        (_("Stripe's fee"), money(moved.fee, moved.currency) if moved else None),
        (_("Refunded"), (refunded or _("nothing")) if attempt.paid_at is not None else None),
        (_("Sent on"), date_and_time(attempt.sent_at, timezone) if attempt.sent_at is not None else None),
    ]
    return [(term, value) for term, value in known if value]


def developer_facts(attempt: Attempt) -> list[Fact]:
    """Return the ids, for the API and for Stripe."""
    known = (
        (_("Id"), attempt.id),
        (_("Checkout Session"), attempt.checkout_session),
        (pgettext("object at Stripe", "Payment"), attempt.payment_intent),
        (_("Charge"), attempt.charge.id if attempt.charge else None),
        (pgettext("object at Stripe", "Subscription"), attempt.subscription),
        (
            pgettext("object at Stripe", "Refund"),
            attempt.refund or with_commas(*(refund.id for refund in attempt.refunds)),
        ),
    )
    return [(term, Markup("<code>{}</code>").format(id)) for term, id in known if id]


def _consent_title(name: str, given: bool) -> str:
    if name == "terms_of_service":
        return _("Terms: accepted") if given else _("Terms: not accepted")
    return _("News: wanted") if given else _("News: not given")


def _mail(address: str | None) -> Markup | None:
    if address is None:
        return None
    url, at = mail_url(address), address.rfind("@") + 1
    text = Markup('<bdi class="mail">{}<wbr>{}</bdi>').format(address[:at], address[at:])
    return Markup('<a href="{}">{}</a>').format(url, text) if url else text


def _phone(number: str | None) -> str | Markup | None:
    url = phone_url(number)
    return Markup('<a href="{}">{}</a>').format(url, number) if url else number
