"""Pay pages: as opened, filled in, with errors and messages."""

import re

from playwright.sync_api import expect

from app.objects.organization import Organization
from app.objects.payment_link import PaymentLink
from tests.browser.buyer import expect_total, fill_code, pay_button
from tests.browser.gallery.stage import COUNTRIES, LONG_WORD, METHODS, Stage, choices, line, picture, question


def pay_single(stage: Stage) -> None:
    stage.open(
        stage.shop.link(
            line_items=[line(6997, "Spring candle box")],
            shipping_options=stage.shipping(0, "Germany and Austria"),
            shipping_address_collection=COUNTRIES,
            payment_method_types=METHODS,
            counterfoil={
                "title": "Spring candle box",
                "description": "Three beeswax candles, poured by hand in Vienna, in a box of recycled card. Burns for 120 hours.",
                "image": picture("picture-trimmer"),
                "tax_rates": [stage.tax("19")],
            },
        )
    )


def pay_single_form(stage: Stage) -> None:
    stage.open(
        stage.shop.link(
            line_items=[line(1999, "Brass wick trimmer", quantity=2, adjustable=(1, 10))],
            shipping_options=stage.shipping(0, "Germany and Austria"),
            shipping_address_collection=COUNTRIES,
            payment_method_types=METHODS,
            custom_fields=[
                question("Engraving", text={"maximum_length": 20}, optional=True),
                choices("Finish", "Lacquered", "Raw brass", default_value="0"),
            ],
            counterfoil={
                "title": "Brass wick trimmer",
                "description": "Cuts the wick to five millimetres, catches the end, and stands by itself on the table.",
                "image": picture("picture-trimmer"),
                "tax_rates": [stage.tax("19")],
            },
        ),
        "?prefilled_email=mara.lindqvist%40example.com",
    )


def pay_single_no_picture(stage: Stage) -> None:
    stage.open(
        stage.shop.link(
            line_items=[line(3800, "Candle-making course")],
            submit_type="book",
            payment_method_types=METHODS,
            counterfoil={
                "title": "Candle-making course",
                "description": "Saturday 12 December 2026, 14:00 to 17:00, Mühlgasse 4, Wien. Wax, wicks and tea included.",
                "tax_rates": [stage.tax("19")],
            },
        )
    )


def long_order(stage: Stage) -> PaymentLink:
    """Create an order of 20 lines in several scripts."""
    wicks = stage.shop.catalogue.prices.create(
        {
            "currency": "eur",
            "unit_amount": 480,
            "product_data": {"name": "Cotton wicks"},
            "transform_quantity": {"divide_by": 12, "round": "up"},
        }
    )
    packs = {"price": wicks.id, "quantity": 30}
    return stage.shop.link(
        line_items=[
            line(2000, "Altar candles, 30 cm", "Unbleached wax", 48, image="item-candles"),
            {**packs, "adjustable_quantity": {"enabled": True, "minimum": 12, "maximum": 600}},
            line(1999, "Brass wick trimmer", "Lacquered", 2, image="item-trimmer", adjustable=(1, 10)),
            line(1200, "شموع عطرية بالياسمين", "شمع نباتي، أربعون ساعة", 3, image="item-jar", adjustable=(1, 20)),
            line(11800, "Soy wax, flakes", "Sack of 25 kg"),
            line(24000, LONG_WORD, "Made to measure"),
            packs,
            *[line(220 + 10 * number, f"Taper candles, shade {number}", "25 cm", 10) for number in range(6)],
            line(150, "נר נשמה", "24 שעות", 6, image="item-candles"),
            *[line(1600 + 10 * number, f"Sanctuary oil {number}", "1 litre") for number in range(6)],
        ],
        allow_promotion_codes=True,
        shipping_options=stage.shipping(0, "Standard"),
        payment_method_types=METHODS,
        custom_fields=[
            choices("Delivery", "Any working day", "Saturday morning", default_value="0"),
            question("Order number of the parish", optional=True),
        ],
        counterfoil={
            "title": "Workshop and altar supplies",
            "description": "Order of 24 November 2026 for the Parish of Saint Ambrose",
            "tax_rates": [stage.tax("19")],
        },
    )


def pay_many(stage: Stage) -> None:
    stage.open(long_order(stage))


def pay_many_unfolded(stage: Stage) -> None:
    page = stage.open(long_order(stage))
    page.locator(".order").evaluate("order => { order.open = true }")


