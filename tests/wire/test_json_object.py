"""Reading JSON: every text has one meaning, or is refused."""

from decimal import Decimal

import pytest

from app.errors import InvalidRequest
from app.wire.json_object import json_object


@pytest.mark.parametrize(
    "text", ["1e" + "9" * 2000, "-1.5e" + "9" * 30, "1e-" + "9" * 30, "NaN", "Infinity", "-Infinity"]
)
def test_a_number_that_cannot_be_kept_is_refused(text: str) -> None:
    with pytest.raises(InvalidRequest, match="This is not valid JSON"):
        json_object(f'{{"amount": {text}}}')


def test_a_number_with_a_decimal_point_stays_exact() -> None:
    assert json_object('{"amount": 0.1000000000000000055}') == {"amount": Decimal("0.1000000000000000055")}
