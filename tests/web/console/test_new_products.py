"""New products and prices in the console, with the real sandbox through the SDK."""

from io import BytesIO
from typing import Any

import pytest
from PIL import Image

from app.objects.price import Price
from app.web.http.request_body import FORM_BYTES
from tests.support.page import SAME_ORIGIN, Page, tidy
from tests.support.refusing import refusing
from tests.support.shop import PASSWORD
from tests.web.console.conftest import ADA, Merchant

ACCOUNT = "org_apiary"
TEST_FILE_BYTES = 500 * 1024
"""A larger form is a temporary file in the test client, which does not close it."""

AMOUNT = "line_items[0][amount]"
CURRENCY = "line_items[0][price_data][currency]"
INTERVAL = "line_items[0][price_data][recurring][interval]"
COUNT = "line_items[0][price_data][recurring][interval_count]"


def created(ada: Merchant, **fields: str) -> Page:
    """Fill in the form of a new product, and press its button."""
    return ada.pressed(ada.open("/console/new_product"), "Create product", **fields)


def products_at_stripe(ada: Merchant) -> list[dict[str, Any]]:
    return ada.shop.gateway.list_catalogue("products", {}, account=ACCOUNT, limit=100)


def prices_at_stripe(ada: Merchant) -> list[Price]:
    found = ada.shop.gateway.list_catalogue("prices", {}, account=ACCOUNT, limit=100)
    return [ada.shop.gateway.retrieve_price(it["id"], account=ACCOUNT) for it in found]


def a_product(ada: Merchant, **params: Any) -> str:
    return ada.shop.gateway.create_in_catalogue("products", {"name": "Candle", **params}, account=ACCOUNT)


def changes_of(ada: Merchant, id: str) -> list[str]:
    found, _more = ada.shop.store.changes(ACCOUNT, about=id, limit=10)
    return [change.what for change in found]


def add_price(ada: Merchant, product: str, **fields: str) -> Page:
    return ada.pressed(ada.open(f"/console/products/{product}"), "Add price", **fields)


def test_a_product_and_its_price_are_made_in_one_form(ada: Merchant) -> None:
    fields = {"name": "Honey", "description": "500 g", "unit_label": "jar", "tax_code": "txcd_40060003"}
    page = created(ada, **fields, **{AMOUNT: "9.50", CURRENCY: "eur", "nickname": "Shop"})
    assert (page.heading, "“Honey” is ready" in page.text) == ("Honey", True)
    (product,), (price,) = products_at_stripe(ada), prices_at_stripe(ada)
    assert {name: product[name] for name in fields} == fields
    assert (price.unit_amount, price.currency, price.type, price.nickname) == (950, "eur", "one_time", "Shop")
    assert product["default_price"] == price.id
    assert changes_of(ada, product["id"]) == ["product.created"]
    assert changes_of(ada, price.id) == ["price.created"]
    assert "Honey" in ada.open("/console/products").text


def test_the_same_form_makes_one_product_and_one_price(ada: Merchant) -> None:
    page = ada.open("/console/new_product")
    sent = page.values(page.form_of("Create product")) | {"name": "Honey", AMOUNT: "9.50", CURRENCY: "eur"}
    answers = [ada.post("/console/products", sent) for _press in range(3)]
    assert {answer.status_code for answer in answers} == {303}
    assert (len(products_at_stripe(ada)), len(prices_at_stripe(ada))) == (1, 1)
    assert changes_of(ada, prices_at_stripe(ada)[0].id) == ["price.created"]


