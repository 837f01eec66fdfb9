"""Pay pages that are hard to lay out: long names, several scripts, many messages, and every kind of price."""

from playwright.sync_api import expect

from tests.browser.buyer import fill_code, pay_button
from tests.browser.gallery.pay_pages import long_order
from tests.browser.gallery.stage import LONG_WORD, ONCE, Stage, choices, line, picture, question

LONG_NAME = ("Beeswax candles, poured by hand in the workshop behind the old school of Saint Ambrose " * 3)[:250]
ARABIC = "شموع عطرية بالياسمين"


def long_single(stage: Stage) -> None:
    stage.open(stage.shop.link(99_999_999, LONG_NAME, counterfoil={"title": LONG_NAME[:120], "description": LONG_NAME}))


def long_word(stage: Stage) -> None:
    stage.open(stage.shop.link(99_999_999, LONG_WORD * 4))


def long_lines(stage: Stage) -> None:
    lines = [line(99_999_999, name, name, 2, adjustable=(1, 99)) for name in (LONG_NAME, LONG_WORD * 4)]
    stage.open(
        stage.shop.link(
            line_items=lines,
            allow_promotion_codes=True,
            custom_fields=[
                question("A question of exactly fifty characters, no more xx"),
                choices("Choice", LONG_NAME[:100]),
            ],
        )
    )


def long_state(stage: Stage) -> None:
    ours = {"closes_at": stage.shop.now() - 60, "reference": "R" * 60}
    stage.open(stage.shop.link(counterfoil=ours, inactive_message=LONG_NAME))


def long_hold(stage: Stage) -> None:
    link = stage.shop.link(99_999_999, restrictions=ONCE, counterfoil={"reference": "R" * 60})
    stage.checkout(link)
    expect(stage.open(link).get_by_role("button", name="Continue this payment")).to_be_visible()


def long_receipt(stage: Stage) -> None:
    link = stage.shop.link(
        line_items=[line(9_999_999, LONG_WORD * 4, LONG_NAME, 2), line(100, LONG_NAME)],
        custom_fields=[question("A question of exactly fifty characters, no more xx")],
    )
    page = stage.open(link)
    page.get_by_label("A question").fill("W" * 255)
    pay_button(page).click()
    stage.finish(page)


def arabic_text(stage: Stage) -> None:
    """Open an English page whose merchant writes Arabic."""
    stage.open(
        stage.shop.link(
            line_items=[line(1200, ARABIC, ARABIC, adjustable=(1, 9)), line(700, "נר נשמה", "24 שעות")],
            custom_fields=[question(ARABIC), choices("صندوق", ARABIC, "נר", default_value="0")],
            counterfoil={"title": ARABIC, "description": f"{ARABIC}. Two candles, 12 cm."},
        )
    )


def from_right_to_left(stage: Stage) -> None:
    page = stage.open("spring-box")
    page.evaluate("() => { document.documentElement.dir = 'rtl' }")
    page.get_by_label("Customer number").fill("42")
    pay_button(page).click()
    expect(page.locator(".error-summary")).to_be_focused()


def errors_in_a_long_order(stage: Stage) -> None:
    items = [line(700, "Honey", adjustable=(1, 3)), *[line(700 + number, f"Honey {number}") for number in range(9)]]
    fields = [question("Name on the jar"), question("Number", "numeric"), choices("Size", "Small", "Large")]
    terms = {"terms_of_service": "required"}
    page = stage.open(stage.shop.link(line_items=items, custom_fields=fields, consent_collection=terms))
    page.get_by_label("Quantity of Honey").evaluate("field => { field.value = 9 }")
    page.get_by_label("Number", exact=True).fill("twelve")
    pay_button(page).click()
    expect(page.locator(".error-summary")).to_be_focused()


def unknown_code(stage: Stage) -> None:
    page = stage.open("spring-box")
    fill_code(page, "NOPE")
    page.get_by_role("button", name="Apply").click()
    expect(page.locator(".promotion .error")).to_be_visible()


def applied_code(stage: Stage) -> None:
    page = stage.open(long_order(stage), "?prefilled_promo_code=SPRING10")
    expect(page.get_by_text("SPRING10 takes")).to_be_visible()


def ignored_parameters(stage: Stage) -> None:
    stage.open("wick-trimmer", "?unheard=of&prefilled_email=no")


def donation(stage: Stage) -> None:
    page = stage.open("bee-garden")
    page.locator("input[inputmode=decimal]").fill("1")
    page.locator("input[inputmode=decimal]").blur()
    expect(page.locator(".note .error")).to_be_visible()


def trial(stage: Stage) -> None:
    stage.open("candle-club-welcome")


def tiers(stage: Stage) -> None:
    page = stage.open("workshop-wax")
    page.get_by_label("Quantity").fill("999")
    page.get_by_label("Quantity").blur()
    expect(page.locator(".note .error")).to_be_visible()


def options(stage: Stage) -> None:
    """Open an order with a picture, optional items with and without a quantity, and nothing to ask."""
    sdk = stage.shop.catalogue
    product = sdk.products.create({"name": "Gift wrapping", "description": "Linen cloth and a card"})
    price = sdk.prices.create({"currency": "eur", "unit_amount": 450, "product": product.id})
    many = {"price": price.id, "quantity": 1, "adjustable_quantity": {"enabled": True, "minimum": 0, "maximum": 5}}
    other = sdk.prices.create({"currency": "eur", "unit_amount": 100, "product_data": {"name": "Matches"}})
    stage.open(
        stage.shop.link(
            line_items=[line(2499, "Candles"), line(1999, "Trimmer")],
            optional_items=[many, {"price": other.id, "quantity": 1}],
            shipping_options=[*stage.shipping(490, "Standard"), *stage.shipping(1290, "Express")],
            shipping_address_collection={"allowed_countries": ["AT"]},
            automatic_tax={"enabled": True},
            counterfoil={"title": "Candles and trimmer", "image": picture("picture-trimmer")},
        )
    )


def locked_email(stage: Stage) -> None:
    stage.open("spring-box", "?locked_prefilled_email=mara.lindqvist%40example.com")


STATES = (
    long_single, long_word, long_lines, long_state, long_hold, long_receipt, arabic_text, from_right_to_left,
    errors_in_a_long_order, unknown_code, applied_code, ignored_parameters, donation, trial, tiers, options, locked_email,
)  # fmt: skip
