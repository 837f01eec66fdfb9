"""Lists of links: views, search, sums and pages on both engines, and each list by an index."""

from typing import Any

import pytest

from app.errors import UnknownCursor
from app.objects.charge import Refund
from app.objects.link_list import LINK_VIEWS, LinkFilter, LinkSums
from app.objects.payment_link import PaymentLink
from app.objects.refusal import Refusal
from app.objects.search_words import search_words
from app.store import Engine, Store
from app.store.link_rows import fill_links, fill_words
from app.store.migrations import migrate
from app.store.schema import STEPS
from tests.store.build import an_attempt, later
from tests.support.build import NOW, a_line, a_link, a_price, an_organization

ORG = "org_apiary"
DAY = 24 * 3600


def add(store: Store, code: str, *lines: Any, ours: dict[str, Any] | None = None, **changes: Any) -> PaymentLink:
    """Add a link."""
    link = a_link(*lines, id=f"plink_{code}", counterfoil={"code": code, **(ours or {})}, **changes)
    store.add_link(link)
    return link


def chosen(view: Any = "", text: str = "", **values: Any) -> LinkFilter:
    return LinkFilter(view, now=NOW, today=NOW, words=search_words(text), **values)


def listed(store: Store, view: Any = "", text: str = "", **values: Any) -> list[str]:
    found, _more, _ = store.list_links(ORG, chosen(view, text, **values))
    return [link.counterfoil.code for link in found]


def refuse(store: Store, id: str) -> None:
    store.note_refusal(id, Refusal(code=None, count=1, created=NOW, last_seen=NOW, message="No"))


def test_each_view_shows_the_links_that_it_names(store: Store) -> None:
    add(store, "plain")
    add(store, "off", active=False)
    add(store, "numbered", ours={"reference": "2026-0042"})
    add(store, "late", ours={"due_date": NOW - 1})
    add(store, "today", ours={"due_date": NOW})
    once = {"completed_sessions": {"limit": 1, "count": 1}}
    add(store, "late_paid", ours={"due_date": NOW - 1}, restrictions=once)
    add(store, "late_closed", ours={"due_date": NOW - 1, "closes_at": NOW})
    add(store, "late_off", ours={"due_date": NOW - 1}, active=False)
    add(store, "refused")
    add(store, "refused_off", active=False)
    add(store, "archived", a_line(a_price(900, active=False)))
    for code in ("refused", "refused_off"):
        refuse(store, f"plink_{code}")
    assert listed(store, "attention") == ["archived", "refused", "late"]
    assert listed(store, "inactive") == ["refused_off", "late_off", "off"]
    assert set(listed(store, "active")) == set(listed(store)) - {"refused_off", "late_off", "off"}
    assert listed(store, "invoices") == ["late_off", "late_closed", "late_paid", "today", "late", "numbered"]
    assert {view: store.sum_links(ORG, chosen(view)).number for view in LINK_VIEWS} == {
        view: len(listed(store, view)) for view in LINK_VIEWS
    }


def test_a_change_moves_a_link_to_another_view(store: Store) -> None:
    link = add(store, "late", ours={"due_date": NOW - 1})
    ours = link.counterfoil.model_copy(update={"due_date": None, "name": "Pollen", "version": 2})
    assert store.save_link(link.model_copy(update={"counterfoil": ours, "active": False}))
    assert listed(store, "attention") == listed(store, "invoices") == listed(store, text="honey jam") == []
    assert listed(store, "inactive") == listed(store, text="pollen") == ["late"]


def test_a_link_is_not_found_by_a_name_that_it_had(store: Store) -> None:
    link = add(store, "spring", ours={"name": "Blossom"})
    assert listed(store, text="blossom") == ["spring"]
    ours = link.counterfoil.model_copy(update={"name": "Pollen", "version": 2})
    assert store.save_link(link.model_copy(update={"counterfoil": ours}))
    assert (listed(store, text="blossom"), listed(store, text="pollen")) == ([], ["spring"])


def test_a_link_is_found_by_its_names_its_address_and_its_reference(store: Store) -> None:
    add(store, "honey", ours={"name": "Frühling <box>", "slug": "spring-box"})
    add(store, "bill", ours={"title": "Consulting", "reference": "INV-2041"})
    assert (
        listed(store, text="fruh") == listed(store, text="SPRING box") == listed(store, text="springbox") == ["honey"]
    )
    assert listed(store, text="inv-2041") == listed(store, text="inv2041") == listed(store, text="consult") == ["bill"]
    assert listed(store, text="plink_bill") == ["bill"]
    assert listed(store, text="jar") == ["bill", "honey"]
    assert listed(store, text="jar", view="invoices") == ["bill"]
    assert listed(store, text="ruhling") == listed(store, text="honey nothing") == []


