"""Links that a seed file has as parameters, and links that it has as documents."""

from typing import Any

import pytest

from app.objects.base import whole
from app.objects.payment_link import PaymentLink
from app.services.links.documents import document_of, is_expressible
from tests.support.build import a_line, a_link, a_price

PARAMS: dict[str, Any] = {
    "counterfoil": {"code": "honey"},
    "line_items": [{"price": "@prices.a", "quantity": 1}],
}


def with_unknown(place: str) -> PaymentLink:
    """Return a link with an attribute that we do not know: of itself, of a part, of an item, or of a price."""
    data = whole(a_link())
    item = data["line_items"]["data"][0]
    {"link": data, "part": data["custom_text"], "item": item, "price": item["price"]}[place]["of_next_year"] = 1
    return PaymentLink.read_whole(data)


def test_a_plain_link_is_expressible() -> None:
    assert is_expressible(a_link(), PARAMS)


@pytest.mark.parametrize(("place", "expressible"), [("link", False), ("part", False), ("item", False), ("price", True)])
def test_unknown_attributes_need_a_document_unless_they_come_back_with_the_price(place: str, expressible: bool) -> None:
    assert is_expressible(with_unknown(place), PARAMS) is expressible


def test_a_new_word_needs_a_document() -> None:
    link = PaymentLink.read_whole({**whole(a_link()), "submit_type": "rent"})
    assert not is_expressible(link, {**PARAMS, "submit_type": "rent"})


def test_an_item_without_a_price_needs_a_document_and_stays_without() -> None:
    link = a_link(a_line(a_price()), a_line(a_price()).model_copy(update={"id": "li_2", "price": None}))
    assert not is_expressible(link, PARAMS)
    items = document_of(link, lambda kind, found: f"@{kind}.x")["line_items"]["data"]
    assert [item["price"] for item in items] == ["@prices.x", None]


def test_texts_of_a_document_are_escaped_and_references_are_not() -> None:
    document = document_of(a_link(metadata={"handle": "@me"}), lambda kind, _: f"@{kind}.x")
    assert document["metadata"] == {"handle": "@@me"}
    assert document["line_items"]["data"][0]["price"] == "@prices.x"
    assert "counterfoil" not in document
