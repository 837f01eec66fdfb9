"""Organizations and their keys; of a key only the hash is kept, and that is how it is found."""

from app.errors import StoreError
from app.objects.organization import Key, Organization
from app.store.documents import document, read
from app.store.engine import Engine, fetch_one


def add_organization(engine: Engine, organization: Organization) -> None:
    """Keep a new organization."""
    engine.execute(
        "INSERT INTO organizations (id, document) VALUES (:id, :document)",
        {"id": organization.id, "document": document(organization)},
    )


def save_organization(engine: Engine, organization: Organization) -> None:
    """Replace an organization."""
    changed = engine.execute(
        "UPDATE organizations SET document = :document WHERE id = :id",
        {"id": organization.id, "document": document(organization)},
    )
    if not changed:
        raise StoreError(f"There is no organization {organization.id}.")


def organization(engine: Engine, id: str) -> Organization | None:
    """The organization by its id."""
    row = fetch_one(engine, "SELECT document FROM organizations WHERE id = :id", {"id": id})
    return read(Organization, row["document"]) if row else None


def organizations(engine: Engine) -> list[Organization]:
    """All of them, oldest first."""
    return [
        read(Organization, row["document"])
        for row in engine.rows("SELECT document FROM organizations ORDER BY sequence")
    ]


def add_key(engine: Engine, key: Key) -> None:
    """Keep a new key."""
    engine.execute(
        "INSERT INTO keys (id, organization, hash, document) VALUES (:id, :organization, :hash, :document)",
        {"id": key.id, "organization": key.organization, "hash": key.hash, "document": document(key)},
    )


def save_key(engine: Engine, key: Key) -> None:
    """Replace a key; its hash and its owner stay what they were."""
    changed = engine.execute(
        "UPDATE keys SET document = :document WHERE id = :id AND hash = :hash AND organization = :organization",
        {"id": key.id, "hash": key.hash, "organization": key.organization, "document": document(key)},
    )
    if not changed:
        raise StoreError(f"There is no key {key.id} with this hash and owner.")


def key_by_hash(engine: Engine, hash: str) -> Key | None:
    """The key by the SHA-256 of what was shown once, whether or not it has expired or was revoked."""
    row = fetch_one(engine, "SELECT document FROM keys WHERE hash = :hash", {"hash": hash})
    return read(Key, row["document"]) if row else None


def keys(engine: Engine, organization: str) -> list[Key]:
    """The organization's keys, oldest first."""
    rows = engine.rows(
        "SELECT document FROM keys WHERE organization = :organization ORDER BY sequence", {"organization": organization}
    )
    return [read(Key, row["document"]) for row in rows]
