"""How much slower a request becomes when the database has a thousand times as many links and payments."""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final, cast

from werkzeug.test import TestResponse

from app.application import assemble
from app.config import read_config
from app.objects.change import COMMAND_LINE
from app.services.accounts import keys, logins, users
from app.store.sql_store import SQLStore
from tests.support.build import NOW, an_organization
from tests.support.clock import Clock
from tests.support.many_rows import ORGANIZATION, add_many
from tests.web.conftest import WebShop
from tests.web.console.conftest import ADA, Merchant, add_user

FEW: Final = 1000
ROUNDS: Final = 60
_STEP: Final = 7919
"""A prime number, so that the codes that are looked up lie all over the table."""

Growth = dict[str, float]


def measure_growth(folder: Path, rows: int) -> dict[str, Growth]:
    """Return the processor time of each request in microseconds with few and with many rows, and how many times more it is."""
    with _long_lists(folder / "few", FEW) as short, _long_lists(folder / "many", rows) as long:
        times = {name: _measure_in_turns(short[name], long[name]) for name in short}
    return {
        name: {"few": few, "many": many, "ratio": round(many / few, 2), "rows": rows}
        for name, (few, many) in times.items()
    }


def _measure_in_turns(*acts: Callable[[int], object]) -> list[float]:
    """Return the 25th percentile of the processor time of each, in microseconds. They take turns, because the load of the machine
    changes from minute to minute. The first calls are not counted.
    """
    times: list[list[int]] = [[] for _ in acts]
    for number in range(ROUNDS + 5):
        for act, taken in zip(acts, times, strict=True):
            began = time.process_time_ns()
            act(number)
            taken.append(time.process_time_ns() - began)
    return [round(sorted(taken[5:])[ROUNDS // 4] / 1000, 1) for taken in times]


@contextmanager
def _long_lists(folder: Path, rows: int) -> Iterator[dict[str, Callable[[int], object]]]:
    """Fill a database. Yield each kind of request: it takes a number, so that no two calls ask for the same row."""
    folder.mkdir()
    settings = {"DATABASE_URL": f"sqlite:///{folder / 'growth.db'}", "PUBLIC_URL": "http://localhost"}
    shop = WebShop(assemble(read_config(settings, data=folder), now=Clock()))
    shop.store.migrate(NOW)
    shop.store.add_organization(an_organization())
    engine = cast(SQLStore, shop.store).engine
    add_many(shop.store, engine, rows, rows)
    engine.execute(
        "INSERT INTO link_codes (code, payment_link) SELECT 'c' || SUBSTR(id, 7), id FROM payment_links WHERE id <> 'plink_0'"
    )
    _, key = keys.create_key(shop.store, ORGANIZATION, NOW, actor=COMMAND_LINE)
    bearer = {"Authorization": f"Bearer {key}"}
    merchant = _log_in(shop)

    def answer(response: TestResponse) -> None:
        if response.status_code != 200:
            raise RuntimeError(f"{response.request.path}: {response.status}")

    def find(number: int) -> None:
        if shop.store.link_by_code(f"c{number * _STEP % rows}") is None:
            raise RuntimeError("The link is not found.")

    yield {
        "find a link by its code": find,
        "list ten links": lambda _: answer(shop.client.get("/v1/payment_links?limit=10", headers=bearer)),
        "list of links in the console": lambda _: answer(merchant.get("/console/links")),
        "orders to send": lambda _: answer(merchant.get("/console/payments?view=to-send")),
    }
    shop.store.close()


def _log_in(shop: WebShop) -> Merchant:
    add_user(shop)
    merchant = Merchant(shop)
    with merchant.client.session_transaction("/console/", base_url=merchant.base_url) as session:
        session["login"] = logins.create_login(shop.store, users.retrieve(shop.store, ADA), shop.clock())
    return merchant
