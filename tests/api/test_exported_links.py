"""Export, wipe, seed gives the same links: every parameter, every shape of a price, and what only a used link has."""

import io
import json
from collections.abc import Callable
from itertools import count
from typing import Any

import pytest
from flask import Flask
from PIL import Image

from app.application import assemble
from app.config import Config
from app.errors import InvalidRequest
from app.objects.change import COMMAND_LINE
from app.objects.discount import Coupon
from app.objects.payment_link import PaymentLink
from app.services.accounts import organizations
from app.services.accounts.organizations import account_of
from app.services.links.documents import escape
from app.services.links.exporting import MARK, export_links
from app.services.links.seeding import seed
from app.services.pictures import add_picture
from app.web.http.context import EXTENSION, Context
from tests.api.conftest import ApiShop, a_shop
from tests.api.everything import prices, sparse
from tests.api.test_every_parameter import samples
from tests.support.build import NOW
from tests.support.clock import Clock

numbers = count(1)


@pytest.fixture
def shop(app: Flask, clock: Clock) -> ApiShop:
    """An organization with a name of its own: seed finds it again by that."""
    return a_shop(app, clock, f"Shop {next(numbers)}")


@pytest.fixture
def wiped(configured: Callable[..., Config], clock: Clock) -> Context:
    """Another server with an empty database."""
    context: Context = assemble(configured(), now=clock).extensions[EXTENSION]
    return context


def exported(shop: ApiShop) -> dict[str, Any]:
    """Return the export as its reader gets it, from JSON."""
    data: dict[str, Any] = json.loads(json.dumps(export_links(shop.context.store, shop.organization)))
    return data


def load(context: Context, data: dict[str, Any]) -> dict[str, PaymentLink]:
    """Seed a file. Return the links as they are stored, by id."""
    seed(context.store, context.gateway, data, NOW, settings=context.link_settings)
    (organization,) = context.store.organizations()
    found, more = context.store.links(organization.id, limit=100)
    assert not more
    return {link.id: link for link in found}


def same(value: Any) -> Any:
    """Return the value without the parts that differ in a new catalogue: ids, times, and the name in the seed file."""
    if isinstance(value, dict):
        new = {"created", "organization", MARK} | (set() if value.get("object") in {"item", "payment_link"} else {"id"})
        return {name: same(item) for name, item in value.items() if name not in new}
    return [same(item) for item in value] if isinstance(value, list) else value


def plain(link: PaymentLink) -> Any:
    return same(link.model_dump(mode="json"))


def every_link(shop: ApiShop) -> list[dict[str, Any]]:
    """Return parameters of links with everything, with next to nothing, and with each shape of a price."""
    made = [{"line_items": [{"price": shop.price(**shape), "quantity": 1}]} for shape in prices(shop).values()]
    return [*samples(shop), *sparse(shop).values(), *made]


def test_every_link_is_the_same_after_export_and_seed(shop: ApiShop, wiped: Context) -> None:
    made = [shop.sdk.v1.payment_links.create(params).id for params in every_link(shop)]
    before = {id: shop.context.store.link(id) for id in made}
    assert len(before) >= 12
    data = exported(shop)
    assert not [entry for entry in data["payment_links"] if "document" in entry], (
        "parameters express what was made here"
    )
    after = load(wiped, data)
    for id, link in before.items():
        assert link is not None
        assert plain(after[id]) == plain(link)


def test_the_order_of_links_stays_and_a_second_seed_changes_nothing(shop: ApiShop, wiped: Context) -> None:
    made = [shop.link().id for _ in range(3)]
    data = exported(shop)
    assert list(load(wiped, data)) == made[::-1]
    again = seed(wiped.store, wiped.gateway, data, NOW, settings=wiped.link_settings)
    assert again.made == 0


def test_seeding_an_export_where_it_came_from_creates_nothing(shop: ApiShop) -> None:
    shop.link(counterfoil={"slug": f"own-{shop.key[-8:]}"})
    context = shop.context
    result = seed(context.store, context.gateway, exported(shop), NOW, settings=context.link_settings)
    assert result.made == 0
    assert [link.counterfoil.organization for link, _ in result.links] == [shop.organization.id]


def test_an_address_and_what_is_used_of_a_limit_stay(shop: ApiShop, wiped: Context) -> None:
    made = shop.link(restrictions={"completed_sessions": {"limit": 2}})
    assert shop.context.store.hold_place(made.id)
    assert shop.context.store.complete_place(made.id)
    code = made["counterfoil"]["code"]
    load(wiped, exported(shop))
    link = wiped.store.link_by_code(code)
    assert link is not None
    assert link.restrictions is not None
    sessions = link.restrictions.completed_sessions
    assert (sessions.count, sessions.limit, wiped.store.places_left(link.id)) == (1, 2, 1)


def test_an_inactive_link_and_one_whose_price_is_archived_come_back_inactive(shop: ApiShop, wiped: Context) -> None:
    off, unsold = shop.link(), shop.link()
    shop.sdk.v1.payment_links.update(off.id, {"active": False})
    kept = shop.context.store.link(unsold.id)
    assert kept is not None
    assert kept.line_items is not None
    (item,) = kept.line_items.data
    assert item.price is not None
    archived = item.model_copy(update={"price": item.price.model_copy(update={"active": False})})
    version = kept.counterfoil.model_copy(update={"version": kept.counterfoil.version + 1})
    items = kept.line_items.model_copy(update={"data": (archived,)})
    assert shop.context.store.save_link(kept.model_copy(update={"line_items": items, "counterfoil": version}))
    after = load(wiped, exported(shop))
    assert [after[id].active for id in (off.id, unsold.id)] == [False, False]


