"""Views of orders, the sums of orders and the migration that filled those sums choose the same attempts."""

import sqlite3
from contextlib import closing
from itertools import product

import pytest

from app.objects.attempt import UNFINISHED
from app.store.order_rows import IN_A_VIEW, LISTED
from app.store.orders import VIEWS


@pytest.mark.parametrize("state", UNFINISHED)
def test_the_sums_count_exactly_the_unfinished_attempts_that_a_view_lists(state: str) -> None:
    # An attempt whose buyer did not complete Checkout has nothing to send.
    row = {"state": state, "delivery": "none"}
    views = " OR ".join(f"({condition})" for view, condition in VIEWS.items() if view != "unfinished")
    with closing(sqlite3.connect(":memory:")) as database:
        for values in product((0, 1), repeat=len(LISTED)):
            columns = row | dict(zip(LISTED, values, strict=True))
            named = ", ".join(f":{name} AS {name}" for name in columns)
            chosen = database.execute(
                f"SELECT {views}, {IN_A_VIEW} FROM (SELECT {named}) AS attempt", columns
            ).fetchone()
            assert chosen == (any(values), any(values)), columns
