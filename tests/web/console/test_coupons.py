"""Coupons and promotion codes in the console, with the real sandbox through the SDK."""

from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from app.objects.discount import Coupon
from app.objects.payment_link import PaymentLink
from tests.support.build import NOW, a_line, a_link, a_price
from tests.support.page import Page, tidy
from tests.support.refusing import refusing
from tests.support.shop import PASSWORD
from tests.web.console.conftest import ADA, Merchant, add_user

ACCOUNT = "org_apiary"


def create(ada: Merchant, **fields: str) -> Page:
    """Fill in the form of a new coupon, and press its button."""
    return ada.pressed(ada.open("/console/coupons"), "Create coupon", **fields)


def coupons_at_stripe(ada: Merchant) -> list[dict[str, Any]]:
    params = {"expand": ["data.applies_to"]}
    return ada.shop.gateway.list_catalogue("coupons", params, account=ACCOUNT, limit=100)


def codes_at_stripe(ada: Merchant) -> list[dict[str, Any]]:
    params = {"expand": ["data.restrictions.currency_options"]}
    return ada.shop.gateway.list_catalogue("promotion_codes", params, account=ACCOUNT, limit=100)


def a_coupon_at_stripe(ada: Merchant, code: str = "", **params: Any) -> str:
    """Add a coupon at Stripe, with a code if one is named. Return the coupon's id."""
    given = {"name": "Spring", "percent_off": "10"} | params
    id = ada.shop.gateway.create_in_catalogue("coupons", given, account=ACCOUNT)
    if code:
        promotion = {"promotion": {"type": "coupon", "coupon": id}, "code": code}
        ada.shop.gateway.create_in_catalogue("promotion_codes", promotion, account=ACCOUNT)
    return id


def a_link_with(ada: Merchant, id: str) -> PaymentLink:
    """Add a link that always applies the coupon."""
    coupon = ada.shop.gateway.retrieve_coupon(id, account=ACCOUNT)
    link = ada.shop.stock.link(a_link(a_line(a_price()), id="plink_honey", counterfoil={"code": "honey"}))
    counterfoil = link.counterfoil.model_copy(update={"coupon": coupon})
    return ada.shop.add(link.model_copy(update={"counterfoil": counterfoil}))


def stored_coupon(ada: Merchant) -> Coupon | str | None:
    link = ada.shop.store.link("plink_honey")
    assert link is not None
    return link.counterfoil.coupon


def changes_of(ada: Merchant, id: str) -> list[str]:
    found, _more = ada.shop.store.changes(ACCOUNT, about=id, limit=10)
    return [change.what for change in found]


def rows(page: Page) -> list[list[str]]:
    """Return the texts of the first table's cells."""
    return [[tidy(cell.text) for cell in row if cell.tag in {"th", "td"}] for row in page.root.first("tbody").all("tr")]


def test_a_coupon_and_its_code_are_made_in_one_form(ada: Merchant) -> None:
    page = create(ada, name="Spring", off="10", code="SPRING10")
    assert (page.heading, "“Spring” is ready" in page.text) == ("Spring", True)
    (coupon,) = coupons_at_stripe(ada)
    (code,) = codes_at_stripe(ada)
    assert (coupon["name"], coupon["percent_off"], coupon["duration"]) == ("Spring", 10.0, "once")
    assert (code["code"], code["promotion"]["coupon"], code["active"]) == ("SPRING10", coupon["id"], True)
    assert changes_of(ada, coupon["id"]) == ["coupon.created"]
    assert changes_of(ada, code["id"]) == ["promotion_code.created"]
    assert rows(ada.open("/console/coupons")) == [["Spring: 10% off once, on everything", "SPRING10", "0 times"]]


