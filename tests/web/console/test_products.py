"""The catalogue in the console: the list of products and the page of one product, with the real sandbox through the SDK."""

from io import BytesIO
from typing import Any

import pytest
from PIL import Image
from werkzeug.test import TestResponse

from app.objects.connection import ConnectionCheck, Right
from app.objects.payment_link import PaymentLink
from app.objects.price import Product
from tests.support.build import NOW, a_line, a_link, a_price
from tests.support.page import SAME_ORIGIN, Page, tidy
from tests.support.refusing import refusing
from tests.web.console.conftest import Merchant, add_user


def honey(ada: Merchant) -> tuple[PaymentLink, str]:
    """Return a link whose product exists at Stripe, and the product's id."""
    link = ada.shop.sell()
    return link, product_of(link).id


def product_of(link: PaymentLink) -> Product:
    assert link.line_items is not None
    price = link.line_items.data[0].price
    assert price is not None
    assert isinstance(price.product, Product)
    return price.product


def stored(ada: Merchant, link: PaymentLink) -> PaymentLink:
    found = ada.shop.store.link(link.id)
    assert found is not None
    return found


def at_stripe(ada: Merchant, id: str) -> dict[str, Any]:
    return ada.shop.gateway.retrieve_in_catalogue("products", id, account="org_apiary")


def names(page: Page) -> list[str]:
    """Return the names of the list."""
    return [tidy(row.first("a").text) for row in page.root.first("tbody").all("tr")]


def changes_of(ada: Merchant, id: str) -> list[str]:
    found, _more = ada.shop.store.changes("org_apiary", about=id, limit=10)
    return [change.what for change in found]


def add(ada: Merchant, name: str, **params: Any) -> str:
    return ada.shop.gateway.create_in_catalogue("products", {"name": name, **params}, account="org_apiary")


def test_products_are_listed_newest_first_with_their_price_and_links(ada: Merchant) -> None:
    honey(ada)
    add(ada, "Candle")
    page = ada.open("/console/products")
    assert names(page) == ["Candle", "Jar of honey"]
    row = page.root.first("tbody").all("tr")[1]
    assert [tidy(cell.text) for cell in row.all("td")][1:] == ["1", "€12.50"]
    assert "On sale: 2" in page.text


@pytest.mark.parametrize(
    ("text", "found"), [("hon", ["Jar of honey"]), ("12.5", ["Jar of honey"]), ("CAND", ["Candle"])]
)
def test_a_search_finds_a_product_by_name_and_price(ada: Merchant, text: str, found: list[str]) -> None:
    honey(ada)
    add(ada, "Candle")
    assert names(ada.open(f"/console/products?q={text}")) == found


def test_a_search_without_a_match_names_the_text(ada: Merchant) -> None:
    assert "No product matches “lavender”" in ada.open("/console/products?q=lavender").text


def test_pages_of_the_list_lead_to_every_product_once(ada: Merchant) -> None:
    made = [add(ada, f"Product {number}") for number in range(60)]
    seen, page = [], ada.open("/console/products")
    while True:
        seen += names(page)
        older = [link for link in page.root.all("a") if link.get("rel") == "next"]
        if not older:
            break
        page = ada.open(older[0]["href"])
    assert seen == [f"Product {number}" for number in reversed(range(60))]
    newer = ada.open(next(link["href"] for link in page.root.all("a") if link.get("rel") == "prev"))
    assert names(newer) == seen[25:50]
    assert ada.open(f"/console/products?starting_after={made[0]}x").status == 404
    ends = ada.open(f"/console/products?starting_after={made[0]}")
    assert "Nothing more was found." in ends.text
    assert "No products yet" not in ends.text
    assert ends.has_link("Newer")


def test_a_saved_product_changes_at_stripe_and_in_its_links_at_once(ada: Merchant) -> None:
    link, id = honey(ada)
    page = ada.open(f"/console/products/{id}")
    saved = ada.pressed(page, "Save product", name="Heather honey", description="500 g", unit_label="jar")
    assert (saved.heading, "Saved" in saved.text) == ("Heather honey", True)
    assert (at_stripe(ada, id)["name"], at_stripe(ada, id)["unit_label"]) == ("Heather honey", "jar")
    assert product_of(stored(ada, link)).name == "Heather honey"
    assert "Heather honey" in ada.shop.open(f"/pay/{link.counterfoil.code}").text
    assert changes_of(ada, id) == ["product.updated"]
    ada.pressed(ada.open(f"/console/products/{id}"), "Save product", description="")
    assert at_stripe(ada, id)["description"] is None


