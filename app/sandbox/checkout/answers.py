"""Reads a submitted form: answers and a payment method. Every mistake gets a message at its field that says how to correct it."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from app.objects.card_number import contains_card_number, is_card_number
from app.objects.currency import maximum_charge, minimum_charge
from app.objects.payment_link.custom_field import CustomField, answer_bounds, answer_problem
from app.objects.typed_text import is_longer
from app.sandbox.account import Document
from app.sandbox.checkout import cards
from app.sandbox.checkout.fields import LONGEST_VALUE, WITHOUT_POSTAL_CODES, Field
from app.sandbox.checkout.text import _, ngettext
from app.sandbox.payments.methods import Method
from app.sandbox.sessions.lifecycle import Answers

_EMAIL = re.compile(r"[^@\s]+@[^@\s]+\.[^@\s.]{2,}")


@dataclass(frozen=True)
class Payment:
    """A payment method, and what the bank does with it."""

    method: Method
    outcome: cards.Outcome


def validate(session: Document, fields: Sequence[Field]) -> None:
    """Set the error of every field with an invalid answer. The card's fields are validated by `read_payment`."""
    form = {one.name: one.value for one in fields}
    questions = {f"custom_fields[{question['key']}]": question for question in session["custom_fields"]}
    for one in fields:
        if one.name.startswith("card_"):
            continue
        if one.name.endswith("[postal_code]"):
            country = form.get(one.name.replace("postal_code", "country"), "")
            one.optional = country in WITHOUT_POSTAL_CODES
        if one.value:
            one.error = _problem(one, questions.get(one.name))
        elif not one.optional and one.kind != "radio":
            one.error = one.missing


def _problem(one: Field, question: Document | None) -> str | None:
    if len(one.value) > LONGEST_VALUE or (question is None and is_longer(one.value, one.maximum)):
        return ngettext(
            "Shorten this to at most %(num)s character", "Shorten this to at most %(num)s characters", one.maximum
        )
    if one.name == "email" and not _EMAIL.fullmatch(one.value):
        return _("Enter an e-mail address like name@example.com")
    if one.name == "phone" and not re.fullmatch(r"\+?[0-9 ()./-]{5,30}", one.value):
        return _("Enter a phone number like +43 1 234567")
    if one.kind == "select" and one.value not in {value for value, _label in one.options}:
        return one.missing
    if not one.name.startswith(("card_", "tax_id", "phone")) and contains_card_number(one.value):
        return _("Do not enter a card number here")
    return _question_problem(one, question) if question else None


def _question_problem(one: Field, question: Document) -> str | None:
    field = CustomField.read(question)
    problem = answer_problem(field, one.value)
    if problem == "not_an_option":
        return one.missing
    if problem == "not_digits":
        return _("Enter digits only")
    if problem is not None:
        minimum, maximum = answer_bounds(field)
        return ngettext(
            "Enter %(minimum)s to %(num)s character",
            "Enter %(minimum)s to %(num)s characters",
            maximum,
            minimum=minimum,
        )
    return None


def read_payment(session: Document, fields: Sequence[Field], form: Mapping[str, str], now: int) -> Payment | None:
    """Return the payment method of a form. For an invalid one, set the errors of its fields and return None."""
    debit = form.get("payment_method", "card")
    offered = any(one.name == "payment_method" for one in fields)
    amount, currency = session["amount_total"], session["currency"]
    if offered and debit in cards.DEBITS:
        if amount > maximum_charge(currency):
            next(one for one in fields if one.name == "payment_method").error = _too_large()
            return None
        return Payment(cards.debit_method(debit), "pays")
    by_name = {one.name: one for one in fields if one.name.startswith("card_")}
    number, expiry, cvc = by_name["card_number"], by_name["card_expiry"], by_name["card_cvc"]
    card = _read_card(number, cards.plain_number(form.get(number.name, "")), _blocked_brands(session))
    if card is not None and amount > maximum_charge(currency, card.brand):
        number.error = _too_large()
    elif card is not None and _is_too_small_for_cards(session):
        number.error = _("The amount is too small for this payment method. Use another one")
    until = cards.parse_expiry(expiry.value)
    if not expiry.value or until is None:
        expiry.error = expiry.missing
    elif cards.is_past(until, now):
        expiry.error = _("This card is no longer valid. Use another one")
    if not re.fullmatch(r"[0-9]{3,4}", cards.plain_number(form.get(cvc.name, ""))):
        cvc.error = cvc.missing
    if card is None or until is None or any(one.error for one in by_name.values()):
        return None
    return Payment(cards.card_method(card, until), card.outcome)


