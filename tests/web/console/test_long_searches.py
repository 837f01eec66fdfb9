"""Searches that look at a part of a long list: every page leads on and back, and no row is left out on the way."""

from typing import cast

import pytest

from app.store import Engine
from app.store.search import SCANNED_AT_MOST
from app.store.sql_store import SQLStore
from tests.support.many_rows import add_many
from tests.support.page import Page
from tests.web.console.conftest import Merchant

LISTS = {
    "links": ("link_words", "payment_link", "sort_key", "payment_links", "1 = 1"),
    "payments": ("attempt_words", "attempt", "dated", "attempts", "state <> 'expired'"),
}
"""The tables of words: the column that refers to the list, its order, its table, and which rows have words."""


def add_words(ada: Merchant, path: str, *matching: int) -> list[str]:
    """Give every second row the word "black" and the others "white". Return the ids of those at `matching`, which have both words."""
    store, number = ada.shop.store, 3 * SCANNED_AT_MOST
    engine: Engine = cast(SQLStore, store).engine
    add_many(store, engine, *((number, 1) if path == "links" else (1, number)))
    words, column, order, table, condition = LISTS[path]
    rows = engine.rows(f"SELECT id FROM {table} WHERE {condition} ORDER BY {order} DESC, sequence DESC")
    ids = [row["id"] for row in rows]
    found = [ids[at] for at in matching]

    def add() -> None:
        for word, chosen in (("black", {*ids[::2], *found}), ("white", {*ids[1::2], *found})):
            listed = ", ".join(f"'{id}'" for id in sorted(chosen))
            engine.execute(
                f"INSERT INTO {words} (organization, word, {column}, {order}, sequence) "
                f"SELECT organization, '{word}', id, {order}, sequence FROM {table} WHERE id IN ({listed})"
            )

    engine.run(add)
    return found


def shown(page: Page) -> list[str]:
    """Return the ids of the rows of a page."""
    heads = [head for body in page.root.all("tbody") for head in body.all("th", scope="row")]
    return [head.first("a")["href"].rpartition("/")[2] for head in heads]


def buttons(page: Page) -> list[str]:
    """Return the names of the buttons that lead to other pages: that of the newer page first."""
    return [link.text.strip() for link in page.root.first("nav", class_="pager").all("a")]


@pytest.mark.matrix
@pytest.mark.parametrize("path", LISTS)
def test_pages_of_a_search_with_none_of_its_rows_lead_to_every_row_in_both_directions(ada: Merchant, path: str) -> None:
    early, late = add_words(ada, path, 400, 2700)

    def press(page: Page, button: str) -> Page:
        return ada.open(page.link(button)["href"])

    first = ada.open(f"/console/{path}?q=black+white")
    assert (shown(first), buttons(first)) == ([early], ["Go on searching"])
    second = press(first, "Go on searching")
    assert (shown(second), buttons(second)) == ([late], ["Newer"])
    back = press(second, "Newer")
    assert (shown(back), buttons(back)) == ([], ["Go on searching", "Older"])
    assert "Nothing was found in this part of the list." in back.text
    assert "Nothing found so far." not in back.text
    assert shown(press(back, "Older")) == [late]
    again = press(back, "Go on searching")
    assert (shown(again), buttons(again)) == ([early], ["Older"])
    on = press(again, "Older")
    assert (shown(on), buttons(on)) == ([], ["Newer", "Go on searching"])
    assert shown(press(on, "Go on searching")) == [late]
    assert shown(press(on, "Newer")) == [early]


@pytest.mark.parametrize("path", LISTS)
def test_the_last_page_of_a_search_without_a_row_says_so_and_leads_back(ada: Merchant, path: str) -> None:
    (found,) = add_words(ada, path, 400)
    first = ada.open(f"/console/{path}?q=black+white")
    last = ada.open(first.link("Go on searching")["href"])
    assert (shown(last), buttons(last)) == ([], ["Newer"])
    assert "Nothing more was found." in last.text
    assert "matches" not in last.text
    assert shown(ada.open(last.link("Newer")["href"])) == [found]
    newest = ada.open(f"/console/{path}?q=black+white&ending_before={found}")
    assert (shown(newest), buttons(newest)) == ([], ["Older"])
    assert "Nothing more was found." in newest.text
    assert shown(ada.open(newest.link("Older")["href"])) == [found]


def test_a_page_behind_the_last_row_of_a_list_leads_back_to_the_list(ada: Merchant) -> None:
    add_many(ada.shop.store, cast(SQLStore, ada.shop.store).engine, 2, 2)
    page = ada.open("/console/payments?starting_after=att_1")
    assert "No payments yet" not in page.text
    assert "Nothing more was found." in page.text
    assert shown(ada.open(page.link("Newer")["href"])) == ["att_0", "att_1"]
    page = ada.open("/console/links?starting_after=plink_0")
    assert "Nothing more was found." in page.text
    assert shown(ada.open(page.link("Newer")["href"])) == ["plink_1", "plink_0"]
