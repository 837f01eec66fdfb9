"""Lists of the console with many rows: how much the database works for each page, at two lengths beyond what a search counts.

The work is counted, not timed: in steps of SQLite's virtual machine, or in blocks that PostgreSQL reads from its memory or the disk.
`LIST_ROWS=100000 pytest tests/faults/test_long_lists.py -s` measures the processor time of each page at 100 rows and at so many, and
prints the figures.
"""

import os
import sqlite3
import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any, Final, cast

import psycopg
import pytest

from app.application import assemble
from app.config import read_config
from app.services.accounts import logins, users
from app.store import Engine, Store
from app.store.search import SCANNED_AT_MOST
from app.store.sql_store import SQLStore
from app.web.http.context import EXTENSION, Context
from tests.support.build import NOW, an_organization
from tests.support.clock import Clock
from tests.support.many_rows import add_many
from tests.support.postgresql import new_database
from tests.web.conftest import WebShop
from tests.web.console.conftest import ADA, Merchant, add_user

pytestmark = pytest.mark.faults

LENGTHS: Final = (5500, 11_000)
MEASURED: Final = int(os.environ.get("LIST_ROWS", "0"))
VISITS: Final = 7
"""So many visits measure the time of a page."""

FEW: Final = {"sqlite": 5000, "postgresql": 500}
"""So much more work of the database is not worth noting: steps, or blocks."""

PATHS: Final = (
    "", "links", "links?show=active", "links?show=attention", "links?show=invoices", "links?show=inactive", "links?q=jar",
    "links?q=honey12", "links?q=12.50", "links?q=jar+honey&show=active", "links?q=old&show=inactive", "links?q=none",
    "payments", "payments?view=to-send", "payments?view=sent", "payments?view=flagged", "payments?view=disputed",
    "payments?view=refunded", "payments?view=paid", "payments?view=processing", "payments?view=failed",
    "payments?view=unfinished", "payments?q=mara", "payments?q=buyer12", "payments?q=12.50", "payments?q=m", "payments?q=old",
    "payments?q=mara+lind&view=paid", "payments?payment_link=plink_0", "payments?payment_link=plink_0&view=to-send",
    "payments?payment_link=plink_0&q=mara", "payments?from=2020-01-01&to=2030-12-31", "payments?currency=jpy",
    "payments?currency=chf&q=mara", "payments?view=disputed&currency=jpy", "payments?view=disputed&currency=chf",
    "payments?view=to-send&currency=chf", "payments?view=refunded&q=mara&currency=jpy", "payments?q=buyer999",
    "payments?view=unfinished&payment_link=plink_0", "payments?view=flagged&payment_link=plink_0&currency=jpy",
    "payments?view=failed&q=buyer1", "products", "settings/log", "settings/webhooks",
)  # fmt: skip


BOUNDED: Final = {"payments?view=failed&q=buyer1": 200_000, "payments?view=refunded&q=mara&currency=jpy": 200_000}
"""The greatest work for pages whose view is counted to its end in the shorter list, but not in the longer one."""


class Recording:
    """An engine that keeps the statements that read rows."""

    def __init__(self, engine: Engine) -> None:
        self.engine = engine
        self.statements: list[tuple[str, Any]] = []

    def __getattr__(self, name: str) -> Any:
        return getattr(self.engine, name)

    def rows(self, sql: str, params: Any = None) -> list[dict[str, Any]]:
        self.statements.append((sql, dict(params or {})))
        return self.engine.rows(sql, params or {})


class LongLists:
    """A merchant with so many links and payments, logged in."""

    def __init__(self, place: tuple[str, Path], number: int) -> None:
        address, folder = place
        environment = {"DATABASE_URL": address, "PUBLIC_URL": "http://localhost"}
        shop = WebShop(assemble(read_config(environment, data=folder), now=Clock()))
        self.engine = cast(SQLStore, shop.store).engine
        shop.store.migrate(NOW)
        shop.store.add_organization(an_organization())
        add_many(shop.store, self.engine, number, number)
        if self.engine.dialect == "postgresql":
            # PostgreSQL does this by itself, sooner or later. Before, it reads the row of each entry of an index as well.
            with psycopg.connect(address, autocommit=True) as connection:
                connection.execute("VACUUM (ANALYZE)")
        add_user(shop)
        self.merchant = Merchant(shop)
        with self.merchant.client.session_transaction("/console/", base_url=self.merchant.base_url) as session:
            session["login"] = logins.create_login(shop.store, users.retrieve(shop.store, ADA), shop.clock())
        self.recording = Recording(self.engine)
        context: Context = shop.app.extensions[EXTENSION]
        store = SQLStore(cast(Engine, self.recording))
        shop.app.extensions[EXTENSION] = replace(context, store=cast(Store, store))
        self.folder = folder

    def work(self, path: str) -> int:
        """Open a page and return how much the database works for its statements."""
        if self.engine.dialect == "postgresql":
            plans = [plan["Plan"] for plan in self._plans(path)]
            return sum(int(plan["Shared Hit Blocks"] + plan["Shared Read Blocks"]) for plan in plans)
        self.recording.statements.clear()
        assert self.merchant.get(f"/console/{path}").status_code == 200, path
        return sum(
            self._steps(sql, params) for sql, params in self.recording.statements if sql.startswith(("SELECT", "WITH"))
        )

    def seconds(self, path: str) -> tuple[float, int]:
        """Return the processor time of a page, and how many rows it shows. Of several visits, the shortest one counts."""
        answer = self.merchant.get(f"/console/{path}")
        times = []
        for _ in range(VISITS):
            begun = time.process_time()
            self.merchant.get(f"/console/{path}")
            times.append(time.process_time() - begun)
        return min(times) + self._server_seconds(path), answer.text.count('<th class="main"')

    def _server_seconds(self, path: str) -> float:
        """Return how long PostgreSQL plans and runs the statements of a page, in seconds. SQLite runs in this process."""
        if self.engine.dialect == "sqlite":
            return 0.0
        sums = (sum(plan["Planning Time"] + plan["Execution Time"] for plan in self._plans(path)) for _ in range(3))
        return float(min(sums)) / 1000

    def _plans(self, path: str) -> Iterator[dict[str, Any]]:
        self.recording.statements.clear()
        assert self.merchant.get(f"/console/{path}").status_code == 200, path
        for sql, params in self.recording.statements:
            if sql.startswith(("SELECT", "WITH")):
                (row,) = self.engine.rows(f"EXPLAIN (ANALYZE, BUFFERS, FORMAT JSON) {sql}", params)
                yield row["QUERY PLAN"][0]

    def _steps(self, sql: str, params: dict[str, Any]) -> int:
        steps = 0

        def step() -> int:
            nonlocal steps
            steps += 1
            return 0

        connection = sqlite3.connect(self.folder / "counterfoil.db")
        try:
            connection.set_progress_handler(step, 10)
            connection.execute(sql, params).fetchall()
        finally:
            connection.close()
        return steps * 10


