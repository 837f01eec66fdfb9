"""Searches in long lists, compared with a plain recount: words that few rows have, words that many have, and several at once."""

from collections import defaultdict

import pytest

from app.objects.link_list import Counted, LinkFilter, LinkView
from app.objects.order import OrderFilter, OrderSums, View
from app.store import Engine, Store
from app.store.search import SCANNED_AT_MOST, SEARCHED_AT_MOST
from tests.support.build import NOW
from tests.support.many_rows import add_many

ORG = "org_apiary"
MANY = SEARCHED_AT_MOST + 300
"""So many rows have the words of the first one."""

SEARCHES = (
    ("honey",), ("jar", "honey"), ("honey125",), ("old",), ("old", "jar"), ("2",), ("jar", "7"), ("none",), ("jar", "none"),
    ("mara",), ("mara", "buyer2"), ("buyer125",), ("old", "mara"),
)  # fmt: skip


def words_by_id(engine: Engine, table: str, column: str) -> dict[str, set[str]]:
    found: dict[str, set[str]] = defaultdict(set)
    for row in engine.rows(f"SELECT {column} AS id, word FROM {table}"):
        found[row["id"]].add(row["word"])
    return found


def has_all(words: set[str], wanted: tuple[str, ...]) -> bool:
    return all(any(word.startswith(begin) for word in words) for begin in wanted)


def test_a_search_in_a_long_list_of_links_finds_what_a_recount_finds(store: Store, engine: Engine) -> None:
    add_many(store, engine, MANY, 10)
    words = words_by_id(engine, "link_words", "payment_link")
    views: dict[LinkView, str] = {"": "1 = 1", "active": "active = 1", "inactive": "active = 0"}
    for view, condition in views.items():
        rows = engine.rows(f"SELECT id FROM payment_links WHERE {condition} ORDER BY sort_key DESC, sequence DESC")
        for wanted in SEARCHES:
            expected = [row["id"] for row in rows if has_all(words[row["id"]], wanted)]
            chosen = LinkFilter(view, words=wanted)
            found, more, _ = store.list_links(ORG, chosen, limit=40)
            assert ([link.id for link in found], more) == (expected[:40], len(expected) > 40), (view, wanted)
            if more:
                older, _more, _ = store.list_links(ORG, chosen, limit=40, starting_after=expected[39])
                assert [link.id for link in older] == expected[40:80]
                newer, _more, _ = store.list_links(ORG, chosen, limit=10, ending_before=expected[39])
                assert [link.id for link in newer] == expected[29:39]
            sums = store.sum_links(ORG, chosen)
            assert sums.number <= len(expected) if sums.is_least else sums.number == len(expected)
            assert not sums.is_least or len(expected) > SEARCHED_AT_MOST / 3


def test_a_search_in_a_long_list_of_orders_finds_what_a_recount_finds(store: Store, engine: Engine) -> None:
    add_many(store, engine, 10, MANY)
    words = words_by_id(engine, "attempt_words", "attempt")
    views: dict[View, str] = {"": "state <> 'expired'", "to-send": "delivery = 'to_send'", "paid": "state = 'paid'"}
    for view, condition in views.items():
        way = "ASC" if view == "to-send" else "DESC"
        rows = engine.rows(f"SELECT id FROM attempts WHERE {condition} ORDER BY dated {way}, sequence {way}")
        for wanted in SEARCHES:
            expected = [row["id"] for row in rows if has_all(words[row["id"]], wanted)]
            chosen = OrderFilter(view, words=wanted)
            found, more, _ = store.orders(ORG, chosen, limit=40)
            assert ([order.id for order in found], more) == (expected[:40], len(expected) > 40), (view, wanted)
            if more:
                after, _more, _ = store.orders(ORG, chosen, limit=40, starting_after=expected[39])
                assert [order.id for order in after] == expected[40:80]
            sums = store.sum_orders(ORG, chosen)
            assert sums.number <= len(expected) if sums.is_least else sums.number == len(expected)


def add_word(engine: Engine, word: str, condition: str) -> None:
    engine.execute(
        "INSERT INTO link_words (organization, word, payment_link, sort_key, sequence) "
        f"SELECT organization, '{word}', id, sort_key, sequence FROM payment_links WHERE {condition}"
    )


@pytest.mark.parametrize("order", ["starting_after", "ending_before"])
def test_a_search_for_two_words_that_few_rows_have_together_stops_and_goes_on_with_the_next_page(
    store: Store, engine: Engine, order: str
) -> None:
    number = 3 * SCANNED_AT_MOST
    add_many(store, engine, number, 10)
    add_word(engine, "black", "sequence % 2 = 0 OR id = 'plink_101'")
    add_word(engine, "white", "sequence % 2 = 1 OR id = 'plink_101'")
    chosen = LinkFilter(words=("black", "white"))
    cursors: list[str] = ["plink_0"] if order == "ending_before" else []
    found: list[str] = []
    for _page in range(10):
        cursor = {order: cursors[-1]} if cursors else {}
        page = store.list_links(ORG, chosen, limit=10, **cursor)
        found += [link.id for link in page.rows]
        if page.searched_to is None:
            break
        assert page.more
        cursors.append(page.searched_to)
    assert found == ["plink_101"]
    assert len(cursors) == (1 if order == "starting_after" else 2)
    assert store.sum_links(ORG, chosen).is_least


