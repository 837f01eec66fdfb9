"""Takes over changes at Stripe since a link was imported. Changes made only here stay. Pure.

Stripe counts the sessions of its own page, and we count those of ours. So the sessions that Stripe completed since are added.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from app.objects.base import whole
from app.objects.payment_link import PaymentLink
from app.services.links.importing.reading import stripe_attributes


@dataclass(frozen=True)
class Changes:
    """The changes to take over: new values by attribute, removed attributes, and the sessions completed at Stripe since."""

    values: Mapping[str, Any]
    gone: frozenset[str] = frozenset()
    completed: int = 0

    @property
    def names(self) -> tuple[str, ...]:
        """The attributes that change."""
        counted = {"restrictions"} if self.completed else set()
        return tuple(sorted({*self.values, *self.gone, *counted}))


def find_changes(link: PaymentLink, there: PaymentLink, imported: Mapping[str, Any] | None) -> Changes:
    """Return what changed at Stripe. `there` is the link as it is there now, `imported` its attributes when it was read last.

    Without `imported`, as for a link from a seed file, every difference from our link counts as a change.
    """
    new, ours = stripe_attributes(there), stripe_attributes(link)
    old = ours if imported is None else dict(imported)
    changed = {
        name: value
        for name, value in new.items()
        if name not in old or _without_count(name, value) != _without_count(name, old[name])
    }
    return Changes(
        {
            name: value
            for name, value in changed.items()
            if _without_count(name, value) != _without_count(name, ours.get(name))
        },
        frozenset(name for name in old if name not in new and name in ours),
        _completed_since(new, ours, imported),
    )


def apply_changes(link: PaymentLink, changes: Changes) -> PaymentLink:
    """Return the link with the changes."""
    kept = {name: value for name, value in whole(link).items() if name not in changes.gone}
    return PaymentLink.read_whole({**kept, **changes.values})


def _completed_since(new: Mapping[str, Any], ours: Mapping[str, Any], imported: Mapping[str, Any] | None) -> int:
    """Return how many sessions were completed at Stripe since the link was read.

    Earlier versions stored the remaining places as the limit, and no count. If the limits differ, assume such a link.
    """
    if imported is not None:
        return max(_count(new) - _count(imported), 0)
    return _count(new) if _limit(new) != _limit(ours) else 0


def _count(attributes: Mapping[str, Any]) -> int:
    return int(_sessions(attributes).get("count", 0))


def _limit(attributes: Mapping[str, Any]) -> int | None:
    return _sessions(attributes).get("limit")


def _sessions(attributes: Mapping[str, Any]) -> Mapping[str, Any]:
    sessions: Mapping[str, Any] = (attributes.get("restrictions") or {}).get("completed_sessions") or {}
    return sessions


def _without_count(name: str, value: Any) -> Any:
    """Return a value to compare. The count of completed sessions is compared by itself."""
    if name != "restrictions" or not value:
        return value
    sessions = {key: entry for key, entry in value["completed_sessions"].items() if key != "count"}
    return {**value, "completed_sessions": sessions}
