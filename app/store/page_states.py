"""The state that the pages of a link depend on. One statement reads it, for each request of a page."""

import secrets
from typing import Final

from app.objects.page_state import PageState
from app.store.engine import Engine, fetch_one
from app.store.migrations import Step

PAGE_STEPS: Final = (
    Step(
        "editions of links and organizations",
        (
            # edition: see `PageState`. Empty: the row has not changed since this migration.
            "ALTER TABLE payment_links ADD COLUMN edition TEXT NOT NULL DEFAULT ''",
            "ALTER TABLE organizations ADD COLUMN edition TEXT NOT NULL DEFAULT ''",
        ),
    ),
)

_STATE: Final = (
    "SELECT payment_links.id AS link, payment_links.edition AS link_edition, version, completed, places, places_limit, "
    "organizations.edition AS organization_edition, "
    "(SELECT users.email FROM members JOIN users ON users.id = members.user_id "
    "WHERE members.organization = payment_links.organization ORDER BY members.sequence LIMIT 1) AS owner_email "
    "FROM link_codes JOIN payment_links ON payment_links.id = payment_link "
    "JOIN organizations ON organizations.id = payment_links.organization WHERE code = :code"
)


def new_edition() -> str:
    """Return the name of a new edition of a row."""
    return secrets.token_hex(8)


def page_state(engine: Engine, code: str) -> PageState | None:
    """See `Store.page_state`."""
    row = fetch_one(engine, _STATE, {"code": code})
    if row is None:
        return None
    limit = row["places_limit"]
    return PageState(
        row["link"],
        row["link_edition"],
        row["version"],
        0 if limit is None else row["completed"],
        limit is None or row["places"] < limit,
        row["organization_edition"],
        row["owner_email"],
    )