def test_a_search_that_stopped_leaves_out_no_row_of_another_word(store: Store, engine: Engine) -> None:
    add_many(store, engine, 3 * SCANNED_AT_MOST, 10)
    # Rows with the first beginning of the word come so late that rows with the second one must wait for them.
    add_word(engine, "blacka", "sequence % 2 = 0")
    add_word(engine, "blackb", "id IN ('plink_10', 'plink_20')")
    add_word(engine, "white", "id IN ('plink_10', 'plink_20', 'plink_31') OR sequence % 2 = 1")
    chosen, after, found = LinkFilter(words=("black", "white")), None, list[str]()
    for _page in range(10):
        page = store.list_links(ORG, chosen, limit=10, starting_after=after)
        found += [link.id for link in page.rows]
        after = page.next(lambda link: link.id)
        if after is None:
            break
    words = words_by_id(engine, "link_words", "payment_link")
    rows = engine.rows("SELECT id FROM payment_links ORDER BY sort_key DESC, sequence DESC")
    assert found == [row["id"] for row in rows if has_all(words[row["id"]], ("black", "white"))]


def test_the_sums_of_long_lists_equal_a_recount(store: Store, engine: Engine) -> None:
    add_many(store, engine, 50, MANY)
    day = 24 * 3600
    first = engine.rows("SELECT MIN(dated) AS first FROM attempts")[0]["first"] // day * day
    views: dict[View, str] = {
        "": "state <> 'expired'", "to-send": "delivery = 'to_send'", "flagged": "to_check = 1", "refunded": "refunded = 1",
        "disputed": "disputed = 1", "failed": "state = 'failed'", "unfinished": "state = 'expired'",
    }  # fmt: skip
    for view, condition in views.items():
        for since, until in (
            (None, None),
            (first + 2 * day, None),
            (None, first + 3 * day + 900),
            (first + day, first + 2 * day),
        ):
            for link in (None, "plink_0", "plink_7"):
                where = " AND ".join(
                    [condition]
                    + ([f"dated >= {since}"] if since else [])
                    + ([f"dated < {until}"] if until else [])
                    + ([f"payment_link = '{link}'"] if link else [])
                )
                rows = engine.rows(
                    "SELECT currency, COUNT(*) AS number, SUM(CASE WHEN state IN ('paid', 'refunded') "
                    f"THEN amount - amount_refunded ELSE 0 END) AS total FROM attempts WHERE {where} GROUP BY currency"
                )
                sums = store.sum_orders(ORG, OrderFilter(view, since=since, until=until, payment_link=link))
                assert sums.number == sum(row["number"] for row in rows), (view, since, until, link)
                assert dict(sums.amounts) == {row["currency"]: row["total"] for row in rows if row["total"]}


def test_many_links_that_need_attention_are_counted_as_the_list_counts_them(store: Store, engine: Engine) -> None:
    attention = LinkFilter("attention", now=NOW, today=NOW)
    assert store.count_links(ORG, attention)["attention"] == Counted(0)
    add_many(store, engine, 300, 10)
    engine.execute("UPDATE payment_links SET active = 1, archived = 1")
    assert store.count_links(ORG, attention)["attention"] == Counted(300)
    assert store.sum_links(ORG, attention).number == 300


def test_more_links_that_need_attention_than_are_counted_say_so(store: Store, engine: Engine) -> None:
    add_many(store, engine, SEARCHED_AT_MOST + 1, 10)
    engine.execute("UPDATE payment_links SET active = 1, archived = 1")
    counted = store.count_links(ORG, LinkFilter("attention", now=NOW, today=NOW))["attention"]
    assert counted.is_least
    assert 0 < counted.number <= SEARCHED_AT_MOST


def test_a_search_among_attempts_that_were_not_finished_ends_at_once(store: Store, engine: Engine) -> None:
    add_many(store, engine, 10, 3 * SCANNED_AT_MOST)
    engine.execute("UPDATE attempts SET state = 'expired' WHERE sequence % 2 = 0")
    engine.execute("DELETE FROM attempt_words WHERE attempt IN (SELECT id FROM attempts WHERE state = 'expired')")
    for chosen in (OrderFilter("unfinished", words=("mara",)), OrderFilter("unfinished", amounts=((2, 1250),))):
        assert store.orders(ORG, chosen, limit=10) == ([], False, None)
        assert store.sum_orders(ORG, chosen) == OrderSums()
