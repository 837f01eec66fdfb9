"""What a store can do, whatever keeps it. Every method is its own transaction unless one is open around it."""

from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager
from typing import Any, Protocol, TypeVar

from app.errors import StoreError
from app.objects.attempt import Attempt, State, Transition
from app.objects.base import Object
from app.objects.event import Event
from app.objects.organization import Key, Organization
from app.objects.payment_link import PaymentLink
from app.objects.user import Login, User

T = TypeVar("T")


class SlugTaken(StoreError):
    """Another link on this server answers to this slug already."""

    message = "This slug is in use."


class IdempotentAnswer(Object):
    """What is kept of a request with an idempotency key; `status` None: still in flight."""

    body: str | None = None
    fingerprint: str
    status: int | None = None


class EventCursor(Object):
    """How far an account's events at Stripe have been read: the last event; `refused_at` is when the key was not allowed to."""

    event: str | None = None
    refused_at: int | None = None


class Store(Protocol):
    """Keeps objects. Raises `StoreBusy` when a lock or a race could not be waited out; nothing was changed then."""

    def transaction(self) -> AbstractContextManager[None]:
        """All or nothing around several calls, taking the write lock at once; a transaction inside another joins it.

        Inside another, an exception undoes the inner part alone. After a `StoreError` a transaction must be left by an exception;
        what is tried on purpose (`add_link` with a slug that may be taken) undoes only itself.
        """

    def run(self, work: Callable[[], T]) -> T:
        """Do work in a transaction and commit. Where it loses a race it is undone and done again, a bounded number of times.

        So it reads inside what it decides by, raises `StoreBusy` where it finds that it lost, and touches nothing but the store.
        Inside a transaction it joins that one.
        """

    def close(self) -> None:
        """Give back every connection of this thread or pool."""

    def migrate(self, now: int) -> list[str]:
        """Bring the database to today's shape; the names of the steps that were applied. Safe to run again, and at once."""

    def pending_migrations(self) -> list[str]:
        """The steps that `migrate` would apply; raises `StoreError` where the database cannot be reached."""

    # organizations and keys

    def add_organization(self, organization: Organization) -> None: ...
    def save_organization(self, organization: Organization) -> None: ...
    def organization(self, id: str) -> Organization | None: ...
    def organizations(self) -> list[Organization]:
        """All of them, oldest first."""

    def add_key(self, key: Key) -> None: ...
    def save_key(self, key: Key) -> None: ...
    def key_by_hash(self, hash: str) -> Key | None: ...
    def keys(self, organization: str) -> list[Key]: ...

    # users of the console and their log-ins

    def add_user(self, user: User) -> bool:
        """Keep a new user; False when somebody on this server has this e-mail address already."""

    def save_user(self, user: User) -> None: ...
    def delete_user(self, id: str) -> None:
        """Forget a user and end their log-ins."""

    def lock_user(self, id: str) -> User | None:
        """The user as they are once everybody else is done with them; within a transaction they stay so until its end."""

    def user(self, id: str) -> User | None: ...
    def user_by_email(self, email: str) -> User | None: ...
    def users(self, organization: str) -> list[User]:
        """Oldest first."""

    def add_login(self, login: Login) -> None:
        """Keep a new log-in, and forget those, of anybody, that have ended by then."""

    def save_login(self, login: Login) -> None:
        """Replace a log-in; one that was ended meanwhile stays ended."""

    def login(self, hash: str) -> Login | None: ...
    def delete_login(self, hash: str) -> None: ...
    def delete_logins(self, user: str) -> None: ...

    # payment links

    def add_link(self, link: PaymentLink) -> None:
        """Keep a new link. Raises `SlugTaken` (of `app.store.protocol`) when its slug or code is in use on this server."""

    def save_link(self, link: PaymentLink) -> bool:
        """Replace the link whose `counterfoil.version` is one less; False when somebody else was faster. Raises `SlugTaken`."""

    def link(self, id: str) -> PaymentLink | None: ...
    def link_by_code(self, code: str) -> PaymentLink | None:
        """By the random code or by the slug. `restrictions.completed_sessions.count` is filled in, here and everywhere."""

    def links(
        self,
        organization: str,
        *,
        active: bool | None = None,
        limit: int = 10,
        starting_after: str | None = None,
        ending_before: str | None = None,
    ) -> tuple[list[PaymentLink], bool]:
        """A page of links, newest first by insertion, and whether more follow in that direction.

        Raises ResourceMissing for an unknown cursor."""

    def completed_sessions(self, links: Sequence[str]) -> dict[str, int]:
        """How many sessions of each of these links have been completed, by the link's id; links with and without a limit alike."""

    def links_with(self, resource: str) -> list[PaymentLink]:
        """The links that hold a snapshot of this price, product, coupon, tax rate or shipping rate (by its id)."""

    # places: one counter per link, changed by one conditional statement

    def hold_place(self, link: str) -> bool:
        """Take one of the link's places; False when as many are held or taken as `completed_sessions.limit` allows."""

    def release_place(self, link: str) -> None:
        """Give a held place back."""

    def places_left(self, link: str) -> int | None:
        """How many places are neither held nor completed; None for a link without a limit."""

    def complete_place(self, link: str) -> bool:
        """A held place has become a completed session: `completed_sessions.count` grows by one; False at the limit."""

    def uncomplete_place(self, link: str) -> None:
        """A completed session failed after all (a delayed debit): its place and its count are given back."""

    # attempts

    def add_attempt(self, attempt: Attempt, cause: str) -> bool:
        """Keep a new attempt and the first row of its history; False when this form and fingerprint have a live one already."""

    def save_attempt(self, attempt: Attempt, cause: str) -> bool:
        """Replace the attempt whose `version` is one less, with a row of history when its state changed; False: too late."""

    def attempt(self, id: str) -> Attempt | None: ...
    def attempt_by_token(self, token: str) -> Attempt | None: ...
    def attempt_by_session(self, checkout_session: str) -> Attempt | None: ...
    def attempt_by_payment_intent(self, payment_intent: str) -> Attempt | None: ...
    def attempts_of_form(self, form: str, *, ended: bool = True, limit: int = 100) -> list[Attempt]:
        """Return the attempts of one form, oldest first. With `ended` false, leave out those that failed, expired or were canceled.

        Those that are left are few: one form has one open session at most, and a completed one opens nothing more.
        """

    def count_attempts_of_form(self, form: str, most: int) -> int:
        """Return how many attempts one form has made. Stop counting at `most`."""

    def attempts(
        self,
        organization: str,
        *,
        payment_link: str | None = None,
        state: Sequence[State] = (),
        flagged: bool | None = None,
        limit: int = 10,
        starting_after: str | None = None,
        ending_before: str | None = None,
    ) -> tuple[list[Attempt], bool]:
        """A page of an organization's attempts, newest first by insertion, and whether more follow in that direction.

        Only those of this link, in these states, with or without flags, where that is given. Raises ResourceMissing for an unknown
        cursor."""

    def attempts_of_link(self, link: str, *, state: Sequence[str] = (), limit: int = 100) -> list[Attempt]:
        """Newest first; only those in these states where any are named."""

    def open_attempts(self, *, after: str | None = None, limit: int = 100) -> list[Attempt]:
        """What reconciling asks Stripe about, of every organization, oldest first, after this id: attempts in `opened` or `processing`,

        and those in `paid` or `no_payment_required` that came when no place was left and are not undone yet."""

    # what reconciling looks up

    def accounts_with_open_attempts(self, *, livemode: bool) -> list[str | None]:
        """Return the accounts at Stripe of all open attempts (see `open_attempts`); None is the platform's own."""

    def oldest_open_attempt(self, account: str | None, *, livemode: bool) -> int | None:
        """Return when the oldest open attempt of an account was made."""

    def attempts_to_look_at(
        self, account: str | None, now: int, *, livemode: bool, overdue: bool, limit: int = 100
    ) -> list[Attempt]:
        """Return open attempts of an account whose next look is due, the most urgent first.

        With `overdue` only those whose time is over, by a minute where they have a session; else all that are a minute old.
        """

    def attempts_to_refund(self, now: int, *, livemode: bool, limit: int = 100) -> list[Attempt]:
        """Return attempts of every account that were paid when no place was left, and whose next look is due."""

    def state_of_session(self, checkout_session: str, account: str | None) -> State | None:
        """Return the state of the attempt with this session of this account, without reading the attempt."""

    def set_next_look(self, id: str, at: int) -> None:
        """Note when the attempt's session may be read by itself again; no new version of the attempt."""

    def attempts_of_closed_links(
        self, now: int, *, livemode: bool, after: str | None = None, limit: int = 100
    ) -> list[Attempt]:
        """Return attempts in `opened` whose link is switched off, closed or used up, oldest first, after this id.

        Leave out those whose own time is over, and those with flags, which somebody has to look at.
        """

    def event_cursor(self, account: str | None, *, livemode: bool) -> EventCursor:
        """Return how far the events of an account have been read."""

    def save_event_cursor(self, account: str | None, cursor: EventCursor, *, livemode: bool) -> None:
        """Keep how far the events of an account have been read."""

    def history(self, attempt: str) -> list[Transition]:
        """Every transition of an attempt, oldest first."""

    def transition_counts(self) -> dict[tuple[State | None, State], int]:
        """How often an attempt went from one state to another, over all links; from None: how many were made."""

    def next_release(self, link: str) -> int | None:
        """The earliest `expires_at` among attempts that hold a place of this link."""

    # events: what we made, and what Stripe sent

    def add_event(self, event: Event, *, organization: str | None, received: int, payload: str | None = None) -> bool:
        """Keep an event once by its id; False when it is there already.

        `payload` is what Stripe sent: the event then waits to be applied. None: we made it ourselves, and it waits for nobody.
        """

    def mark_event(self, id: str, *, applied: int | None, outcome: str) -> None:
        """Note when an event was applied and what came of it (`applied`, `ignored`, `waiting`, `refused: …`; our own: `made`)."""

    def event(self, id: str) -> Event | None: ...
    def event_outcome(self, id: str) -> tuple[int | None, str] | None:
        """When the event was applied, and what came of it."""

    def waiting_events(
        self, *, about: str | None = None, due: int | None = None, after: str | None = None, limit: int = 100
    ) -> list[Event]:
        """Kept, but not applied yet, oldest first, after this id; with `about` only those about this object, or about a charge of
        this payment intent; with `due` only those that were not postponed beyond that time."""

    def postpone_event(self, id: str, until: int) -> None:
        """Note that a waiting event need not be looked at before that time."""

    def events(
        self,
        organization: str | None,
        *,
        type: str | None = None,
        limit: int = 10,
        starting_after: str | None = None,
        ending_before: str | None = None,
    ) -> tuple[list[Event], bool]:
        """A page of events, newest first by insertion; None: of every organization."""

    def event_counts(self) -> dict[tuple[str, str], int]:
        """How many events there are of each type and outcome."""

    # idempotency keys of our own API

    def begin_idempotent(self, organization: str, key: str, fingerprint: str, now: int) -> IdempotentAnswer | None:
        """Claim a key: None when it is ours now, else what is kept of it. Keys older than 24 hours are forgotten first.

        A claim of 90 seconds without an answer is of a process that died: the same request takes it over.
        """

    def finish_idempotent(self, organization: str, key: str, claimed: int, status: int, body: str) -> bool:
        """Keep the answer to the request that claimed the key then; False when the claim is no longer that request's."""

    def abandon_idempotent(self, organization: str, key: str, claimed: int) -> None:
        """Forget a claim whose request changed nothing; an answer that is kept, and somebody else's claim, stay."""

    # a lease: who runs a periodic task

    def take_lease(self, name: str, owner: str, now: int, until: int) -> bool:
        """True when this owner holds the lease from now on, because it was free, over, its own, or set by a clock far ahead."""

    # origins that tried to frame a link and were not listed

    def note_refused_origin(self, link: str, origin: str, now: int) -> None:
        """Count one more try; at most 20 origins are kept for a link."""

    def refused_origins(self, link: str) -> list[dict[str, Any]]:
        """`origin`, `count`, `last_seen`, most recent first."""