def _is_too_small_for_cards(session: Document) -> bool:
    """Return whether cards do not take so small an amount. The sandbox has no iDEAL: if no card is allowed, a card takes its place."""
    least = minimum_charge(session["currency"]) or 0
    return "card" in (session["allowed_payment_method_types"] or ()) and 0 < session["amount_total"] < least


def _too_large() -> str:
    return _("The amount is too large for this payment method. Use another one")


def _read_card(one: Field, number: str, blocked: Sequence[str]) -> cards.Card | None:
    if not number:
        one.error = one.missing
        return None
    if not is_card_number(number):
        one.error = _("Check the card number: it is not complete, or a digit is wrong")
        return None
    card = cards.find_card(number)
    if card is None:
        one.error = _("Real cards are refused here. Use one of the test cards")
    elif card.brand in blocked:
        one.error = _("Cards of this brand are not accepted. Use another one")
    return card


def _blocked_brands(session: Document) -> Sequence[str]:
    card = (session["payment_method_options"] or {}).get("card") or {}
    brands: Sequence[str] = (card.get("restrictions") or {}).get("brands_blocked") or ()
    return brands


def decline_message(outcome: cards.Outcome) -> tuple[str, str] | None:
    """Return the field and the message of a declined card. None if the bank accepts it."""
    return {
        "card_declined": ("card_number", _("The bank declined this card, and nothing was charged. Use another one")),
        "insufficient_funds": (
            "card_number",
            _("The card has insufficient funds, and nothing was charged. Use another one"),
        ),
        "expired_card": (
            "card_expiry",
            _("This card has expired, and nothing was charged. Use another one"),
        ),
        "incorrect_cvc": (
            "card_cvc",
            _("The security code is wrong. Nothing was charged. Check it, or use another card"),
        ),
    }.get(outcome)


def read_answers(session: Document, fields: Sequence[Field]) -> Answers:
    """Return the buyer's answers in Stripe's shapes. The fields must be valid."""
    form = {one.name: one.value for one in fields}
    name = form.get("billing_name") or None
    shipping = _address(form, "shipping_address")
    consents = session["consent_collection"] or {}
    consent: Document = {}
    if consents.get("terms_of_service") == "required" or consents.get("promotions") == "auto":
        consent = {
            "promotions": ("opt_in" if form.get("consent[promotions]") else "opt_out")
            if consents.get("promotions") == "auto"
            else None,
            "terms_of_service": "accepted" if form.get("consent[terms_of_service]") else None,
        }
    tax_id = form.get("tax_id")
    return Answers(
        email=session["customer_email"] or form["email"],
        name=name,
        address=_address(form, "billing_address"),
        phone=form.get("phone") or None,
        shipping_details={"address": shipping, "name": name} if shipping else None,
        tax_ids=({"type": "unknown", "value": tax_id},) if tax_id else (),
        business_name=form.get("business_name") or None,
        individual_name=form.get("individual_name") or None,
        consent=consent,
        custom_fields={
            question["key"]: form.get(f"custom_fields[{question['key']}]", "") for question in session["custom_fields"]
        },
    )


def _address(form: Mapping[str, str], prefix: str) -> Document | None:
    if f"{prefix}[country]" not in form:
        return None
    names = ("city", "country", "line1", "postal_code")
    address = {name: form.get(f"{prefix}[{name}]") or None for name in names}
    return {**address, "line2": None, "state": None}
