"""Attempts with their Checkout Sessions, and the sessions that events carried, on an engine; see `app.store.session_lists`."""

import json
from collections.abc import Sequence
from typing import Any

from app.objects.attempt import Attempt
from app.objects.scalars import UNSTORABLE
from app.store.attempt_rows import COLUMNS, read_attempts
from app.store.engine import Engine
from app.store.paging import page
from app.store.session_lists import SessionFilter


class SQLSessionLists:
    """A `SessionLists` on an engine."""

    engine: Engine

    def attempts_of_sessions(self, organization: str, sessions: Sequence[str]) -> dict[str, Attempt]:
        listed, names = _listed(sessions)
        rows = self.engine.rows(
            f"SELECT {COLUMNS} FROM attempts WHERE checkout_session IN ({listed}) AND organization = :organization",  # noqa: S608
            {**names, "organization": organization},
        )
        return {attempt.checkout_session or "": attempt for attempt in read_attempts(self.engine, rows)}

    def attempts_with_session(
        self, wanted: SessionFilter, *, limit: int, starting_after: str | None = None, ending_before: str | None = None
    ) -> tuple[list[Attempt], bool]:
        filters: dict[str, Any] = {
            "organization": wanted.organization,
            "account": wanted.account or "",
            "livemode": int(wanted.livemode),
        }
        filters |= {"payment_link": wanted.payment_link} if wanted.payment_link is not None else {}
        filters |= {"state": wanted.states} if wanted.states else {}
        conditions = ["checkout_session IS NOT NULL"]
        bounds = {
            "created >= :created_from": ("created_from", wanted.created_from),
            "created <= :created_to": ("created_to", wanted.created_to),
        }
        values = {}
        for condition, (name, value) in bounds.items():
            if value is not None:
                conditions.append(condition)
                values[name] = value
        rows, more = page(
            self.engine,
            "attempts",
            filters,
            columns=COLUMNS,
            noun="attempt",
            limit=limit,
            starting_after=starting_after,
            ending_before=ending_before,
            conditions=conditions,
            values=values,
        )
        return read_attempts(self.engine, rows), more

    def sessions_in_events(
        self, organization: str, sessions: Sequence[str], api_version: str
    ) -> dict[str, dict[str, Any]]:
        listed, names = _listed(sessions)
        rows = self.engine.rows(
            f"SELECT document FROM events WHERE about IN ({listed}) "  # noqa: S608
            "AND organization = :organization AND type LIKE :types ORDER BY sequence",
            {**names, "organization": organization, "types": "checkout.session.%"},
        )
        events = [json.loads(row["document"]) for row in rows]
        # Events may arrive in any order, so the time of an event says which one is newer.
        known = [event for event in events if event.get("api_version") == api_version]
        return {event["data"]["object"]["id"]: event["data"]["object"] for event in sorted(known, key=_created)}


def _created(event: dict[str, Any]) -> int:
    return int(event["created"])


def _listed(sessions: Sequence[str]) -> tuple[str, dict[str, str]]:
    """Return ids as a list of SQL, and the values that it names. Text that no database can store is left out."""
    values = {f"session_{index}": id for index, id in enumerate(sessions) if not UNSTORABLE.search(id)}
    return ", ".join(f":{name}" for name in values) or "NULL", values
