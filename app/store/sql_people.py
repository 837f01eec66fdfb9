"""The part of the store that knows people: each method calls the module that has its statements."""

from app.objects.change import Change
from app.objects.organization import Organization
from app.objects.user import Invitation, Login, Member, Role, User
from app.store import changes, first_run, members, users
from app.store.engine import Engine


class SQLPeople:
    """See `People`, whose protocol documents the methods."""

    engine: Engine

    def add_user(self, user: User, role: Role = "owner") -> bool:
        return users.add_user(self.engine, user, role)

    def save_user(self, user: User) -> None:
        users.save_user(self.engine, user)

    def delete_user(self, id: str) -> None:
        users.delete_user(self.engine, id)

    def lock_user(self, id: str) -> User | None:
        return users.lock_user(self.engine, id)

    def user(self, id: str) -> User | None:
        return users.user(self.engine, id)

    def user_by_email(self, email: str) -> User | None:
        return users.user_by_email(self.engine, email)

    def has_users(self) -> bool:
        return first_run.has_users(self.engine)

    def users(self, organization: str) -> list[User]:
        return users.users(self.engine, organization)

    def remember_address(self, user: str, address: str, now: int, since: int) -> None:
        users.remember_address(self.engine, user, address, now, since)

    def knows_address(self, user: str, address: str, since: int) -> bool:
        return users.knows_address(self.engine, user, address, since)

    def forget_addresses(self, user: str) -> None:
        users.forget_addresses(self.engine, user)

    def add_login(self, login: Login) -> None:
        users.add_login(self.engine, login)

    def save_login(self, login: Login) -> None:
        users.save_login(self.engine, login)

    def login(self, hash: str) -> Login | None:
        return users.login(self.engine, hash)

    def delete_login(self, hash: str) -> None:
        users.delete_login(self.engine, hash)

    def delete_logins(self, user: str) -> None:
        users.delete_logins(self.engine, user)

    def add_member(self, member: Member) -> bool:
        return members.add_member(self.engine, member)

    def save_member(self, member: Member) -> None:
        members.save_member(self.engine, member)

    def delete_member(self, organization: str, user: str) -> None:
        members.delete_member(self.engine, organization, user)

    def lock_members(self, organization: str) -> list[Member]:
        return members.lock_members(self.engine, organization)

    def members(self, organization: str) -> list[Member]:
        return members.members(self.engine, organization)

    def memberships(self, user: str) -> list[tuple[Member, Organization]]:
        return members.memberships(self.engine, user)

    def add_invitation(self, invitation: Invitation) -> None:
        members.add_invitation(self.engine, invitation)

    def invitation(self, hash: str) -> Invitation | None:
        return members.invitation(self.engine, hash)

    def invitations(self, organization: str) -> list[Invitation]:
        return members.invitations(self.engine, organization)

    def delete_invitation(self, organization: str, id: str) -> None:
        members.delete_invitation(self.engine, organization, id)

    def logins(self, user: str) -> list[Login]:
        return users.logins(self.engine, user)

    def add_change(self, change: Change) -> None:
        changes.add_change(self.engine, change)

    def changes(
        self,
        organization: str,
        *,
        about: str | None = None,
        limit: int = 10,
        starting_after: str | None = None,
        ending_before: str | None = None,
    ) -> tuple[list[Change], bool]:
        return changes.changes(
            self.engine,
            organization,
            about=about,
            limit=limit,
            starting_after=starting_after,
            ending_before=ending_before,
        )

    def add_setup_token(self, hash: str, now: int) -> None:
        first_run.add_setup_token(self.engine, hash, now)

    def setup_token_is_used(self, hash: str) -> bool | None:
        return first_run.setup_token_is_used(self.engine, hash)

    def use_setup_token(self, hash: str, now: int) -> bool:
        return first_run.use_setup_token(self.engine, hash, now)
