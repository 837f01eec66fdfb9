"""The table of the editor: every group with its controls, in the order of the page."""

from collections.abc import Iterator, Mapping
from typing import Final

from app.web.console.editor.control import Control, Group
from app.web.console.editor.controls import advanced, buyers, first, money, rules, translations

GROUPS: Final[tuple[Group, ...]] = (
    first.ITEMS,
    buyers.QUESTIONS,
    buyers.TEXTS,
    money.TYPE,
    money.SHIPPING,
    money.TAX,
    money.DISCOUNTS,
    rules.LIMITS,
    rules.AFTER,
    rules.INVOICE,
    rules.SITES,
    rules.LANGUAGE,
    translations.TRANSLATIONS,
    advanced.ADVANCED,
)

REPEATED: Final = (*first.LINE_ITEM, *first.OPTIONAL_ITEM, *buyers.QUESTION, *money.TIER, *money.NEW_RATE)
"""The controls of entries: the form has them once for each item, question, tier or new delivery option."""


def every_control() -> Iterator[tuple[str, Control]]:
    """Return every control with the name of its group."""
    yield from (("first", control) for control in first.FIRST)
    for group in GROUPS:
        yield from ((group.name, control) for control in group.controls)


def group_of() -> Mapping[str, str]:
    """Return the group of each control by the name of its field."""
    return {control.name: group for group, control in every_control()}
