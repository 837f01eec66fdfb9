"""Removing what is old: never what was paid, is open, holds a place or has a flag; and the metrics go on counting it."""

from collections.abc import Callable, Mapping
from typing import Any

import pytest

from app.objects.attempt import Attempt, State
from app.objects.payment_link import PaymentLink
from app.objects.picture import Picture
from app.objects.quote import Quote
from app.pricing.quote import default_selection, quote
from app.store import Engine, Store, attempt_rows
from app.store.engine import NO_VALUES, Row
from app.store.retention import KINDS, LISTED_SECONDS
from tests.store.build import a_login, a_user, an_attempt, an_event
from tests.support.build import NOW, a_line, a_link, a_price, a_product, an_organization

DAY = 24 * 3600
BEFORE = NOW - 90 * DAY
OLD = BEFORE - 1

PRICED: Quote = quote(a_link(), default_selection(a_link()), NOW)
"""A quote that names a price and a product."""

UNPAID: tuple[State, ...] = ("failed", "expired", "canceled", "opened")
KEPT: tuple[State, ...] = ("processing", "paid", "no_payment_required", "refunded")


def add(store: Store, id: str, **changes: object) -> Attempt:
    attempt = an_attempt(id, **{"created": OLD, "expires_at": OLD, **changes})
    assert store.add_attempt(attempt, "opened")
    return attempt


def removed(store: Store, kind: str, limit: int = 100) -> int:
    return store.delete_old(kind, BEFORE, NOW, limit)


@pytest.mark.parametrize("state", UNPAID)
def test_an_old_attempt_that_was_never_paid_goes_with_its_history(linked: Store, engine: Engine, state: State) -> None:
    add(linked, "att_1", state=state)
    assert linked.count_old(BEFORE, NOW)["attempts"] == 1
    assert removed(linked, "attempts") == 1
    assert linked.attempt("att_1") is None
    assert engine.rows("SELECT * FROM transitions") == []
    assert removed(linked, "attempts") == 0


@pytest.mark.parametrize("state", KEPT)
def test_an_attempt_that_was_paid_or_may_be_stays_for_ever(linked: Store, state: State) -> None:
    attempt = add(linked, "att_1", state=state)
    assert removed(linked, "attempts") == 0
    assert linked.attempt("att_1") == attempt
    assert linked.history("att_1")


@pytest.mark.parametrize(
    "changes",
    [
        pytest.param({"created": BEFORE}, id="young enough"),
        pytest.param({"expires_at": BEFORE}, id="open until not long ago"),
        pytest.param({"flags": ("amount_mismatch",)}, id="with a flag"),
        pytest.param({"place": "held"}, id="holds a place"),
    ],
)
def test_an_attempt_that_somebody_still_needs_stays(linked: Store, changes: dict[str, object]) -> None:
    add(linked, "att_1", state="opened", **changes)
    assert (linked.count_old(BEFORE, NOW)["attempts"], removed(linked, "attempts")) == (0, 0)
    assert linked.attempt("att_1") is not None


def test_one_call_removes_no_more_than_its_limit(linked: Store) -> None:
    for number in range(5):
        add(linked, f"att_{number}", state="expired")
    assert [removed(linked, "attempts", limit=2) for _ in range(4)] == [2, 2, 1, 0]


def test_applied_events_go_and_waiting_ones_stay(store: Store) -> None:
    for id, received in (("evt_old", OLD), ("evt_young", BEFORE)):
        store.add_event(an_event(id), organization=None, received=received, payload=an_event(id).model_dump_json())
        store.mark_event(id, applied=received, outcome="applied")
    store.add_event(an_event("evt_made"), organization=None, received=OLD)
    store.add_event(
        an_event("evt_waiting"), organization=None, received=OLD, payload=an_event("evt_waiting").model_dump_json()
    )
    assert removed(store, "events") == 2
    assert [event.id for event in store.events(None)[0]] == ["evt_waiting", "evt_young"]


def test_keys_and_log_ins_go_when_they_have_ended(store: Store, engine: Engine) -> None:
    store.begin_idempotent("org_apiary", "old", "one", NOW - DAY)
    store.begin_idempotent("org_apiary", "young", "one", NOW - DAY + 1)
    assert removed(store, "idempotency_keys") == 1
    assert [row["key"] for row in engine.rows("SELECT key FROM idempotency_keys")] == ["young"]
    assert store.add_user(a_user())
    for name, ends_at in (("over", NOW - 1), ("on", NOW)):
        store.add_login(a_login(name, ends_at=ends_at, created=NOW - DAY))
    engine.execute("UPDATE logins SET ends_at = :ends WHERE hash = 'hash of over'", {"ends": NOW - 1})
    removed(store, "logins")
    assert (store.login("hash of over"), store.login("hash of on") is None) == (None, False)


