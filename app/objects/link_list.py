"""The filter and the sums of a list of links. Pure."""

from dataclasses import dataclass, replace
from typing import Final, Literal, Self, get_args

from app.objects.payment_link import PaymentLink

LinkView = Literal["", "active", "attention", "invoices", "inactive"]
LINK_VIEWS: Final[tuple[LinkView, ...]] = get_args(LinkView)
"""The lists of links. The empty name is the list of all links."""


@dataclass(frozen=True)
class LinkFilter:
    """The filter of a list of links. A link matches by its words, if one begins with each of `words`, or by an amount.

    `amounts` are in minor units by the number of decimals of a currency. `today` is the first second of the merchant's day: an
    invoice that was due before is overdue. `livemode` chooses the payments that are added up, not the links.
    """

    view: LinkView = ""
    amounts: tuple[tuple[int, int], ...] = ()
    livemode: bool = False
    now: int = 0
    today: int = 0
    words: tuple[str, ...] = ()

    @property
    def is_search(self) -> bool:
        """Whether a search text chooses the links."""
        return bool(self.words or self.amounts)


@dataclass(frozen=True)
class Counted:
    """A number of links. With `is_least` there are more, and `number` is where counting stopped."""

    number: int
    is_least: bool = False


@dataclass(frozen=True)
class LinkSums:
    """The sums of a list of links: the number of links and of payments, and by currency the money received less refunds.

    With `is_least` more links match than were counted. Then `number` is the least number, and nothing is added up.
    """

    number: int = 0
    payments: int = 0
    amounts: tuple[tuple[str, int], ...] = ()
    is_least: bool = False

    def at_least(self, number: int) -> Self:
        """Return sums whose least number is not below the number of rows that a page shows."""
        return replace(self, number=max(self.number, number)) if self.is_least else self


def is_listed_as_invoice(link: PaymentLink) -> bool:
    """Return whether the list of invoices has a link: it has a reference or a due date, whatever its button says."""
    return bool(link.counterfoil.reference) or link.counterfoil.due_date is not None
