"""The tables of members, and of what users change. See `schema.py`, whose steps these continue."""

from typing import Final

from app.store.migrations import Step

PEOPLE_STEPS: Final = (
    Step(
        "members of organizations",
        (
            """CREATE TABLE members (
                sequence {sequence},
                organization TEXT NOT NULL REFERENCES organizations (id),
                user_id TEXT NOT NULL REFERENCES users (id),
                role TEXT NOT NULL,
                created {integer} NOT NULL,
                UNIQUE (organization, user_id)
            ) {strict}""",
            "CREATE INDEX members_by_user ON members (user_id, sequence)",
            # Earlier versions had one kind of user, who could do everything in one organization.
            "INSERT INTO members (organization, user_id, role, created) "
            "SELECT organization, id, 'owner', {number:created} FROM users ORDER BY sequence",
        ),
    ),
    Step(
        "changes",
        (
            """CREATE TABLE changes (
                sequence {sequence},
                id TEXT NOT NULL UNIQUE,
                organization TEXT NOT NULL REFERENCES organizations (id),
                about TEXT NOT NULL,
                document TEXT NOT NULL
            ) {strict}""",
            "CREATE INDEX changes_by_organization ON changes (organization, sequence)",
            "CREATE INDEX changes_by_object ON changes (organization, about, sequence)",
        ),
    ),
    Step(
        "invitations",
        (
            """CREATE TABLE invitations (
                sequence {sequence},
                id TEXT NOT NULL UNIQUE,
                organization TEXT NOT NULL REFERENCES organizations (id),
                email TEXT NOT NULL,
                hash TEXT NOT NULL UNIQUE,
                document TEXT NOT NULL,
                UNIQUE (organization, email)
            ) {strict}""",
        ),
    ),
)
