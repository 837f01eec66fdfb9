"""Users of the console and their log-ins. A log-in is found by the hash of its token, a user by id or e-mail address."""

from app.errors import StoreError
from app.objects.user import Login, Member, Role, User
from app.store import members
from app.store.documents import document, read
from app.store.engine import Engine, atomic, fetch_one


@atomic
def add_user(engine: Engine, user: User, role: Role) -> bool:
    """See `People.add_user`."""
    added = engine.execute(
        "INSERT INTO users (id, organization, email, document) VALUES (:id, :organization, :email, :document) "
        "ON CONFLICT (email) DO NOTHING",
        {"id": user.id, "organization": user.organization, "email": user.email, "document": document(user)},
    )
    if added:
        members.add_member(
            engine, Member(created=user.created, organization=user.organization, role=role, user=user.id)
        )
    return added > 0


def save_user(engine: Engine, user: User) -> None:
    """Replace a user. Raises `StoreError` for an unknown user or another address or organization: neither ever changes."""
    changed = engine.execute(
        "UPDATE users SET document = :document WHERE id = :id AND email = :email AND organization = :organization",
        {"id": user.id, "email": user.email, "organization": user.organization, "document": document(user)},
    )
    if not changed:
        raise StoreError(f"There is no user {user.id} with this address and organization.")


@atomic
def delete_user(engine: Engine, id: str) -> None:
    """See `People.delete_user`."""
    lock_user(engine, id)
    delete_logins(engine, id)
    forget_addresses(engine, id)
    members.delete_memberships(engine, id)
    engine.execute("DELETE FROM users WHERE id = :id", {"id": id})


def lock_user(engine: Engine, id: str) -> User | None:
    """See `People.lock_user`. An UPDATE to the same value takes the row's lock on every engine; a SELECT does not."""
    engine.execute("UPDATE users SET email = email WHERE id = :id", {"id": id})
    return user(engine, id)


def user(engine: Engine, id: str) -> User | None:
    """Return the user with this id, or None."""
    row = fetch_one(engine, "SELECT document FROM users WHERE id = :id", {"id": id})
    return read(User, row["document"]) if row else None


def user_by_email(engine: Engine, email: str) -> User | None:
    """Return the user with this e-mail address, or None. Addresses are stored in lower case."""
    row = fetch_one(engine, "SELECT document FROM users WHERE email = :email", {"email": email})
    return read(User, row["document"]) if row else None


def users(engine: Engine, organization: str) -> list[User]:
    """See `People.users`."""
    rows = engine.rows(
        "SELECT users.document FROM members JOIN users ON users.id = members.user_id "
        "WHERE members.organization = :organization ORDER BY members.sequence",
        {"organization": organization},
    )
    return [read(User, row["document"]) for row in rows]


@atomic
def add_login(engine: Engine, login: Login) -> None:
    """See `People.add_login`."""
    engine.execute("DELETE FROM logins WHERE ends_at <= :now", {"now": login.created})
    engine.execute(
        "INSERT INTO logins (hash, user_id, ends_at, document) VALUES (:hash, :user, :ends_at, :document)",
        {"hash": login.hash, "user": login.user, "ends_at": login.ends_at, "document": document(login)},
    )


def save_login(engine: Engine, login: Login) -> None:
    """See `People.save_login`."""
    engine.execute(
        "UPDATE logins SET ends_at = :ends_at, document = :document WHERE hash = :hash",
        {"hash": login.hash, "ends_at": login.ends_at, "document": document(login)},
    )


def login(engine: Engine, hash: str) -> Login | None:
    """Return the log-in with this SHA-256 of its token, or None. Log-ins that have timed out are returned too."""
    row = fetch_one(engine, "SELECT document FROM logins WHERE hash = :hash", {"hash": hash})
    return read(Login, row["document"]) if row else None


def logins(engine: Engine, user: str) -> list[Login]:
    """See `People.logins`."""
    rows = engine.rows("SELECT document FROM logins WHERE user_id = :user ORDER BY ends_at", {"user": user})
    return [read(Login, row["document"]) for row in rows]


def delete_login(engine: Engine, hash: str) -> None:
    """End one log-in."""
    engine.execute("DELETE FROM logins WHERE hash = :hash", {"hash": hash})


def delete_logins(engine: Engine, user: str) -> None:
    """End every log-in of a user."""
    engine.execute("DELETE FROM logins WHERE user_id = :user", {"user": user})


@atomic
def remember_address(engine: Engine, user: str, address: str, now: int, since: int) -> None:
    """See `People.remember_address`."""
    engine.execute(
        "DELETE FROM known_addresses WHERE user_id = :user AND seen < :since", {"user": user, "since": since}
    )
    engine.execute(
        "INSERT INTO known_addresses (user_id, address, seen) VALUES (:user, :address, :now) "
        "ON CONFLICT (user_id, address) DO UPDATE SET seen = excluded.seen",
        {"user": user, "address": address, "now": now},
    )


def knows_address(engine: Engine, user: str, address: str, since: int) -> bool:
    """See `People.knows_address`."""
    values = {"user": user, "address": address, "since": since}
    return bool(
        engine.rows(
            "SELECT 1 FROM known_addresses WHERE user_id = :user AND address = :address AND seen >= :since", values
        )
    )


def forget_addresses(engine: Engine, user: str) -> None:
    """Forget every address that a user has logged in from."""
    engine.execute("DELETE FROM known_addresses WHERE user_id = :user", {"user": user})
