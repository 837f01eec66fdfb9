"""The part of a store that knows people: users of the console, their organizations and their log-ins."""

from typing import Protocol

from app.objects.change import Change
from app.objects.organization import Organization
from app.objects.user import Invitation, Login, Member, Role, User


class People(Protocol):
    """See `Store`, of which this is a part."""

    def add_user(self, user: User, role: Role = "owner") -> bool:
        """Store a new user as a member of their organization. Return False if a user on this server has this e-mail address already."""

    def save_user(self, user: User) -> None: ...
    def delete_user(self, id: str) -> None:
        """Delete a user with their memberships, and end their log-ins."""

    def lock_user(self, id: str) -> User | None:
        """Lock the user's row until the end of the transaction, and return the user."""

    def user(self, id: str) -> User | None: ...
    def user_by_email(self, email: str) -> User | None: ...
    def has_users(self) -> bool:
        """Return whether this server has a user."""

    def users(self, organization: str) -> list[User]:
        """Return the users who are members of the organization, in the order in which they became members."""

    def remember_address(self, user: str, address: str, now: int, since: int) -> None:
        """Store that a user has logged in from an address, and forget addresses that were last seen before `since`."""

    def knows_address(self, user: str, address: str, since: int) -> bool:
        """Return whether a user has logged in from an address since then."""

    def forget_addresses(self, user: str) -> None: ...
    def add_login(self, login: Login) -> None:
        """Store a new log-in, and delete all log-ins that have ended by its creation."""

    def save_login(self, login: Login) -> None:
        """Replace a log-in. A log-in that has ended stays ended."""

    def login(self, hash: str) -> Login | None: ...
    def delete_login(self, hash: str) -> None: ...
    def delete_logins(self, user: str) -> None: ...

    # who may do what in which organization

    def add_member(self, member: Member) -> bool:
        """Store that a user is a member of an organization. Return False if the user is one already."""

    def save_member(self, member: Member) -> None:
        """Replace the role of a member. Raises `StoreError` for a user who is no member."""

    def delete_member(self, organization: str, user: str) -> None:
        """End the membership of a user."""

    def lock_members(self, organization: str) -> list[Member]:
        """Lock the members of an organization until the end of the transaction. Return them, oldest first."""

    def members(self, organization: str) -> list[Member]:
        """Return the members of an organization, oldest first."""

    def memberships(self, user: str) -> list[tuple[Member, Organization]]:
        """Return the memberships of a user with their organizations, oldest first."""

    def add_invitation(self, invitation: Invitation) -> None:
        """Store an invitation, in place of an earlier one of the same address to the same organization."""

    def invitation(self, hash: str) -> Invitation | None:
        """Return the invitation with this SHA-256 of its token, or None. Invitations that have timed out are returned too."""

    def invitations(self, organization: str) -> list[Invitation]:
        """Return the invitations to an organization, oldest first."""

    def delete_invitation(self, organization: str, id: str) -> None: ...
    def logins(self, user: str) -> list[Login]:
        """Return the log-ins of a user, also those that have timed out."""

    # the log of changes

    def add_change(self, change: Change) -> None: ...
    def changes(
        self,
        organization: str,
        *,
        about: str | None = None,
        limit: int = 10,
        starting_after: str | None = None,
        ending_before: str | None = None,
    ) -> tuple[list[Change], bool]:
        """Return a page of the changes of an organization, newest first, and whether more follow. `about` keeps those of one object.

        Raises `ResourceMissing` for an unknown cursor.
        """

    # the first run

    def add_setup_token(self, hash: str, now: int) -> None:
        """Store the SHA-256 of a token that may make the first user."""

    def setup_token_is_used(self, hash: str) -> bool | None:
        """Return whether a token was used, or became useless because another one was. None: there is no such token."""

    def use_setup_token(self, hash: str, now: int) -> bool:
        """Use up a token, and every other one with it. Return False for a token that was used or does not exist."""
