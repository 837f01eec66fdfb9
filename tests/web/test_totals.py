"""The page, the API and Checkout have the same total, for every link and every choice."""

import json
from collections.abc import Callable
from itertools import count
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, assume, given, settings
from hypothesis import strategies as st

from app.application import assemble
from app.config import Config, read_config
from app.objects.change import COMMAND_LINE
from app.objects.discount import Coupon
from app.objects.line_item import quantity_bounds
from app.objects.payment_link import PaymentLink
from app.objects.quote import Quote
from app.objects.selection import Selection
from app.pricing.money import format_amount
from app.pricing.quote import default_selection
from app.services.accounts import keys
from app.services.checkout import steps as checkout
from app.services.checkout.preview import preview
from app.services.links.seeding import seed
from tests.support.build import an_organization
from tests.support.clock import Clock
from tests.support.examples import at_most
from tests.support.migrated import migrated_database
from tests.support.page import Page
from tests.support.strategies import links
from tests.web.conftest import WebShop

DEMO: dict[str, Any] = json.loads((Path(__file__).parents[2] / "data" / "demo.json").read_text(encoding="utf-8"))
NUMBERS = count()
PAYABLE = [
    link["counterfoil"]["slug"]
    for link in DEMO["payment_links"]
    if link.get("active", True) and "opens_at" not in link["counterfoil"]
]


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory) -> WebShop:
    """Return a server with the links of the demo."""
    return a_shop(tmp_path_factory.mktemp("demo"), DEMO)


@pytest.fixture(scope="module")
def empty(tmp_path_factory: pytest.TempPathFactory) -> WebShop:
    """Return a server without links."""
    shop = a_shop(tmp_path_factory.mktemp("empty"), {})
    shop.store.add_organization(an_organization())
    return shop


def a_shop(folder: Path, data: dict[str, Any]) -> WebShop:
    environment = {"DATABASE_URL": migrated_database(folder / "counterfoil.db"), "RATE_LIMIT_PREVIEW": "100000/minute"}
    config: Config = read_config(environment, data=folder)
    clock = Clock()
    shop = WebShop(assemble(config, now=clock))
    if data:
        seed(shop.store, shop.context.gateway, data, clock(), settings=shop.context.link_settings)
    return shop


def quoted(shop: WebShop, link: PaymentLink, selection: Selection) -> Quote:
    return preview(shop.context.gateway, shop.owner(link), link, selection, shop.clock()).quote


def at_checkout(shop: WebShop, link: PaymentLink, selection: Selection, form: str) -> int | None:
    """Return the total of the Checkout Session."""
    context = shop.context
    attempt = checkout.start(
        shop.store,
        context.gateway,
        shop.owner(link),
        link,
        selection,
        shop.clock(),
        form=form,
        public_url="http://127.0.0.1:8000",
    )
    assert attempt.checkout_session is not None
    session = context.gateway.retrieve_checkout_session(attempt.checkout_session, account=attempt.account)
    assert session.amount_subtotal == attempt.quote.amount_subtotal
    assert session.total_details is not None
    assert session.total_details.amount_discount == attempt.quote.amount_discount
    assert session.total_details.amount_tax == attempt.quote.amount_tax
    # Each test uses its own session, so release the place that this one holds.
    context.gateway.expire_checkout_session(attempt.checkout_session, account=attempt.account)
    checkout.cancel(shop.store, context.gateway, link, attempt.token, shop.clock())
    return session.amount_total


def on_the_page(page: Page) -> str:
    """Return the amount in the last row of the totals."""
    rows = page.rows()
    return list(rows.values())[-1] if rows else page.root.first("p", class_="amount").text.strip()


def by_the_api(shop: WebShop, link: PaymentLink) -> int:
    """Return the sum of the line items' totals in the API."""
    _, secret = keys.create_key(shop.store, link.counterfoil.organization, shop.clock(), actor=COMMAND_LINE)
    answer = shop.client.get(
        f"/v1/payment_links/{link.id}/line_items?limit=100", headers={"Authorization": f"Bearer {secret}"}
    )
    return sum(item["amount_total"] for item in answer.get_json()["data"])


