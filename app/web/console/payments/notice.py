"""The notice after an act on orders: shown once on the next page, with Undo if that costs nothing."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from flask import flash, get_flashed_messages

from app.objects.attempt import Attempt
from app.web.console.payments.rows import buyer_name
from app.web.display.formatting import with_commas
from app.web.display.translation import gettext as _
from app.web.display.translation import ngettext

CATEGORY: Final = "order"

NAMED: Final = 2
"""How many buyers a notice names."""

UNDONE_AT_MOST: Final = 40
"""How many orders Undo can name, because the notice is stored in the cookie."""


@dataclass(frozen=True)
class Notice:
    """A notice. `undo_url` takes the act back for the orders `ids`, or for the `note`. `tone` is `success` or `danger`."""

    title: str
    text: str = ""
    undo_url: str = ""
    ids: tuple[str, ...] = ()
    note: str = ""
    tone: str = "success"


def show_notice(
    title: str, text: str = "", *, undo_url: str = "", ids: Sequence[str] = (), note: str = "", tone: str = "success"
) -> None:
    """Show a notice on the next page."""
    if len(ids) > UNDONE_AT_MOST:
        undo_url, ids = "", ()
    flash([title, text, undo_url, list(ids), note, tone], CATEGORY)  # type: ignore[arg-type]  # any JSON is stored


def taken_notice() -> Notice | None:
    """Return the notice for this page, or None. It is shown once."""
    found: list[object] = list(get_flashed_messages(category_filter=[CATEGORY]))
    if not found or not isinstance(found[-1], list):
        return None
    title, text, undo_url, ids, note, tone = found[-1]
    return Notice(title, text, undo_url, tuple(ids), note, tone)


def buyers_text(orders: Sequence[Attempt]) -> str:
    """Return whose orders these are: "Jane and Amara Okafor", or "Jane, Amara Okafor and 3 more"."""
    names = [buyer_name(order) for order in orders[:NAMED]]
    if len(orders) > NAMED:
        more = len(orders) - NAMED
        return ngettext("%(names)s and %(num)s more", "%(names)s and %(num)s more", more, names=with_commas(*names))
    if len(names) == NAMED:
        return _("%(first)s and %(second)s", first=names[0], second=names[1])
    return "".join(names)
