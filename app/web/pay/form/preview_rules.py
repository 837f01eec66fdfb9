"""What of a form a kept preview depends on: choices and numbers. Texts that a buyer typed are filled into it for each answer."""

from collections.abc import Callable
from secrets import token_hex
from typing import Final

from wtforms import BooleanField, Field

from app.objects.payment_link.custom_field import CustomField
from app.web.page_cache.offer import preview_offer
from app.web.page_cache.sent_form import Rule, Rules
from app.web.pay.form.entries import check_entry
from app.web.pay.form.fields import TextField
from app.web.pay.form.form import PayForm
from app.web.visit.visit import Visit

_EVERYTHING: Final = "everything"


def offer_preview(visit: Visit, form: PayForm) -> None:
    """Say that the preview of this request may be kept, and put a mark in place of each typed text."""
    offer = preview_offer()
    if offer is None:
        return
    rules = rules_of(form)
    sent = rules.read(offer.pairs)
    if sent is None or any(form[name].data != text for name, text in sent.typed.items()):
        return
    # A mark is random, so that nothing that a buyer sends can look like one.
    offer.marks = {name: token_hex(16) for name in sent.typed}
    for name, mark in offer.marks.items():
        form[name].data = mark
    offer.visit, offer.tokens, offer.rules, offer.sent = visit, form.tokens, rules, sent


def rules_of(form: PayForm) -> Rules:
    """Return the rules of the fields of a form. A field without one is never part of a kept preview."""
    questions = {f"custom_fields[{question.key}]": question for question in form.link.custom_fields}
    rules = {field.name: rule for field in form if (rule := _rule(field, questions.get(field.name)))}
    return Rules({**rules, _EVERYTHING: _one_of("on")})


def _rule(field: Field, question: CustomField | None) -> Rule | None:
    if isinstance(field, BooleanField):
        return _one_of("on")
    if question is not None and question.type == "dropdown":
        return _one_of("", *(option.value for option in (question.dropdown.options if question.dropdown else ())))
    if field.name == "promotion_code":
        return _one_of("")
    if isinstance(field, TextField) and field.name != "email":
        return Rule(_reader(field), is_typed=question is not None)
    return None


def _one_of(*values: str) -> Rule:
    known = frozenset(values)
    return Rule(lambda text: text if text in known else None)


def _reader(field: TextField) -> Callable[[str], str | None]:
    """Return a function that reads a text as the field does, by the rules that the field has."""
    clean, maximum, rules = field.clean, field.maximum, tuple(field.validators)

    def read(text: str) -> str | None:
        if len(text) > maximum:
            return None
        shown = clean(text)
        if not shown:
            return ""
        return shown if check_entry(shown, rules) else None

    return read
