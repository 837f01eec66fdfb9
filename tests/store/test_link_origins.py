"""Where the buyers of a link came from: counted by the notes of the address, with the attempts that are stored."""

from typing import Any

from app.objects.selection import Selection, UrlParameters
from app.store import Engine, Store
from tests.store.build import an_attempt, later
from tests.support.build import NOW, a_link

LINK = "plink_honey"


def begin(
    store: Store, id: str, state: str = "paid", link: str = LINK, *, livemode: bool = False, **notes: str
) -> None:
    selection = Selection(url_parameters=UrlParameters(**notes))
    values: dict[str, Any] = {"state": state, "selection": selection, "payment_link": link, "livemode": livemode}
    assert store.add_attempt(an_attempt(f"att_{id}", **values), "test")


def origins(store: Store, most: int = 5, *, livemode: bool = False) -> list[tuple[str, int]]:
    return store.link_origins("org_apiary", LINK, most, livemode=livemode)


def test_buyers_who_have_paid_are_counted_by_source_and_campaign(linked: Store) -> None:
    linked.add_link(a_link(id="plink_wax", counterfoil={"code": "wax"}))
    begin(linked, "1", utm_source="newsletter")
    begin(linked, "2", utm_source="newsletter")
    begin(linked, "3", utm_source="newsletter", utm_campaign="spring", utm_medium="mail")
    begin(linked, "4", utm_campaign="market-2026")
    begin(linked, "5")
    begin(linked, "6", state="opened", utm_source="poster")
    begin(linked, "7", link="plink_wax", utm_source="newsletter")
    begin(linked, "8", livemode=True, utm_source="fair")
    assert origins(linked) == [("newsletter", 2), ("", 1), ("market-2026", 1), ("newsletter/spring", 1)]
    assert origins(linked, 1) == [("newsletter", 2)]
    assert origins(linked, livemode=True) == [("fair", 1)]
    assert (linked.count_started(LINK, 100, livemode=False), linked.count_started(LINK, 100, livemode=True)) == (6, 1)


def test_a_buyer_counts_once_the_money_arrives_and_also_after_a_refund(linked: Store) -> None:
    begin(linked, "1", state="opened", utm_source="poster")
    assert origins(linked) == []
    for state in ("processing", "paid", "refunded"):
        attempt = linked.attempt("att_1")
        assert attempt
        assert linked.save_attempt(later(attempt, state=state), "test")
        assert origins(linked) == ([] if state == "processing" else [("poster", 1)])
    assert linked.count_started(LINK, 100, livemode=False) == 1


def test_an_attempt_that_retention_removes_is_no_longer_counted(linked: Store) -> None:
    begin(linked, "1", state="failed", utm_source="poster")
    begin(linked, "2", utm_source="poster")
    assert linked.delete_old("attempts", NOW + 10**7, NOW + 10**8, 10) == 1
    assert linked.count_started(LINK, 100, livemode=False) == 1
    assert origins(linked) == [("poster", 1)]


def test_a_stored_origin_that_an_older_process_left_empty_is_counted_once_however_often_it_is_saved(
    linked: Store, engine: Engine
) -> None:
    begin(linked, "1", utm_source="poster")
    for table in ("attempts", "link_sums"):
        engine.execute(f"UPDATE {table} SET came_from = ''")
    for _save in range(3):
        attempt = linked.attempt("att_1")
        assert attempt
        assert linked.save_attempt(later(attempt), "test")
        assert origins(linked) == [("poster", 1)]
        counted = engine.rows("SELECT came_from, number FROM link_sums WHERE number <> 0")
        assert counted == [{"came_from": "poster", "number": 1}]
