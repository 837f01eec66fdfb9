"""Erase what the sandbox knows about the buyer of a session: it stands in for Stripe, but in the merchant's own database."""

import json
from typing import Final

from app.objects.personal_data import without_personal_data
from app.sandbox.account import Document
from app.store.engine import Engine

_NAMED: Final = ("customer", "payment_intent", "_payment_intent", "subscription")


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
