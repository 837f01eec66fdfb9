"""Organizations and their API keys. Of a key only the hash is stored, and the hash finds the key."""

from typing import Final

from app.errors import StoreError
from app.objects.organization import Key, Organization
from app.objects.read_once import ReadOnce
from app.store.documents import document, read
from app.store.engine import Engine, fetch_one
from app.store.page_states import new_edition

read_organization: Final = ReadOnce(lambda text, _: read(Organization, text))
_read_key: Final = ReadOnce(lambda text, _: read(Key, text))


def add_organization(engine: Engine, organization: Organization) -> None:
    """Store a new organization."""
    engine.execute(
        "INSERT INTO organizations (id, document, edition) VALUES (:id, :document, :edition)",
        {"id": organization.id, "document": document(organization), "edition": new_edition()},
    )


def save_organization(engine: Engine, organization: Organization) -> None:
    """Replace an organization. Raises `StoreError` for an unknown id."""
    changed = engine.execute(
        "UPDATE organizations SET document = :document, edition = :edition WHERE id = :id",
        {"id": organization.id, "document": document(organization), "edition": new_edition()},
    )
    if not changed:
        raise StoreError(f"There is no organization {organization.id}.")


def organization(engine: Engine, id: str) -> Organization | None:
    """Return the organization with this id, or None."""
    row = fetch_one(engine, "SELECT document FROM organizations WHERE id = :id", {"id": id})
    return read_organization(row["document"]) if row else None


def organizations(engine: Engine) -> list[Organization]:
    """Return all organizations, oldest first."""
    return [
        read_organization(row["document"])
        for row in engine.rows("SELECT document FROM organizations ORDER BY sequence")
    ]


def only_organization(engine: Engine) -> Organization | None:
    """See `Store.only_organization`. Reads two rows at most, however many there are."""
    rows = engine.rows("SELECT document FROM organizations ORDER BY sequence LIMIT 2")
    return read_organization(rows[0]["document"]) if len(rows) == 1 else None


def add_key(engine: Engine, key: Key) -> None:
    """Store a new key."""
    engine.execute(
        "INSERT INTO keys (id, organization, hash, document) VALUES (:id, :organization, :hash, :document)",
        {"id": key.id, "organization": key.organization, "hash": key.hash, "document": document(key)},
    )


def save_key(engine: Engine, key: Key) -> None:
    """Replace a key. Raises `StoreError` for an unknown key or another hash or organization: neither ever changes."""
    changed = engine.execute(
        "UPDATE keys SET document = :document WHERE id = :id AND hash = :hash AND organization = :organization",
        {"id": key.id, "hash": key.hash, "organization": key.organization, "document": document(key)},
    )
    if not changed:
        raise StoreError(f"There is no key {key.id} with this hash and owner.")


def key_by_hash(engine: Engine, hash: str) -> Key | None:
    """Return the key with this SHA-256, or None. Expired and revoked keys are returned too."""
    row = fetch_one(engine, "SELECT document FROM keys WHERE hash = :hash", {"hash": hash})
    return _read_key(row["document"]) if row else None


def key_and_organization(engine: Engine, hash: str) -> tuple[Key, Organization] | None:
    """See `Store.key_and_organization`."""
    row = fetch_one(
        engine,
        "SELECT keys.document AS key_document, organizations.document AS organization_document "
        "FROM keys JOIN organizations ON organizations.id = keys.organization WHERE hash = :hash",
        {"hash": hash},
    )
    return (_read_key(row["key_document"]), read_organization(row["organization_document"])) if row else None


def keys(engine: Engine, organization: str) -> list[Key]:
    """Return the organization's keys, oldest first."""
    rows = engine.rows(
        "SELECT document FROM keys WHERE organization = :organization ORDER BY sequence", {"organization": organization}
    )
    return [read(Key, row["document"]) for row in rows]