@pytest.mark.parametrize(
    ("fields", "label", "message"),
    [
        ({"name": " "}, "Name", "Write a name"),
        ({"name": "x" * 251}, "Name", "Write at most 250 characters"),
        ({AMOUNT: ""}, "Price", "Enter an amount"),
        ({AMOUNT: "much"}, "Price", "Enter an amount"),
        ({"transform_quantity[divide_by]": "0"}, "Counted in packs of", "Enter a whole number"),
        ({"currency_options": "ten dollars"}, "In other currencies", "Write one currency and one amount"),
        ({"price_kind": "recurring", COUNT: "few"}, "Every", "Enter a whole number"),
        ({"price_kind": "custom", "line_items[0][custom_unit_amount][minimum]": "x"}, "Smallest amount", "Enter an"),
        ({"lookup_key": "x" * 201}, "Lookup key", "Write at most 200 characters"),
    ],
)
def test_a_wrong_entry_is_refused_at_its_field_and_nothing_typed_is_lost(
    ada: Merchant, fields: dict[str, str], label: str, message: str
) -> None:
    typed = {"name": "Honey", AMOUNT: "9.50", CURRENCY: "usd", "metadata_value[]": "x", **fields}
    page = created(ada, **typed)
    assert page.status == 422
    assert message in page.error_at(label)
    shown = page.values(page.form_of("Create product"))
    kept = {name: text for name, text in typed.items() if text.strip() and name != "metadata_value[]"}
    assert {name: shown[name].strip() for name in kept} == kept
    assert products_at_stripe(ada) == []


def test_a_subscription_is_paid_every_so_often(ada: Merchant) -> None:
    created(
        ada, **{"name": "Box", "price_kind": "recurring", AMOUNT: "20", CURRENCY: "eur", COUNT: "3", INTERVAL: "week"}
    )
    (price,) = prices_at_stripe(ada)
    assert price.recurring is not None
    assert (price.recurring.interval, price.recurring.interval_count, price.unit_amount) == ("week", 3, 2000)


def test_an_amount_that_buyers_choose_has_bounds(ada: Merchant) -> None:
    chosen = {"preset": "10", "minimum": "5", "maximum": "100"}
    fields = {f"line_items[0][custom_unit_amount][{name}]": text for name, text in chosen.items()}
    created(ada, **{"name": "Gift", "price_kind": "custom", CURRENCY: "eur", **fields})
    (price,) = prices_at_stripe(ada)
    assert price.custom_unit_amount is not None
    amounts = price.custom_unit_amount
    assert (amounts.preset, amounts.minimum, amounts.maximum) == (1000, 500, 10000)


def test_tiers_are_added_one_by_one_without_a_script(ada: Merchant) -> None:
    page = ada.open("/console/new_product")
    sent = page.values(page.form_of("Create product")) | {
        "name": "Seats",
        "price_kind": "tiers",
        CURRENCY: "eur",
        "line_items[0][tiers][0][up_to]": "10",
        "line_items[0][tiers][0][unit_amount]": "9",
    }
    more = Page(ada.post("/console/products", sent | {"add": "tier"}))
    assert (more.status, products_at_stripe(ada)) == (200, [])
    sent = more.values(more.form_of("Create product"))
    assert sent["line_items[0][tiers][0][up_to]"] == "10"
    assert "line_items[0][tiers][1][up_to]" in sent
    assert ada.post("/console/products", sent | {"line_items[0][tiers][1][unit_amount]": "7"}).status_code == 303
    (price,) = prices_at_stripe(ada)
    assert [(tier.up_to, tier.unit_amount) for tier in price.tiers or ()] == [(10, 900), (None, 700)]


def test_packs_other_currencies_tax_and_a_lookup_key_reach_stripe(ada: Merchant) -> None:
    product = a_product(ada)
    page = add_price(
        ada,
        product,
        **{AMOUNT: "12", CURRENCY: "eur", "transform_quantity[divide_by]": "6", "transform_quantity[round]": "down"},
        currency_options="usd 13.50\nJPY 1800",
        lookup_key="candle",
        nickname="Boxes",
        **{"line_items[0][price_data][tax_behavior]": "inclusive"},
    )
    assert (page.heading, "The price is ready" in page.text) == ("Candle", True)
    (price,) = prices_at_stripe(ada)
    assert price.transform_quantity is not None
    assert (price.transform_quantity.divide_by, price.transform_quantity.round) == (6, "down")
    options = {code: option.unit_amount for code, option in (price.currency_options or {}).items()}
    assert {"usd": 1350, "jpy": 1800}.items() <= options.items()
    assert (price.lookup_key, price.nickname, price.tax_behavior) == ("candle", "Boxes", "inclusive")


