"""Lists of orders: views, search, sums and pages on both engines, and each list by an index of its own."""

from typing import Any, get_args

import pytest

from app.errors import ResourceMissing, UnknownCursor
from app.objects.address import ShippingDetails
from app.objects.attempt import Attempt
from app.objects.charge import Charge, Refund
from app.objects.order import Entry, OrderFilter, OrderSums, View
from app.objects.search_words import search_words
from app.store import Engine, Store
from app.store.taken import QUARTER
from tests.store.build import an_attempt, ids, later
from tests.support.build import NOW, a_link

ORG = "org_apiary"


def paid(store: Store, id: str, **changes: Any) -> Attempt:
    """Add a paid attempt."""
    attempt = an_attempt(f"att_{id}", **{"state": "paid", "paid_at": NOW, **changes})
    assert store.add_attempt(attempt, "opened")
    return attempt


def listed(store: Store, view: View = "", **chosen: Any) -> list[str]:
    return ids(store.orders(ORG, OrderFilter(view, **chosen))[0])


def found(store: Store, text: str) -> list[str]:
    return sorted(listed(store, words=search_words(text)))


PARCEL = ShippingDetails(name="Jana Novák")


def test_orders_are_listed_by_the_day_of_their_payment(linked: Store) -> None:
    paid(linked, "late", created=NOW - 50, paid_at=NOW + 10)
    paid(linked, "early", paid_at=NOW)
    paid(linked, "same", paid_at=NOW)
    linked.add_attempt(an_attempt("att_open"), "opened")
    assert listed(linked) == ["late", "same", "early"]
    assert listed(linked, since=NOW + 1) == ["late"]
    assert listed(linked, until=NOW + 10) == ["same", "early"]
    assert listed(linked, "unfinished") == ["open"]


def test_each_view_shows_the_orders_that_it_names(linked: Store) -> None:
    paid(linked, "file")
    paid(linked, "parcel", shipping_details=PARCEL)
    paid(linked, "sent", shipping_details=PARCEL, sent_at=NOW)
    paid(linked, "odd", flags=("amount_differs",))
    paid(linked, "seen", flags=("amount_differs",), checked_flags=("amount_differs",))
    paid(linked, "bank", shipping_details=PARCEL, flags=("disputed",))
    paid(linked, "back", state="refunded", shipping_details=PARCEL)
    refund = Refund(id="re_1", amount=50, created=NOW, currency="eur", status="succeeded")
    paid(linked, "part", refunds=(refund,))
    paid(linked, "debit", state="processing")
    paid(linked, "failed", state="failed")
    shown = {view: set(listed(linked, view)) for view in get_args(View)}
    assert shown["to-send"] == {"parcel"}
    assert shown["sent"] == {"sent"}
    assert shown["flagged"] == {"odd"}
    assert shown["disputed"] == {"bank"}
    assert shown["refunded"] == {"back", "part"}
    assert shown["paid"] == {"file", "parcel", "sent", "odd", "seen", "bank", "part"}
    assert shown["processing"] == {"debit"}
    assert shown["failed"] == {"failed"}
    assert linked.count_waiting(ORG, livemode=False) == {"to-send": 1, "flagged": 1, "disputed": 1}


def test_an_attempt_to_check_is_counted_where_it_is_listed_although_its_buyer_did_not_finish(linked: Store) -> None:
    paid(linked, "odd", flags=("amount_differs",))
    attempt = an_attempt("att_foreign", flags=("account_mismatch",))
    assert linked.add_attempt(attempt, "opened")
    assert set(listed(linked, "flagged")) == {"odd", "foreign"}
    assert linked.sum_orders(ORG, OrderFilter("flagged")).number == 2
    assert linked.count_waiting(ORG, livemode=False)["flagged"] == 2
    assert linked.sum_orders(ORG, OrderFilter()).number == 1
    narrowed: list[dict[str, Any]] = [{"payment_link": "plink_honey"}, {"currency": "eur"}]
    for values in narrowed:
        assert listed(linked, "flagged", **values) == ["odd"]
        assert linked.sum_orders(ORG, OrderFilter("flagged", **values)).number == 1
    assert linked.save_attempt(
        later(attempt, flags=("account_mismatch",), checked_flags=("account_mismatch",)), "checked"
    )
    assert linked.count_waiting(ORG, livemode=False)["flagged"] == 1


