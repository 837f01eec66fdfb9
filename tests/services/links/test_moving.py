"""Moving links to live mode: the report, the objects at Stripe, the new links, and moves that are repeated or interrupted."""

import io
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from PIL import Image

from app.application import assemble
from app.config import read_config
from app.errors import InvalidRequest
from app.gateway.stripe_gateway import StripeGateway
from app.gateway.transport import WSGIClient
from app.objects.change import COMMAND_LINE
from app.objects.payment_link import PaymentLink
from app.services.links import moving
from app.services.links import service as links
from app.services.links.answer import LinkSettings
from app.services.pictures import add_picture
from app.store import Store
from app.web.http.context import EXTENSION, Context
from tests.gateway.stripe_shaped import LIVE_KEY
from tests.support.build import NOW, an_organization
from tests.support.clock import Clock
from tests.support.live_stripe import LiveStripe
from tests.support.migrated import migrated_database

SETTINGS = LinkSettings(public_url="https://pay.example.com", custom_fields_max=3)
PRICE = {"currency": "eur", "unit_amount": 950, "product_data": {"name": "Jar of honey"}}
ITEMS = [{"price_data": PRICE, "quantity": 2}]


class Server:
    """A server that was in sandbox mode until now. `live` is its gateway with a live key."""

    def __init__(self, folder: Path) -> None:
        environment = {"DATABASE_URL": migrated_database(folder / "counterfoil.db"), "PUBLIC_URL": "http://localhost"}
        self.context: Context = assemble(read_config(environment, data=folder), now=Clock()).extensions[EXTENSION]
        self.store: Store = self.context.store
        self.organization = an_organization()
        self.store.add_organization(self.organization)
        stripe_folder = folder / "stripe"
        stripe_folder.mkdir()
        self.stripe = LiveStripe(stripe_folder)
        self.live = StripeGateway(
            LIVE_KEY, webhook_secret=None, http_client=WSGIClient(self.stripe), max_network_retries=0
        )

    def test_link(self, **params: Any) -> PaymentLink:
        """Create a link in the sandbox."""
        told = {"line_items": ITEMS, "counterfoil": {"slug": "honey", "name": "Honey"}, **params}
        return links.create(
            self.store,
            self.context.gateway,
            self.organization,
            told,
            NOW,
            settings=self.context.link_settings,
            actor=COMMAND_LINE,
        )

    def make(self, kind: str, **params: Any) -> str:
        """Create an object of the sandbox's catalogue."""
        return self.context.gateway.create_in_catalogue(kind, params, account=self.organization.id)

    def file(self, link: PaymentLink) -> dict[str, Any]:
        """Return the file of a link as its reader gets it, from JSON."""
        data: dict[str, Any] = json.loads(json.dumps(moving.file_of(self.store, self.organization, link)))
        return data

    def plan(self, data: dict[str, Any], now: int = NOW) -> moving.Plan:
        return moving.plan_move(self.store, self.live, self.organization, data, now, settings=SETTINGS)

    def move(self, data: dict[str, Any], now: int = NOW) -> moving.Moved:
        return moving.move(self.store, self.live, self.organization, data, now, actor=COMMAND_LINE, settings=SETTINGS)


@pytest.fixture
def server(tmp_path: Path) -> Iterator[Server]:
    server = Server(tmp_path)
    yield server
    server.store.close()


def test_the_report_names_what_will_be_made_and_makes_nothing(server: Server) -> None:
    plan = server.plan(server.file(server.test_link()))
    assert [(it.kind, it.id) for it in plan.objects] == [("products", None), ("prices", None)]
    (link,) = plan.links
    assert (link.found, link.losses, plan.is_done) == (None, [], False)
    assert {method for method, _path in server.stripe.asked} == {"GET"}


