"""Runs some rows of each table of parameters whose rows cost much, for a quick answer: `pytest --rows 3`.

Without the option, every row runs. A row costs much if it makes a shop, or if its test is marked `costly_rows`.
"""

from collections import defaultdict
from collections.abc import Sequence
from typing import Final, TypeVar
from zlib import crc32

import pytest

T = TypeVar("T")

COSTLY_FIXTURES: Final = frozenset({"shop"})
"""Fixtures that make a merchant with a database, and mostly an application, too. That takes longer than most tests."""


def pytest_addoption(parser: pytest.Parser) -> None:
    """Add the option."""
    parser.addoption(
        "--rows",
        type=int,
        metavar="N",
        help="run at most N rows of each table of parameters whose rows cost much, from all over it",
    )


def pick_rows(rows: Sequence[T], most: int, table: str = "") -> list[T]:
    """Return at most this many rows, with the first and the last of them and even steps between.

    A single row is one that the name of the table chooses, so that tables with the same rows do not all run the first.

    >>> pick_rows("abcdefghi", 3)
    ['a', 'e', 'i']
    >>> pick_rows(["light", "dark"], 1, "test_the_page"), pick_rows(["light", "dark"], 1, "test_the_form")
    (['light'], ['dark'])
    """
    if len(rows) <= most:
        return list(rows)
    if most == 1:
        return [rows[crc32(table.encode()) % len(rows)]]
    last = len(rows) - 1
    return [rows[index * last // (most - 1)] for index in range(most)]


def has_costly_rows(item: pytest.Item) -> bool:
    """Return whether each row of a test's table takes long."""
    fixtures = getattr(item, "fixturenames", ())
    return item.get_closest_marker("costly_rows") is not None or not COSTLY_FIXTURES.isdisjoint(fixtures)


@pytest.hookimpl(trylast=True)  # after the tests that `-m` leaves out
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Leave out rows of the collected tests, if the option asks for it."""
    most: int | None = config.getoption("rows")
    if most is None:
        return
    tables = defaultdict(list)
    for item in filter(has_costly_rows, items):
        tables[item.nodeid.partition("[")[0]].append(item)
    left_out = {row for name, rows in tables.items() for row in set(rows).difference(pick_rows(rows, most, name))}
    config.hook.pytest_deselected(items=[item for item in items if item in left_out])
    items[:] = [item for item in items if item not in left_out]