def test_old_origins_go(linked: Store) -> None:
    linked.note_refused_origin("plink_honey", "https://old.example", OLD)
    linked.note_refused_origin("plink_honey", "https://young.example", BEFORE)
    assert removed(linked, "refused_origins") == 1
    assert [row["origin"] for row in linked.refused_origins("plink_honey")] == ["https://young.example"]


def test_the_metrics_count_what_is_gone(linked: Store) -> None:
    add(linked, "att_1", state="expired")
    linked.add_event(an_event(), organization=None, received=OLD)
    before = (linked.transition_counts(), linked.event_counts())
    for _ in range(2):
        for kind in KINDS:
            removed(linked, kind)
    assert (linked.transition_counts(), linked.event_counts()) == before
    add(linked, "att_2", state="expired")
    assert linked.transition_counts() == {(None, "expired"): 2}


def test_an_open_attempt_stays_while_stripe_may_still_tell_that_it_was_paid(linked: Store) -> None:
    """Where rows are kept for a day, a server that was off for two must ask Stripe before it forgets."""
    ends = NOW - LISTED_SECONDS
    add(linked, "att_paid_perhaps", state="opened", expires_at=ends)
    add(linked, "att_over", state="expired", expires_at=ends)
    add(linked, "att_of_long_ago", state="opened", expires_at=ends - 1)
    assert linked.delete_old("attempts", NOW - DAY, NOW, 100) == 2
    assert linked.attempt("att_paid_perhaps") is not None


# prices and products, which attempts share


def snapshots(engine: Engine) -> int:
    return len(engine.rows("SELECT hash FROM snapshots"))


def test_prices_and_products_go_with_the_last_attempt_that_names_them(linked: Store, engine: Engine) -> None:
    add(linked, "att_1", state="expired", updated=OLD, quote=PRICED)
    number = snapshots(engine)
    assert number
    assert linked.count_old(BEFORE, NOW)["snapshots"] == 0
    removed(linked, "attempts")
    assert linked.count_old(BEFORE, NOW)["snapshots"] == number
    assert removed(linked, "snapshots") == number
    assert snapshots(engine) == 0


def test_prices_and_products_of_a_payment_stay(linked: Store, engine: Engine) -> None:
    attempt = add(linked, "att_1", state="paid", updated=OLD, quote=PRICED)
    assert removed(linked, "snapshots") == 0
    attempt_rows._cache.clear()
    assert linked.attempt("att_1") == attempt
    # All attempts were read for that. It is not done again the next day.
    assert engine.rows("SELECT MIN(used_at) AS used_at FROM snapshots") == [{"used_at": NOW}]


def test_prices_and_products_that_were_named_lately_stay(linked: Store, engine: Engine) -> None:
    add(linked, "att_1", state="expired", created=BEFORE, expires_at=BEFORE, quote=PRICED)
    linked.delete_old("attempts", NOW, NOW, 100)
    assert linked.attempt("att_1") is None
    assert linked.count_old(BEFORE, NOW)["snapshots"] == 0
    assert (removed(linked, "snapshots"), snapshots(engine) > 0) == (0, True)


class Meanwhile:
    """An engine on which something happens after all attempts were read."""

    def __init__(self, engine: Engine, happens: Callable[[], object]) -> None:
        self._engine = engine
        self._happens = happens

    def __getattr__(self, name: str) -> Any:
        return getattr(self._engine, name)

    def rows(self, sql: str, params: Mapping[str, Any] = NO_VALUES) -> list[Row]:
        found = self._engine.rows(sql, params)
        if "FROM attempts" in sql and not found:
            self._happens()
        return found


def test_a_price_that_a_buyer_chooses_while_it_is_being_removed_stays(linked: Store, engine: Engine) -> None:
    add(linked, "att_1", state="expired", updated=OLD, quote=PRICED)
    removed(linked, "attempts")
    new = an_attempt("att_2", quote=PRICED)
    meanwhile: Any = Meanwhile(engine, lambda: linked.add_attempt(new, "opened"))
    assert attempt_rows.remove_unused_snapshots(meanwhile, BEFORE, NOW, 100) == 0
    attempt_rows._cache.clear()
    assert linked.attempt("att_2") == new


def test_a_price_that_was_removed_is_stored_again_for_the_next_buyer(linked: Store) -> None:
    add(linked, "att_1", state="expired", updated=OLD, quote=PRICED)
    removed(linked, "attempts")
    assert removed(linked, "snapshots")
    new = an_attempt("att_2", quote=PRICED)
    assert linked.add_attempt(new, "opened")
    attempt_rows._cache.clear()
    assert linked.attempt("att_2") == new