def test_a_link_is_found_by_an_amount_in_its_currency(store: Store) -> None:
    add(store, "two", a_line(a_price(950), quantity=2), a_line(a_price(100)))
    add(store, "yen", a_line(a_price(19, currency="jpy")), currency="jpy")
    add(store, "many", a_line(a_price(1900, currency="jpy")), currency="jpy")
    for amount in (950, 1900, 100, 2000):
        assert listed(store, amounts=((2, amount),)) == ["two"]
    assert set(listed(store, amounts=((2, 1900), (0, 19), (3, 19000)))) == {"two", "yen"}
    assert listed(store, text="2") == []


def test_a_search_stays_within_the_organization_and_the_view(store: Store) -> None:
    store.add_organization(an_organization("org_other"))
    add(store, "mine")
    add(store, "off", active=False)
    add(store, "theirs", ours={"organization": "org_other", "due_date": NOW - 1})
    refuse(store, "plink_theirs")
    assert listed(store, text="jar") == ["off", "mine"]
    assert listed(store, "active", text="jar") == ["mine"]
    assert listed(store, "attention") == []
    assert store.sum_links(ORG, chosen("attention")).number == 0


@pytest.mark.parametrize("choice", [chosen(), chosen("active", "jar")], ids=["all", "search"])
def test_pages_by_key_show_every_link_once(store: Store, choice: LinkFilter) -> None:
    for number in range(7):
        add(store, str(number))
    shown: list[str] = []
    after: str | None = None
    more = True
    while more:
        found, more, _ = store.list_links(ORG, choice, limit=3, starting_after=after)
        shown += [link.counterfoil.code for link in found]
        after = found[-1].id
    assert shown == ["6", "5", "4", "3", "2", "1", "0"]
    newer, more, _ = store.list_links(ORG, choice, limit=3, ending_before="plink_1")
    assert ([link.counterfoil.code for link in newer], more) == (["4", "3", "2"], True)
    with pytest.raises(UnknownCursor):
        store.list_links("org_other", choice, starting_after="plink_1")


def test_the_sums_are_of_the_whole_filter_without_what_was_sent_back(store: Store) -> None:
    add(store, "honey")
    add(store, "off", ours={"name": "Wax"}, active=False)
    refund = Refund(id="re_1", amount=250, created=NOW, currency="eur", status="succeeded")
    paid = an_attempt("att_1", state="paid", paid_at=NOW, amount_total=1000)
    store.add_attempt(paid, "paid")
    store.add_attempt(an_attempt("att_2", state="paid", paid_at=NOW, amount_total=300, currency="jpy"), "paid")
    store.add_attempt(an_attempt("att_3", state="processing", amount_total=70), "opened")
    store.add_attempt(an_attempt("att_4", state="paid", amount_total=5, payment_link="plink_off"), "paid")
    assert store.save_attempt(later(paid, refunds=(refund,)), "refund")
    assert store.sum_links(ORG, chosen()) == LinkSums(2, 3, (("eur", 755), ("jpy", 300)))
    assert store.sum_links(ORG, chosen("active")) == LinkSums(1, 2, (("eur", 750), ("jpy", 300)))
    assert store.sum_links(ORG, chosen("inactive")) == LinkSums(1, 1, (("eur", 5),))
    add(store, "third")  # if most links are active, the sums are computed in another way
    assert store.sum_links(ORG, chosen("active")) == LinkSums(2, 2, (("eur", 750), ("jpy", 300)))
    assert store.sum_links(ORG, chosen(text="wax")) == LinkSums(1, 1, (("eur", 5),))
    assert store.sum_links("org_other", chosen()) == LinkSums()
    of_link = store.sums_by_link(ORG, ["plink_honey", "plink_off"], livemode=False)
    assert of_link["plink_honey"] == LinkSums(1, 2, (("eur", 750), ("jpy", 300)))
    assert store.sums_by_link("org_other", ["plink_honey"], livemode=False)["plink_honey"].amounts == ()


def test_a_link_whose_last_places_buyers_hold_is_held(store: Store) -> None:
    for code, limit in {"last": 2, "free": 3, "used": 1}.items():
        add(store, code, restrictions={"completed_sessions": {"limit": limit, "count": 1}})
        store.hold_place(f"plink_{code}")
    add(store, "endless")
    store.hold_place("plink_endless")
    codes = ["plink_last", "plink_free", "plink_used", "plink_endless"]
    assert store.held_links(codes) == {"plink_last"}
    store.release_place("plink_last")
    assert store.held_links(codes) == store.held_links([]) == frozenset()


