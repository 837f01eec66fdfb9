"""The part of the store on an engine that only periodic work uses; see `app.store.periodic`."""

from app.objects.attempt import Attempt, State
from app.objects.payment_link import PaymentLink
from app.store import busy_links, links, reconciling, retention
from app.store.engine import Engine
from app.store.periodic import EventCursor


class SQLPeriodic:
    """A `Periodic` on an engine."""

    def __init__(self, engine: Engine) -> None:
        self.engine = engine

    def accounts_with_open_attempts(self, *, livemode: bool) -> list[str | None]:
        return reconciling.accounts_with_open_attempts(self.engine, livemode=livemode)

    def oldest_open_attempt(self, account: str | None, *, livemode: bool) -> int | None:
        return reconciling.oldest_open_attempt(self.engine, account, livemode=livemode)

    def attempts_to_look_at(
        self, account: str | None, now: int, *, livemode: bool, overdue: bool, limit: int = 100
    ) -> list[Attempt]:
        return reconciling.attempts_to_look_at(
            self.engine, account, now, livemode=livemode, overdue=overdue, limit=limit
        )

    def attempts_refunding(self, *, livemode: bool, limit: int = 100) -> list[Attempt]:
        return reconciling.attempts_refunding(self.engine, livemode=livemode, limit=limit)

    def attempts_to_refund(self, now: int, *, livemode: bool, limit: int = 100) -> list[Attempt]:
        return reconciling.attempts_to_refund(self.engine, now, livemode=livemode, limit=limit)

    def state_of_session(self, checkout_session: str, account: str | None) -> State | None:
        return reconciling.state_of_session(self.engine, checkout_session, account)

    def set_next_look(self, id: str, at: int) -> None:
        reconciling.set_next_look(self.engine, id, at)

    def attempts_of_closed_links(
        self, now: int, *, livemode: bool, after: str | None = None, limit: int = 100
    ) -> list[Attempt]:
        return reconciling.attempts_of_closed_links(self.engine, now, livemode=livemode, after=after, limit=limit)

    def event_cursor(self, account: str | None, *, livemode: bool) -> EventCursor:
        return reconciling.event_cursor(self.engine, account, livemode=livemode)

    def save_event_cursor(self, account: str | None, cursor: EventCursor, *, livemode: bool) -> None:
        reconciling.save_event_cursor(self.engine, account, cursor, livemode=livemode)

    def links_to_draw(self, limit: int) -> list[PaymentLink]:
        return links.links_to_draw(self.engine, limit)

    def busy_links(self, limit: int) -> list[tuple[PaymentLink, list[str]]]:
        return busy_links.busy_links(self.engine, limit)

    def set_card_version(self, id: str, version: int) -> None:
        links.set_card_version(self.engine, id, version)

    def count_old(self, before: int, now: int) -> dict[str, int]:
        return retention.count_old(self.engine, before, now)

    def delete_old(self, kind: str, before: int, now: int, limit: int) -> int:
        return retention.delete_old(self.engine, kind, before, now, limit)
