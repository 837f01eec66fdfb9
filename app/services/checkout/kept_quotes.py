"""The quotes that were made last, so that buyers of a link who choose the same share one."""

from typing import Any, Final, NamedTuple

from app.kept import Kept
from app.objects.payment_link import PaymentLink
from app.objects.quote import Quote
from app.objects.selection import Selection
from app.pricing.quote import quote

KEPT: Final = 32


class _Made(NamedTuple):
    link: PaymentLink
    """It is kept as well, so that no other one gets its id."""
    quote: Quote


_made: Final = Kept[tuple[Any, ...], _Made](KEPT, lambda _: 1)


def find_quote(link: PaymentLink, selection: Selection, now: int) -> Quote:
    """Return the quote of `app.pricing.quote`. The same link object and choice have the same quote object.

    Only what depends on the time is made each time: a discount, which can end, and a trial.
    """
    if selection.promotion_code is not None or link.counterfoil.coupon is not None:
        return quote(link, selection, now)
    chosen = (selection.quantities, selection.optional_quantities, selection.unit_amounts)
    choice = (id(link), selection.currency, *(tuple(part.items()) for part in chosen))
    made = _made.find(choice)
    if made is None:
        made = _Made(link, quote(link, selection, now))
        if made.quote.trial_end is None:
            _made.keep(choice, made)
    return made.quote
