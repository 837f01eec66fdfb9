"""Pages of a list, with the API's cursors: `starting_after` leads to older rows, `ending_before` to newer ones."""

import logging
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Final, Literal, TypeVar

from flask import request

from app.errors import InvalidRequest
from app.web.display.formatting import money, number, with_commas
from app.web.display.translation import gettext as _
from app.web.display.translation import ngettext
from app.wire.errors import validate
from app.wire.lists import Page

log: Final = logging.getLogger(__name__)

Requested = TypeVar("Requested", bound=Page)
Row = TypeVar("Row")

ROWS: Final = 25

SUMS_SHOWN: Final = 3
"""How many currencies a sum names."""


@dataclass(frozen=True)
class Neighbours:
    """The cursors of the newer and the older page, or None where there is no such page. An empty cursor leads to the first page.

    `unfinished` is the direction in which a search goes on that stopped before the page was full.
    """

    newer: str | None
    older: str | None
    unfinished: Literal["newer", "older"] | None = None

    @property
    def is_first(self) -> bool:
        """Whether the list begins with this page."""
        return self.newer is None

    @property
    def is_past_end(self) -> bool:
        """Whether no row follows the cursor of this page. Other pages may have rows."""
        return "" in {self.newer, self.older}


def requested_page(schema: type[Requested], **filters: Any) -> Requested:
    """Return the page that the address asks for. If it has both cursors, the first one counts. Raises `InvalidRequest`."""
    cursors = ((name, request.args.get(name)) for name in ("starting_after", "ending_before"))
    cursor = next(((name, value) for name, value in cursors if value), None)
    return validate(schema, {"limit": ROWS, **filters, **dict([cursor] if cursor else [])})


def row_or(make: Callable[[], Row], otherwise: Callable[[], Row]) -> Row:
    """Return one row of a list. What cannot be shown is logged and replaced, so that the other rows are shown."""
    try:
        return make()
    except (ArithmeticError, InvalidRequest, LookupError, TypeError, ValueError):
        log.exception("A row of a list cannot be shown.")
        return otherwise()


def neighbours(ids: Sequence[str], page: Page, more: bool, searched_to: str | None = None) -> Neighbours:
    """Return the pages next to one with these ids. `more` is whether more rows follow in the requested direction.

    `searched_to` is the last row that was looked at, where a search stopped before the page was full.
    """
    backwards = page.ending_before is not None
    has_newer = more if backwards else page.starting_after is not None
    has_older = backwards or more
    # Without rows, everything up to `searched_to` was looked at, so both neighbours begin there and no row is left out.
    first, last = (ids[0], ids[-1]) if ids else (searched_to or "", searched_to or "")
    first, last = (searched_to or first, last) if backwards else (first, searched_to or last)
    going_on: Literal["newer", "older"] = "newer" if backwards else "older"
    unfinished = going_on if searched_to is not None else None
    return Neighbours(first if has_newer else None, last if has_older else None, unfinished)


def sums_text(sums: Sequence[tuple[str, int]]) -> str:
    """Return amounts by currency as one text: "€4,780.35 and ¥12,800"."""
    amounts = [money(amount, currency) for currency, amount in sums]
    if len(amounts) > SUMS_SHOWN:
        rest = len(amounts) - SUMS_SHOWN + 1
        more = ngettext("%(shown)s more currency", "%(shown)s more currencies", rest, shown=number(rest))
        amounts = [*amounts[: SUMS_SHOWN - 1], more]
    if len(amounts) < 2:
        return "".join(amounts)
    return _("%(amounts)s and %(last)s", amounts=with_commas(*amounts[:-1]), last=amounts[-1])