def test_a_second_price_leaves_the_default_as_it_is(ada: Merchant) -> None:
    product = a_product(ada)
    for amount in ("10", "12"):
        add_price(ada, product, **{AMOUNT: amount, CURRENCY: "eur"})
    first = next(price for price in prices_at_stripe(ada) if price.unit_amount == 1000)
    assert [it["default_price"] for it in products_at_stripe(ada)] == [first.id]


def test_the_form_of_a_price_begins_with_the_currency_of_the_other_prices(ada: Merchant) -> None:
    product = a_product(ada)
    add_price(ada, product, **{AMOUNT: "10", CURRENCY: "chf"})
    page = ada.open(f"/console/products/{product}")
    assert page.values(page.form_of("Add price"))[CURRENCY] == "chf"


def test_a_price_that_stripe_refuses_keeps_its_entries_at_the_new_product(ada: Merchant) -> None:
    stripe = refusing(ada.shop.app)
    stripe.path = "/v1/prices"
    stripe.refuse("A price already uses that lookup key.", 400, param="lookup_key")
    page = created(ada, **{"name": "Honey", AMOUNT: "9.50", CURRENCY: "eur", "lookup_key": "honey"})
    assert (page.status, page.heading) == (422, "Honey")
    assert "The product exists now, but not its price" in page.text
    assert "A price already uses that lookup key" in page.error_at("Lookup key")
    stripe.error = None
    again = ada.pressed(page, "Add price", lookup_key="honey-2")
    assert "The price is ready" in again.text
    assert (len(products_at_stripe(ada)), [it.lookup_key for it in prices_at_stripe(ada)]) == (1, ["honey-2"])


def test_a_key_without_the_right_makes_no_product_and_names_the_right(ada: Merchant) -> None:
    stripe = refusing(ada.shop.app)
    stripe.path = "/v1/products"
    stripe.refuse("This key lacks product_write.", 403)
    page = created(ada, **{"name": "Honey", AMOUNT: "9.50", CURRENCY: "eur"})
    assert "It needs the right “Products: write”" in page.text
    assert page.values(page.form_of("Create product"))["name"] == "Honey"


def test_a_picture_is_kept_while_another_field_is_wrong(ada: Merchant) -> None:
    file = BytesIO()
    Image.new("RGB", (40, 40), "gold").save(file, "PNG")
    page = ada.open("/console/new_product")
    sent: dict[str, Any] = page.values(page.form_of("Create product")) | {"name": "Honey", CURRENCY: "eur"}
    upload = {**sent, "picture": (BytesIO(file.getvalue()), "p.png")}
    answer = ada.client.post("/console/products", base_url=ada.base_url, data=upload, headers=SAME_ORIGIN)
    refused = Page(answer)
    assert refused.status == 422
    image = refused.values(refused.form_of("Create product"))["image"]
    assert [picture["src"] for picture in refused.root.first("main").all("img")] == [image]
    ada.pressed(refused, "Create product", **{AMOUNT: "9.50"})
    assert [it["images"] for it in products_at_stripe(ada)] == [[image]]


def test_an_address_of_another_picture_is_not_taken(ada: Merchant) -> None:
    created(ada, **{"name": "Honey", AMOUNT: "9.50", CURRENCY: "eur", "image": "https://evil.example/p.png"})
    assert [it["images"] for it in products_at_stripe(ada)] == [[]]