def test_every_limit_of_the_form_reaches_stripe(ada: Merchant) -> None:
    product = ada.shop.gateway.create_in_catalogue("products", {"name": "Candle"}, account=ACCOUNT)
    create(
        ada,
        off="5,00",
        kind="eur",
        code="FIVE",
        max_redemptions="50",
        redeem_by="2030-12-31",
        minimum_amount="30",
        first_time_transaction="true",
        currency_options="USD 6.00\n\nchf 5",
        **{"duration": "repeating", "duration_in_months": "3", "applies_to[products][]": product},
    )
    (coupon,), (code,) = coupons_at_stripe(ada), codes_at_stripe(ada)
    assert (coupon["amount_off"], coupon["currency"], coupon["percent_off"]) == (500, "eur", None)
    assert (coupon["duration"], coupon["duration_in_months"], coupon["max_redemptions"]) == ("repeating", 3, 50)
    assert coupon["applies_to"]["products"] == [product]
    found = ada.shop.gateway.retrieve_coupon(coupon["id"], account=ACCOUNT)
    assert {name: option.amount_off for name, option in (found.currency_options or {}).items()} == {
        "usd": 600,
        "chf": 500,
    }
    restrictions = code["restrictions"]
    assert (restrictions["minimum_amount"], restrictions["minimum_amount_currency"]) == (3000, "eur")
    assert restrictions["first_time_transaction"] is True
    page = ada.open(f"/console/coupons/{coupon['id']}")
    facts = {tidy(row.first("dt").text): tidy(row.first("dd").text) for row in page.root.first("dl").all("div")}
    assert facts["Takes off"] == "€5.00 off or CHF\u00a05.00, $6.00"
    assert (facts["Lasts"], facts["Products"], facts["Used"]) == (
        "the first 3 months of a subscription",
        "Candle",
        "0 of 50",
    )
    assert rows(page)[0][0] == "FIVE orders from €30.00, new buyers only"


def test_a_coupon_lasts_until_the_end_of_its_last_day_where_the_shop_is(ada: Merchant) -> None:
    organization = ada.shop.store.organization(ACCOUNT)
    assert organization is not None
    ada.shop.store.save_organization(organization.model_copy(update={"timezone": "Pacific/Auckland"}))
    create(ada, off="10", redeem_by="2030-12-31")
    (coupon,) = coupons_at_stripe(ada)
    last = datetime(2030, 12, 31, 23, 59, 59, tzinfo=ZoneInfo("Pacific/Auckland"))
    assert coupon["redeem_by"] == int(last.timestamp())
    assert "until 31\u00a0December 2030" in ada.open("/console/coupons").text


@pytest.mark.parametrize(
    ("fields", "label", "message"),
    [
        ({"off": ""}, "Takes off", "Enter how much it takes off"),
        ({"off": "many"}, "Takes off", "Enter a percentage from 0 to 100"),
        ({"off": "0"}, "Takes off", "Enter a percentage from 0.01 to 100"),
        ({"off": "101"}, "Takes off", "Enter a percentage from 0 to 100"),
        ({"off": "0.00", "kind": "eur"}, "Takes off", "Enter an amount above zero"),
        ({"off": "-5", "kind": "eur"}, "Takes off", "Enter an amount that is not negative"),
        ({"code": "GRÜN 10"}, "Code", "Use the letters A to Z, digits and hyphens"),
        ({"minimum_amount": "30"}, "Code", "Write a code. These limits need one"),
        ({"first_time_transaction": "true"}, "Code", "Write a code. These limits need one"),
        ({"max_redemptions": "0"}, "How often in all", "Enter a whole number"),
        ({"max_redemptions": "ten"}, "How often in all", "Enter a whole number"),
        ({"redeem_by": "2020-01-01"}, "Until", "Enter a date that is not over yet"),
        ({"redeem_by": "soon"}, "Until", "Enter a date, such as 2026-12-31"),
        ({"duration": "repeating"}, "How many months", "Enter how many months it lasts"),
        ({"name": "x" * 41}, "Name", "Write at most 40 characters"),
        (
            {"kind": "eur", "currency_options": "6 pounds"},
            "In other currencies",
            "Write one currency and one amount on each line",
        ),
        ({"kind": "eur", "currency_options": "USD six"}, "In other currencies", "Enter an amount, such as 9.50"),
    ],
)
def test_a_wrong_entry_is_refused_at_its_field_and_nothing_typed_is_lost(
    ada: Merchant, fields: dict[str, str], label: str, message: str
) -> None:
    page = create(ada, **{"name": "Spring", "off": "10", **fields})
    assert page.status == 422
    assert message in page.error_at(label)
    form = page.values(page.form_of("Create coupon"))
    assert {name: form[name].strip() for name in fields} == fields
    assert coupons_at_stripe(ada) == []