def test_a_moved_link_sells_the_same_in_live_mode_at_the_same_address(server: Server) -> None:
    before = server.test_link()
    moved = server.move(server.file(before))
    (after,) = moved.links
    assert moved.made == 2
    assert (after.livemode, after.active, after.id) == (True, True, f"{before.id}Live")
    assert after.counterfoil.slug == "honey"
    assert after.url == "https://pay.example.com/pay/honey"
    assert after.line_items is not None
    (item,) = after.line_items.data
    assert item.price is not None
    assert (item.quantity, item.price.unit_amount, item.price.currency) == (2, 950, "eur")
    (at_stripe,) = server.stripe.sdk.prices.list().data
    assert at_stripe.id == item.price.id
    twin = server.store.link(before.id)
    assert twin is not None
    assert (twin.active, twin.counterfoil.slug, twin.livemode) == (False, None, False)
    for printed in ("honey", before.counterfoil.code):
        assert server.store.link_by_code(printed) == server.store.link(after.id), "printed addresses stay valid"
    assert server.store.link_by_code(twin.counterfoil.code) == twin


def test_a_link_moves_without_a_coupon_that_has_expired(server: Server) -> None:
    coupon = server.make("coupons", percent_off=10, redeem_by=NOW + 60)
    data = server.file(server.test_link(counterfoil={"slug": "honey", "coupon": coupon}))
    assert "coupons" in {it.kind for it in server.plan(data).objects}
    assert "coupons" not in {it.kind for it in server.plan(data, NOW + 60).objects}
    (after,) = server.move(data, NOW + 60).links
    assert after.counterfoil.coupon is None


def test_a_second_move_makes_nothing(server: Server) -> None:
    data = server.file(server.test_link())
    (first,) = server.move(data).links
    server.stripe.asked.clear()
    again = server.move(data)
    assert ([link.id for link in again.links], again.made) == ([first.id], 0)
    assert {method for method, _path in server.stripe.asked} == {"GET"}
    plan = server.plan(data)
    assert plan.is_done
    assert all(it.id for it in plan.objects)


def test_a_move_that_stripe_refused_names_the_place_and_goes_on_where_it_stopped(server: Server) -> None:
    data = server.file(server.test_link())
    server.stripe.refused["prices"] = "Having the rak_plan_write permission would allow this request."
    with pytest.raises(InvalidRequest, match="rak_plan_write") as refused:
        server.move(data)
    assert (refused.value.param or "").startswith("prices[")
    assert server.store.link(f"{data['payment_links'][0]['id']}Live") is None
    del server.stripe.refused["prices"]
    assert server.move(data).made == 1, "the product exists"
    assert len(server.stripe.sdk.products.list().data) == 1


def test_coupons_and_rates_move_with_their_link(server: Server) -> None:
    coupon = server.make("coupons", duration="once", percent_off=20, name="Spring")
    amount = {"amount": 490, "currency": "eur"}
    shipping = server.make("shipping_rates", display_name="Parcel", type="fixed_amount", fixed_amount=amount)
    tax = server.make("tax_rates", display_name="VAT", percentage=19, inclusive=True)
    ours = {"slug": "honey", "coupon": coupon, "tax_rates": [tax]}
    shown = server.test_link(
        counterfoil=ours,
        shipping_options=[{"shipping_rate": shipping}],
        shipping_address_collection={"allowed_countries": ["DE"]},
    )
    data = server.file(shown)
    assert sorted(it.kind for it in server.plan(data).objects) == [
        "coupons", "prices", "products", "shipping_rates", "tax_rates",
    ]  # fmt: skip
    (after,) = server.move(data).links
    sdk = server.stripe.sdk
    assert [it.name for it in sdk.coupons.list().data] == ["Spring"]
    (rate,) = sdk.shipping_rates.list().data
    (option,) = after.shipping_options
    assert getattr(option.shipping_rate, "id", option.shipping_rate) == rate.id
    assert [getattr(it, "id", it) for it in after.counterfoil.tax_rates] == [sdk.tax_rates.list().data[0].id]


