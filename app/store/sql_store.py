"""The one `Store`: each method calls the module of this package that has its statements."""

from collections.abc import Callable, Mapping, Sequence, Set
from contextlib import AbstractContextManager
from typing import Any, TypeVar

from app.objects.attempt import Attempt, State, Transition
from app.objects.event import WAITING, Event
from app.objects.organization import Key, Organization
from app.objects.page_state import PageState
from app.objects.payment_link import PaymentLink
from app.objects.picture import Picture
from app.objects.refusal import Refusal
from app.objects.session_news import SessionNews
from app.objects.stored_link import StoredLink
from app.store import (
    attempts,
    event_subjects,
    events,
    idempotency,
    leases,
    links,
    organizations,
    page_states,
    pictures,
    places,
    refusals,
    refused_origins,
    session_news,
)
from app.store.migrations import migrate, pending
from app.store.protocol import IdempotentAnswer
from app.store.schema import STEPS
from app.store.sql_connections import SQLConnections
from app.store.sql_link_lists import SQLLinkLists
from app.store.sql_order_desk import SQLOrderDesk
from app.store.sql_people import SQLPeople
from app.store.sql_periodic import SQLPeriodic
from app.store.sql_session_lists import SQLSessionLists

T = TypeVar("T")


class SQLStore(SQLConnections, SQLLinkLists, SQLOrderDesk, SQLPeople, SQLPeriodic, SQLSessionLists):
    """A `Store` on an engine. The protocol documents the methods."""

    def transaction(self) -> AbstractContextManager[None]:
        return self.engine.transaction()

    def run(self, work: Callable[[], T]) -> T:
        return self.engine.run(work)

    def close(self) -> None:
        self.engine.close()

    @property
    def nonblocking(self) -> "SQLStore | None":
        return None if self.engine.nonblocking is None else SQLStore(self.engine.nonblocking)

    def migrate(self, now: int) -> list[str]:
        return migrate(self.engine, STEPS, now)

    def pending_migrations(self) -> list[str]:
        return pending(self.engine, STEPS)

    def check_writable(self) -> None:
        leases.check_writable(self.engine)

    def add_organization(self, organization: Organization) -> None:
        organizations.add_organization(self.engine, organization)

    def save_organization(self, organization: Organization) -> None:
        organizations.save_organization(self.engine, organization)

    def organization(self, id: str) -> Organization | None:
        return organizations.organization(self.engine, id)

    def organizations(self) -> list[Organization]:
        return organizations.organizations(self.engine)

    def only_organization(self) -> Organization | None:
        return organizations.only_organization(self.engine)

    def add_key(self, key: Key) -> None:
        organizations.add_key(self.engine, key)

    def save_key(self, key: Key) -> None:
        organizations.save_key(self.engine, key)

    def key_by_hash(self, hash: str) -> Key | None:
        return organizations.key_by_hash(self.engine, hash)

    def key_and_organization(self, hash: str) -> tuple[Key, Organization] | None:
        return organizations.key_and_organization(self.engine, hash)

    def keys(self, organization: str) -> list[Key]:
        return organizations.keys(self.engine, organization)

    def add_link(self, link: PaymentLink, *, sort_key: int | None = None) -> None:
        links.add_link(self.engine, link, sort_key)

    def next_sort_key(self, organization: str) -> int:
        return links.next_sort_key(self.engine, organization)

    def sort_keys(self, organization: str) -> dict[str, int]:
        return links.sort_keys(self.engine, organization)

    def set_sort_keys(self, keys: Mapping[str, int]) -> None:
        links.set_sort_keys(self.engine, keys)

    def save_imported(self, id: str, attributes: Mapping[str, Any]) -> None:
        links.save_imported(self.engine, id, attributes)

    def imported(self, id: str) -> dict[str, Any] | None:
        return links.imported(self.engine, id)

    def save_link(self, link: PaymentLink) -> bool:
        return links.save_link(self.engine, link)

    def link(self, id: str) -> PaymentLink | None:
        return links.link(self.engine, id)

    def link_by_code(self, code: str) -> PaymentLink | None:
        return links.link_by_code(self.engine, code)

    def link_and_organization(self, code: str) -> tuple[PaymentLink, Organization] | None:
        return links.link_and_organization(self.engine, code)

    def page_state(self, code: str) -> PageState | None:
        return page_states.page_state(self.engine, code)

    def links(
        self,
        organization: str,
        *,
        active: bool | None = None,
        limit: int = 10,
        starting_after: str | None = None,
        ending_before: str | None = None,
    ) -> tuple[list[PaymentLink], bool]:
        found, more = self.unread_links(
            organization,
            active=active,
            limit=limit,
            starting_after=starting_after,
            ending_before=ending_before,
        )
        return [one.read() for one in found], more

    def unread_link(self, id: str) -> StoredLink | None:
        return links.unread_link(self.engine, id)

    def unread_links(
        self,
        organization: str,
        *,
        active: bool | None = None,
        limit: int = 10,
        starting_after: str | None = None,
        ending_before: str | None = None,
    ) -> tuple[list[StoredLink], bool]:
        return links.unread_links(
            self.engine,
            organization,
            active=active,
            limit=limit,
            starting_after=starting_after,
            ending_before=ending_before,
        )

    def completed_sessions(self, links: Sequence[str]) -> dict[str, int]:
        return places.completed_sessions(self.engine, links)

    def links_with(self, resource: str, organizations: Sequence[str]) -> list[PaymentLink]:
        return links.links_with(self.engine, resource, organizations)

    def hold_place(self, link: str) -> bool:
        return places.hold_place(self.engine, link)

    def release_place(self, link: str) -> None:
        places.release_place(self.engine, link)

    def places_left(self, link: str) -> int | None:
        return places.places_left(self.engine, link)

    def complete_place(self, link: str) -> bool:
        return places.complete_place(self.engine, link)

    def add_completed(self, link: str, number: int) -> None:
        places.add_completed(self.engine, link, number)

    def uncomplete_place(self, link: str) -> None:
        places.uncomplete_place(self.engine, link)

    def add_attempt(self, attempt: Attempt, cause: str) -> bool:
        return attempts.add_attempt(self.engine, attempt, cause)

    def save_attempt(self, attempt: Attempt, cause: str) -> bool:
        return attempts.save_attempt(self.engine, attempt, cause)

    def news_of(self, attempt: Attempt) -> SessionNews:
        return session_news.news_of(self.engine, attempt)

    def save_session(self, attempt: Attempt) -> bool:
        return attempts.save_session(self.engine, attempt)

    def erase_attempt(self, attempt: Attempt) -> bool:
        return attempts.erase_attempt(self.engine, attempt)

    def attempt(self, id: str) -> Attempt | None:
        return attempts.attempt(self.engine, id)

    def attempt_by_token(self, token: str) -> Attempt | None:
        return attempts.attempt_by_token(self.engine, token)

    def attempt_by_session(self, checkout_session: str, account: str | None) -> Attempt | None:
        return attempts.attempt_by_session(self.engine, checkout_session, account)

    def attempt_by_payment_intent(self, payment_intent: str, account: str | None) -> Attempt | None:
        return attempts.attempt_by_payment_intent(self.engine, payment_intent, account)

    def attempt_by_reference(self, organization: str, reference: str) -> Attempt | None:
        return attempts.attempt_by_reference(self.engine, organization, reference)

    def attempts_of_form(self, form: str, *, ended: bool = True, limit: int = 100) -> list[Attempt]:
        return attempts.attempts_of_form(self.engine, form, ended=ended, limit=limit)

    def nth_unpaid_attempt(self, address: str, number: int, since: int) -> int | None:
        return attempts.nth_unpaid_attempt(self.engine, address, number, since)

    def nth_hold(self, link: str, address: str, number: int) -> int | None:
        return attempts.nth_hold(self.engine, link, address, number)

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
        return attempts.attempts(
            self.engine,
            organization,
            payment_link=payment_link,
            state=state,
            flagged=flagged,
            limit=limit,
            starting_after=starting_after,
            ending_before=ending_before,
        )

    def attempts_of_link(self, link: str, *, state: Sequence[str] = (), limit: int = 100) -> list[Attempt]:
        return attempts.attempts_of_link(self.engine, link, state=state, limit=limit)

    def open_attempts(self, *, after: str | None = None, limit: int = 100) -> list[Attempt]:
        return attempts.open_attempts(self.engine, after=after, limit=limit)

    def history(self, attempt: str) -> list[Transition]:
        return attempts.history(self.engine, attempt)

    def transition_counts(self) -> dict[tuple[State | None, State], int]:
        return attempts.transition_counts(self.engine)

    def next_release(self, link: str) -> int | None:
        return attempts.next_release(self.engine, link)

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
        return events.add_event(
            self.engine,
            event,
            organization=organization,
            received=received,
            payload=payload,
            delivered=delivered,
            outcome=outcome,
        )

    def mark_event(self, id: str, *, applied: int | None, outcome: str) -> None:
        events.mark_event(self.engine, id, applied=applied, outcome=outcome)

    def event(self, id: str) -> Event | None:
        return events.event(self.engine, id)

    def replace_event(self, event: Event) -> None:
        events.replace_event(self.engine, event)

    def events_naming(self, texts: Set[str]) -> list[Event]:
        return events.events_naming(self.engine, texts)

    def event_outcome(self, id: str) -> tuple[int | None, str] | None:
        return events.event_outcome(self.engine, id)

    def outcome_and_attempt(
        self, id: str, checkout_session: str, account: str | None
    ) -> tuple[tuple[int | None, str] | None, Attempt | None]:
        return event_subjects.outcome_and_attempt(self.engine, id, checkout_session, account)

    def waiting_events(
        self, *, about: str | None = None, due: int | None = None, after: str | None = None, limit: int = 100
    ) -> list[Event]:
        return events.waiting_events(self.engine, about=about, due=due, after=after, limit=limit)

    def postpone_event(self, id: str, until: int) -> None:
        events.postpone_event(self.engine, id, until)

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
        return events.events(
            self.engine,
            organization,
            type=type,
            received_from=received_from,
            limit=limit,
            starting_after=starting_after,
            ending_before=ending_before,
        )

    def event_counts(self) -> dict[tuple[str, str], int]:
        return events.event_counts(self.engine)

    def begin_idempotent(self, organization: str, key: str, fingerprint: str, now: int) -> IdempotentAnswer | None:
        return idempotency.KEYS.begin(self.engine, organization, key, fingerprint, now)

    def finish_idempotent(self, organization: str, key: str, claimed: int, status: int, body: str) -> bool:
        return idempotency.KEYS.finish(self.engine, organization, key, claimed, status, body)

    def abandon_idempotent(self, organization: str, key: str, claimed: int) -> None:
        idempotency.KEYS.abandon(self.engine, organization, key, claimed)

    def take_lease(self, name: str, owner: str, now: int, until: int) -> bool:
        return leases.take_lease(self.engine, name, owner, now, until)

    def note_refused_origin(self, link: str, origin: str, now: int) -> None:
        refused_origins.note_refused_origin(self.engine, link, origin, now)

    def refused_origins(self, link: str) -> list[dict[str, Any]]:
        return refused_origins.refused_origins(self.engine, link)

    def note_refusal(self, link: str, refusal: Refusal) -> bool:
        return refusals.note_refusal(self.engine, link, refusal)

    def clear_refusal(self, link: str) -> None:
        refusals.clear_refusal(self.engine, link)

    def refusals(self, links: Sequence[str]) -> dict[str, Refusal]:
        return refusals.refusals(self.engine, links)

    def add_picture(self, picture: Picture) -> None:
        pictures.add_picture(self.engine, picture)

    def picture(self, hash: str) -> Picture | None:
        return pictures.picture(self.engine, hash)

    def picture_size(self, hash: str) -> tuple[int, int] | None:
        return pictures.picture_size(self.engine, hash)

    def save_card(self, link: str, fingerprint: str, content: bytes) -> None:
        pictures.save_card(self.engine, link, fingerprint, content)

    def card(self, link: str, fingerprint: str) -> bytes | None:
        return pictures.card(self.engine, link, fingerprint)
