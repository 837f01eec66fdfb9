"""Idempotency keys, leases, refused origins, and refusals of links."""

from typing import Any

from app.objects.refusal import Refusal
from app.store import Store
from app.store.protocol import IdempotentAnswer
from tests.support.build import NOW, a_link

DAY = 24 * 60 * 60


def test_a_key_is_claimed_once_and_later_requests_get_the_stored_answer(store: Store) -> None:
    assert store.begin_idempotent("org_apiary", "key", "print", NOW) is None
    assert store.begin_idempotent("org_apiary", "key", "other", NOW) == IdempotentAnswer(fingerprint="print")
    assert store.finish_idempotent("org_apiary", "key", NOW, 200, '{"id": 1}')
    answer = IdempotentAnswer(fingerprint="print", status=200, body='{"id": 1}')
    assert store.begin_idempotent("org_apiary", "key", "print", NOW + DAY - 1) == answer


def test_a_key_belongs_to_one_organization(store: Store) -> None:
    store.begin_idempotent("org_apiary", "key", "print", NOW)
    assert store.begin_idempotent("org_other", "key", "print", NOW) is None


def test_a_key_is_deleted_after_a_day(store: Store) -> None:
    store.begin_idempotent("org_apiary", "key", "print", NOW)
    store.finish_idempotent("org_apiary", "key", NOW, 200, "{}")
    assert store.begin_idempotent("org_apiary", "key", "other", NOW + DAY) is None


def test_a_released_claim_is_free_again_but_an_answer_stays(store: Store) -> None:
    store.begin_idempotent("org_apiary", "key", "print", NOW)
    store.abandon_idempotent("org_apiary", "key", NOW)
    assert store.begin_idempotent("org_apiary", "key", "print", NOW) is None
    store.finish_idempotent("org_apiary", "key", NOW, 200, "{}")
    store.abandon_idempotent("org_apiary", "key", NOW)
    assert store.begin_idempotent("org_apiary", "key", "print", NOW) is not None


def test_only_the_same_request_takes_over_the_claim_of_a_dead_process(store: Store) -> None:
    store.begin_idempotent("org_apiary", "key", "print", NOW)
    in_flight = IdempotentAnswer(fingerprint="print")
    assert store.begin_idempotent("org_apiary", "key", "print", NOW + 89) == in_flight
    assert store.begin_idempotent("org_apiary", "key", "other", NOW + 90) == in_flight
    assert store.begin_idempotent("org_apiary", "key", "print", NOW + 90) is None
    assert store.begin_idempotent("org_apiary", "key", "print", NOW + 179) == in_flight


def test_a_request_that_lost_its_claim_can_neither_store_an_answer_nor_release_the_key(store: Store) -> None:
    store.begin_idempotent("org_apiary", "key", "print", NOW)
    store.begin_idempotent("org_apiary", "key", "print", NOW + 90)
    store.abandon_idempotent("org_apiary", "key", NOW)
    assert not store.finish_idempotent("org_apiary", "key", NOW, 200, '{"late": 1}')
    assert store.finish_idempotent("org_apiary", "key", NOW + 90, 200, '{"id": 1}')
    assert not store.finish_idempotent("org_apiary", "key", NOW + 90, 200, '{"late": 1}')
    answer = IdempotentAnswer(fingerprint="print", status=200, body='{"id": 1}')
    assert store.begin_idempotent("org_apiary", "key", "print", NOW + 200) == answer


def test_a_lease_belongs_to_its_owner_until_it_ends(store: Store) -> None:
    assert store.take_lease("reconcile", "one", 100, until=160)
    assert not store.take_lease("reconcile", "two", 159, until=219)
    assert store.take_lease("reconcile", "one", 150, until=210)
    assert not store.take_lease("reconcile", "two", 209, until=269)
    assert store.take_lease("reconcile", "two", 210, until=270)
    assert not store.take_lease("reconcile", "one", 211, until=271)
    assert store.take_lease("something else", "one", 211, until=271)


def test_a_lease_set_by_a_wrong_clock_is_free(store: Store) -> None:
    assert store.take_lease("reconcile", "a day ahead", 86_400, until=86_460)
    assert store.take_lease("reconcile", "one", 100, until=160)
    # A clock that is ahead by at most one lease duration must not allow two owners.
    assert not store.take_lease("reconcile", "two", 40, until=100)
    assert store.take_lease("reconcile", "two", 39, until=99)


def test_refused_origins_are_counted_and_listed_most_recent_first(linked: Store) -> None:
    for origin, now in (("https://a.test", 1), ("https://b.test", 2), ("https://a.test", 3)):
        linked.note_refused_origin("plink_honey", origin, now)
    assert linked.refused_origins("plink_honey") == [
        {"origin": "https://a.test", "count": 2, "last_seen": 3},
        {"origin": "https://b.test", "count": 1, "last_seen": 2},
    ]


def test_the_last_twenty_origins_of_each_link_are_stored(linked: Store) -> None:
    linked.add_link(a_link(id="plink_2", counterfoil={"code": "second"}))
    linked.note_refused_origin("plink_2", "https://shop.test", 0)
    for number in range(50):
        linked.note_refused_origin("plink_honey", f"https://{number}.test", 7)
    kept = {row["origin"] for row in linked.refused_origins("plink_honey")}
    assert len(kept) == 20
    assert "https://49.test" in kept
    assert len(linked.refused_origins("plink_2")) == 1


def a_refusal(now: int, message: str = "No.", **changes: Any) -> Refusal:
    return Refusal.model_validate({"created": now, "last_seen": now, "message": message, **changes})


def test_the_last_refusal_of_a_link_is_counted_until_the_reason_changes(linked: Store) -> None:
    assert linked.refusals(["plink_honey"]) == {}
    assert linked.note_refusal("plink_honey", a_refusal(1, code="a"))
    assert not linked.note_refusal("plink_honey", a_refusal(5, code="a"))
    assert linked.refusals(["plink_honey", "plink_2"]) == {
        "plink_honey": a_refusal(1, code="a", count=2, last_seen=5),
    }
    for other in (a_refusal(6, code="b"), a_refusal(7, code="b", param="p"), a_refusal(8, "Never.", code="b")):
        assert linked.note_refusal("plink_honey", other)
        assert linked.refusals(["plink_honey"]) == {"plink_honey": other}


def test_the_refusals_of_more_links_than_a_statement_takes_are_read(linked: Store) -> None:
    linked.note_refusal("plink_honey", a_refusal(1))
    many = [f"plink_{number}" for number in range(40_000)]
    assert linked.refusals([*many, "plink_honey"]) == {"plink_honey": a_refusal(1)}


def test_a_refusal_goes_by_itself_or_with_a_change_of_its_link_alone(linked: Store) -> None:
    linked.add_link(a_link(id="plink_2", counterfoil={"code": "second"}))
    for id in ("plink_honey", "plink_2"):
        linked.note_refusal(id, a_refusal(1))
    linked.clear_refusal("plink_honey")
    assert set(linked.refusals(["plink_honey", "plink_2"])) == {"plink_2"}
    linked.note_refusal("plink_honey", a_refusal(1))
    assert not linked.save_link(a_link(id="plink_2", counterfoil={"code": "second", "version": 9}))
    assert set(linked.refusals(["plink_honey", "plink_2"])) == {"plink_honey", "plink_2"}
    assert linked.save_link(a_link(id="plink_2", counterfoil={"code": "second", "version": 2}))
    assert set(linked.refusals(["plink_honey", "plink_2"])) == {"plink_honey"}
