"""`expand[]`: collapsed, expanded and left-out attributes, and refused paths."""

from __future__ import annotations

from typing import Annotated, Any, Literal

import pytest
from pydantic import BaseModel

from app.errors import InvalidRequest
from app.objects.scalars import EXPANDABLE, INCLUDABLE, OMIT_IF_NONE, DecimalString, Percentage
from app.wire.expand import render, render_list
from tests.support.build import a_line, a_link, a_price


class Parent(BaseModel):
    id: str
    parent: Annotated[str | Parent, EXPANDABLE] | None = None


class Option(BaseModel):
    id: str = "opt"
    tax: Annotated[Parent | None, EXPANDABLE] = None


class Price(BaseModel):
    id: str
    currency_options: dict[str, Option] | None = None
    product: Annotated[str | Parent, EXPANDABLE]
    unit_amount_decimal: DecimalString | None = None


class Line(BaseModel):
    price: Price
    taxes: Annotated[tuple[Parent, ...] | None, INCLUDABLE] = None


class Lines(BaseModel):
    object: Literal["list"] = "list"
    data: tuple[Line, ...]


class Link(BaseModel):
    id: str
    branch: Annotated[str | None, OMIT_IF_NONE] = None
    empty: str | None = None
    ids: tuple[Annotated[str | Parent, EXPANDABLE], ...] = ()
    line_items: Annotated[Lines | None, INCLUDABLE] = None
    metadata: dict[str, str] = {}
    options: list[Option] = []
    percent: Percentage | None = None


def family(*ids: str) -> Parent:
    """Return an object with the first id, whose parent has the next id, and so on."""
    first, *rest = ids
    return Parent(id=first, parent=family(*rest) if rest else None)


PRICE = Price(
    id="price",
    product=family("a", "b", "c", "d", "e"),
    currency_options={"eur": Option(tax=family("x", "y"))},
    unit_amount_decimal="0.5",  # type: ignore[arg-type]
)
LINK = Link(
    id="plink",
    ids=(family("f", "g"), "h"),
    line_items=Lines(data=(Line(price=PRICE, taxes=(family("t"),)),)),
    metadata={"product": "x"},
    options=[Option(tax=family("o", "p"))],
    percent="8.875",  # type: ignore[arg-type]
)
COLLAPSED = {
    "id": "plink",
    "empty": None,
    "ids": ["f", "h"],
    "metadata": {"product": "x"},
    "options": [{"id": "opt", "tax": "o"}],
    "percent": 8.875,
}
COLLAPSED_PRICE = {
    "id": "price",
    "currency_options": {"eur": {"id": "opt", "tax": "x"}},
    "product": "a",
    "unit_amount_decimal": "0.5",
}


def with_price(**changes: Any) -> dict[str, Any]:
    return COLLAPSED | {"line_items": {"object": "list", "data": [{"price": COLLAPSED_PRICE | changes}]}}


EXPANDED: dict[str, tuple[list[str], dict[str, Any]]] = {
    "nothing": ([], COLLAPSED),
    "what is left out unless asked for": (["line_items"], with_price()),
    "the way to it as well": (
        ["line_items.data.price.product"],
        with_price(product={"id": "a", "parent": "b"}),
    ),
    "four levels": (
        ["line_items.data.price.product.parent"],
        with_price(product={"id": "a", "parent": {"id": "b", "parent": "c"}}),
    ),
    "left out inside what is left out": (
        ["line_items.data.taxes"],
        COLLAPSED
        | {
            "line_items": {
                "object": "list",
                "data": [{"price": COLLAPSED_PRICE, "taxes": [{"id": "t", "parent": None}]}],
            }
        },
    ),
    "the entries of a list, the ids among them as they are": (
        ["ids"],
        COLLAPSED | {"ids": [{"id": "f", "parent": "g"}, "h"]},
    ),
    "an attribute of a list's entries": (
        ["options.tax"],
        COLLAPSED | {"options": [{"id": "opt", "tax": {"id": "o", "parent": "p"}}]},
    ),
    "several, one of them twice": (
        ["ids.parent", "ids", "ids.parent"],
        COLLAPSED | {"ids": [{"id": "f", "parent": {"id": "g", "parent": None}}, "h"]},
    ),
}


@pytest.mark.parametrize(("expand", "answer"), EXPANDED.values(), ids=EXPANDED)
def test_an_answer_has_ids_unless_expanded(expand: list[str], answer: dict[str, Any]) -> None:
    assert render(LINK, expand) == answer


def test_an_entry_of_a_map_is_expanded_by_its_key() -> None:
    answer = render(PRICE, ["currency_options.eur.tax"])
    assert answer["currency_options"] == {"eur": {"id": "opt", "tax": {"id": "x", "parent": "y"}}}


def test_an_absent_branch_is_left_out() -> None:
    assert "branch" not in render(Link(id="plink"))
    assert render(Link(id="plink", branch="left"))["branch"] == "left"


def test_an_expanded_attribute_without_a_value_is_null() -> None:
    assert render(Link(id="plink"), ["line_items.data.price.product"])["line_items"] is None


REFUSED = {
    "unknown": "lineitems",
    "unknown below": "line_items.data.cost",
    "scalar": "empty",
    "always in full": "line_items.data.price",
    "the data of a list": "line_items.data",
    "below a scalar": "id.x",
    "without the list's data": "line_items.price.product",
    "five levels": "line_items.data.price.product.parent.parent",
    "nothing": "",
    "empty level": "line_items..data",
}


@pytest.mark.parametrize("path", REFUSED.values(), ids=REFUSED)
def test_a_wrong_path_is_refused_for_every_object(path: str) -> None:
    for link in (LINK, Link(id="plink")):
        with pytest.raises(InvalidRequest) as refused:
            render(link, [path])
        assert (refused.value.param, refused.value.code) == ("expand", None)
        assert f"can't be expanded: {path} (" in refused.value.message


@pytest.mark.parametrize("path", ["line_items.data.price.tiers", "line_items.data.price.currency_options"])
def test_attributes_that_stripe_leaves_out_may_be_expanded(path: str) -> None:
    """Programs that read these attributes expand them, because Stripe requires it."""
    link = a_link(a_line(a_price()))
    assert render(link, [path]) == render(link, ["line_items"])


@pytest.mark.parametrize(
    ("path", "why"),
    [("line_items.data.price", "always answered in full"), ("currency", "there is no more of it here")],
)
def test_a_refusal_says_why(path: str, why: str) -> None:
    with pytest.raises(InvalidRequest) as refused:
        render(a_link(), [path])
    assert why in refused.value.message


def test_a_list_is_expanded_below_its_data() -> None:
    answer = render_list(
        Link, [LINK], url="/links", has_more=True, expand=["data.line_items.data.price.product.parent"]
    )
    assert answer == {
        "object": "list",
        "url": "/links",
        "has_more": True,
        "data": [with_price(product={"id": "a", "parent": {"id": "b", "parent": "c"}})],
    }


@pytest.mark.parametrize("path", ["line_items", "data", "data.lineitems"])
def test_a_wrong_path_is_refused_for_an_empty_list_too(path: str) -> None:
    with pytest.raises(InvalidRequest) as refused:
        render_list(Link, [], url="/links", has_more=False, expand=[path])
    assert refused.value.param == "expand"
    assert f"can't be expanded: {path} (" in refused.value.message
