"""The figures of the home page: amounts by currency, the bars of the last days and the same numbers as a table."""

from dataclasses import dataclass
from datetime import date
from typing import Final

from babel.dates import format_date
from babel.numbers import get_currency_name

from app.objects.organization import Organization
from app.objects.taken import DaySum
from app.services.orders.taken import DAYS, Taken
from app.web.display.formatting import money
from app.web.display.locale import shown_locale
from app.web.display.translation import gettext as _
from app.web.display.translation import ngettext

SHOWN: Final = 3
"""How many currencies are shown at once. The others stand behind "More currencies"."""

FALLBACK: Final = "eur"

_STEP: Final = 20
_WIDTH: Final = 14
_FLOOR: Final = 111
_HIGHEST: Final = 108
"""Measures in the drawing, whose size is 600 by 112."""


@dataclass(frozen=True)
class Figure:
    """An amount with a hint."""

    amount: str
    hint: str


@dataclass(frozen=True)
class Bar:
    """One bar: the place of its left upper corner, and its size."""

    x: int
    y: int
    width: int
    height: int


@dataclass(frozen=True)
class Chart:
    """The bars of one currency, with their description in words."""

    title: str
    description: str
    bars: tuple[Bar, ...]
    first: str
    most: str


@dataclass(frozen=True)
class Figures:
    """Everything that the home page says about money."""

    today: tuple[Figure, ...]
    month: tuple[Figure, ...]
    chart: Chart | None
    columns: tuple[str, ...]
    rows: tuple[tuple[str, int, tuple[str, ...]], ...]

    @property
    def shown(self) -> int:
        """How many currencies are shown at once."""
        return SHOWN


def figures(taken: Taken, organization: Organization) -> Figures:
    """Return the figures of the home page."""
    usual = organization.default_currency or next(iter(taken.currencies), FALLBACK)
    return Figures(
        today=tuple(
            _figure(one) for currency in taken.currencies if (one := taken.on(DAYS - 1, currency)).number
        ) or (Figure(money(0, usual), _("no payment yet")),),
        month=tuple(_figure(taken.total(currency)) for currency in taken.currencies)
        or (Figure(money(0, usual), _("no payment yet")),),
        chart=_chart(taken, taken.currencies[0]) if taken.currencies else None,
        columns=tuple(_name(currency) for currency in taken.currencies),
        rows=tuple(_row(taken, day) for day in reversed(range(DAYS))),
    )  # fmt: skip


def _figure(one: DaySum) -> Figure:
    hint = ngettext("%(num)s payment", "%(num)s payments", one.number)
    if one.amount_refunded:
        hint = _("%(payments)s, %(amount)s refunded", payments=hint, amount=money(one.amount_refunded, one.currency))
    return Figure(money(one.left, one.currency), hint)


def _row(taken: Taken, day: int) -> tuple[str, int, tuple[str, ...]]:
    sums = [taken.on(day, currency) for currency in taken.currencies]
    amounts = tuple(money(one.left, one.currency) if one.number else "–" for one in sums)
    return _short(taken.days[day], weekday=True), sum(one.number for one in sums), amounts


def _chart(taken: Taken, currency: str) -> Chart:
    lefts = [max(taken.on(day, currency).left, 0) for day in range(DAYS)]
    most = max(lefts)
    best = lefts.index(most)
    bars = tuple(
        Bar(3 + _STEP * day, _FLOOR - height, _WIDTH, height)
        for day, left in enumerate(lefts)
        if left and (height := max(1, left * _HIGHEST // most))
    )
    description = _(
        "Between %(least)s and %(most)s a day. The most on %(day)s: %(most)s. Today so far: %(today)s.",
        least=money(min(lefts), currency),
        most=money(most, currency),
        day=_short(taken.days[best], weekday=True),
        today=money(lefts[-1], currency),
    )
    return Chart(
        title=_("%(currency)s by day", currency=_name(currency)),
        description=description,
        bars=bars,
        first=_short(taken.days[0], weekday=False),
        most=_("most: %(amount)s", amount=money(most, currency)),
    )


def _name(currency: str) -> str:
    name = get_currency_name(currency.upper(), count=2, locale=shown_locale())
    return name[:1].upper() + name[1:]


def _short(day: date, *, weekday: bool) -> str:
    locale = shown_locale()
    pattern = ("EEE, d MMM" if weekday else "d MMM") if locale.language == "en" else "medium"
    return format_date(day, pattern, locale=locale)
