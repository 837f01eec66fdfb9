"""The contents of the pay page for every kind of link."""

from typing import Any

import pytest

from app.objects.organization import BusinessProfile
from tests.support.build import (
    a_coupon,
    a_custom_price,
    a_line,
    a_link,
    a_price,
    a_product,
    a_shipping_rate,
    a_tax_rate,
    a_tier,
    adjustable,
    an_optional_item,
    an_organization,
)
from tests.web.conftest import WebShop

DAY = 86_400
SCENT = {
    "key": "scent",
    "label": {"type": "custom", "custom": "Scent"},
    "type": "dropdown",
    "dropdown": {
        "default_value": "hay",
        "options": [{"label": "None", "value": "none"}, {"label": "Hay", "value": "hay"}],
    },
}
NUMBER = {
    "key": "number",
    "label": {"type": "custom", "custom": "Customer number"},
    "type": "numeric",
    "numeric": {"minimum_length": 6, "maximum_length": 6, "default_value": "004217"},
}
GREETING = {
    "key": "greeting",
    "label": {"type": "custom", "custom": "Greeting"},
    "type": "text",
    "optional": True,
    "text": {"maximum_length": 60},
}


def test_the_page_starts_with_merchant_product_and_amount(shop: WebShop) -> None:
    shop.add(a_link(a_line(a_price(1250), quantity=2)))
    page = shop.open()
    assert page.status == 200
    assert page.title == "Jar of honey, €25.00 – Hillside Apiary"
    assert page.heading == "Jar of honey"
    assert page.root.first("p", class_="amount").text == "€25.00"
    assert page.has_button("Continue to payment")
    assert "€12.50 each" in page.text
    assert page.root.first("p", role="status").text == "Total €25.00"


def test_the_pay_page_sets_no_cookie_and_is_not_indexed(shop: WebShop) -> None:
    shop.add()
    page = shop.open()
    assert "Set-Cookie" not in page.headers
    assert page.root.first("meta", name="robots")["content"] == "noindex"


def test_several_items_with_discount_shipping_and_taxes_add_up(shop: WebShop) -> None:
    shop.add(
        a_link(
            a_line(a_price(1000)),
            a_line(a_price(500, id="price_jam", product=a_product("prod_jam", "Jam"))),
            coupon=a_coupon("10"),
            tax_rates=[a_tax_rate("20")],
            shipping=[
                a_shipping_rate(
                    490,
                    delivery_estimate={
                        "minimum": {"unit": "business_day", "value": 2},
                        "maximum": {"unit": "business_day", "value": 4},
                    },
                )
            ],
        )
    )
    page = shop.open()
    assert page.heading == "Jar of honey and 1 more item"
    assert page.rows() == {
        "Subtotal": "€15.00",
        "Harvest": "\u2212€1.50",
        "Shipping": "€4.90",
        "VAT (20%)": "€2.70",
        "Total": "€21.10",
    }
    assert "Parcel, 2 to 4 working days" in page.text


def test_inclusive_tax_is_named_under_the_total(shop: WebShop) -> None:
    shop.add(a_link(a_line(a_price(11900)), tax_rates=[a_tax_rate("19", inclusive=True)]))
    assert "Includes €19.00 VAT (19%)" in shop.open().text


def test_the_page_announces_what_checkout_adds_and_names_no_total(shop: WebShop) -> None:
    shop.add(a_link(shipping=[a_shipping_rate(490), a_shipping_rate(990)], automatic_tax={"enabled": True}))
    page = shop.open()
    assert page.rows()["Shipping"] == "Chosen in the next step"
    assert page.rows()["Tax"] == "Calculated in the next step"
    assert page.rows()["Total so far"] == "€12.50"
    assert "Shipping and tax are added on the next page" in page.text
    assert page.has_button("Continue to payment")


@pytest.mark.parametrize(
    ("submit_type", "button"),
    [
        ("auto", "Continue to payment"),
        ("pay", "Continue to payment"),
        ("book", "Continue to booking"),
        ("donate", "Continue to donation"),
        ("subscribe", "Continue to subscription"),
    ],
)
def test_submit_type_names_the_button(shop: WebShop, submit_type: str, button: str) -> None:
    shop.add(a_link(submit_type=submit_type))
    assert shop.open().has_button(button)