# Pictures

WEEK_LATER = NOW + 7 * DAY
MUCH_LATER = NOW + 91 * DAY


def a_picture(letter: str) -> Picture:
    return Picture(hash=letter * 64, extension="png", width=3, height=2, content=letter.encode())


def prune_pictures(store: Store, now: int, limit: int = 100) -> int:
    return store.delete_old("pictures", now - 90 * DAY, now, limit)


def save(store: Store, link: PaymentLink, version: int, **ours: Any) -> None:
    changed = link.counterfoil.model_copy(update={"version": version, **ours})
    assert store.save_link(link.model_copy(update={"counterfoil": changed}))


def test_a_picture_that_nothing_names_goes_after_as_many_days_as_are_kept(store: Store) -> None:
    store.add_picture(a_picture("a"))
    assert prune_pictures(store, NOW) == 0
    assert prune_pictures(store, NOW + 90 * DAY) == 0
    assert store.count_old(MUCH_LATER - 90 * DAY, MUCH_LATER)["pictures"] == 1
    assert store.picture("a" * 64) is not None
    assert prune_pictures(store, MUCH_LATER) == 1
    assert store.picture("a" * 64) is None
    assert store.count_old(MUCH_LATER, MUCH_LATER)["pictures"] == 0


def named_by_link(store: Store, path: str) -> None:
    store.add_link(a_link(id="plink_2", counterfoil={"code": "two", "image": path}))


def named_by_product(store: Store, path: str) -> None:
    store.add_link(
        a_link(a_line(a_price(product=a_product(images=(path,)))), id="plink_2", counterfoil={"code": "two"})
    )


def named_at_stripe(store: Store, path: str) -> None:
    named_by_product(store, f"https://pay.shop.example{path}")


def named_by_brand(store: Store, path: str) -> None:
    store.add_organization(an_organization("org_2", settings={"branding": {"logo": path}}))


def named_by_receipt(store: Store, path: str) -> None:
    link = a_link(a_line(a_price(product=a_product(images=(path,)))))
    add(store, "att_1", state="paid", quote=quote(link, default_selection(link), NOW))


@pytest.mark.parametrize(
    "name",
    [named_by_link, named_by_product, named_at_stripe, named_by_brand, named_by_receipt],
    ids=lambda name: name.__name__,
)
def test_a_picture_that_something_names_stays(linked: Store, name: Callable[[Store, str], None]) -> None:
    for letter in "ab":
        linked.add_picture(a_picture(letter))
    prune_pictures(linked, NOW)
    name(linked, a_picture("a").path)
    assert prune_pictures(linked, MUCH_LATER) == 1
    assert (linked.picture("a" * 64) is not None, linked.picture("b" * 64)) == (True, None)


def test_the_receipt_of_an_earlier_version_keeps_its_picture(linked: Store, engine: Engine) -> None:
    linked.add_picture(a_picture("a"))
    prune_pictures(linked, NOW)
    named_by_receipt(linked, a_picture("a").path)
    whole = attempt_rows.document_of(linked.attempt("att_1"), whole=True)  # type: ignore[arg-type]
    engine.execute("UPDATE attempts SET document = :whole, details = NULL", {"whole": whole})
    engine.execute("DELETE FROM snapshots")
    assert prune_pictures(linked, MUCH_LATER) == 0


def test_a_picture_that_was_taken_off_a_page_stays_for_some_time(linked: Store) -> None:
    linked.add_picture(a_picture("a"))
    save(linked, a_link(), 2, image=a_picture("a").path)
    assert prune_pictures(linked, NOW) == 0
    save(linked, a_link(), 3)
    assert prune_pictures(linked, WEEK_LATER) == 0
    assert prune_pictures(linked, MUCH_LATER) == 0
    assert prune_pictures(linked, WEEK_LATER + 91 * DAY) == 1


def test_a_picture_that_is_used_or_uploaded_again_waits_from_the_beginning(linked: Store) -> None:
    for letter in "ab":
        linked.add_picture(a_picture(letter))
    prune_pictures(linked, NOW)
    save(linked, a_link(), 2, image=a_picture("a").path)
    prune_pictures(linked, WEEK_LATER)
    save(linked, a_link(), 3)
    linked.add_picture(a_picture("b"))
    assert prune_pictures(linked, MUCH_LATER) == 0
    assert prune_pictures(linked, MUCH_LATER + 91 * DAY) == 2


def test_pictures_go_a_few_at_a_time(store: Store) -> None:
    for letter in "abc":
        store.add_picture(a_picture(letter))
    prune_pictures(store, NOW)
    assert [prune_pictures(store, MUCH_LATER, limit=2) for _ in range(3)] == [2, 1, 0]