def test_a_list_that_its_sums_know_to_be_empty_looks_at_no_attempt(linked: Store, engine: Engine) -> None:
    paid(linked, "odd", flags=("amount_differs",), customer_name="Mary Bee")
    from app.store import orders

    for chosen in (OrderFilter("flagged", currency="jpy"), OrderFilter("refunded", words=("mary",))):
        planned: Any = Planned(engine)
        assert orders.orders(planned, ORG, chosen, limit=3, starting_after=None, ending_before=None).rows == []
        assert orders.sum_orders(planned, ORG, chosen) == OrderSums()
        assert not any("attempts" in sql for sql, _params in planned.statements)
    with pytest.raises(UnknownCursor):
        linked.orders(ORG, OrderFilter("flagged", currency="jpy"), starting_after="att_none")


def test_a_change_moves_an_order_to_another_view(linked: Store) -> None:
    parcel = paid(linked, "parcel", shipping_details=PARCEL)
    assert linked.has_deliveries(ORG, livemode=False)
    assert linked.save_attempt(later(parcel, sent_at=NOW, tracking_number="JD0140"), "sent")
    assert listed(linked, "to-send") == []
    assert found(linked, "jd01") == ["parcel"]
    assert linked.has_deliveries(ORG, livemode=False)


def test_a_shop_that_ships_nothing_has_no_deliveries(linked: Store) -> None:
    paid(linked, "file")
    assert not linked.has_deliveries(ORG, livemode=False)


def test_the_orders_to_send_begin_with_the_one_that_waits_longest(linked: Store) -> None:
    for number in range(5):
        paid(linked, str(number), shipping_details=PARCEL, paid_at=NOW + number)
    chosen = OrderFilter("to-send")
    first, more, _ = linked.orders(ORG, chosen, limit=2)
    assert (ids(first), more) == (["0", "1"], True)
    second, more, _ = linked.orders(ORG, chosen, limit=2, starting_after="att_1")
    assert (ids(second), more) == (["2", "3"], True)
    back, more, _ = linked.orders(ORG, chosen, limit=2, ending_before="att_3")
    assert (ids(back), more) == (["1", "2"], True)