def test_a_form_that_changes_nothing_is_no_change(ada: Merchant) -> None:
    _link, id = honey(ada)
    before = at_stripe(ada, id)
    ada.pressed(ada.open(f"/console/products/{id}"), "Save product")
    assert at_stripe(ada, id) == before
    assert changes_of(ada, id) == []


def test_an_error_stands_at_its_field_and_nothing_typed_is_lost(ada: Merchant) -> None:
    _link, id = honey(ada)
    page = ada.pressed(ada.open(f"/console/products/{id}"), "Save product", name=" ", description="New words")
    assert page.status == 422
    assert "Write a name" in page.text
    assert "New words" in page.text
    assert at_stripe(ada, id)["name"] == "Jar of honey"


def sent_picture(ada: Merchant, id: str, content: bytes) -> TestResponse:
    page = ada.open(f"/console/products/{id}")
    sent: dict[str, Any] = {**page.values(page.form_of("Save product")), "picture": (BytesIO(content), "p.svg")}
    path = f"/console/products/{id}"
    return ada.client.post(path, base_url=ada.base_url, data=sent, headers=SAME_ORIGIN)


def test_an_uploaded_picture_is_encoded_again_and_shown_on_the_link(ada: Merchant) -> None:
    link, id = honey(ada)
    file = BytesIO()
    Image.new("RGB", (40, 40), "gold").save(file, "PNG")
    assert sent_picture(ada, id, file.getvalue()).status_code == 303
    (image,) = at_stripe(ada, id)["images"]
    assert image.startswith("/pictures/")
    assert product_of(stored(ada, link)).images == (image,)
    assert ada.get(image).status_code == 200


def test_spaces_around_a_name_do_not_count(ada: Merchant) -> None:
    _link, id = honey(ada)
    ada.pressed(ada.open(f"/console/products/{id}"), "Save product", name=f"{' ' * 20}{'x' * 250}{' ' * 20}")
    assert at_stripe(ada, id)["name"] == "x" * 250


def test_a_picture_that_is_none_is_refused_at_its_field(ada: Merchant) -> None:
    _link, id = honey(ada)
    page = Page(sent_picture(ada, id, b"<svg><script>alert(1)</script></svg>"))
    assert page.status == 422
    assert "This file is not a picture that pages can show" in page.text
    assert at_stripe(ada, id)["images"] == []


def test_an_archived_product_closes_its_links_and_can_come_back(ada: Merchant) -> None:
    link, id = honey(ada)
    page = ada.open(f"/console/products/{id}")
    assert "1 link sells it and could not be paid any more." in page.text
    sent = page.values(page.form_of("Archive product"))
    sent.pop("deactivate_links")
    path = f"/console/products/{id}/archive"
    for _press in range(2):
        assert ada.post(path, sent).status_code == 303
    assert at_stripe(ada, id)["active"] is False
    assert (stored(ada, link).active, product_of(stored(ada, link)).active) == (True, False)
    assert names(ada.open("/console/products?show=archived")) == ["Jar of honey"]
    assert "Jar of honey" not in ada.open("/console/products").text
    back = ada.pressed(ada.open(f"/console/products/{id}"), "Put it back on sale")
    assert "“Jar of honey” is on sale again" in back.text
    assert product_of(stored(ada, link)).active
    assert changes_of(ada, id) == ["product.restored", "product.archived"]


def test_archiving_switches_off_the_links_that_sell_it(ada: Merchant) -> None:
    link, id = honey(ada)
    other = ada.shop.sell(
        a_link(a_line(a_price(product={"id": "prod_c", "name": "Candle"})), id="plink_c", counterfoil={"code": "c"})
    )
    ada.pressed(ada.open(f"/console/products/{id}"), "Archive product")
    assert (stored(ada, link).active, stored(ada, other).active) == (False, True)


