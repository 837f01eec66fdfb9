"""Card numbers: the one rule by which the pay page, the sandbox and the logs recognise one. Digits may be of any script."""

import re
from typing import Final

LENGTHS: Final = range(13, 20)
"""How many digits a card number has. Numbers of 12 digits are left alone, because many phone numbers have 12."""

_CANDIDATE: Final = re.compile(r"(?<!\d)\d(?:[\s.\-/]{0,2}\d){12,18}(?!\d)")


def is_card_number(number: str) -> bool:
    """Return whether a run of digits has a card number's length and passes the Luhn check (ISO/IEC 7812-1)."""
    if len(number) not in LENGTHS or not number.isdecimal():
        return False
    total = 0
    for place, digit in enumerate(map(int, reversed(number))):
        doubled = digit * (1 + place % 2)
        total += doubled - 9 if doubled > 9 else doubled
    return total % 10 == 0


def contains_card_number(text: str) -> bool:
    """Return whether a text contains a card number, in one piece or in groups: "4242 4242 4242 4242"."""
    return any(is_card_number(re.sub(r"\D", "", match.group())) for match in _CANDIDATE.finditer(text))