def test_pages_by_key_show_every_order_once(linked: Store) -> None:
    for number in range(7):
        paid(linked, str(number), paid_at=NOW + number // 3)
    shown: list[str] = []
    page, more, _ = linked.orders(ORG, OrderFilter(), limit=3)
    while page:
        shown += ids(page)
        page, more, _ = (
            linked.orders(ORG, OrderFilter(), limit=3, starting_after=page[-1].id) if more else ([], False, None)
        )
    assert shown == ["6", "5", "4", "3", "2", "1", "0"]
    newer, more, _ = linked.orders(ORG, OrderFilter(), limit=3, ending_before="att_1")
    assert (ids(newer), more) == (["4", "3", "2"], True)
    with pytest.raises(ResourceMissing):
        linked.orders("org_other", OrderFilter(), starting_after="att_1")


def test_an_order_is_found_by_name_e_mail_and_references(linked: Store) -> None:
    paid(linked, "jana", customer_name="Jana Novák", customer_email="jana.novak@post.example", reference="CF-Q9D2-KX40")
    paid(linked, "taro", customer_name="山田太郎", customer_email="taro@mail.example")
    paid(linked, "firm", customer_name="O'Neill & Weiß", session_params={"client_reference_id": "INV-2041"})
    assert found(linked, "novak") == found(linked, "NOVÁK jan") == ["jana"]
    assert found(linked, "jana.novak@post.example") == found(linked, "Q9D2") == found(linked, "cf-q9d2") == ["jana"]
    assert found(linked, "太郎") == ["taro"]
    assert (
        found(linked, "weiss")
        == found(linked, "inv2041")
        == found(linked, "INV-2041")
        == found(linked, "2041")
        == ["firm"]
    )
    assert found(linked, "jana nobody") == found(linked, "ovak") == []
    assert found(linked, "example") == ["jana", "taro"]
    assert found(linked, "jan") == ["jana"]
    assert linked.sum_orders(ORG, OrderFilter(words=("jan",))).number == 1


def test_an_order_is_found_by_its_amount_in_its_currency(linked: Store) -> None:
    paid(linked, "euros", amount_total=1900)
    paid(linked, "yen", amount_total=19, currency="jpy")
    paid(linked, "more", amount_total=1900, currency="jpy")
    paid(linked, "named", customer_name="Agent 19")
    assert set(listed(linked, amounts=((2, 1900), (0, 19), (3, 19000)))) == {"euros", "yen"}
    assert set(listed(linked, words=("19",), amounts=((2, 1900),))) == {"euros", "named"}


def test_a_search_stays_within_the_organization_and_the_filter(linked: Store) -> None:
    paid(linked, "mine", customer_name="Mary", paid_at=NOW)
    paid(linked, "old", customer_name="Mary", paid_at=NOW - 100)
    paid(linked, "theirs", customer_name="Mary", organization="org_other")
    assert listed(linked, words=("mary",)) == ["mine", "old"]
    assert listed(linked, words=("mary",), since=NOW) == ["mine"]
    assert listed(linked, words=("mary",), payment_link="plink_other") == []


def test_an_unpaid_attempt_has_no_words_until_it_is_paid(linked: Store, engine: Engine) -> None:
    attempt = an_attempt("att_1", customer_name="Mary")
    linked.add_attempt(attempt, "opened")
    assert engine.rows("SELECT * FROM attempt_words") == []
    linked.save_attempt(later(attempt, state="paid", paid_at=NOW), "paid")
    assert found(linked, "mary") == ["1"]


def test_the_sums_are_of_the_whole_filter_without_what_was_sent_back(linked: Store) -> None:
    refund = Refund(id="re_1", amount=250, created=NOW, currency="eur", status="succeeded")
    paid(linked, "whole", amount_total=1000)
    paid(linked, "part", amount_total=1000, refunds=(refund,), customer_name="Mary")
    paid(linked, "back", amount_total=1000, state="refunded")
    paid(linked, "debit", amount_total=1000, state="processing")
    paid(linked, "yen", amount_total=300, currency="jpy")
    assert linked.sum_orders(ORG, OrderFilter()) == OrderSums(5, (("eur", 1750), ("jpy", 300)))
    assert linked.sum_orders(ORG, OrderFilter(words=("mary",))) == OrderSums(1, (("eur", 750),))
    assert linked.sum_orders(ORG, OrderFilter(currency="jpy")) == OrderSums(1, (("jpy", 300),))
    assert linked.order_currencies(ORG, livemode=False) == ["eur", "jpy"]
    assert linked.order_currencies("org_other", livemode=False) == []


def test_a_refund_in_the_buyers_currency_counts_for_its_part(linked: Store) -> None:
    refund = Refund(id="re_1", amount=50, created=NOW, currency="usd", status="succeeded")
    charge = Charge(id="ch_1", amount=200, amount_refunded=50, currency="usd")
    paid(linked, "abroad", amount_total=1000, charge=charge, refunds=(refund,))
    assert linked.sum_orders(ORG, OrderFilter()) == OrderSums(1, (("eur", 750),))


def test_erasing_removes_names_from_the_search_and_texts_from_the_entries(linked: Store, engine: Engine) -> None:
    attempt = paid(linked, "1", customer_name="Mary", reference="CF-Q9D2-KX40")
    linked.add_entry(Entry(id="ent_1", act="note", attempt="att_1", created=NOW, text="Mary called"))
    assert linked.erase_attempt(later(attempt, customer_name=None))
    assert found(linked, "mary") == []
    assert found(linked, "q9d2") == ["1"]
    assert [entry.text for entry in linked.entries("att_1")] == [None]
    assert "Mary" not in str(engine.rows("SELECT * FROM order_entries"))


def test_entries_are_read_in_order_and_can_be_replaced(linked: Store) -> None:
    paid(linked, "1")
    first = Entry(id="ent_1", act="note", actor="ada@example.com", attempt="att_1", created=NOW, text="first")
    second = first.model_copy(update={"id": "ent_2", "act": "sent"})
    linked.add_entry(first)
    linked.add_entry(second)
    removed = first.model_copy(update={"removed_at": NOW})
    linked.save_entry(removed)
    assert linked.entries("att_1") == [removed, second]


@pytest.mark.parametrize("view", get_args(View))
def test_a_page_is_read_by_an_index_and_is_not_sorted(linked: Store, engine: Engine, view: View) -> None:
    if engine.dialect != "sqlite":
        pytest.skip("PostgreSQL plans small tables without an index")
    plan = explained(linked, engine, OrderFilter(view), limit=3)
    assert "INDEX orders_" in plan
    assert "SCAN" not in plan
    if view != "paid":  # two states: two ranges of one index, or an index that has both
        assert "TEMP B-TREE FOR ORDER BY" not in plan


@pytest.mark.parametrize(
    "view", ["", "to-send", "sent", "flagged", "disputed", "refunded", "paid", "processing", "failed"]
)
@pytest.mark.parametrize(
    "values", [{}, {"since": QUARTER}, {"payment_link": "plink_honey", "until": QUARTER}, {"currency": "eur"}]
)
def test_a_sum_of_many_orders_reads_their_sums_alone(
    linked: Store, engine: Engine, view: View, values: dict[str, Any]
) -> None:
    if engine.dialect != "sqlite":
        pytest.skip("PostgreSQL plans small tables without an index")
    plan = explained(linked, engine, OrderFilter(view, **values))
    assert (
        "SEARCH order_sums USING INDEX sqlite_autoindex_order_sums_1 (organization=? AND payment_link=? AND livemode=? AND period=?"
        in plan
    )
    assert "attempts" not in plan


def test_a_search_reads_the_orders_that_it_finds_alone(linked: Store, engine: Engine) -> None:
    if engine.dialect != "sqlite":
        pytest.skip("PostgreSQL plans small tables without an index")
    plan = explained(linked, engine, OrderFilter(words=("mary", "bee"), amounts=((2, 1900),)), limit=3)
    assert "attempt_words_by_word (organization=? AND livemode=? AND word>? AND word<?)" in plan
    assert "orders_by_amount" in plan
    assert "SCAN attempts" not in plan


class Planned:
    """An engine that keeps the statements that it runs."""

    def __init__(self, engine: Engine) -> None:
        self.engine = engine
        self.statements: list[tuple[str, Any]] = []

    def rows(self, sql: str, params: Any = None) -> list[dict[str, Any]]:
        self.statements.append((sql, params or {}))
        return self.engine.rows(sql, params or {})


def explained(store: Store, engine: Engine, chosen: OrderFilter, limit: int | None = None) -> str:
    """Return how SQLite answers the first statement of a list, or of a sum without a limit."""
    from app.store import orders

    assert store.organization(ORG)
    planned: Any = Planned(engine)
    if limit is None:
        orders.sum_orders(planned, ORG, chosen)
    else:
        orders.orders(planned, ORG, chosen, limit=limit, starting_after=None, ending_before=None)
    return " / ".join(
        row["detail"] for sql, params in planned.statements for row in engine.rows(f"EXPLAIN QUERY PLAN {sql}", params)
    )


def test_attempts_of_earlier_versions_are_listed_after_the_migration(linked: Store, engine: Engine) -> None:
    from app.store.order_rows import fill_columns, fill_words

    paid(linked, "1", customer_name="Mary", shipping_details=PARCEL)
    linked.add_link(a_link(id="plink_wax", counterfoil={"code": "wax"}))
    engine.execute("UPDATE attempts SET dated = 0, amount = 0, currency = '', delivery = 'none'")
    engine.execute("DELETE FROM attempt_words")
    engine.run(lambda: fill_columns(engine))
    engine.run(lambda: fill_words(engine))
    assert listed(linked, "to-send") == found(linked, "mary") == ["1"]
    assert linked.sum_orders(ORG, OrderFilter(since=NOW)) == OrderSums(1, (("eur", 1250),))
