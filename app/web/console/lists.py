"""Pages of a list, with the API's cursors: `starting_after` leads to older rows, `ending_before` to newer ones."""

import logging
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Final, TypeVar

from flask import request

from app.errors import InvalidRequest
from app.web.display.formatting import money, number
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
    """The cursors of the newer and the older page, or None where there is no such page.

    `unfinished` is whether the search stopped before the page was full. The next page goes on with it.
    """

    newer: str | None
    older: str | None
    unfinished: bool = False


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
    if not ids and searched_to is None:
        return Neighbours(None, None)
    backwards = page.ending_before is not None
    given = page.ending_before or page.starting_after
    first, last = (ids[0], ids[-1]) if ids else (given, given)
    first, last = (searched_to or first, last) if backwards else (first, searched_to or last)
    has_newer = more if backwards else page.starting_after is not None
    has_older = backwards or more
    return Neighbours(first if has_newer else None, last if has_older else None, searched_to is not None)


def sums_text(sums: Sequence[tuple[str, int]]) -> str:
    """Return amounts by currency as one text: "€4,780.35 and ¥12,800"."""
    amounts = [money(amount, currency) for currency, amount in sums]
    if len(amounts) > SUMS_SHOWN:
        rest = len(amounts) - SUMS_SHOWN + 1
        more = ngettext("%(shown)s more currency", "%(shown)s more currencies", rest, shown=number(rest))
        amounts = [*amounts[: SUMS_SHOWN - 1], more]
    if len(amounts) < 2:
        return "".join(amounts)
    return _("%(amounts)s and %(last)s", amounts=", ".join(amounts[:-1]), last=amounts[-1])
