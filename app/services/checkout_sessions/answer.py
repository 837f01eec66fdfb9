"""Fills in a Checkout Session of Stripe's with what only we know: the link, and the answers that our page asked for. Pure."""

from collections.abc import Mapping
from typing import Any

from app.objects.attempt import Attempt
from app.objects.payment_link import PaymentLink
from app.objects.payment_link.custom_field import CustomField
from app.objects.personal_data import without_personal_data
from app.objects.selection import Consent


def filled_in(session: Mapping[str, Any], attempt: Attempt, link: PaymentLink | None) -> dict[str, Any]:
    """Return a session with `payment_link`, `client_reference_id`, `custom_fields`, `consent` and `consent_collection` filled in.

    What Checkout itself asked stays. A payment whose personal data was erased here has none in the answer either.
    """
    if attempt.erased_at is not None:
        session = without_personal_data(session)
    consent = attempt.selection.answers.consent
    return {
        **session,
        "client_reference_id": session.get("client_reference_id") or attempt.session_params.get("client_reference_id"),
        "consent": _consent(session.get("consent"), consent),
        "consent_collection": _consent_collection(session.get("consent_collection"), consent),
        "custom_fields": _custom_fields(session.get("custom_fields") or (), attempt, link),
        "payment_link": attempt.payment_link,
    }


def _consent(asked: Mapping[str, Any] | None, given: Consent) -> Any:
    if given == Consent():
        return asked
    asked = asked or {}
    return {
        "promotions": given.promotions or asked.get("promotions"),
        "terms_of_service": given.terms_of_service or asked.get("terms_of_service"),
    }


def _consent_collection(asked: Mapping[str, Any] | None, given: Consent) -> Any:
    """Return which consents were asked for. An answer on our page shows that our page asked."""
    if given == Consent():
        return asked
    asked = asked or {}
    return {
        "payment_method_reuse_agreement": None,
        **asked,
        "promotions": "auto" if given.promotions else asked.get("promotions") or "none",
        "terms_of_service": "required" if given.terms_of_service else asked.get("terms_of_service") or "none",
    }


def _custom_fields(asked: Any, attempt: Attempt, link: PaymentLink | None) -> list[dict[str, Any]]:
    """Return the fields in the order of the link, then those that the link no longer has."""
    at_checkout = {field["key"]: field for field in asked}
    answers = attempt.selection.answers.custom_fields
    of_link = {field.key: field for field in (link.custom_fields if link else ())}
    on_page = set(answers) if attempt.origin == "api" else {*answers, *of_link}
    fields = []
    for key in dict.fromkeys((*of_link, *answers, *at_checkout)):
        if key in at_checkout:
            fields.append(at_checkout[key])
        elif key in on_page:
            fields.append(_custom_field(key, of_link.get(key), answers.get(key) or None))
    return fields


def _custom_field(key: str, field: CustomField | None, answer: str | None) -> dict[str, Any]:
    """Return a field with its answer in the shape of a session. A field that the link no longer has becomes a text."""
    kind = field.type if field else "text"
    data = field.model_dump(mode="json") if field else {}
    empty = {} if kind == "dropdown" else {"default_value": None, "maximum_length": None, "minimum_length": None}
    return {
        "dropdown": None,
        "key": key,
        "label": data.get("label") or {"custom": key, "type": "custom"},
        "numeric": None,
        "optional": data.get("optional", True),
        "text": None,
        "type": kind,
        kind: {**empty, **(data.get(kind) or {}), "value": answer},
    }
