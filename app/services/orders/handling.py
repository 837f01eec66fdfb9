"""Acts on an order beside refunds: mark as sent, mark as checked, and notes, which can be undone, and erasing.

Each act is stored with the user who did it, in the same transaction as its effect.
"""

from collections.abc import Callable, Mapping, Sequence
from typing import Final

from app.errors import InvalidRequest, ResourceMissing
from app.objects.attempt import Attempt
from app.objects.change import Actor
from app.objects.ids import new_id
from app.objects.order import Act, Entry, delivery_of, unchecked_flags
from app.objects.typed_text import clean_line, clean_lines, is_longer
from app.services.accounts import changes
from app.services.attempts import erasure
from app.services.attempts.payments import retrieve
from app.services.attempts.state_machine import change
from app.store.protocol import Store

AT_ONCE: Final = 100
"""How many orders one act may concern."""

TRACKING_MAXIMUM: Final = 100
NOTE_MAXIMUM: Final = 2000

NO_NUMBERS: Final[Mapping[str, str]] = {}

Step = Callable[[Attempt], Attempt]


def mark_sent(
    store: Store,
    organization_id: str,
    ids: Sequence[str],
    now: int,
    *,
    actor: Actor,
    tracking_numbers: Mapping[str, str] = NO_NUMBERS,
) -> list[Attempt]:
    """Mark orders that wait to be sent as sent. Return those that were marked; others stay as they are.

    `tracking_numbers` are by the order's id. Raises `ResourceMissing`, and `InvalidRequest` for a number that is too long.
    """
    numbers = {id: clean_line(number) for id, number in tracking_numbers.items()}
    if any(is_longer(number, TRACKING_MAXIMUM) for number in numbers.values()):
        raise InvalidRequest(
            f"A tracking number has at most {TRACKING_MAXIMUM} characters.", param="tracking_number", code="too_long"
        )

    def step(order: Attempt) -> Attempt:
        if delivery_of(order) != "to_send":
            return order
        return _with(order, {"sent_at": now, "tracking_number": numbers.get(order.id) or None}, now)

    return _each(store, organization_id, ids, step, act="sent", actor=actor, now=now)


def mark_not_sent(store: Store, organization_id: str, ids: Sequence[str], now: int, *, actor: Actor) -> list[Attempt]:
    """Undo `mark_sent`. Return the orders that were changed. Raises `ResourceMissing`."""
    cleared = {"sent_at": None, "tracking_number": None}
    return _each(
        store, organization_id, ids, lambda order: _with(order, cleared, now) if order.sent_at is not None else order,
        act="not_sent", actor=actor, now=now,
    )  # fmt: skip


def mark_checked(store: Store, organization_id: str, id: str, now: int, *, actor: Actor) -> Attempt:
    """Store that a merchant has looked at every flag that the order has now. Return the order. Raises `ResourceMissing`."""

    def step(order: Attempt) -> Attempt:
        return _with(order, {"checked_flags": order.flags}, now) if unchecked_flags(order) else order

    _each(store, organization_id, [id], step, act="checked", actor=actor, now=now)
    return retrieve(store, organization_id, id)


def mark_not_checked(store: Store, organization_id: str, id: str, now: int, *, actor: Actor) -> Attempt:
    """Undo `mark_checked`. Return the order. Raises `ResourceMissing`."""

    def step(order: Attempt) -> Attempt:
        return _with(order, {"checked_flags": ()}, now) if order.checked_flags else order

    _each(store, organization_id, [id], step, act="not_checked", actor=actor, now=now)
    return retrieve(store, organization_id, id)


def add_note(store: Store, organization_id: str, id: str, text: str, now: int, *, actor: Actor) -> Entry:
    """Add a note to an order and return it. Raises `ResourceMissing`, and `InvalidRequest` for an empty or a long text."""
    note = clean_lines(text).strip()
    if not note:
        raise InvalidRequest("A note needs a text.", param="note", code="empty")
    if is_longer(note, NOTE_MAXIMUM):
        raise InvalidRequest(f"A note has at most {NOTE_MAXIMUM} characters.", param="note", code="too_long")
    order = retrieve(store, organization_id, id)
    entry = Entry(id=new_id("ent"), act="note", actor=actor_name(actor), attempt=order.id, created=now, text=note)

    def work() -> Entry:
        store.add_entry(entry)
        changes.record(store, actor, "payment.note_added", order.id, now, organization=organization_id)
        return entry

    return store.run(work)


def remove_note(store: Store, organization_id: str, id: str, note: str, now: int, *, actor: Actor) -> Entry:
    """Take back a note. Return it. Raises `ResourceMissing`."""
    return _change_note(store, organization_id, id, note, now, actor=actor, removed=True)


def restore_note(store: Store, organization_id: str, id: str, note: str, now: int, *, actor: Actor) -> Entry:
    """Undo `remove_note`. Return the note. Raises `ResourceMissing`."""
    return _change_note(store, organization_id, id, note, now, actor=actor, removed=False)


def erase(
    store: Store, organization_id: str, id: str, now: int, *, actor: Actor, erase_session: Callable[[str], None]
) -> Attempt:
    """Erase the data of an order's buyer. Return what is left. `erase_session` erases the sandbox's copies.

    Raises `ResourceMissing`, and `InvalidRequest` while the payment is not settled.
    """
    order = retrieve(store, organization_id, id)
    after = erasure.erase(store, order.id, now, erase_session=erase_session)
    if order.erased_at is None:
        changes.record(store, actor, "payment.erased", order.id, now, organization=organization_id)
    return after


def actor_name(actor: Actor) -> str:
    """Return the name of an actor for the history of an order."""
    return actor.name or actor.kind


def _change_note(
    store: Store, organization_id: str, id: str, note: str, now: int, *, actor: Actor, removed: bool
) -> Entry:
    def work() -> Entry:
        order = retrieve(store, organization_id, id)
        found = next((entry for entry in store.entries(order.id) if entry.id == note and entry.act == "note"), None)
        if found is None:
            raise ResourceMissing("There is no such note.", param="note")
        changed = found.model_copy(update={"removed_at": now if removed else None})
        store.save_entry(changed)
        what = "payment.note_removed" if removed else "payment.note_restored"
        changes.record(store, actor, what, order.id, now, organization=organization_id)
        return changed

    return store.run(work)


def _each(
    store: Store,
    organization_id: str,
    ids: Sequence[str],
    step: Step,
    *,
    act: Act,
    actor: Actor,
    now: int,
) -> list[Attempt]:
    """Change orders in one transaction, with an entry for each that changed. Return those."""
    chosen = list(dict.fromkeys(ids))
    if len(chosen) > AT_ONCE:
        raise InvalidRequest(f"At most {AT_ONCE} orders at once.", param="payment", code="too_many")

    def work() -> list[Attempt]:
        changed = []
        for id in chosen:
            before = retrieve(store, organization_id, id)
            after = change(store, before, step, cause=f"{act} by the merchant")
            if after.version != before.version and step(before) is not before:
                text = after.tracking_number if act == "sent" else None
                entry = Entry(id=new_id("ent"), act=act, actor=actor_name(actor), attempt=id, created=now, text=text)
                store.add_entry(entry)
                changes.record(store, actor, f"payment.{act}", id, now, organization=organization_id)
                changed.append(after)
        return changed

    return store.run(work)


def _with(order: Attempt, changes: Mapping[str, object], now: int) -> Attempt:
    return order.model_copy(update={**changes, "updated": now, "version": order.version + 1})