def test_the_same_form_makes_one_coupon_and_one_code(ada: Merchant) -> None:
    page = ada.open("/console/coupons")
    sent = page.values(page.form_of("Create coupon")) | {"off": "10", "code": "SPRING10"}
    answers = [ada.post("/console/coupons", sent) for _press in range(3)]
    assert {answer.status_code for answer in answers} == {303}
    assert len({answer.location for answer in answers}) == 1
    assert (len(coupons_at_stripe(ada)), len(codes_at_stripe(ada))) == (1, 1)
    assert changes_of(ada, codes_at_stripe(ada)[0]["id"]) == ["promotion_code.created"]


def test_a_code_that_another_coupon_has_is_refused_before_anything_is_made(ada: Merchant) -> None:
    a_coupon_at_stripe(ada, "SPRING10")
    page = create(ada, off="20", code="spring10")
    assert page.status == 422
    assert "Another coupon has this code" in page.error_at("Code")
    assert len(coupons_at_stripe(ada)) == 1
    second = a_coupon_at_stripe(ada, name="Second")
    refused = ada.pressed(ada.open(f"/console/coupons/{second}"), "Add code", code="SPRING10")
    assert "Another coupon has this code" in refused.error_at("Code")


def test_a_coupon_whose_code_stripe_refuses_says_so_and_stays(ada: Merchant) -> None:
    stripe = refusing(ada.shop.app)
    stripe.path = "/v1/promotion_codes"
    stripe.refuse("This key lacks promotion_code_write.", 403)
    page = create(ada, name="Spring", off="10", code="SPRING10")
    assert (page.heading, "The coupon exists now, but not its code" in page.text) == ("Spring", True)
    assert "It needs the right “Promotion codes: write”" in page.text
    assert (len(coupons_at_stripe(ada)), codes_at_stripe(ada)) == (1, [])


def test_a_key_without_the_right_shows_the_coupons_read_only_with_the_missing_right(ada: Merchant) -> None:
    stripe = refusing(ada.shop.app)
    stripe.path = "/v1/coupons"
    stripe.refuse("This key lacks coupon_write.", 403)
    page = create(ada, off="10")
    assert "It needs the right “Coupons: write”. Stripe says: “This key lacks coupon_write.”" in page.text
    assert not page.has_button("Create coupon")


def test_a_refusal_of_stripe_stands_at_its_field(ada: Merchant) -> None:
    stripe = refusing(ada.shop.app)
    stripe.path = "/v1/coupons"
    stripe.refuse("Too many redemptions.", 400, param="max_redemptions")
    page = create(ada, off="10", max_redemptions="9")
    assert (page.status, "Too many redemptions" in page.error_at("How often in all")) == (422, True)


def test_a_key_that_may_not_list_coupons_is_told_with_the_missing_right(ada: Merchant) -> None:
    stripe = refusing(ada.shop.app)
    stripe.method, stripe.path = "GET", "/v1/coupons"
    stripe.refuse("This key lacks coupon_read.", 403)
    page = ada.open("/console/coupons")
    assert "It needs the right “Coupons: read”" in page.text


def test_a_code_is_switched_off_and_on(ada: Merchant) -> None:
    id = a_coupon_at_stripe(ada, "SPRING10")
    ada.shop.sell(a_link(a_line(a_price()), id="plink_honey", allow_promotion_codes=True))
    page = ada.pressed(ada.open(f"/console/coupons/{id}"), "Switch off SPRING10")
    assert "The code SPRING10 is switched off" in page.text
    assert [row[1] for row in rows(page)] == ["Off"]
    assert [code["active"] for code in codes_at_stripe(ada)] == [False]
    assert rows(ada.open("/console/coupons"))[0][1] == "1 switched off"
    page = ada.pressed(page, "Switch on SPRING10")
    assert "The code SPRING10 can be used again" in page.text
    assert [code["active"] for code in codes_at_stripe(ada)] == [True]
    assert changes_of(ada, codes_at_stripe(ada)[0]["id"]) == [
        "promotion_code.activated",
        "promotion_code.deactivated",
    ]


