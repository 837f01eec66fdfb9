"""The bounds of a quantity that the buyer may change."""

import pytest

from app.objects.line_item import AdjustableQuantity, quantity_bounds

CASES = {
    "Stripe's defaults": (None, None, None, (0, 99)),
    "the only item of a link": (None, None, 1, (1, 99)),
    "the link's own": (2, 5, 1, (2, 5)),
    "a lower bound above the link's own": (0, 5, 1, (1, 5)),
    "the largest quantity": (None, 999_999, None, (0, 999_999)),
}


@pytest.mark.parametrize(("minimum", "maximum", "least", "bounds"), CASES.values(), ids=CASES)
def test_the_bounds_are_the_links_own_or_0_and_99(
    minimum: int | None, maximum: int | None, least: int | None, bounds: tuple[int, int]
) -> None:
    adjustable = AdjustableQuantity(enabled=True, minimum=minimum, maximum=maximum)
    assert quantity_bounds(adjustable, least=least) == bounds
