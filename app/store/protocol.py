"""The store's interface. Every method is its own transaction, or joins an open one."""

from collections.abc import Callable, Mapping, Sequence, Set
from contextlib import AbstractContextManager
from typing import Any, Protocol, TypeVar

from app.errors import StoreError
from app.objects.attempt import Attempt, State, Transition
from app.objects.base import Object
from app.objects.event import WAITING, Event
from app.objects.organization import Key, Organization
from app.objects.page_state import PageState
from app.objects.payment_link import PaymentLink
from app.objects.picture import Picture
from app.objects.refusal import Refusal
from app.objects.session_news import SessionNews
from app.objects.stored_link import StoredLink
from app.store.connections import Connections
from app.store.link_lists import LinkLists
from app.store.order_desk import OrderDesk
from app.store.people import People
from app.store.periodic import Periodic
from app.store.session_lists import SessionLists

T = TypeVar("T")


class SlugTaken(StoreError):
    """Another link on this server has this slug or code."""

    message = "Another link has this slug already."


class IdempotentAnswer(Object):
    """The stored part of a request with an idempotency key. `status` is None while the request is being answered."""

    body: str | None = None
    fingerprint: str
    status: int | None = None


class Store(Connections, LinkLists, OrderDesk, People, Periodic, SessionLists, Protocol):
    """Stores objects. Raises `StoreBusy` if a lock times out or every retry loses a race. In that case nothing was changed."""

    def transaction(self) -> AbstractContextManager[None]:
        """Open a transaction with the write lock around several calls. Inside an open transaction, open a savepoint.

        An exception inside a savepoint rolls back only that part. After a `StoreError`, an exception must leave the transaction: a
        call that may fail on purpose, such as `add_link` with a taken slug, needs a savepoint of its own where the rest must go on.
        """

    def run(self, work: Callable[[], T]) -> T:
        """Do work in a transaction and commit. After a lost race, roll back and do it again, a few times.

        So the work must read everything that it depends on, change nothing but the store, and raise `StoreBusy` where it notices
        that it lost a race. Inside an open transaction it joins that one, which has failed where the work raises anything.
        """

    def close(self) -> None:
        """Close every connection."""

    @property
    def nonblocking(self) -> "Store | None":
        """The same store for reads that never wait: a lock raises `StoreBusy` at once. None: each statement waits for a network."""

    def migrate(self, now: int) -> list[str]:
        """Apply the missing migrations and return their names. Several processes may do this at the same time."""

    def pending_migrations(self) -> list[str]:
        """Return the names of the missing migrations. Raises `StoreError` if the database cannot be reached."""

    def check_writable(self) -> None:
        """Write something and roll it back. Raises `StoreError` when the disk is full or the database is read-only."""

    # organizations and keys

    def add_organization(self, organization: Organization) -> None: ...
    def save_organization(self, organization: Organization) -> None: ...
    def organization(self, id: str) -> Organization | None: ...
    def organizations(self) -> list[Organization]:
        """Return all organizations, oldest first."""

    def only_organization(self) -> Organization | None:
        """Return the organization if there is exactly one, or None."""

    def add_key(self, key: Key) -> None: ...
    def save_key(self, key: Key) -> None: ...
    def key_by_hash(self, hash: str) -> Key | None: ...
    def key_and_organization(self, hash: str) -> tuple[Key, Organization] | None:
        """Return the key with this hash and the organization that it belongs to, by one statement."""

    def keys(self, organization: str) -> list[Key]: ...

    # payment links

    def add_link(self, link: PaymentLink, *, sort_key: int | None = None) -> None:
        """Store a new link. Raises `SlugTaken` if another link on this server has its slug or code.

        Without `sort_key` it comes before all other links of its organization.
        """

    def next_sort_key(self, organization: str) -> int:
        """Return the sort key of a link that comes before all others. The keys just below it are free."""

    def sort_keys(self, organization: str) -> dict[str, int]:
        """Return the sort key of each link by its id. Lists show the largest first."""

    def set_sort_keys(self, keys: Mapping[str, int]) -> None:
        """Give links other sort keys, by id."""

    def save_imported(self, id: str, attributes: Mapping[str, Any]) -> None:
        """Store how the link was at Stripe when it was imported or updated last."""

    def imported(self, id: str) -> dict[str, Any] | None:
        """Return what `save_imported` stored, or None."""

    def save_link(self, link: PaymentLink) -> bool:
        """Replace the link whose `counterfoil.version` is one less. Return False if the version has changed. Raises `SlugTaken`."""

    def link(self, id: str) -> PaymentLink | None: ...
    def link_by_code(self, code: str) -> PaymentLink | None:
        """Return the link with this code or slug. Every method fills in `restrictions.completed_sessions.count`."""

    def link_and_organization(self, code: str) -> tuple[PaymentLink, Organization] | None:
        """Return the link with this code or slug and its organization, read in one statement."""

    def page_state(self, code: str) -> PageState | None:
        """Return what the pages of the link with this code or slug depend on, read in one statement."""

    def links(
        self,
        organization: str,
        *,
        active: bool | None = None,
        limit: int = 10,
        starting_after: str | None = None,
        ending_before: str | None = None,
    ) -> tuple[list[PaymentLink], bool]:
        """Return a page of links, newest first by sort key, and whether more follow. Raises `UnknownCursor` for an unknown cursor."""

    def unread_link(self, id: str) -> StoredLink | None:
        """Return the link with this id as it is stored, without reading its document."""

    def unread_links(
        self,
        organization: str,
        *,
        active: bool | None = None,
        limit: int = 10,
        starting_after: str | None = None,
        ending_before: str | None = None,
    ) -> tuple[list[StoredLink], bool]:
        """Return the same page as `links`, without reading the documents."""

    def completed_sessions(self, links: Sequence[str]) -> dict[str, int]:
        """Return the number of completed sessions of each link by its id, also for links without a limit."""

    def links_with(self, resource: str, organizations: Sequence[str]) -> list[PaymentLink]:
        """Return the links of these organizations that hold a copy of this price, product, coupon, tax rate or shipping rate.

        Ids of products and coupons can be chosen, so two accounts may use the same one: name the organizations of one account.
        """

    # places: counters of a link, each changed by one conditional statement

    def hold_place(self, link: str) -> bool:
        """Take one of the link's places. Return False if `completed_sessions.limit` places are held or completed."""

    def release_place(self, link: str) -> None:
        """Release a held place."""

    def places_left(self, link: str) -> int | None:
        """Return how many places are neither held nor completed, or None for a link without a limit."""

    def complete_place(self, link: str) -> bool:
        """Turn a held place into a completed session, which adds one to `completed_sessions.count`. Return False at the limit."""

    def add_completed(self, link: str, number: int) -> None:
        """Count sessions that were completed elsewhere, at Stripe's own page of the link. They may exceed the limit."""

    def uncomplete_place(self, link: str) -> None:
        """Take back a completed session that failed later, as a delayed debit can. Its place and its count are released."""

    # attempts

    def add_attempt(self, attempt: Attempt, cause: str) -> bool:
        """Store a new attempt and the first row of its history. Return False if this form and fingerprint have a live attempt.

        Raises `ReferenceTaken` if another attempt of the organization has the same reference, and `Conflict` if an attempt has the same id,
        token or session.
        """

    def save_attempt(self, attempt: Attempt, cause: str) -> bool:
        """Replace the attempt whose `version` is one less, with a row of history if its state changed. Return False if the version has
        changed."""

    def save_session(self, attempt: Attempt) -> bool:
        """Replace the attempt whose `version` is one less, if nothing but its session is new. Return False if the version has changed."""

    def news_of(self, attempt: Attempt) -> SessionNews:
        """Return what may have happened while Stripe created the session of this attempt, read in one statement."""

    def erase_attempt(self, attempt: Attempt) -> bool:
        """Replace the attempt whose version is one lower, with what else never changes. Return False for another version."""

    def attempt(self, id: str) -> Attempt | None: ...
    def attempt_by_token(self, token: str) -> Attempt | None: ...
    def attempt_by_session(self, checkout_session: str, account: str | None) -> Attempt | None:
        """Return the attempt with this session of this account; None is the platform's own account."""

    def attempt_by_payment_intent(self, payment_intent: str, account: str | None) -> Attempt | None:
        """Return the attempt that this PaymentIntent of this account paid; None is the platform's own account."""

    def attempt_by_reference(self, organization: str, reference: str) -> Attempt | None:
        """Return the organization's attempt with this reference, written like `CF-7K2M-94QX`."""

    def attempts_of_form(self, form: str, *, ended: bool = True, limit: int = 100) -> list[Attempt]:
        """Return the attempts of one form, oldest first. With `ended` false, leave out those that failed, expired or were canceled.

        Those that are left are few: one form has one open session at most, and a completed one opens nothing more.
        """

    def nth_unpaid_attempt(self, address: str, number: int, since: int) -> int | None:
        """Return when the `number`-th newest unpaid attempt of an address after `since` was made; None where there are fewer."""

    def nth_hold(self, link: str, address: str, number: int) -> int | None:
        """Return when the `number`-th last of the places expires that an address holds of a link; None where it holds fewer."""

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
        """Return a page of an organization's attempts, newest first by insertion, and whether more follow.

        The filters are a link, states, and whether the attempt has flags. Raises `UnknownCursor` for an unknown cursor.
        """

    def attempts_of_link(self, link: str, *, state: Sequence[str] = (), limit: int = 100) -> list[Attempt]:
        """Return attempts of a link, newest first, in these states or in all."""

    def open_attempts(self, *, after: str | None = None, limit: int = 100) -> list[Attempt]:
        """Return open attempts of every organization, oldest first, after this id.

        These are attempts in `opened` or `processing`, and paid ones that arrived without a place left and are not refunded yet.
        """

    def history(self, attempt: str) -> list[Transition]:
        """Return every transition of an attempt, oldest first."""

    def transition_counts(self) -> dict[tuple[State | None, State], int]:
        """Return how often attempts went from one state to another. New attempts come from None."""

    def next_release(self, link: str) -> int | None:
        """Return the earliest `expires_at` of the attempts that hold a place of this link, or None."""

    # events: made here, or sent by Stripe

    def add_event(
        self,
        event: Event,
        *,
        organization: str | None,
        received: int,
        payload: str | None = None,
        delivered: bool = False,
        outcome: str = WAITING,
    ) -> bool:
        """Store an event once by its id. Return False if it is stored already. `delivered`: it came to the webhook.

        `payload` is the text that Stripe sent; it is stored as the document. The event waits to be applied, or was applied in the
        same transaction with another outcome. An event without a payload was made here and does not wait.
        """

    def mark_event(self, id: str, *, applied: int | None, outcome: str) -> None:
        """Store when an event was applied, and its outcome (`applied`, `ignored`, `waiting` or `refused: …`)."""

    def event(self, id: str) -> Event | None: ...
    def replace_event(self, event: Event) -> None:
        """Replace the document of a stored event. Its outcome stays."""

    def events_naming(self, texts: Set[str]) -> list[Event]:
        """Return the events whose document contains one of these texts. Reads every event: for rare use."""

    def event_outcome(self, id: str) -> tuple[int | None, str] | None:
        """Return when the event was applied and its outcome, or None for an unknown event."""

    def outcome_and_attempt(
        self, id: str, checkout_session: str, account: str | None
    ) -> tuple[tuple[int | None, str] | None, Attempt | None]:
        """Return what `event_outcome` returns for a stored event, and for a new one what `attempt_by_session` returns, by one statement."""

    def waiting_events(
        self, *, about: str | None = None, due: int | None = None, after: str | None = None, limit: int = 100
    ) -> list[Event]:
        """Return waiting events, oldest first, after this id.

        `about` keeps only events about this object, or about a charge, refund or dispute of this payment intent. `due` leaves out
        events that are postponed beyond that time.
        """

    def postpone_event(self, id: str, until: int) -> None:
        """Postpone a waiting event to that time."""

    def events(
        self,
        organization: str | None,
        *,
        type: str | tuple[str, ...] | None = None,
        received_from: int | None = None,
        limit: int = 10,
        starting_after: str | None = None,
        ending_before: str | None = None,
    ) -> tuple[list[Event], bool]:
        """Return a page of events, newest first by insertion, and whether more follow. None means every organization.

        `type` is one type or several. Each may end with a star: `price.*`.
        """

    def event_counts(self) -> dict[tuple[str, str], int]:
        """Return the number of events of each type and outcome."""

    # idempotency keys of our own API

    def begin_idempotent(self, organization: str, key: str, fingerprint: str, now: int) -> IdempotentAnswer | None:
        """Claim a key. Return None if the claim succeeded, else the stored part of the first request. Delete keys after 24 hours.

        A claim without an answer after 90 seconds belongs to a process that died. The same request takes it over.
        """

    def finish_idempotent(self, organization: str, key: str, claimed: int, status: int, body: str) -> bool:
        """Store the answer of the request that claimed the key at that time. Return False if another request holds the claim."""

    def abandon_idempotent(self, organization: str, key: str, claimed: int) -> None:
        """Delete the claim of a request that changed nothing. A stored answer and the claim of another request stay."""

    # leases: which process runs a periodic task

    def take_lease(self, name: str, owner: str, now: int, until: int) -> bool:
        """Take or extend a lease. Return True if it was free, over, held by this owner, or set by a clock that is far ahead."""

    # origins that tried to frame a link without being listed

    def note_refused_origin(self, link: str, origin: str, now: int) -> None:
        """Count one more try of an origin. At most 20 origins are stored for a link."""

    def refused_origins(self, link: str) -> list[dict[str, Any]]:
        """Return the origins as `origin`, `count` and `last_seen`, most recent first."""

    # refusals of links by Stripe

    def note_refusal(self, link: str, refusal: Refusal) -> bool:
        """Store why Stripe refuses a link. The same reason again is only counted. Return whether the reason is new."""

    def clear_refusal(self, link: str) -> None:
        """Remove why Stripe refuses a link. `save_link` does this too: a changed link may be sold again."""

    def refusals(self, links: Sequence[str]) -> dict[str, Refusal]:
        """Return why Stripe refuses each of these links, by the link's id."""

    # pictures

    def add_picture(self, picture: Picture) -> None:
        """Store a picture. The same content again changes nothing."""

    def picture(self, hash: str) -> Picture | None: ...
    def picture_size(self, hash: str) -> tuple[int, int] | None:
        """Return the width and height of a picture without reading it, or None."""

    def save_card(self, link: str, fingerprint: str, content: bytes) -> None:
        """Store the card of a link as PNG, in place of an earlier one. `fingerprint` stands for everything that it shows."""

    def card(self, link: str, fingerprint: str) -> bytes | None:
        """Return the card of a link with this fingerprint, or None."""