def test_a_switch_that_is_pressed_twice_changes_once(ada: Merchant) -> None:
    id = a_coupon_at_stripe(ada, "SPRING10")
    page = ada.open(f"/console/coupons/{id}")
    for _press in range(2):
        assert ada.press(page, "Switch off SPRING10").status_code == 303
    assert changes_of(ada, codes_at_stripe(ada)[0]["id"]) == ["promotion_code.deactivated"]


def test_a_refused_switch_names_the_missing_right(ada: Merchant) -> None:
    id = a_coupon_at_stripe(ada, "SPRING10")
    page = ada.open(f"/console/coupons/{id}")
    stripe = refusing(ada.shop.app)
    stripe.path = f"/v1/promotion_codes/{codes_at_stripe(ada)[0]['id']}"
    stripe.refuse("No.", 403)
    refused = Page(ada.press(page, "Switch off SPRING10"))
    assert "It needs the right “Promotion codes: write”" in refused.text
    assert not refused.has_button("Switch off SPRING10")


def test_another_code_has_its_own_limits(ada: Merchant) -> None:
    id = a_coupon_at_stripe(ada)
    page = ada.open(f"/console/coupons/{id}")
    fields = {"code": "BLOG10", "max_redemptions": "5", "expires_at": "2030-06-30", "minimum_amount": "20"}
    more = {"minimum_amount_currency": "usd", "currency_options": "EUR 18"}
    page = ada.pressed(page, "Add code", **fields, **more)
    assert "The code BLOG10 is ready" in page.text
    (code,) = codes_at_stripe(ada)
    assert (code["max_redemptions"], code["expires_at"]) == (5, 1909094399)
    assert code["restrictions"] == {
        "currency_options": {"eur": {"minimum_amount": 1800}},
        "first_time_transaction": False,
        "minimum_amount": 2000,
        "minimum_amount_currency": "usd",
    }


def test_a_code_without_a_text_gets_one_from_stripe(ada: Merchant) -> None:
    id = a_coupon_at_stripe(ada)
    ada.pressed(ada.open(f"/console/coupons/{id}"), "Add code")
    (code,) = codes_at_stripe(ada)
    assert code["code"] in ada.open(f"/console/coupons/{id}").text


def test_a_new_name_shows_on_the_links_at_once(ada: Merchant) -> None:
    id = a_coupon_at_stripe(ada)
    a_link_with(ada, id)
    page = ada.pressed(ada.open(f"/console/coupons/{id}"), "Save changes", name="Easter")
    assert page.heading == "Easter"
    coupon = stored_coupon(ada)
    assert isinstance(coupon, Coupon)
    assert coupon.name == "Easter"
    assert "Easter" in ada.shop.open("/pay/honey").text
    assert changes_of(ada, id) == ["coupon.updated"]


def test_the_metadata_of_a_coupon_changes_with_its_name(ada: Merchant) -> None:
    id = a_coupon_at_stripe(ada)
    page = ada.open(f"/console/coupons/{id}")
    values: Any = page.values(page.form_of("Save changes")) | {
        "metadata_key[]": ["campaign"],
        "metadata_value[]": ["spring"],
    }
    assert ada.post(f"/console/coupons/{id}", values).status_code == 303
    assert ada.shop.gateway.retrieve_coupon(id, account="org_apiary").metadata == {"campaign": "spring"}
    assert "campaign" in ada.open(f"/console/coupons/{id}").html
    refused = Page(ada.post(f"/console/coupons/{id}", values | {"metadata_key[]": ["a[b]"]}))
    assert refused.status == 422
    assert refused.errors() == ["A name has no square brackets"]
    assert refused.title.startswith("Error:")
    removed = ada.post(f"/console/coupons/{id}", values | {"metadata_value[]": [""]})
    assert removed.status_code == 303
    assert ada.shop.gateway.retrieve_coupon(id, account="org_apiary").metadata == {}