@pytest.fixture(params=["sqlite", "postgresql"])
def address_of(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Any]:
    """Return a function that makes an empty database: its address and folder."""
    if request.param == "sqlite":

        def make(name: str) -> tuple[str, Path]:
            (tmp_path / name).mkdir()
            return f"sqlite:///{tmp_path}/{name}/counterfoil.db", tmp_path / name

        yield make
        return
    server = request.getfixturevalue("postgresql_server")
    with new_database(server, "short_lists") as short, new_database(server, "long_lists") as long:
        yield lambda name: (short if name == "short" else long, tmp_path)


def test_a_page_of_a_long_list_costs_the_database_no_more_than_one_of_a_shorter_list(address_of: Any) -> None:
    short, long = LongLists(address_of("short"), LENGTHS[0]), LongLists(address_of("long"), LENGTHS[1])
    few = FEW[short.engine.dialect]
    grown = {}
    for path in PATHS:
        before, after = short.work(path), long.work(path)
        # A list that is twice as long may cost a third more: indexes are deeper, and more rows have to be passed over.
        if after > max(before * 4 / 3 + few, BOUNDED.get(path, 0)):
            grown[path] = (before, after)
    assert grown == {}


@pytest.mark.skipif(not MEASURED, reason="LIST_ROWS is not set")
def test_each_page_of_a_long_list_takes_at_most_three_times_as_long_as_one_of_a_hundred(address_of: Any) -> None:
    short, long = LongLists(address_of("short"), 100), LongLists(address_of("long"), MEASURED)
    full = {list: short.seconds(list)[0] for list in ("links", "payments")}
    slow = {}
    for path in PATHS:
        (few, shown), (many, found) = short.seconds(path), long.seconds(path)
        # To show more rows takes longer, however long the list is. Then a list of a hundred that shows as many is the measure.
        measure = max(few, full.get(path.partition("?")[0], 0)) if found > shown else few
        print(f"{many / measure:5.2f} {few * 1000:7.1f} ms {many * 1000:7.1f} ms {shown:3} {found:3}  /console/{path}")  # noqa: T201
        if many > 3 * measure:
            slow[path] = (measure, many)
    assert slow == {}


@pytest.mark.parametrize("address_of", ["sqlite"], indirect=True)
@pytest.mark.parametrize(
    ("table", "of", "id"), [("link_words", "payment_links", "payment_link"), ("attempt_words", "attempts", "attempt")]
)
def test_a_search_that_looks_at_a_part_of_the_list_says_so_and_the_next_page_goes_on(
    address_of: Any, table: str, of: str, id: str
) -> None:
    long = LongLists(address_of("long"), 3 * SCANNED_AT_MOST)
    order = "sort_key" if of == "payment_links" else "dated"
    last = f"(SELECT id FROM {of} WHERE sequence % 2 = 0 ORDER BY {order} LIMIT 1)"
    for word, condition in (("black", "sequence % 2 = 0"), ("white", f"sequence % 2 = 1 OR id = {last}")):
        long.engine.execute(
            f"INSERT INTO {table} (organization, word, {id}, {order}, sequence) "
            f"SELECT organization, '{word}', id, {order}, sequence FROM {of} WHERE {condition}"
        )
    path = "links" if of == "payment_links" else "payments"
    page = long.merchant.open(f"/console/{path}?q=black+white")
    assert "Nothing found so far." in page.text
    assert "So far, only a part of this list was searched." in page.text
    assert "matches" not in page.text
    page = long.merchant.open(page.link("Go on searching")["href"])
    assert len(page.root.first("tbody").all("tr")) == 1
    assert "only a part of this list" not in page.text
    if path == "payments":
        assert len(long.merchant.get("/console/payments.csv?q=black+white").text.splitlines()) == 2