def test_a_free_order_says_that_nothing_is_charged(shop: WebShop) -> None:
    shop.add(a_link(a_line(a_price(0))))
    page = shop.open()
    assert page.has_button("Continue")
    assert "Nothing is charged." in page.text


def test_a_trial_says_what_is_due_today_and_later(shop: WebShop) -> None:
    shop.add(a_link(a_line(a_price(900, recurring="month")), subscription_data={"trial_period_days": 14}))
    page = shop.open()
    assert page.title == "Jar of honey, 14 days free – Hillside Apiary"
    assert "then €9.00 every month" in page.text
    later = "5\u00a0October 2026"
    assert page.rows() == {f"From {later}, every month": "€9.00", "Due today": "€0.00"}
    assert page.has_button("Continue to free trial")
    assert f"charges €9.00 every month until you cancel. Cancel before {later} and you pay nothing." in page.text


def test_a_subscription_with_a_fee_shows_both_amounts(shop: WebShop) -> None:
    fee = a_price(5000, id="price_fee", product=a_product("prod_fee", "Setup"))
    shop.add(a_link(a_line(a_price(900, recurring="month")), a_line(fee)))
    page = shop.open()
    assert page.rows() == {"Then every month": "€9.00", "Due today": "€59.00"}
    assert page.has_button("Continue to subscription")


def test_metered_use_is_billed_later(shop: WebShop) -> None:
    metered = a_price(20, recurring={"interval": "month", "usage_type": "metered"})  # type: ignore[arg-type]
    shop.add(a_link(a_line(metered)))
    page = shop.open()
    assert "Billed by use" in page.text
    assert page.rows()["Due today"] == "€0.00"


def test_tiers_are_shown_as_a_table(shop: WebShop) -> None:
    tiered = a_price(recurring="month", tiers=(a_tier(5, 900), a_tier(20, 700, 2000), a_tier(None, "550.5")))
    shop.add(a_link(a_line(tiered, quantity=7, adjustable_quantity=adjustable(1, 50))))
    page = shop.open()
    rows = [(row.first("th").text, row.first("td").text) for row in page.root.first("tbody").all("tr")]
    assert rows == [("1 to 5", "€9.00 each"), ("6 to 20", "€20.00 and €7.00 each"), ("21 and more", "€5.505 each")]


@pytest.mark.parametrize("setting", ["auto", "hidden"])
def test_the_page_says_that_the_payment_method_is_saved_unless_the_merchant_hides_it(
    shop: WebShop, setting: str
) -> None:
    shop.add(
        a_link(
            payment_intent_data={"setup_future_usage": "off_session"},
            consent_collection={"payment_method_reuse_agreement": {"position": setting}},
        )
    )
    assert ("keeps your payment method" in shop.open().text) is (setting == "auto")


def test_custom_fields_are_native_controls_with_their_default_values(shop: WebShop) -> None:
    shop.add(a_link(custom_fields=[SCENT, NUMBER, GREETING]))
    page = shop.open()
    scent, number, greeting = page.field("Scent"), page.field("Customer number"), page.field("Greeting")
    assert [option["value"] for option in scent.all("option")] == ["", "none", "hay"]
    assert page.values()[scent["name"]] == "hay"
    assert scent["name"] == "custom_fields[scent]"
    assert scent.get("required") is not None
    assert number["inputmode"] == "numeric"
    assert number["value"] == "004217"
    assert page.description("Customer number") == "6 digits"
    assert greeting.get("required") is None
    assert greeting.get("maxlength") is None  # a longer paste is kept, and the message says how much to remove
    assert page.field("Greeting (optional)") is greeting


def test_a_dropdown_of_200_options_is_shown_whole(shop: WebShop) -> None:
    options = [{"label": f"Option <{i}>", "value": f"v{i}"} for i in range(200)]
    shop.add(a_link(custom_fields=[{**SCENT, "dropdown": {"options": options}}]))
    shown = shop.open().field("Scent").all("option")
    assert len(shown) == 201
    assert shown[200].text == "Option <199>"


