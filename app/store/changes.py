"""The log of changes. Rows are added, read and never replaced."""

from typing import Any

from app.objects.change import Change
from app.store.documents import document, read
from app.store.engine import Engine
from app.store.paging import page


def add_change(engine: Engine, change: Change) -> None:
    """Store a change."""
    engine.execute(
        "INSERT INTO changes (id, organization, about, document) VALUES (:id, :organization, :about, :document)",
        {
            "id": change.id,
            "organization": change.organization,
            "about": change.about,
            "document": document(change),
        },
    )


def changes(
    engine: Engine,
    organization: str,
    *,
    about: str | None,
    limit: int,
    starting_after: str | None,
    ending_before: str | None,
) -> tuple[list[Change], bool]:
    """See `People.changes`."""
    filters: dict[str, Any] = {"organization": organization, **({"about": about} if about is not None else {})}
    rows, more = page(
        engine,
        "changes",
        filters,
        columns="document",
        noun="change",
        limit=limit,
        starting_after=starting_after,
        ending_before=ending_before,
    )
    return [read(Change, row["document"]) for row in rows], more
