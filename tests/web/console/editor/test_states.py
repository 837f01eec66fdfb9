"""The line of a closed group says its settings in whole sentences."""

from typing import Any
from zoneinfo import ZoneInfo

import pytest
from werkzeug.datastructures import MultiDict

from app.web.console.editor.kinds import kinds_of
from app.web.console.editor.states import states_of
from app.web.console.editor.texts import Manner
from app.web.console.editor.values import Values
from tests.web.console.conftest import Merchant

RECURRING = "line_items[0][price_data][recurring]"


@pytest.mark.parametrize(
    ("interval", "count", "line"),
    [
        ("month", "1", "Every month"),
        ("month", "3", "Every 3 months"),
        ("week", "2", "Every 2 weeks"),
        ("day", "10", "Every 10 days"),
        ("year", "2", "Every 2 years"),
        ("month", "many", "A subscription"),
        ("month", "1" * 5000, "A subscription"),
        ("fortnight", "2", "A subscription"),
    ],
)
def test_a_subscription_says_how_often_it_is_paid(ada: Merchant, interval: str, count: str, line: str) -> None:
    fields: dict[str, Any] = {
        "price_kind": "recurring",
        f"{RECURRING}[interval]": interval,
        f"{RECURRING}[interval_count]": count,
    }
    values = Values(MultiDict(fields))
    with ada.shop.app.test_request_context():
        states = states_of({}, values, kinds_of(values, {}), Manner("eur", "en", ZoneInfo("UTC")))
    assert states["type"] == (line, True)


def test_the_countries_of_the_delivery_are_named(ada: Merchant) -> None:
    values = Values(MultiDict({"ships": "yes"}))
    params = {"shipping_address_collection": {"allowed_countries": ["DE", "AT"]}}
    with ada.shop.app.test_request_context():
        states = states_of(params, values, kinds_of(values, {}), Manner("eur", "en", ZoneInfo("UTC")))
    assert states["shipping"] == ("Germany, Austria", True)
