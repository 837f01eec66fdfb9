"""What tells at Stripe which link, attempt and reference a session belongs to: metadata, description, reference id.

Stripe's limits hold whatever comes: 50 keys of 40 characters without square brackets, values of 500. Pure.
"""

import re
from collections.abc import Iterable, Mapping
from typing import Final

from app.objects.metadata import MAXIMUM_KEY_LENGTH, MAXIMUM_KEYS, MAXIMUM_VALUE_LENGTH
from app.objects.metadata_keys import ATTEMPT, PAYMENT_LINK, REFERENCE
from app.objects.payment_link import PaymentLink
from app.objects.selection import Answers, Selection

CLIENT_REFERENCE_ID_LENGTH: Final = 200


def session_metadata(link: PaymentLink, answers: Answers, attempt_id: str) -> dict[str, str]:
    """The link's own entries, then ours, then the answers, as far as they fit; an answer never takes a key that is used.

    Answers are copies for reading at Stripe: whole and certain they stand in the attempt.
    """
    ours = {PAYMENT_LINK: link.id, ATTEMPT: attempt_id, REFERENCE: link.counterfoil.reference or ""}
    entries = limited({**link.metadata, **{key: ours[key] for key in ours if key in link.metadata}})
    _fill(entries, ours.items())
    _fill(entries, answers.custom_fields.items())
    consent = answers.consent
    _fill(
        entries,
        (
            ("consent_terms_of_service", consent.terms_of_service or ""),
            ("consent_promotions", consent.promotions or ""),
        ),
    )
    return entries


def client_reference_id(link: PaymentLink, selection: Selection) -> str:
    """The one that the address gave, else the link's reference in the characters that Stripe's parameter may have."""
    given = selection.url_parameters.client_reference_id
    return given or re.sub(r"[^A-Za-z0-9_-]", "-", link.counterfoil.reference or "")[:CLIENT_REFERENCE_ID_LENGTH]


def described(link: PaymentLink, description: str | None, length: int) -> str | None:
    """The link's own description, with its reference where that does not stand in it yet; the reference is never cut."""
    reference = link.counterfoil.reference
    if not reference or reference in (description or ""):
        return description
    if not description:
        return reference
    return f"{description[: length - len(reference) - 3]} ({reference})"


def limited(metadata: Mapping[str, str]) -> dict[str, str]:
    """The entries that Stripe takes, in their order."""
    entries: dict[str, str] = {}
    _fill(entries, metadata.items())
    return entries


def _fill(entries: dict[str, str], more: Iterable[tuple[str, str]]) -> None:
    """Add entries while there is room; too long ones are cut, and one whose key is taken or whose value is empty stays out."""
    for key, value in more:
        key = key.replace("[", "").replace("]", "")[:MAXIMUM_KEY_LENGTH]
        if len(entries) >= MAXIMUM_KEYS:
            return
        if key and value and key not in entries:
            entries[key] = value[:MAXIMUM_VALUE_LENGTH]
