"""Sums of links and orders in tables: after any changes they equal what the migration counts from the rows themselves."""

from itertools import pairwise
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from app.objects.charge import Refund
from app.objects.link_list import LinkFilter
from app.objects.order import OrderFilter, OrderSums
from app.store import Engine, Store
from app.store.link_sums import FILL_LINKS, FILL_LISTS
from app.store.order_sums import FILL, FILL_NOT_FINISHED, periods
from tests.store.build import an_attempt, changed, later
from tests.support.build import NOW, a_link

ORG = "org_apiary"
TABLES = {
    "order_sums": ("number, total", (*FILL, *FILL_NOT_FINISHED)),
    "link_sums": ("number, amount, amount_refunded", (FILL_LINKS,)),
    "link_list_sums": ("links, number, amount, amount_refunded", FILL_LISTS),
}

STATES = ["opened", "processing", "paid", "failed", "expired", "refunded"]
CHANGES = st.lists(
    st.one_of(
        st.tuples(
            st.just("attempt"),
            st.integers(0, 2),
            st.fixed_dictionaries(
                {
                    "amount_total": st.integers(0, 10**6),
                    "flags": st.sampled_from([(), ("amount_differs",), ("disputed",)]),
                    "livemode": st.booleans(),
                    "paid_at": st.integers(NOW - 10**7, NOW),
                    "refunds": st.sampled_from(
                        [(), (Refund(id="re_1", amount=7, created=NOW, currency="eur", status="succeeded"),)]
                    ),
                    "state": st.sampled_from(STATES),
                }
            ),
        ),
        st.tuples(st.just("link"), st.booleans(), st.booleans()),
    ),
    max_size=8,
)


def rows_of(engine: Engine, table: str, sums: str) -> list[str]:
    """Return the rows whose sums are not all zero, in one order."""
    some = " OR ".join(f"{name} <> 0" for name in sums.split(", "))
    return sorted(str(sorted(row.items())) for row in engine.rows(f"SELECT * FROM {table} WHERE {some}"))


def assert_recount(engine: Engine) -> None:
    """Compare each table with what its migration would write now."""
    for table, (sums, fill) in TABLES.items():
        kept = rows_of(engine, table, sums)
        engine.execute(f"DELETE FROM {table}")
        for statement in fill:
            engine.execute(statement)
        assert kept == rows_of(engine, table, sums), table


@given(changes=CHANGES)
@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_sums_equal_a_recount_after_any_changes_of_links_and_payments(
    store: Store, engine: Engine, changes: list[Any]
) -> None:
    for table in (
        "transitions",
        "attempt_words",
        "attempts",
        "link_words",
        "link_codes",
        "link_resources",
        *TABLES,
        "payment_links",
    ):
        engine.execute(f"DELETE FROM {table}")
    link = a_link()
    store.add_link(link)
    attempts: dict[int, Any] = {}
    for kind, *values in changes:
        if kind == "link":
            active, is_invoice = values
            link = changed(link, active=active, counterfoil={"reference": "42" if is_invoice else None})
            assert store.save_link(link)
        elif values[0] in attempts:
            attempts[values[0]] = later(attempts[values[0]], **values[1])
            assert store.save_attempt(attempts[values[0]], "test")
        else:
            attempts[values[0]] = an_attempt(f"att_{values[0]}", **values[1])
            assert store.add_attempt(attempts[values[0]], "test")
    assert_recount(engine)


def test_a_failed_payment_that_retention_removes_leaves_the_sums(linked: Store, engine: Engine) -> None:
    linked.add_attempt(an_attempt("att_1", state="failed"), "failed")
    linked.add_attempt(an_attempt("att_2", state="paid", paid_at=NOW), "paid")
    assert linked.sum_orders(ORG, OrderFilter()).number == 2
    assert linked.delete_old("attempts", NOW + 10**7, NOW + 10**8, 10) == 1
    assert linked.sum_orders(ORG, OrderFilter()) == OrderSums(1, (("eur", 1250),))
    assert_recount(engine)


def test_a_link_that_moves_to_another_view_takes_its_sums_along(linked: Store, engine: Engine) -> None:
    linked.add_attempt(an_attempt("att_1", state="paid", paid_at=NOW), "paid")
    assert linked.sum_links(ORG, LinkFilter("active")).payments == 1
    assert linked.save_link(changed(a_link(), active=False))
    assert linked.sum_links(ORG, LinkFilter("active")).payments == 0
    assert linked.sum_links(ORG, LinkFilter("inactive")).amounts == (("eur", 1250),)
    linked.add_attempt(an_attempt("att_2", state="paid", paid_at=NOW), "paid")
    assert linked.sum_links(ORG, LinkFilter("inactive")).amounts == (("eur", 2500),)
    assert_recount(engine)


def test_few_periods_cover_ten_years() -> None:
    year = 365 * 24 * 3600
    begin = NOW // 900 * 900
    covering = list(periods(begin, begin + 10 * year))
    assert sum((last - first) // length for length, first, last in covering) < 10 * 12 + 2 * 32 + 2 * 96
    ranges = sorted((first, last) for _length, first, last in covering)
    assert ranges[0][0] == begin
    assert ranges[-1][1] == begin + 10 * year
    assert all(one[1] == other[0] for one, other in pairwise(ranges))
