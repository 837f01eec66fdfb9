"""What the tests of the command line share: a way to run a command, and what to feed it."""

from collections.abc import Callable
from typing import Any

from click.testing import Result

Run = Callable[..., Result]

STRIPE_KEY = "sk_" + "test_" + "x"

SEED: dict[str, Any] = {
    "organization": {"name": "Hillside Apiary"},
    "products": {"honey": {"name": "Jar of honey"}},
    "prices": {"honey": {"product": "@products.honey", "currency": "eur", "unit_amount": 1250}},
    "payment_links": [
        {
            "shows": "a jar",
            "counterfoil": {"slug": "honey", "name": "Honey"},
            "line_items": [{"price": "@prices.honey", "quantity": 1}],
        }
    ],
}
LINK = {
    "line_items": [
        {"price_data": {"currency": "eur", "unit_amount": 500, "product_data": {"name": "Wax"}}, "quantity": 2}
    ]
}


def line_of(result: Result) -> str:
    """Return the one line that a refused command prints."""
    assert result.exit_code == 1
    assert result.stdout == ""
    lines = result.stderr.strip().splitlines()
    assert len(lines) == 1
    return lines[0]