def test_consents_name_the_merchants_documents(shop: WebShop) -> None:
    shop.merchant(
        an_organization(terms_of_service_url="https://h.example/terms", privacy_policy_url="https://h.example/privacy")
    )
    shop.add(a_link(consent_collection={"terms_of_service": "required", "promotions": "auto"}))
    page = shop.open()
    terms = page.field("I agree to the terms of service and the privacy policy of Hillside Apiary")
    assert terms["name"] == "consent[terms_of_service]"
    assert terms.get("checked") is None
    assert page.link("terms of service")["href"] == "https://h.example/terms"
    assert page.field("Send me news and offers by e-mail")["name"] == "consent[promotions]"


def test_without_a_terms_address_the_consent_has_no_link(shop: WebShop) -> None:
    shop.add(a_link(consent_collection={"terms_of_service": "required"}))
    page = shop.open()
    assert page.has_field("I agree to the terms of service of Hillside Apiary")
    assert not [link for link in page.root.all("a") if link.text == "terms of service"]


def test_texts_that_checkout_shows_are_not_repeated_on_the_pay_page(shop: WebShop) -> None:
    shop.add(
        a_link(
            consent_collection={"terms_of_service": "required"},
            shipping_address_collection={"allowed_countries": ["AT"]},
            custom_text={
                "after_submit": {"message": "See you **soon**"},
                "shipping_address": {"message": "No parcel lockers"},
                "submit": {"message": "Poured by [hand](https://h.example/hand)"},
                "terms_of_service_acceptance": {"message": "I have read the [rules](https://h.example/rules)"},
            },
        )
    )
    page = shop.open()
    assert page.has_field("I have read the rules")
    assert page.link("rules")["href"] == "https://h.example/rules"
    for text in ("No parcel lockers", "Poured by", "See you"):
        assert text not in page.html


def test_quantities_and_optional_items_can_be_changed(shop: WebShop) -> None:
    fixed = an_optional_item()
    free = an_optional_item(
        a_price(300, id="price_bag", product=a_product("prod_bag", "Bag")), adjustable_quantity=adjustable(0, 5)
    )
    shop.add(a_link(a_line(quantity=2, adjustable_quantity=adjustable(1, 10)), optional_items=[fixed, free]))
    page = shop.open()
    quantity = page.field("Quantity of Jar of honey")
    assert (quantity["name"], quantity["min"], quantity["max"], quantity["value"]) == (
        "line_items[li_honey][quantity]",
        "1",
        "10",
        "2",
    )
    spoon = page.field("Spoon")
    assert (spoon["name"], spoon["type"]) == ("optional_items[price_spoon][quantity]", "checkbox")
    assert spoon.get("checked") is None
    bag = page.field("Quantity of Bag")
    assert (bag["min"], bag["max"], bag["value"]) == ("0", "5", "0")


def test_a_custom_amount_starts_with_the_preset(shop: WebShop) -> None:
    shop.add(a_link(a_line(a_custom_price(200, 500000, 2500)), submit_type="donate"))
    page = shop.open()
    amount = page.field("Amount in euros")
    assert amount["name"] == "line_items[li_gift][unit_amount]"
    assert amount["value"] == "25.00"
    assert page.description("Amount in euros") == "From €2.00 to €5,000.00"
    assert page.has_button("Continue to donation")
    assert page.rows() == {"Total": "€25.00"}


@pytest.mark.parametrize(
    ("currency", "preset", "value", "total"),
    [
        ("jpy", 1500, "1500", "¥1,500"),
        ("kwd", 1500, "1.500", "KWD\u00a01.500"),
        ("usd", 1500, "15.00", "$15.00"),
    ],
)
def test_amounts_have_the_decimals_of_their_currency(
    shop: WebShop, currency: str, preset: int, value: str, total: str
) -> None:
    shop.add(a_link(a_line(a_custom_price(500, 10000000, preset, currency=currency))))
    page = shop.open()
    amounts = [control for control in page.form.all("input") if (control.get("name") or "").endswith("[unit_amount]")]
    assert amounts[0]["value"] == value
    assert page.rows() == {"Total": total}