def test_a_key_without_the_right_shows_the_product_read_only_with_the_missing_right(ada: Merchant) -> None:
    _link, id = honey(ada)
    page = ada.open(f"/console/products/{id}")
    stripe = refusing(ada.shop.app)
    stripe.path = f"/v1/products/{id}"
    stripe.refuse("This key lacks product_write.", 403)
    refused = Page(ada.press(page, "Save product", name="Heather honey"))
    assert "It needs the right “Products: write”. Stripe says: “This key lacks product_write.”" in refused.text
    assert not [form for form in refused.root.all("form") if "/products/" in (form.get("action") or "")]
    assert at_stripe(ada, id)["name"] == "Jar of honey"
    assert changes_of(ada, id) == []


def test_what_counterfoil_says_about_a_refusal_is_no_quotation_of_stripe(ada: Merchant) -> None:
    _link, id = honey(ada)
    page = ada.open(f"/console/products/{id}")
    stripe = refusing(ada.shop.app)
    stripe.path = f"/v1/products/{id}"
    stripe.refuse("Invalid API Key provided.", 401)
    refused = Page(ada.press(page, "Save product", name="Heather honey"))
    assert "Stripe refused, and nothing was changed. Stripe does not accept the API key." in refused.text
    assert "Stripe says" not in refused.text


def test_a_key_that_may_not_list_products_is_told_with_the_missing_right(ada: Merchant) -> None:
    stripe = refusing(ada.shop.app)
    stripe.method, stripe.path = "GET", "/v1/products"
    stripe.refuse("This key lacks product_read.", 403)
    page = ada.open("/console/products")
    assert "It needs the right “Products: read”" in page.text


def test_a_viewer_reads_products_and_sees_no_form(ada: Merchant) -> None:
    _link, id = honey(ada)
    user = add_user(ada.shop, "vera@example.com", role="viewer")
    viewer = Merchant(ada.shop)
    viewer.log_in("/console/products", user.email)
    page = viewer.open(f"/console/products/{id}")
    assert page.heading == "Jar of honey"
    assert not [form for form in page.root.all("form") if "/products/" in (form.get("action") or "")]


def test_a_product_of_another_organization_is_not_found(ada: Merchant) -> None:
    theirs = ada.shop.gateway.create_in_catalogue("products", {"name": "Bread"}, account="org_bakery")
    assert ada.open(f"/console/products/{theirs}").status == 404
    assert "Bread" not in ada.open("/console/products").text


def test_a_price_is_listed_with_the_number_of_its_links(ada: Merchant) -> None:
    _link, id = honey(ada)
    rows = ada.open(f"/console/products/{id}").root.first("tbody").all("tr")
    assert [tidy(row.text) for row in rows] == ["€12.501 linkChange €12.50 Details of €12.50 Archive €12.50"]


def test_a_missing_right_is_remembered_on_the_next_pages(ada: Merchant) -> None:
    _link, id = honey(ada)
    page = ada.open(f"/console/products/{id}")
    stripe = refusing(ada.shop.app)
    stripe.path = f"/v1/products/{id}"
    stripe.refuse("This key lacks product_write.", 403)
    ada.press(page, "Save product", name="Heather honey")
    stripe.error = None
    again = ada.open(f"/console/products/{id}")
    assert "It needs the right “Products: write”." in again.text
    assert not again.has_button("Save product")
    assert again.has_link("Change €12.50")
    assert not ada.open("/console/products").has_link("New product")
    ada.shop.clock.now += 3600
    assert ada.open(f"/console/products/{id}").has_button("Save product")


def test_a_right_that_the_last_check_did_not_find_makes_pages_read_only(ada: Merchant) -> None:
    _link, id = honey(ada)
    found = tuple(
        Right(resource=resource, access="write", allowed=False)
        for resource in ("products", "prices", "coupons", "promotion_codes")
    )
    check = ConnectionCheck(organization="org_apiary", checked_at=NOW, livemode=False, rights=found)
    ada.shop.store.save_connection_check(check)
    page = ada.open(f"/console/products/{id}")
    assert "It needs the rights “Products: write” and “Prices: write”." in page.text
    forms = [form.get("action") or "" for form in page.root.all("form")]
    assert not [action for action in forms if "/products/" in action or "/prices/" in action]
    coupons = ada.open("/console/coupons")
    assert "It needs the right “Coupons: write”." in coupons.text
    assert not coupons.has_button("Create coupon")
    assert coupons.link("Check the key again when it has it")["href"] == "/console/settings/stripe"