def test_links_and_payments_of_earlier_versions_are_listed_after_the_migration(store: Store, engine: Engine) -> None:
    add(store, "honey", ours={"due_date": NOW - 1})
    store.add_attempt(an_attempt("att_1", state="paid", amount_total=1000), "paid")
    engine.execute("UPDATE payment_links SET due_date = NULL, invoice = 0")
    engine.execute("DELETE FROM link_words")
    assert listed(store, "attention") == listed(store, text="jar") == []
    engine.run(lambda: fill_links(engine))
    engine.run(lambda: fill_words(engine))
    assert listed(store, "attention") == listed(store, "invoices", "jar") == ["honey"]
    engine.execute("DROP TABLE link_sums")
    engine.execute("DROP TABLE link_list_sums")
    engine.execute("ALTER TABLE attempts DROP COLUMN came_from")
    for name in (
        "what each link has taken",
        "sums of the lists of links",
        "sums of payments by mode",
        "where the buyers of a link came from",
    ):
        engine.execute("DELETE FROM migrations WHERE name = :name", {"name": name})
    migrate(engine, STEPS, NOW)
    assert store.sum_links(ORG, chosen()) == LinkSums(1, 1, (("eur", 1000),))
    assert store.sums_by_link(ORG, ["plink_honey"], livemode=False)["plink_honey"] == LinkSums(1, 1, (("eur", 1000),))


class Planned:
    """An engine that keeps the statements that it runs."""

    def __init__(self, engine: Engine) -> None:
        self.engine = engine
        self.statements: list[tuple[str, Any]] = []

    def rows(self, sql: str, params: Any = None) -> list[dict[str, Any]]:
        self.statements.append((sql, params or {}))
        return self.engine.rows(sql, params or {})


def explained(engine: Engine, choice: LinkFilter) -> tuple[str, str]:
    """Return how SQLite answers a list, and how it counts and adds it up."""
    from app.store import link_list

    if engine.dialect != "sqlite":
        pytest.skip("PostgreSQL plans small tables without an index")
    page, sums = Planned(engine), Planned(engine)
    link_list.list_links(page, ORG, choice, limit=3, starting_after=None, ending_before=None)  # type: ignore[arg-type]
    link_list.sum_links(sums, ORG, choice)  # type: ignore[arg-type]
    return plan(engine, page), plan(engine, sums)


def plan(engine: Engine, planned: "Planned") -> str:
    return " / ".join(
        row["detail"] for sql, params in planned.statements for row in engine.rows(f"EXPLAIN QUERY PLAN {sql}", params)
    )


@pytest.mark.parametrize("view", ["", "active", "inactive", "invoices"])
def test_a_page_is_read_by_an_index_and_is_not_sorted(store: Store, engine: Engine, view: Any) -> None:
    page, _sums = explained(engine, chosen(view))
    assert "SCAN" not in page
    assert "TEMP B-TREE" not in page


@pytest.mark.parametrize("view", ["", "active", "inactive", "invoices"])
def test_the_number_and_the_sums_of_a_view_are_read_from_their_table(store: Store, engine: Engine, view: Any) -> None:
    _page, sums = explained(engine, chosen(view))
    assert "SEARCH link_list_sums USING PRIMARY KEY" in sums or "link_list_sums USING INDEX" in sums
    assert "payment_links" not in sums


@pytest.mark.parametrize("choice", [chosen("attention"), chosen(text="jar bee", amounts=((2, 1900),))])
def test_links_to_see_and_a_search_read_the_links_that_are_found_alone(
    store: Store, engine: Engine, choice: LinkFilter
) -> None:
    page, sums = explained(engine, choice)
    for plan in (page, sums):
        assert "SCAN payment_links" not in plan
        assert "payment_links_by_" not in plan
        assert "links_due" in plan or "link_words_by_word (organization=? AND word>? AND word<?)" in plan


def test_a_list_of_many_links_runs_as_many_statements_and_reads_as_few_rows(store: Store, engine: Engine) -> None:
    from app.store import link_list

    def cost() -> tuple[int, int]:
        planned: Any = Planned(engine)
        link_list.list_links(planned, ORG, chosen("active"), limit=3, starting_after=None, ending_before=None)
        link_list.sum_links(planned, ORG, chosen("active"))
        return len(planned.statements), sum(len(engine.rows(sql, values)) for sql, values in planned.statements)

    for number in range(4):
        add(store, str(number))
    few = cost()
    for number in range(4, 60):
        add(store, str(number))
    assert cost() == few