def test_a_deleted_coupon_leaves_its_links_at_the_full_price(ada: Merchant) -> None:
    id = a_coupon_at_stripe(ada, "SPRING10")
    a_link_with(ada, id)
    page = ada.open(f"/console/coupons/{id}")
    assert "1 link takes it off and could not be paid any more." in page.text
    gone = ada.pressed(page, "Delete coupon")
    assert (gone.heading, "“Spring” is deleted" in gone.text) == ("Coupons and codes", True)
    assert stored_coupon(ada) is None
    assert "€12.50" in ada.shop.open("/pay/honey").text
    assert coupons_at_stripe(ada) == []
    assert changes_of(ada, id) == ["coupon.deleted"]
    assert ada.open(f"/console/coupons/{id}").status == 404


def test_a_link_that_keeps_a_deleted_coupon_cannot_be_paid(ada: Merchant) -> None:
    id = a_coupon_at_stripe(ada)
    a_link_with(ada, id)
    page = ada.open(f"/console/coupons/{id}")
    sent = page.values(page.form_of("Delete coupon"))
    sent.pop("remove_from_links")
    assert ada.post(f"/console/coupons/{id}/delete", sent).status_code == 303
    coupon = stored_coupon(ada)
    assert isinstance(coupon, Coupon)
    assert not coupon.valid


def test_a_coupon_that_has_ended_stands_in_the_other_list_with_the_reason(ada: Merchant) -> None:
    a_coupon_at_stripe(ada, name="Short", redeem_by=NOW + 60)
    a_coupon_at_stripe(ada)
    ada.shop.clock.now = NOW + 3600
    assert [row[0] for row in rows(ada.open("/console/coupons"))] == ["Spring: 10% off once, on everything"]
    (row,) = rows(ada.open("/console/coupons?show=ended"))
    assert (row[0].startswith("Short: 10% off"), row[2]) == (True, "0 times Expired")


def test_a_search_finds_a_coupon_by_its_name_and_its_code(ada: Merchant) -> None:
    a_coupon_at_stripe(ada, "SPRING10")
    a_coupon_at_stripe(ada, name="Friends")
    assert [row[1] for row in rows(ada.open("/console/coupons?q=ring1"))] == ["SPRING10"]
    assert [row[1] for row in rows(ada.open("/console/coupons?q=FRIENDS"))] == ["none: only on links that name it"]
    assert "No coupon matches “lavender”" in ada.open("/console/coupons?q=lavender").text


def test_a_viewer_reads_coupons_and_sees_no_form(ada: Merchant) -> None:
    id = a_coupon_at_stripe(ada, "SPRING10")
    user = add_user(ada.shop, "vera@example.com", role="viewer")
    viewer = Merchant(ada.shop)
    viewer.log_in("/console/coupons", user.email)
    for path in ("/console/coupons", f"/console/coupons/{id}"):
        page = viewer.open(path)
        assert "SPRING10" in page.text
        assert not [
            form
            for form in page.root.all("form")
            if "/coupons" in (form.get("action") or "") and form.get("method") == "post"
        ]


def test_a_coupon_of_another_organization_is_not_found(ada: Merchant) -> None:
    theirs = ada.shop.gateway.create_in_catalogue("coupons", {"percent_off": "50"}, account="org_bakery")
    assert ada.open(f"/console/coupons/{theirs}").status == 404
    assert "50% off" not in ada.open("/console/coupons").text


def test_the_log_of_changes_leads_to_a_coupon(ada: Merchant) -> None:
    page = create(ada, name="Spring", off="10")
    id = coupons_at_stripe(ada)[0]["id"]
    log = ada.open("/console/settings/log")
    assert log.link("Coupon made")["href"] == f"/console/coupons/{id}"
    assert page.status == 200


def test_a_coupon_that_was_typed_comes_back_after_the_log_in(ada: Merchant) -> None:
    page = ada.open("/console/coupons")
    sent = page.values(page.form_of("Create coupon")) | {"off": "15", "code": "SPRING15"}
    ada.post("/console/logout", ada.open("/console/account").values())
    asked = Page(ada.post("/console/coupons", sent))
    kept = ada.pressed(asked, "Log in", email=ADA, password=PASSWORD)
    form = Page(ada.post("/console/coupons", kept.values() | {"resume": "1"}))
    shown = form.values(form.form_of("Create coupon"))
    assert (form.status, shown["off"], shown["code"]) == (200, "15", "SPRING15")
    assert coupons_at_stripe(ada) == []