def pay_errors_filling(stage: Stage) -> None:
    page = stage.open("spring-box")
    page.get_by_label("Customer number").fill("4217")
    page.get_by_label("Customer number").blur()
    expect(page.locator(".note .error")).to_have_count(1)


def pay_errors(stage: Stage) -> None:
    page = stage.open("spring-box")
    page.get_by_label("Customer number").fill("4217")
    page.get_by_label("Greeting on the card").fill("For Anna")
    page.get_by_label("Scent").select_option("")
    pay_button(page).click()
    expect(page.get_by_role("alert")).to_be_focused()


def pay_errors_corrected(stage: Stage) -> None:
    pay_errors(stage)
    stage.page.get_by_label("Customer number").fill("004217")
    stage.page.get_by_label("Customer number").blur()
    expect(stage.page.locator("[data-corrected]")).to_have_count(1)


def pay_updating(stage: Stage) -> None:
    page = stage.open("spring-box")
    page.route(re.compile("/preview"), lambda route: None)
    page.get_by_label("Gift wrapping").check()
    expect(page.get_by_text("Updating the total")).to_be_visible()


def pay_updating_failed(stage: Stage) -> None:
    page = stage.open("spring-box")
    page.route(re.compile("/preview"), lambda route: route.fulfill(status=500))
    page.get_by_label("Gift wrapping").check()
    expect(page.get_by_text("Last total")).to_be_visible()


def refused_code(stage: Stage) -> None:
    sdk = stage.shop.catalogue
    promotion = {"type": "coupon", "coupon": sdk.coupons.create({"amount_off": 250, "currency": "eur"}).id}
    code = sdk.promotion_codes.create({"promotion": promotion, "max_redemptions": 9})
    page = stage.open(stage.shop.link(allow_promotion_codes=True, custom_fields=[question("Greeting")]))
    page.get_by_label("Greeting").fill("For Anna")
    fill_code(page, code.code)
    page.get_by_role("button", name="Apply").click()
    expect_total(page, "€10.00")
    sdk.promotion_codes.update(code.id, {"active": False})
    pay_button(page).click()
    expect(page.get_by_role("alert")).to_be_focused()


def too_many_requests(stage: Stage) -> None:
    page = stage.open("spring-box")
    page.get_by_label("Customer number").fill("004217")
    page.get_by_label("I agree").check()
    usual = stage.shop.context.config.rate_limit_pay_address
    stage.shop.limit(rate_limit_pay_address="1/hour")
    stage.shop.app.test_client().post(f"/pay/{stage.shop.demo['spring-box'].counterfoil.code}")
    pay_button(page).click()
    expect(page.get_by_role("alert")).to_be_visible()
    stage.shop.limit(rate_limit_pay_address=usual)


def pay_dark_brand(stage: Stage) -> None:
    """Open a booking of a merchant with a near-black brand, without a logo and without legal links."""
    shop = stage.shop
    other = Organization.model_validate(
        {
            **shop.organization.model_dump(),
            "name": "Nordhang Studio",
            "business_profile": {
                "name": "Nordhang Studio",
                "support_email": "studio@nordhang.example",
                "support_address": {
                    "line1": "Bergstraße 7",
                    "postal_code": "6020",
                    "city": "Innsbruck",
                    "country": "AT",
                },
            },
            "settings": {"branding": {"primary_color": "#111214"}},
            **dict.fromkeys(("terms_of_service_url", "privacy_policy_url", "refund_policy_url", "vat_id")),
        }
    )
    usual = shop.organization
    shop.store.save_organization(other)
    try:
        stage.open(
            shop.link(
                line_items=[line(14000, "Portrait session, one hour")],
                submit_type="book",
                payment_method_types=METHODS,
                custom_fields=[choices("People in the picture", "One", "Two", "Three to five", default_value="0")],
                counterfoil={
                    "title": "Portrait session, one hour",
                    "description": "In the studio, with five pictures of your choice. You choose the day after you have paid.",
                    "tax_rates": [stage.tax("20")],
                },
            )
        )
    finally:
        shop.store.save_organization(usual)


STATES = (
    pay_single, pay_single_form, pay_single_no_picture, pay_many, pay_many_unfolded, pay_errors_filling, pay_errors, pay_errors_corrected,
    pay_updating, pay_updating_failed, refused_code, too_many_requests, pay_dark_brand,
)  # fmt: skip