def test_what_cannot_move_is_named(server: Server) -> None:
    picture = io.BytesIO()
    Image.new("RGB", (200, 200), "red").save(picture, "PNG")
    path = add_picture(server.store, picture.getvalue()).path
    product = {"name": "Jar", "images": [path]}
    link = server.test_link(
        line_items=[{"price_data": {**PRICE, "product_data": product}, "quantity": 1}],
        allow_promotion_codes=True,
        restrictions={"completed_sessions": {"limit": 9}},
    )
    server.store.add_completed(link.id, 3)
    data = server.file(links.retrieve(server.store, server.organization.id, link.id))
    near = LinkSettings(public_url="http://localhost", custom_fields_max=3)
    plan = moving.plan_move(server.store, server.live, server.organization, data, NOW, settings=near)
    (planned,) = plan.links
    assert list(planned.losses) == [("picture", path), ("promotion_codes", ""), ("count", "3")]
    moved = moving.move(server.store, server.live, server.organization, data, NOW, actor=COMMAND_LINE, settings=near)
    assert server.stripe.sdk.products.list().data[0].images == []
    restrictions = moved.links[0].restrictions
    assert restrictions is not None
    assert (restrictions.completed_sessions.limit, restrictions.completed_sessions.count) == (9, 0)


def test_a_picture_that_stripe_can_fetch_moves_with_its_address(server: Server) -> None:
    product = {"name": "Jar", "images": ["https://honey.example/jar.png"]}
    data = server.file(server.test_link(line_items=[{"price_data": {**PRICE, "product_data": product}, "quantity": 1}]))
    assert server.plan(data).links[0].losses == []
    server.move(data)
    assert server.stripe.sdk.products.list().data[0].images == ["https://honey.example/jar.png"]


def test_on_another_server_the_link_keeps_its_id_and_code(server: Server, tmp_path: Path) -> None:
    before = server.test_link()
    data = server.file(before)
    (tmp_path / "other").mkdir()
    other = Server(tmp_path / "other")
    (after,) = other.move(data).links
    assert (after.id, after.counterfoil.code, after.counterfoil.slug) == (
        before.id, before.counterfoil.code, "honey",
    )  # fmt: skip
    assert after.livemode
    other.store.close()


def test_a_slug_that_another_link_has_stays_there(server: Server, tmp_path: Path) -> None:
    data = server.file(server.test_link())
    (tmp_path / "other").mkdir()
    other = Server(tmp_path / "other")
    taken = other.test_link()
    assert ("slug", "honey") in other.plan(data).links[0].losses
    (after,) = other.move(data).links
    assert after.counterfoil.slug is None
    assert other.store.link_by_code("honey") == other.store.link(taken.id)
    other.store.close()


def test_while_a_move_runs_no_second_one_starts(server: Server) -> None:
    data = server.file(server.test_link())
    lease = f"move {server.organization.id}"
    assert server.store.take_lease(lease, "other", NOW, NOW + moving.LEASE_SECONDS)
    with pytest.raises(InvalidRequest, match="Another move is running"):
        server.move(data)
    assert server.stripe.asked == []
    assert server.move(data, NOW + moving.LEASE_SECONDS).made == 2, "the other one was killed"


@pytest.mark.parametrize(
    ("data", "says"),
    [
        ({}, "no link"),
        ({"payment_links": [{"line_items": []}]}, "no id"),
        ({"payment_links": [{"id": f"plink_{number}"} for number in range(51)]}, "more than 50"),
        ({"nothing": 1}, "nothing"),
        ({"payment_links": 5}, "payment_links"),
    ],
)
def test_a_file_that_is_no_export_is_refused(server: Server, data: dict[str, Any], says: str) -> None:
    with pytest.raises(InvalidRequest, match=says):
        server.plan(data)
    assert server.stripe.asked == []