def test_a_custom_amount_without_a_preset_starts_empty(shop: WebShop) -> None:
    shop.add(a_link(a_line(a_custom_price(200, 500000))))
    page = shop.open()
    assert page.field("Amount in euros")["value"] == ""
    assert page.rows() == {"Total": "Your amount"}
    assert not page.errors()


def test_the_page_names_the_merchant_and_how_to_reach_it(shop: WebShop) -> None:
    profile = BusinessProfile(name="Hillside", url="https://hillside.example", support_email="help@hillside.example")
    settings: Any = {"branding": {"primary_color": "#FFD400", "logo": "/static/img/logo.svg"}}
    shop.merchant(an_organization(business_profile=profile, settings=settings, refund_policy_url="https://h.example/r"))
    shop.add()
    page = shop.open()
    header = page.root.first("header")
    assert header.first("a", href="https://hillside.example").text == "Hillside"
    assert header.first("img")["src"] == "/static/img/logo.svg"
    assert page.link("Refunds")["href"] == "https://h.example/r"
    assert page.link("Contact")["href"] == "mailto:help@hillside.example"
    sheets = [link["href"] for link in page.root.all("link", rel="stylesheet")]
    assert any(sheet.startswith("/brand/ffd400.css") for sheet in sheets)
    assert "--brand: #ffd400" in shop.client.get("/brand/ffd400.css").text


def test_the_enter_key_previews_and_never_pays(shop: WebShop) -> None:
    shop.add(a_link(allow_promotion_codes=True, custom_fields=[GREETING]))
    first = shop.open().form.all("button")[0]
    assert first["formaction"] == "/pay/honey/preview"


def test_a_page_holds_its_offer_as_data(shop: WebShop) -> None:
    shop.add(
        a_link(a_line(a_price(product=a_product(images=("/static/img/logo.svg",), description="Runny </script>"))))
    )
    offer = str(shop.open().root.first("script", type="application/ld+json").children[0])
    assert '"price": "12.50"' in offer
    assert '"priceCurrency": "EUR"' in offer
    assert '"image": "http://localhost/static/img/logo.svg"' in offer


HOSTILE = '"><script>alert(1)</script><img src=x onerror=alert(2)>{{ 7*7 }}'


def test_texts_of_merchants_and_buyers_are_escaped_everywhere(shop: WebShop) -> None:
    product = a_product(name=HOSTILE, description=HOSTILE, unit_label="<b>", images=('https://x.example/"onload="',))
    shop.merchant(an_organization(name=HOSTILE, terms_of_service_url="javascript:alert(1)"))
    shop.add(
        a_link(
            a_line(a_price(product=product), quantity=3, adjustable_quantity=adjustable()),
            optional_items=[an_optional_item(a_price(id="price_x", product=product))],
            custom_fields=[
                {
                    **SCENT,
                    "label": {"type": "custom", "custom": HOSTILE[:50]},
                    "dropdown": {"options": [{"label": HOSTILE, "value": "x"}]},
                },
                {**GREETING, "text": {"default_value": HOSTILE}},
            ],
            custom_text={"submit": {"message": HOSTILE + " [x](javascript:alert(1))"}},
            consent_collection={"terms_of_service": "required"},
            allow_promotion_codes=True,
            counterfoil={"reference": HOSTILE},
        )
    )
    page = shop.open("/pay/honey?prefilled_promo_code=%22%3E%3Cscript%3E&client_reference_id=%3Cb%3E")
    scripts = [script for script in page.root.all("script") if script.get("src") is None]
    assert [script["type"] for script in scripts] == ["application/ld+json"]
    assert "<script>alert(1)" not in page.html
    assert "{{ 7*7 }}" in page.text
    assert "49" not in page.text
    for element in page.root:
        assert not [name for name in element.attributes if name.startswith("on")]
        assert not (element.get("href") or "").startswith("javascript")
        assert element.get("style") is None
    answered = shop.pressed(page, "Update total", {"Greeting": HOSTILE, "Promotion code": HOSTILE})
    assert "<script>alert(1)" not in answered.html
    assert answered.field("Greeting")["value"] == HOSTILE
