"""Identifies a session's link, attempt and reference at Stripe: metadata, description, client reference id. Pure.

The result always keeps Stripe's limits: 50 keys of 40 characters without square brackets, values of 500 characters.
"""

import re
from collections.abc import Iterable, Mapping
from typing import Final

from app.objects.metadata import MAXIMUM_KEY_LENGTH, MAXIMUM_KEYS, MAXIMUM_VALUE_LENGTH
from app.objects.metadata_keys import ATTEMPT, LINK_REFERENCE, PAYMENT_LINK, REFERENCE
from app.objects.payment_link import PaymentLink
from app.objects.selection import Answers, Selection

CLIENT_REFERENCE_ID_LENGTH: Final = 200


def session_metadata(link: PaymentLink, answers: Answers, attempt_id: str, reference: str) -> dict[str, str]:
    """Return the link's own entries, then ours, then the answers, as far as they fit. An answer never replaces another entry.

    The answers here are copies for people who look at Stripe. The attempt has the complete answers.
    """
    ours = {
        PAYMENT_LINK: link.id,
        ATTEMPT: attempt_id,
        REFERENCE: reference,
        LINK_REFERENCE: link.counterfoil.reference or "",
    }
    entries = _with_ours(link.metadata, ours)
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


def payment_metadata(metadata: Mapping[str, str] | None, reference: str) -> dict[str, str]:
    """Return the metadata of the payment intent or the subscription: the link's own entries, then the payment's reference."""
    return _with_ours(metadata or {}, {REFERENCE: reference})


def client_reference_id(link: PaymentLink, selection: Selection) -> str:
    """Return the id from the page's URL, else the link's reference with only the characters that Stripe allows."""
    given = selection.url_parameters.client_reference_id
    return given or re.sub(r"[^A-Za-z0-9_-]", "-", link.counterfoil.reference or "")[:CLIENT_REFERENCE_ID_LENGTH]


def describe(link: PaymentLink, description: str | None, length: int) -> str | None:
    """Return the link's description with its reference, if it does not contain it already. The reference is never cut."""
    reference = link.counterfoil.reference
    if not reference or reference in (description or ""):
        return description
    if not description:
        return reference
    return f"{description[: length - len(reference) - 3]} ({reference})"


def _with_ours(metadata: Mapping[str, str], ours: Mapping[str, str]) -> dict[str, str]:
    """Return the entries and ours, as far as they keep Stripe's limits. Ours replace entries of the same key."""
    entries: dict[str, str] = {}
    _fill(entries, {**metadata, **{key: ours[key] for key in ours if key in metadata}}.items())
    _fill(entries, ours.items())
    return entries


def _fill(entries: dict[str, str], more: Iterable[tuple[str, str]]) -> None:
    """Add entries up to the limit. Cut long ones; leave out empty values and keys that exist already."""
    for key, value in more:
        key = key.replace("[", "").replace("]", "")[:MAXIMUM_KEY_LENGTH]
        if len(entries) >= MAXIMUM_KEYS:
            return
        if key and value and key not in entries:
            entries[key] = value[:MAXIMUM_VALUE_LENGTH]
