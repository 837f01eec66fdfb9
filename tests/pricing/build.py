"""Short names for the tests of quotes."""

from typing import Any

from app.objects.quote import Quote
from app.objects.selection import Selection
from app.pricing.quote import quote
from tests.support.build import NOW, a_line, a_link, a_price, a_product

MONTHLY = a_line(a_price(900, id="price_club", recurring="month", product=a_product("prod_club", "Club")))


def the_quote(*lines: Any, selection: Selection | None = None, **changes: Any) -> Quote:
    """Return the quote of a link with these lines and changes."""
    return quote(a_link(*lines, **changes), selection or Selection(), NOW)


def codes(quoted: Quote) -> list[str]:
    """Return the codes of a quote's problems."""
    return [problem.code for problem in quoted.problems]
