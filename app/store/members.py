"""Members of organizations, and invitations to them: which user has which role where."""

from app.errors import StoreError
from app.objects.organization import Organization
from app.objects.user import Invitation, Member
from app.store.documents import document, read
from app.store.engine import Engine, Row, atomic, fetch_one

_COLUMNS = "created, organization, role, user_id"


def add_member(engine: Engine, member: Member) -> bool:
    """See `People.add_member`."""
    added = engine.execute(
        "INSERT INTO members (created, organization, role, user_id) VALUES (:created, :organization, :role, :user) "
        "ON CONFLICT (organization, user_id) DO NOTHING",
        {"created": member.created, "organization": member.organization, "role": member.role, "user": member.user},
    )
    return added > 0


def save_member(engine: Engine, member: Member) -> None:
    """See `People.save_member`."""
    changed = engine.execute(
        "UPDATE members SET role = :role WHERE organization = :organization AND user_id = :user",
        {"organization": member.organization, "role": member.role, "user": member.user},
    )
    if not changed:
        raise StoreError(f"The user {member.user} is no member of {member.organization}.")


def delete_member(engine: Engine, organization: str, user: str) -> None:
    """See `People.delete_member`."""
    engine.execute(
        "DELETE FROM members WHERE organization = :organization AND user_id = :user",
        {"organization": organization, "user": user},
    )


def delete_memberships(engine: Engine, user: str) -> None:
    """End every membership of a user."""
    engine.execute("DELETE FROM members WHERE user_id = :user", {"user": user})


def lock_members(engine: Engine, organization: str) -> list[Member]:
    """See `People.lock_members`. An UPDATE to the same value takes the lock on every engine; a SELECT does not."""
    engine.execute("UPDATE organizations SET id = id WHERE id = :organization", {"organization": organization})
    return members(engine, organization)


def members(engine: Engine, organization: str) -> list[Member]:
    """See `People.members`."""
    rows = engine.rows(
        f"SELECT {_COLUMNS} FROM members WHERE organization = :organization ORDER BY sequence",  # noqa: S608
        {"organization": organization},
    )
    return [_read(row) for row in rows]


def memberships(engine: Engine, user: str) -> list[tuple[Member, Organization]]:
    """See `People.memberships`."""
    rows = engine.rows(
        "SELECT members.created, members.organization, members.role, members.user_id, organizations.document FROM members "
        "JOIN organizations ON organizations.id = members.organization WHERE members.user_id = :user ORDER BY members.sequence",
        {"user": user},
    )
    return [(_read(row), read(Organization, row["document"])) for row in rows]


@atomic
def add_invitation(engine: Engine, invitation: Invitation) -> None:
    """See `People.add_invitation`."""
    values = {
        "id": invitation.id,
        "organization": invitation.organization,
        "email": invitation.email,
        "hash": invitation.hash,
        "document": document(invitation),
    }
    engine.execute("DELETE FROM invitations WHERE organization = :organization AND email = :email", values)
    engine.execute(
        "INSERT INTO invitations (id, organization, email, hash, document) VALUES (:id, :organization, :email, :hash, :document)",
        values,
    )


def invitation(engine: Engine, hash: str) -> Invitation | None:
    """See `People.invitation`."""
    row = fetch_one(engine, "SELECT document FROM invitations WHERE hash = :hash", {"hash": hash})
    return read(Invitation, row["document"]) if row else None


def invitations(engine: Engine, organization: str) -> list[Invitation]:
    """See `People.invitations`."""
    rows = engine.rows(
        "SELECT document FROM invitations WHERE organization = :organization ORDER BY sequence",
        {"organization": organization},
    )
    return [read(Invitation, row["document"]) for row in rows]


def delete_invitation(engine: Engine, organization: str, id: str) -> None:
    """Delete an invitation to an organization."""
    engine.execute(
        "DELETE FROM invitations WHERE organization = :organization AND id = :id",
        {"organization": organization, "id": id},
    )


def _read(row: Row) -> Member:
    return Member(created=row["created"], organization=row["organization"], role=row["role"], user=row["user_id"])
