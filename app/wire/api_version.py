"""The header `Stripe-Version`: which versions a client may name. Every answer has the format of `API_VERSION`, whatever it names."""

import re
from datetime import UTC, date, datetime, timedelta
from typing import Final

from app.errors import InvalidRequest
from app.objects.api_version import API_VERSION
from app.objects.scalars import abbreviate

FIRST: Final = date(2011, 1, 1)
"""Stripe names no older version."""

RELEASES: Final = {
    "acacia": date(2024, 9, 30),
    "basil": date(2025, 3, 31),
    "clover": date(2025, 9, 30),
    "dahlia": date(2026, 3, 25),
    "endive": date(2026, 9, 30),
}
"""When each release began. Since the first one, a version has the name of its release: `2025-03-31.basil`.

Source: docs.stripe.com/changelog."""

PREVIEWS: Final = frozenset({"preview", "private"})
"""Names of versions for features that are not released yet."""

_KNOWN_DAYS: Final = timedelta(days=150)
"""A release lasts for about half a year. This long after the last known release, the next one may have begun."""

_VERSION: Final = re.compile(
    r"(?P<date>[0-9]{4}-[0-9]{2}-[0-9]{2})(?:\.(?P<name>[a-z]{3,30}))?(?:; ?[a-z0-9_]{1,60}=v[0-9]{1,3}){0,20}"
)
"""A date, the name of a release, and features of a beta: `2020-08-27; custom_checkout_beta=v1`."""


def check_version(version: str | None, now: int) -> None:
    """Raise `InvalidRequest` for a version that Stripe cannot have: no date, too early, in the future, or with a wrong name."""
    if version is not None and not _is_possible(version.strip(), now):
        raise InvalidRequest(
            f"Invalid Stripe API version: {abbreviate(version)}."
            f" Leave out Stripe-Version, or send a version that Stripe has, such as {API_VERSION}."
        )


def _is_possible(version: str, now: int) -> bool:
    found = _VERSION.fullmatch(version)
    if found is None:
        return False
    try:
        day = date.fromisoformat(found["date"])
    except ValueError:
        return False
    newest = max(datetime.fromtimestamp(now, UTC).date() + timedelta(days=1), date.fromisoformat(API_VERSION[:10]))
    return FIRST <= day <= newest and _fits(found["name"], day)


def _fits(name: str | None, day: date) -> bool:
    """Return whether the versions of a day may have this name."""
    begun = [release for release, first in RELEASES.items() if first <= day]
    if name is None or not begun:
        return name is None and not begun
    if name in PREVIEWS or name == begun[-1]:
        return True
    return name not in RELEASES and day > RELEASES[begun[-1]] + _KNOWN_DAYS