@pytest.mark.costly_rows
@pytest.mark.parametrize("slug", PAYABLE)
def test_page_api_and_checkout_name_the_same_total(demo: WebShop, slug: str) -> None:
    link = demo.store.link_by_code(slug)
    assert link is not None
    selection = default_selection(link)
    quote = quoted(demo, link, selection)
    assert on_the_page(demo.open(f"/pay/{slug}")) == format_amount(quote.amount_total, quote.currency, "en")
    assert at_checkout(demo, link, selection, form=f"form_{slug}") == quote.amount_total
    if not selection.unit_amounts:
        assert by_the_api(demo, link) + quote.amount_shipping == quote.amount_total


Choice = Callable[[PaymentLink], st.SearchStrategy[dict[str, str]]]


@st.composite
def choices(draw: st.DrawFn, link: PaymentLink) -> dict[str, str]:
    """Draw form fields within the link's limits."""
    items = link.line_items.data if link.line_items else ()
    fields = {}
    for item in items:
        if item.adjustable_quantity and item.adjustable_quantity.enabled:
            low, high = quantity_bounds(item.adjustable_quantity, least=int(len(items) == 1))
            fields[f"line_items[{item.id}][quantity]"] = str(draw(st.integers(low, min(high, 60))))
    for option in link.optional_items or ():
        if draw(st.booleans()):
            fields[f"optional_items[{option.price.id}][quantity]"] = str(option.quantity)  # type: ignore[union-attr]
    if link.allow_promotion_codes and draw(st.booleans()):
        fields["promotion_code"] = "spring10"
    return fields


@pytest.mark.costly_rows
@pytest.mark.parametrize("slug", ["spring-box", "workshop-wax", "cotton-wicks", "tokyo-lantern", "kuwait-incense"])
@settings(max_examples=at_most(8), deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_page_and_checkout_have_the_same_total_for_any_choice(demo: WebShop, slug: str, data: st.DataObject) -> None:
    link = demo.store.link_by_code(slug)
    assert link is not None
    fields = data.draw(choices(link))
    quantities = {
        name.split("[")[1].rstrip("]"): int(value) for name, value in fields.items() if name.startswith("line_items")
    }
    optional = {
        name.split("[")[1].rstrip("]"): int(value) for name, value in fields.items() if name.startswith("optional")
    }
    code = fields.get("promotion_code")
    page = Page(demo.client.post(f"/pay/{slug}/preview", data=fields))
    selection = default_selection(link).model_copy(update={"quantities": quantities, "optional_quantities": optional})
    merchant = demo.owner(link)
    shown = preview(demo.context.gateway, merchant, link, selection, demo.clock(), promotion_code=code)
    assert on_the_page(page) == format_amount(shown.quote.amount_total, link.currency, "en")
    asked = at_checkout(demo, link, shown.selection, form=f"form_{slug}_{json.dumps(fields, sort_keys=True)}")
    assert asked == shown.quote.amount_total


@settings(
    max_examples=at_most(12),
    deadline=None,
    # Each example creates a catalogue and a session, so shrinking a failure would take minutes.
    phases=[Phase.explicit, Phase.reuse, Phase.generate],
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much],
)
@given(data=st.data())
def test_page_and_checkout_have_the_same_total_for_any_link(empty: WebShop, data: st.DataObject) -> None:
    drawn = data.draw(links())
    quote = quoted(empty, drawn, default_selection(drawn))
    # The rules of links make sure that a session has one billing interval.
    intervals = {
        (line.price.recurring.interval, line.price.recurring.interval_count)
        for line in quote.lines
        if line.price.recurring
    }
    coupon = drawn.counterfoil.coupon
    # Stripe has no coupons without a discount.
    assume(not isinstance(coupon, Coupon) or coupon.percent_off is None or coupon.percent_off > 0)
    assume(not quote.problems and len(intervals) <= 1)
    number = next(NUMBERS)
    ours = drawn.counterfoil.model_copy(update={"code": f"any-{number}"})
    link = empty.sell(drawn.model_copy(update={"id": f"plink_any_{number}", "counterfoil": ours}))
    selection = default_selection(link)
    quote = quoted(empty, link, selection)
    assert on_the_page(empty.open(f"/pay/any-{number}")) == format_amount(quote.amount_total, quote.currency, "en")
    assert at_checkout(empty, link, selection, form=f"form_{number}") == quote.amount_total
