"""Reading a link from Stripe with any value at any of its paths."""

from copy import deepcopy
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from app.errors import InvalidRequest, LinkUnavailable
from app.objects.base import whole
from app.objects.payment_link import Counterfoil, PaymentLink
from app.pricing.quote import with_amounts
from app.services.links.availability import ensure_payable
from app.services.links.importing.reading import read_link
from tests.support.build import NOW
from tests.support.odd_links import ODD
from tests.support.stripe_account import a_link, an_item

OURS = Counterfoil(code="honey", organization="org_apiary")
ODD_VALUES: list[Any] = [
    None, "", "x", "\x00", 0, -1, 2**70, 1.5, 1e308, True, [], {}, [None], [{}], {"": None}, {"id": 1}, [[]], "9" * 5000,
]  # fmt: skip


def paths_of(value: Any, path: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    """Return the path of every value inside a value."""
    entries = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    return [found for key, entry in entries for found in [(*path, key), *paths_of(entry, (*path, key))]]


def source(name: str) -> dict[str, Any]:
    odd = ODD[name]
    items = deepcopy(list(odd.items)) or [an_item("li_1")]
    return {**a_link("plink_1", **deepcopy(odd.link)), "line_items": {"data": items, "url": ""}}


@st.composite
def links(draw: st.DrawFn) -> dict[str, Any]:
    """Return a link with one or two values replaced."""
    link = source(draw(st.sampled_from(sorted(set(ODD) - {"many_items"}))))
    for _ in range(draw(st.integers(1, 2))):
        path = draw(st.sampled_from(paths_of(link)))
        holder: Any = link
        for segment in path[:-1]:
            holder = holder[segment]
        holder[path[-1]] = deepcopy(draw(st.sampled_from(ODD_VALUES)))
    return link


@settings(max_examples=150)
@given(links())
def test_any_value_in_any_place_is_read_or_refused_with_its_parameter(data: dict[str, Any]) -> None:
    try:
        link = read_link(data, OURS).link
    except InvalidRequest:
        return
    assert PaymentLink.read_whole(whole(link)) == link
    try:
        ensure_payable(link, NOW)
    except LinkUnavailable:
        return
    with_amounts(link, NOW)
