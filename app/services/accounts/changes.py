"""The log of changes: who changed what in an organization. A service records a change in the transaction that makes it."""

from app.objects.base import Object
from app.objects.change import Actor, Change, differences
from app.objects.ids import new_id
from app.store.protocol import Store
from app.wire.lists import Page


def record(
    store: Store,
    actor: Actor,
    what: str,
    about: str,
    now: int,
    *,
    organization: str,
    name: str | None = None,
    before: Object | None = None,
    after: Object | None = None,
) -> None:
    """Store a change of the object `about`. Call it in the transaction of the change.

    `name` is the merchant's name for the object, never the name of a buyer. With `before` and `after`, the values that differ are
    stored, except secrets. Without them, only that it happened. For example
    `record(store, actor, "key.revoked", key.id, now, organization=key.organization, name=key.name)`.
    """
    store.add_change(
        Change(
            id=new_id("chg"),
            about=about,
            actor=actor,
            created=now,
            differences=differences(before, after) if before is not None and after is not None else (),
            name=name,
            organization=organization,
            what=what,
        )
    )


def record_once(
    store: Store, actor: Actor, what: str, about: str, now: int, *, organization: str, name: str | None = None
) -> None:
    """Store that an object was created, unless a change of it is known: then the same form has arrived before."""
    known, _more = store.changes(organization, about=about, limit=1)
    if not known:
        record(store, actor, what, about, now, organization=organization, name=name)


def list_changes(
    store: Store, organization_id: str, page: Page, *, about: str | None = None
) -> tuple[list[Change], bool]:
    """Return one page of an organization's changes, newest first, and whether more follow. Raises `ResourceMissing`."""
    return store.changes(
        organization_id,
        about=about,
        limit=page.limit,
        starting_after=page.starting_after,
        ending_before=page.ending_before,
    )
