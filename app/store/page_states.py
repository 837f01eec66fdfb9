"""The state that the pages of a link depend on. One statement reads it, for each request of a page."""

import secrets
from typing import Final

from app.objects.page_state import PageState
from app.store.engine import Engine, fetch_one
from app.store.migrations import Step

_SQLITE_TRIGGER: Final = """
CREATE TRIGGER {table}_edition AFTER UPDATE OF document ON {table}
WHEN NEW.edition = OLD.edition AND NEW.document <> OLD.document
BEGIN UPDATE {table} SET edition = lower(hex(randomblob(8))) WHERE id = NEW.id; END
"""
_POSTGRESQL_FUNCTION: Final = """
CREATE FUNCTION change_edition() RETURNS trigger LANGUAGE plpgsql AS
'BEGIN NEW.edition = left(md5(random()::text || clock_timestamp()::text), 16); RETURN NEW; END'
"""
_POSTGRESQL_TRIGGER: Final = """
CREATE TRIGGER {table}_edition BEFORE UPDATE OF document ON {table} FOR EACH ROW
WHEN (NEW.edition = OLD.edition AND NEW.document <> OLD.document) EXECUTE FUNCTION change_edition()
"""


def _create_triggers(engine: Engine) -> None:
    """Let the database change an edition where a process of an earlier version changes a document without it."""
    if engine.dialect == "postgresql":
        engine.execute(_POSTGRESQL_FUNCTION)
    trigger = _POSTGRESQL_TRIGGER if engine.dialect == "postgresql" else _SQLITE_TRIGGER
    for table in ("payment_links", "organizations"):
        engine.execute(trigger.format(table=table))


PAGE_STEPS: Final = (
    Step(
        "editions of links and organizations",
        (
            # edition: see `PageState`. Empty: the row has not changed since this migration.
            "ALTER TABLE payment_links ADD COLUMN edition TEXT NOT NULL DEFAULT ''",
            "ALTER TABLE organizations ADD COLUMN edition TEXT NOT NULL DEFAULT ''",
        ),
    ),
    Step("editions that change with a document", (), _create_triggers),
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