def test_metadata_and_tax_code_of_a_product_are_changed_and_removed(ada: Merchant) -> None:
    product = a_product(ada, metadata={"shelf": "A3", "note": "two\nlines", "old": "x"})
    page = ada.open(f"/console/products/{product}")
    sent: dict[str, Any] = page.values(page.form_of("Save product"))
    pairs = {"shelf": "B1", "note": "two lines", "old": "", "new": "1"}
    sent |= {"metadata_key[]": list(pairs), "metadata_value[]": list(pairs.values()), "tax_code": "txcd_99999999"}
    assert ada.post(f"/console/products/{product}", sent).status_code == 303
    (found,) = products_at_stripe(ada)
    assert found["metadata"] == {"shelf": "B1", "note": "two\nlines", "new": "1"}
    assert found["tax_code"] == "txcd_99999999"
    ada.pressed(ada.open(f"/console/products/{product}"), "Save product", tax_code="")
    assert products_at_stripe(ada)[0]["tax_code"] is None


def test_a_change_of_white_space_in_metadata_is_saved_and_an_untouched_value_is_not_changed(ada: Merchant) -> None:
    before = {"size": "10 cm", "note": " two\nlines", "blank": " ", "odd\tname": "x"}
    product = a_product(ada, metadata=before)
    page = ada.open(f"/console/products/{product}")
    sent: dict[str, Any] = page.values(page.form_of("Save product"))
    fields = metadata_fields(page)
    assert ada.post(f"/console/products/{product}", sent | fields).status_code == 303
    assert products_at_stripe(ada)[0]["metadata"] == before
    fields["metadata_value[]"][fields["metadata_key[]"].index("size")] = "10cm"
    assert ada.post(f"/console/products/{product}", sent | fields).status_code == 303
    assert products_at_stripe(ada)[0]["metadata"] == before | {"size": "10cm"}


def metadata_fields(page: Page) -> dict[str, list[str]]:
    """Return the names and values of the metadata as a browser sends them: fields of one line, without line ends."""
    return {
        name: [(field.get("value") or "").replace("\n", "") for field in page.root.all("input", name=name)]
        for name in ("metadata_key[]", "metadata_value[]")
    }


def test_metadata_that_stripe_does_not_take_is_refused_at_its_field(ada: Merchant) -> None:
    product = a_product(ada)
    page = ada.open(f"/console/products/{product}")
    sent: dict[str, Any] = page.values(page.form_of("Save product"))
    refused = Page(ada.post(f"/console/products/{product}", sent | {"metadata_key[]": "a[b]", "metadata_value[]": "1"}))
    assert (refused.status, "A name has no square brackets" in refused.text) == (422, True)
    assert "a[b]" in [field.get("value") for field in refused.root.all("input")]
    assert changes_of(ada, product) == []


def price_of(ada: Merchant) -> Price:
    link = ada.shop.store.link("plink_honey")
    assert link is not None
    assert link.line_items is not None
    price = link.line_items.data[0].price
    assert price is not None
    return price


def test_an_archived_price_closes_its_links_and_undo_opens_them(ada: Merchant) -> None:
    ada.shop.sell()
    price = price_of(ada)
    asked = ada.open(f"/console/prices/{price.id}/archive")
    assert asked.heading == "Archive the price €12.50?"
    assert "1 link sells it and could not be paid any more." in asked.text
    page = ada.pressed(asked, "Archive price")
    assert "The price €12.50 is archived" in page.text
    assert not price_of(ada).active
    assert [it.active for it in prices_at_stripe(ada)] == [False]
    assert "1 archived price" in tidy(page.text)
    undone = ada.pressed(page, "Undo")
    assert "The price €12.50 is on sale again" in undone.text
    assert price_of(ada).active
    assert changes_of(ada, price.id) == ["price.restored", "price.archived"]


def test_an_archived_price_is_put_back_on_sale_from_its_product(ada: Merchant) -> None:
    product = a_product(ada)
    params = {"active": False, "currency": "eur", "product": product, "unit_amount": 1000}
    ada.shop.gateway.create_in_catalogue("prices", params, account=ACCOUNT)
    page = ada.pressed(ada.open(f"/console/products/{product}"), "Put back on sale €10.00")
    assert "The price €10.00 is on sale again" in page.text
    assert [it.active for it in prices_at_stripe(ada)] == [True]


