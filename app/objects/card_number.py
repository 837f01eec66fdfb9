"""Card numbers: the rule by which the pay page and the sandbox recognise one. Digits may be of any script.

A number is a card's if its issuer, its length and its check digit fit. Other numbers pass the same check digit: the IMEI of a phone has 15
digits of this kind. Logs leave out every number that passes the check, whatever its issuer.
"""

import re
from typing import Final

LENGTHS: Final = range(13, 20)
"""How many digits a card number has. Numbers of 12 digits are left alone, because many phone numbers have 12."""

_ANY: Final = frozenset(LENGTHS)
_SIXTEEN_UP: Final = frozenset(range(16, 20))

ISSUERS: Final[tuple[tuple[int, int, frozenset[int]], ...]] = (
    # first and last prefix, and how many digits a number has (ISO/IEC 7812; the ranges are those that the networks publish)
    (4, 4, frozenset({13, 16, 19})),  # Visa
    (51, 55, frozenset({16})),  # Mastercard
    (2221, 2720, frozenset({16})),  # Mastercard
    (34, 34, frozenset({15})),  # American Express
    (37, 37, frozenset({15})),  # American Express
    (36, 36, frozenset(range(14, 20))),  # Diners Club
    (300, 305, frozenset({14, *_SIXTEEN_UP})),  # Diners Club
    (3095, 3095, frozenset({14, *_SIXTEEN_UP})),  # Diners Club
    (38, 39, frozenset({14, *_SIXTEEN_UP})),  # Diners Club
    (6011, 6011, _SIXTEEN_UP),  # Discover
    (644, 649, _SIXTEEN_UP),  # Discover
    (65, 65, _SIXTEEN_UP),  # Discover, RuPay, Elo
    (3528, 3589, _SIXTEEN_UP),  # JCB
    (62, 62, _SIXTEEN_UP),  # UnionPay
    (81, 82, _SIXTEEN_UP),  # UnionPay, RuPay
    (2200, 2204, _SIXTEEN_UP),  # Mir
    (5018, 5018, _ANY),  # Maestro
    (5020, 5020, _ANY),  # Maestro
    (5038, 5038, _ANY),  # Maestro
    (5893, 5893, _ANY),  # Maestro
    (6304, 6304, _ANY),  # Maestro
    (6759, 6763, _ANY),  # Maestro
    (5019, 5019, frozenset({16})),  # Dankort
    (5060, 5061, frozenset({16, 18, 19})),  # Verve
    (5066, 5067, frozenset({16})),  # Elo
    (5085, 5089, frozenset({16})),  # RuPay
    (509, 509, frozenset({16})),  # Elo
    (6062, 6062, frozenset({16})),  # Hipercard
    (607, 608, frozenset({16})),  # RuPay
    (6277, 6277, frozenset({16})),  # Elo
    (6362, 6363, frozenset({16})),  # Elo
    (9792, 9792, frozenset({16})),  # Troy
)

_CANDIDATE: Final = re.compile(r"(?<!\d)\d(?:[\s.\-\u2010-\u2015\u2212/]{0,2}\d){12,18}(?!\d)")


def is_card_number(number: str) -> bool:
    """Return whether a run of digits has an issuer and the length of its cards, and passes the Luhn check (ISO/IEC 7812-1)."""
    return passes_card_check(number) and _is_issued("".join(str(int(digit)) for digit in number))


def passes_card_check(number: str) -> bool:
    """Return whether a run of digits has a length of card numbers and passes the Luhn check, whatever its issuer."""
    return len(number) in LENGTHS and number.isdecimal() and _has_check_digit([int(digit) for digit in number])


def contains_card_number(text: str) -> bool:
    """Return whether a text contains a card number, in one piece or in groups: "4242 4242 4242 4242"."""
    return any(is_card_number(re.sub(r"\D", "", match.group())) for match in _CANDIDATE.finditer(text))


def _is_issued(number: str) -> bool:
    return any(
        first <= int(number[: len(str(first))]) <= last and len(number) in lengths for first, last, lengths in ISSUERS
    )


def _has_check_digit(digits: list[int]) -> bool:
    total = 0
    for place, digit in enumerate(reversed(digits)):
        doubled = digit * (1 + place % 2)
        total += doubled - 9 if doubled > 9 else doubled
    return total % 10 == 0