def test_a_coupon_that_expires_before_the_seed_is_left_out(shop: ApiShop, wiped: Context) -> None:
    coupons = shop.sdk.v1.coupons
    short, long = (coupons.create({"percent_off": 10, "redeem_by": NOW + seconds}).id for seconds in (60, 120))
    ended, lasting, none = (
        shop.link(counterfoil={"coupon": short}),
        shop.link(counterfoil={"coupon": long}),
        shop.link(),
    )
    data = exported(shop) | {
        "promotion_codes": {
            "gone": {"code": "GONE", "promotion": {"type": "coupon", "coupon": f"@coupons.{short}"}},
            "past": {
                "code": "PAST",
                "promotion": {"type": "coupon", "coupon": f"@coupons.{long}"},
                "expires_at": NOW + 60,
            },
            "here": {
                "code": "HERE",
                "promotion": {"type": "coupon", "coupon": f"@coupons.{long}"},
                "expires_at": NOW + 61,
            },
        }
    }
    shop.clock.now += 60
    seed(wiped.store, wiped.gateway, data, shop.clock.now, settings=wiped.link_settings)
    found = {link.id: link.counterfoil.coupon for link in wiped.store.links(wiped.store.organizations()[0].id)[0]}
    assert found[ended.id] is found[none.id] is None
    assert isinstance(found[lasting.id], Coupon)
    account = account_of(wiped.store.organizations()[0], wiped.gateway)
    assert wiped.gateway.list_catalogue_ids("promotion_codes", MARK, account=account).keys() & set(
        data["promotion_codes"]
    ) == {"here"}


def a_png(color: str) -> bytes:
    file = io.BytesIO()
    Image.new("RGB", (3, 2), color).save(file, "PNG")
    return file.getvalue()


def test_uploaded_pictures_come_along(shop: ApiShop, wiped: Context) -> None:
    picture = add_picture(shop.context.store, a_png("red"))
    made = shop.link(counterfoil={"image": picture.path})
    data = exported(shop)
    assert list(data["pictures"]) == [picture.path]
    link = load(wiped, data)[made.id]
    assert link.counterfoil.image == picture.path
    assert wiped.store.picture(picture.hash) == picture


def test_an_uploaded_logo_and_a_products_picture_come_along(shop: ApiShop, wiped: Context) -> None:
    store = shop.context.store
    logo, jar = (add_picture(store, a_png(color)) for color in ("blue", "green"))
    changes = {"settings": {"branding": {"logo": logo.path}}}
    organizations.update(store, shop.organization, changes, NOW, actor=COMMAND_LINE)
    product = {"name": "Jar", "images": [jar.path]}
    shop.link(
        line_items=[
            {"price": shop.price(product_data=None, product=shop.sdk.v1.products.create(product).id), "quantity": 1}
        ]
    )
    load(wiped, exported(shop))
    assert [wiped.store.picture(picture.hash) for picture in (logo, jar)] == [logo, jar]
    (organization,) = wiped.store.organizations()
    assert organization.settings.branding.logo == logo.path


def test_a_picture_that_is_not_the_exported_one_is_refused_with_its_place(shop: ApiShop, wiped: Context) -> None:
    path = f"/pictures/{'0' * 64}.png"
    with pytest.raises(InvalidRequest, match="not the picture") as refused:
        load(wiped, {**exported(shop), "pictures": {path: "aGVsbG8="}})
    assert (refused.value.param or "").startswith(f"pictures[{path}]")
    assert wiped.store.picture("0" * 64) is None


def test_ids_of_items_that_do_not_fit_the_items_are_refused(shop: ApiShop, wiped: Context) -> None:
    shop.link()
    data = exported(shop)
    data["payment_links"][0]["line_item_ids"].append("li_more")
    with pytest.raises(InvalidRequest, match="one id for each") as refused:
        load(wiped, data)
    assert refused.value.param == "payment_links[0][line_item_ids]"


def test_more_sessions_than_the_limit_stay_counted(shop: ApiShop, wiped: Context) -> None:
    made = shop.link(restrictions={"completed_sessions": {"limit": 5}})
    shop.context.store.add_completed(made.id, 7)
    link = load(wiped, exported(shop))[made.id]
    assert link.restrictions is not None
    assert (link.restrictions.completed_sessions.count, link.restrictions.completed_sessions.limit) == (7, 5)


def test_texts_that_look_like_names_of_a_seed_file_stay_texts(shop: ApiShop, wiped: Context) -> None:
    text = "@prices.jar and @@you"
    made = shop.link(
        metadata={"handle": "@prices.jar"},
        after_completion={"type": "hosted_confirmation", "hosted_confirmation": {"custom_message": text}},
    )
    link = load(wiped, exported(shop))[made.id]
    assert link.metadata == {"handle": "@prices.jar"}
    assert link.after_completion.hosted_confirmation is not None
    assert link.after_completion.hosted_confirmation.custom_message == text
    assert escape(["a@b", "@", "@@"]) == ["a@b", "@@", "@@@"]


def test_another_organizations_link_is_not_taken_over(shop: ApiShop, other_shop: ApiShop) -> None:
    shop.link(counterfoil={"slug": f"mine-{shop.key[-8:]}"})
    data = exported(shop)
    data["organization"] = {"name": f"Another {other_shop.key[-8:]}"}
    context = shop.context
    with pytest.raises(InvalidRequest, match="Another organization") as refused:
        seed(context.store, context.gateway, data, NOW, settings=context.link_settings)
    assert refused.value.param == "payment_links[0][counterfoil][slug]"


def test_an_export_has_no_secret(shop: ApiShop) -> None:
    shop.link()
    text = json.dumps(exported(shop))
    assert shop.key not in text
    assert shop.key[-20:] not in text
    assert "hash" not in text