def test_another_price_becomes_the_default_before_the_default_is_archived(ada: Merchant) -> None:
    product = a_product(ada)
    for amount in ("10", "12"):
        add_price(ada, product, **{AMOUNT: amount, CURRENCY: "eur"})
    by_amount = {price.unit_amount: price.id for price in prices_at_stripe(ada)}
    ada.pressed(ada.open(f"/console/prices/{by_amount[1000]}/archive"), "Archive price")
    assert [it["default_price"] for it in products_at_stripe(ada)] == [by_amount[1200]]
    assert {it.unit_amount: it.active for it in prices_at_stripe(ada)} == {1000: False, 1200: True}


def test_the_only_price_of_a_product_stays_its_default_and_on_sale_as_stripe_wants_it(ada: Merchant) -> None:
    product = a_product(ada)
    add_price(ada, product, **{AMOUNT: "10", CURRENCY: "eur"})
    (price,) = prices_at_stripe(ada)
    page = ada.pressed(ada.open(f"/console/prices/{price.id}/archive"), "Archive price")
    assert "it is the default price of its product" in page.text
    assert [it.active for it in prices_at_stripe(ada)] == [True]


def test_a_refused_archive_names_the_missing_right(ada: Merchant) -> None:
    ada.shop.sell()
    price = price_of(ada)
    asked = ada.open(f"/console/prices/{price.id}/archive")
    stripe = refusing(ada.shop.app)
    stripe.path = f"/v1/prices/{price.id}"
    stripe.refuse("No.", 403)
    refused = Page(ada.press(asked, "Archive price"))
    assert "It needs the right “Prices: write”" in refused.text
    assert price_of(ada).active


def test_a_new_link_of_a_product_sells_its_price(ada: Merchant) -> None:
    product = a_product(ada)
    add_price(ada, product, **{AMOUNT: "10", CURRENCY: "usd"})
    page = ada.open(ada.open(f"/console/products/{product}").link("New link with it")["href"])
    assert "Candle $10.00" in tidy(page.root.first("main").text)
    made = ada.pressed(page, "Create link")
    assert made.heading == "Your link is ready"
    (price,) = prices_at_stripe(ada)
    assert [link.counterfoil.code for link in ada.shop.store.links_with(price.id, [ACCOUNT])] != []


def test_a_new_link_with_an_unknown_price_says_so(ada: Merchant) -> None:
    page = ada.open("/console/links/new?price=price_unknown")
    assert (page.status, "This price is not at Stripe" in page.text) == (200, True)


def test_a_product_that_was_typed_comes_back_after_the_log_in(ada: Merchant) -> None:
    page = ada.open("/console/new_product")
    sent = page.values(page.form_of("Create product")) | {"name": "Honey", AMOUNT: "9.50", CURRENCY: "chf"}
    ada.post("/console/logout", ada.open("/console/account").values())
    kept = ada.pressed(Page(ada.post("/console/products", sent)), "Log in", email=ADA, password=PASSWORD)
    form = Page(ada.post("/console/products", kept.values() | {"resume": "1"}))
    shown = form.values(form.form_of("Create product"))
    assert (form.status, shown["name"], shown[AMOUNT], shown[CURRENCY]) == (200, "Honey", "9.50", "chf")
    assert products_at_stripe(ada) == []


def test_a_large_picture_fits_into_the_form_of_a_new_product(ada: Merchant) -> None:
    pixels = Image.effect_noise((600, 500), 90)
    file = BytesIO()
    pixels.save(file, "JPEG", quality=95)
    assert FORM_BYTES < len(file.getvalue()) < TEST_FILE_BYTES
    page = ada.open("/console/new_product")
    fields = {"name": "Honey", AMOUNT: "9.50", CURRENCY: "eur", "picture": (BytesIO(file.getvalue()), "p.jpg")}
    sent: dict[str, Any] = page.values(page.form_of("Create product")) | fields
    answer = ada.client.post("/console/products", base_url=ada.base_url, data=sent, headers=SAME_ORIGIN)
    assert answer.status_code == 303
    assert products_at_stripe(ada)[0]["images"] != []
