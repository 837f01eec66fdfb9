"""Remove old documents of the sandbox (expired sessions, events with their deliveries), and erase what it knows about a buyer."""

import json
from collections.abc import Callable
from functools import partial
from typing import Any, Final

from app.objects.personal_data import without_personal_data
from app.sandbox.account import Document
from app.store.engine import Engine

BATCH: Final = 200

_NAMED: Final = ("customer", "payment_intent", "_payment_intent", "subscription")
"""What a session made: the names under which it has their ids."""


def prune(engine: Engine, before: int, *, dry_run: bool = False) -> dict[str, int]:
    """Remove what is older than `before`, or with `dry_run` count it; how many documents of each kind."""
    return {
        "sandbox_events": _prune(engine, "event", before, _may_always_go, dry_run),
        "sandbox_sessions": _prune(engine, "checkout.session", before, _is_unpaid, dry_run),
    }


def _may_always_go(_event: Document) -> bool:
    return True


def _is_unpaid(session: Document) -> bool:
    return bool(session["status"] == "expired")


def _prune(engine: Engine, object: str, before: int, may_go: Callable[[Document], bool], dry_run: bool) -> int:
    """Walk from the oldest document on, until one is young enough to stay."""
    removed, at = 0, 0
    while True:
        rows = engine.rows(
            "SELECT sequence, id, document FROM sandbox_objects WHERE object = :object AND sequence > :at"
            " ORDER BY sequence LIMIT :limit",
            {"object": object, "at": at, "limit": BATCH},
        )
        old = [row for row in rows if json.loads(row["document"])["created"] < before]
        going = [row for row in old if may_go(json.loads(row["document"]))]
        if not dry_run and going:
            engine.run(partial(_delete, engine, going))
        removed += len(going)
        if len(old) < len(rows) or len(rows) < BATCH:
            return removed
        at = rows[-1]["sequence"]


def _delete(engine: Engine, rows: list[dict[str, Any]]) -> None:
    names = {f"sequence_{index}": row["sequence"] for index, row in enumerate(rows)}
    ids = {f"id_{index}": row["id"] for index, row in enumerate(rows)}
    engine.execute(
        f"DELETE FROM sandbox_objects WHERE sequence IN ({', '.join(f':{name}' for name in names)})",  # noqa: S608
        names,
    )
    engine.execute(
        f"DELETE FROM sandbox_deliveries WHERE event IN ({', '.join(f':{name}' for name in ids)})",  # noqa: S608
        ids,
    )


def erase(engine: Engine, session: str) -> None:
    """Erase the buyer's data from the session, from what it made, and from events and stored answers about them."""
    engine.run(lambda: _erase(engine, session))


def _erase(engine: Engine, session: str) -> None:
    rows = engine.rows(
        "SELECT document FROM sandbox_objects WHERE object = 'checkout.session' AND id = :id", {"id": session}
    )
    ids = {session}
    for row in rows:
        document: Document = json.loads(row["document"])
        ids |= {value for name in _NAMED if isinstance(value := document.get(name), str)}
    for id in sorted(ids):
        # Ids have an underscore, which LIKE takes for any character: the text is looked at again.
        found = engine.rows(
            "SELECT sequence, document FROM sandbox_objects WHERE document LIKE :named", {"named": f"%{id}%"}
        )
        for row in found:
            if id in row["document"]:
                erased = json.dumps(without_personal_data(json.loads(row["document"])), separators=(",", ":"))
                engine.execute(
                    "UPDATE sandbox_objects SET document = :document, version = version + 1 WHERE sequence = :sequence",
                    {"document": erased, "sequence": row["sequence"]},
                )
        engine.execute("DELETE FROM sandbox_idempotency WHERE body LIKE :named", {"named": f"%{id}%"})
