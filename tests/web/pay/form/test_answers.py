"""The rules for answers. Each error message stands at its field and in the summary, and says what to do."""

from typing import Any

import pytest

from tests.support.build import (
    a_custom_price,
    a_line,
    a_link,
    a_price,
    a_product,
    adjustable,
    an_optional_item,
)
from tests.support.page import tidy
from tests.web.conftest import WebShop


def dropdown(optional: bool = False) -> dict[str, Any]:
    options = [{"label": "Hay", "value": "hay"}, {"label": "Fir", "value": "fir"}]
    return {
        "key": "scent", "label": {"type": "custom", "custom": "Scent"}, "type": "dropdown", "optional": optional,
        "dropdown": {"options": options},
    }  # fmt: skip


def numeric(low: int | None = None, high: int | None = None, optional: bool = False) -> dict[str, Any]:
    return {
        "key": "number", "label": {"type": "custom", "custom": "Number"}, "type": "numeric", "optional": optional,
        "numeric": {"minimum_length": low, "maximum_length": high},
    }  # fmt: skip


def text(low: int | None = None, high: int | None = None, optional: bool = False) -> dict[str, Any]:
    return {
        "key": "words", "label": {"type": "custom", "custom": "Words"}, "type": "text", "optional": optional,
        "text": {"minimum_length": low, "maximum_length": high},
    }  # fmt: skip


FAMILY = "\U0001f468\u200d\U0001f469\u200d\U0001f467"
CARD = "Leave your card number for the next page"


@pytest.mark.parametrize(
    ("question", "label", "answer", "message"),
    [
        pytest.param(dropdown(), "Scent", "", "Choose an option", id="nothing chosen"),
        pytest.param(dropdown(), "Scent", "oak", "Choose an option", id="no option"),
        pytest.param(dropdown(True), "Scent", "oak", "Choose an option", id="no option where none is needed"),
        pytest.param(dropdown(), "Scent", "Hay", "Choose an option", id="a label is no value"),
        pytest.param(numeric(6, 6), "Number", "", "Enter 6 digits, like 123456", id="no digits"),
        pytest.param(numeric(6, 6), "Number", "4217", "Enter 6 digits, like 123456", id="too few digits"),
        pytest.param(numeric(2, 4), "Number", "12345", "Enter 2 to 4 digits", id="too many digits"),
        pytest.param(numeric(None, 4), "Number", "12345", "Enter at most 4 digits", id="above the maximum"),
        pytest.param(numeric(3), "Number", "12", "Enter at least 3 digits", id="below the minimum"),
        pytest.param(numeric(), "Number", "12a", "Enter digits only", id="letters"),
        pytest.param(numeric(), "Number", "-12", "Enter digits only", id="a sign"),
        pytest.param(numeric(), "Number", "1.5", "Enter digits only", id="a point"),
        pytest.param(numeric(), "Number", "²", "Enter digits only", id="a superscript"),
        pytest.param(numeric(), "Number", "4242424242424242", CARD, id="a card as a number"),
        pytest.param(text(), "Words", "", "Enter an answer", id="no words"),
        pytest.param(text(), "Words", "   ", "Enter an answer", id="spaces alone"),
        pytest.param(text(), "Words", "\u200b\u200b\u200b", "Enter an answer", id="invisible characters alone"),
        pytest.param(text(), "Words", "\u3164 \u2800", "Enter an answer", id="blank letters alone"),
        pytest.param(
            text(2), "Words", "\u200ba\u200b", "Enter at least 2 characters", id="invisible ones do not count"
        ),
        pytest.param(text(2), "Words", FAMILY, "Enter at least 2 characters", id="a family is one character"),
        pytest.param(text(None, 2), "Words", FAMILY * 5, "Shorten it by 3 characters, to 2", id="families too many"),
        pytest.param(
            text(None, 3), "Words", "e" + "\u0301" * 60, "Use fewer accents and symbols", id="accents too many"
        ),
        pytest.param(numeric(), "Number", "\u200b", "Enter digits only", id="no digit to see"),
        pytest.param(text(), "Words", "4242\u200b4242\u200b4242\u200b4242", CARD, id="a card with gaps not to be seen"),
        pytest.param(text(5), "Words", "abc", "Enter at least 5 characters", id="too short"),
        pytest.param(text(None, 5), "Words", "abcdef", "Shorten it by 1 character, to 5", id="too long"),
        pytest.param(text(), "Words", "x" * 256, "Shorten it by 1 character, to 255", id="above 255"),
        pytest.param(text(), "Words", "my card 4242 4242 4242 4242 thanks", CARD, id="a card in words"),
        pytest.param(text(), "Words", "3782-822463-10005", CARD, id="a card of 15 digits"),
        pytest.param(text(), "Words", "４２４２４２４２４２４２４２４２", CARD, id="in wide digits"),
    ],
)
def test_a_wrong_answer_is_refused_with_an_instruction(
    shop: WebShop, question: dict[str, Any], label: str, answer: str, message: str
) -> None:
    shop.add(a_link(custom_fields=[question]))
    page = shop.pressed(shop.open(), "Continue to payment", {label: answer})
    assert page.status == 422
    assert page.errors() == [f"{label}: {message}"]
    assert page.error_at(label) == message
    assert page.title.startswith("Error: ")


@pytest.mark.parametrize(
    ("question", "label", "typed", "kept"),
    [
        pytest.param(dropdown(), "Scent", "fir", "fir", id="an option"),
        pytest.param(dropdown(True), "Scent", "", None, id="no option where none is needed"),
        pytest.param(numeric(6, 6), "Number", " 0042 17 ", "004217", id="grouped digits keep their zeros"),
        pytest.param(numeric(6, 6), "Number", "００４２١٧", "004217", id="digits of other scripts"),
        pytest.param(numeric(optional=True), "Number", "", None, id="no number where none is needed"),
        pytest.param(text(2, 5), "Words", "  añb ", "añb", id="trimmed"),
        pytest.param(text(None, 1), "Words", "👍", "👍", id="one character, whatever its bytes"),
        pytest.param(text(), "Words", "one\ttwo", "one two", id="no control characters"),
        pytest.param(text(None, 1), "Words", FAMILY, FAMILY, id="a family is one character"),
        pytest.param(text(None, 5), "Words", "nai\u0308ve", "na\u00efve", id="an accent is no character"),
        pytest.param(text(None, 255), "Words", FAMILY * 100, FAMILY * 100, id="many emoji"),
        pytest.param(text(), "Words", "\u202bone\u202c \u200btwo\ufeff", "one two", id="pasted marks"),
        pytest.param(numeric(), "Number", "\u202c0171234567", "0171234567", id="a pasted phone number"),
        pytest.param(numeric(3, 3), "Number", "\u200e１\u200b２３\u00a0", "123", id="pasted wide digits"),
        pytest.param(numeric(), "Number", "490154203237518", "490154203237518", id="the IMEI of a phone"),
        pytest.param(text(), "Words", "IMEI 35 693803 564380 9", "IMEI 35 693803 564380 9", id="an IMEI in words"),
        pytest.param(text(), "Words", "1234567890123", "1234567890123", id="thirteen digits that are no card"),
        pytest.param(text(), "Words", "<b>&amp;", "<b>&amp;", id="signs as they are"),
    ],
)
def test_a_valid_answer_is_stored_with_the_attempt(
    shop: WebShop, question: dict[str, Any], label: str, typed: str, kept: str | None
) -> None:
    link = shop.sell(a_link(custom_fields=[question]))
    answer = shop.press(shop.open(), "Continue to payment", {label: typed})
    assert answer.status_code == 303
    told = shop.store.attempts_of_link(link.id)[0].selection.answers.custom_fields
    assert told == ({question["key"]: kept} if kept is not None else {})


@pytest.mark.parametrize(("words", "over"), [(400, 1745), (5000, 24745)])
def test_a_very_long_text_is_refused_at_its_field_and_shown_again_whole(shop: WebShop, words: int, over: int) -> None:
    shop.add(a_link(custom_fields=[text()]))
    essay = "word " * words
    page = shop.pressed(shop.open(), "Continue to payment", {"Words": essay})
    assert page.status == 422
    assert page.error_at("Words") == f"Shorten it by {over} characters, to 255"
    assert page.field("Words")["value"] == essay


@pytest.mark.parametrize("typed", ["0", "11", "1.5", "-1", "", "abc", "1e1", "９９", "99999999999999999999"])
def test_a_quantity_outside_its_range_is_refused(shop: WebShop, typed: str) -> None:
    shop.add(a_link(a_line(quantity=2, adjustable_quantity=adjustable(1, 10))))
    page = shop.pressed(shop.open(), "Continue to payment", {"Quantity of Jar of honey": typed})
    assert page.status == 422
    assert page.error_at("Quantity of Jar of honey") == "Choose 1 to 10"
    assert page.rows() == {"Total": "€25.00"}


def test_the_quantity_of_the_only_item_cannot_be_zero(shop: WebShop) -> None:
    shop.add(a_link(a_line(adjustable_quantity=adjustable())))
    page = shop.pressed(shop.open(), "Continue to payment", {"Quantity of Jar of honey": "0"})
    assert page.error_at("Quantity of Jar of honey") == "Choose 1 to 99"


def test_at_least_one_of_several_items_must_be_chosen(shop: WebShop) -> None:
    jam = a_price(500, id="price_jam", product=a_product("prod_jam", "Jam"))
    shop.add(a_link(a_line(adjustable_quantity=adjustable()), a_line(jam, adjustable_quantity=adjustable())))
    answers = {"Quantity of Jar of honey": "0", "Quantity of Jam": "0"}
    page = shop.pressed(shop.open(), "Continue to payment", answers)
    assert page.status == 422
    assert page.errors() == ["Choose at least one item"]


@pytest.mark.parametrize("typed", ["1.99", "5000.01", "", "abc", "-5", "1e3", "€", "٠"])
def test_an_amount_outside_its_range_is_refused(shop: WebShop, typed: str) -> None:
    shop.add(a_link(a_line(a_custom_price(200, 500000, 2500))))
    page = shop.pressed(shop.open(), "Continue to payment", {"Amount in euros": typed})
    assert page.status == 422
    assert page.error_at("Amount in euros") == "Enter an amount from €2.00 to €5,000.00"
    assert page.field("Amount in euros")["value"] == typed


@pytest.mark.parametrize(
    ("currency", "typed", "said"),
    [
        pytest.param("eur", "0.49", "Enter an amount of at least €0.50", id="49 cents"),
        pytest.param("eur", "10000000000", "Enter at most €9,999,999,999.99", id="13 digits of cents"),
        pytest.param("krw", "49", "Enter an amount of at least ₩50", id="49 won"),
        pytest.param("krw", "1000000000000", "Enter at most ₩999,999,999,999", id="13 digits of won"),
        pytest.param("krw", "9" * 40, "Enter at most ₩999,999,999,999", id="40 digits"),
        pytest.param("idr", "0.49", "Enter an amount of at least IDR\u00a00.50", id="less than half a rupiah"),
    ],
)
def test_an_amount_without_bounds_of_its_own_has_those_of_stripe(
    shop: WebShop, currency: str, typed: str, said: str
) -> None:
    shop.add(a_link(a_line(a_custom_price(currency=currency)), currency=currency))
    page = shop.open()
    label = next(tidy(element.text) for element in page.root.all("label") if "Amount in" in element.text)
    assert shop.pressed(page, "Continue to payment", {label: typed}).error_at(label) == said


@pytest.mark.parametrize(("typed", "amount"), [("2", 200), ("12.50", 1250), ("€ 1,234.5", 123450), ("5000", 500000)])
def test_an_amount_is_read_as_people_write_it(shop: WebShop, typed: str, amount: int) -> None:
    link = shop.sell(a_link(a_line(a_custom_price(200, 500000, 2500))))
    assert shop.press(shop.open(), "Continue to payment", {"Amount in euros": typed}).status_code == 303
    assert shop.store.attempts_of_link(link.id)[0].quote.amount_total == amount


@pytest.mark.parametrize("typed", ["25.–", "25 Euro", "€25,-", "\u200e€\u00a025.00", "２５"])
def test_an_amount_may_be_pasted(shop: WebShop, typed: str) -> None:
    link = shop.sell(a_link(a_line(a_custom_price(200, 500000, 2500))))
    assert shop.press(shop.open(), "Continue to payment", {"Amount in euros": typed}).status_code == 303
    assert shop.store.attempts_of_link(link.id)[0].quote.amount_total == 2500


def test_a_quantity_may_be_pasted(shop: WebShop) -> None:
    link = shop.sell(a_link(a_line(adjustable_quantity=adjustable())))
    answers = {"Quantity of Jar of honey": "\u200b３\u00a0"}
    assert shop.press(shop.open(), "Continue to payment", answers).status_code == 303
    assert shop.store.attempts_of_link(link.id)[0].quote.amount_total == 3750


def test_no_field_cuts_what_is_pasted(shop: WebShop) -> None:
    custom = a_custom_price(200, 500000, 2500)
    questions = [text(None, 5), numeric(1, 3)]
    shop.add(a_link(a_line(custom), custom_fields=questions))
    page = shop.open("/pay/honey?prefilled_email=a%40b.example")
    assert not [control for control in page.form if control.get("maxlength") is not None]
    page = shop.pressed(page, "Continue to payment", {"Words": "a longer text", "Number": "1234567"})
    assert page.field("Words")["value"] == "a longer text"
    assert page.error_at("Words") == "Shorten it by 8 characters, to 5"
    assert page.field("Number")["value"] == "1234567"


@pytest.mark.parametrize(
    "typed",
    ["\u200bada@bücher.example", "ada@xn--bcher-kva.example", "ＡＤＡ＠bücher．example".lower(), "Ada <ada@bücher.example>",
     "mailto:ada@bücher.example", "ada@bücher.example.", " ada@bücher。example, "],
)  # fmt: skip
def test_an_address_with_an_international_domain_is_shown_in_letters_and_sent_in_ascii(
    shop: WebShop, typed: str
) -> None:
    link = shop.sell()
    page = shop.open("/pay/honey?prefilled_email=a%40b.example")
    assert shop.press(page, "Continue to payment", {"E-mail address": typed}).status_code == 303
    attempt = shop.store.attempts_of_link(link.id)[0]
    assert attempt.selection.answers.email == "ada@bücher.example"
    assert attempt.session_params["customer_email"] == "ada@xn--bcher-kva.example"
    back = shop.open(f"/pay/honey/cancel/{attempt.token}")
    assert back.field("E-mail address")["value"] == "ada@bücher.example"
    shop.press(back, "Continue to payment")
    assert "ada@bücher.example" in shop.open(shop.pay_in_sandbox()).text


def test_a_total_below_the_minimum_charge_is_refused_in_the_preview(shop: WebShop) -> None:
    jam = a_price(40, id="price_jam", product=a_product("prod_jam", "Jam"))
    shop.add(a_link(a_line(jam, adjustable_quantity=adjustable(1, 5))))
    page = shop.pressed(shop.open(), "Continue to payment")
    assert page.status == 422
    assert page.errors() == ["Choose more. The minimum payment here is €0.50"]


def test_the_terms_must_be_accepted(shop: WebShop) -> None:
    link = shop.sell(a_link(consent_collection={"terms_of_service": "required", "promotions": "auto"}))
    terms = "I agree to the terms of service of Hillside Apiary"
    page = shop.pressed(shop.open(), "Continue to payment")
    assert page.error_at(terms) == "Agree to the terms to continue"
    answer = shop.press(page, "Continue to payment", {terms: True, "Send me news and offers by e-mail": True})
    assert answer.status_code == 303
    consent = shop.store.attempts_of_link(link.id)[0].selection.answers.consent
    assert (consent.terms_of_service, consent.promotions) == ("accepted", "opt_in")


def test_a_prefilled_address_is_checked_like_any_other(shop: WebShop) -> None:
    link = shop.sell()
    page = shop.open("/pay/honey?prefilled_email=a%40b.example")
    refused = shop.pressed(page, "Continue to payment", {"E-mail address": "nobody"})
    assert refused.error_at("E-mail address") == "Enter an e-mail address like name@example.com"
    assert shop.press(refused, "Continue to payment", {"E-mail address": "c@d.example"}).status_code == 303
    assert shop.store.attempts_of_link(link.id)[0].selection.answers.email == "c@d.example"


def test_the_error_summary_follows_the_order_of_the_page_and_all_values_are_kept(shop: WebShop) -> None:
    shop.add(
        a_link(
            a_line(quantity=2, adjustable_quantity=adjustable(1, 10)),
            optional_items=[an_optional_item()],
            custom_fields=[dropdown(), numeric(6, 6), text(optional=True)],
            consent_collection={"terms_of_service": "required"},
        )
    )
    answers = {"Quantity of Jar of honey": "12", "Spoon": True, "Number": "42", "Words": "<kept>"}
    page = shop.pressed(shop.open(), "Continue to payment", answers)
    assert page.errors() == [
        "Jar of honey: Choose 1 to 10",
        "Scent: Choose an option",
        "Number: Enter 6 digits, like 123456",
        "Agree to the terms to continue",
    ]
    for item in page.root.first("div", class_="error-summary").all("a"):
        assert page.by_id(item["href"].removeprefix("#")).tag in {"input", "select"}
    values = page.values()
    assert values["line_items[li_honey][quantity]"] == "12"
    assert values["custom_fields[number]"] == "42"
    assert values["custom_fields[words]"] == "<kept>"
    assert page.field("Spoon").get("checked") is not None


@pytest.mark.parametrize(
    "extra",
    [
        {"custom_fields[other]": "x"},
        {"line_items[li_honey][quantity]": "9"},
        {"line_items[li_honey][unit_amount]": "0.01"},
        {"amount_total": "1"},
        {"optional_items[price_x][quantity]": "1"},
    ],
)
def test_fields_that_the_page_does_not_have_are_refused(shop: WebShop, extra: dict[str, str]) -> None:
    shop.add()
    page = shop.open()
    answer = shop.client.post("/pay/honey", data={**page.values(), **extra})
    assert answer.status_code == 422
    assert "This page has changed since you opened it" in answer.text


def test_a_field_sent_twice_is_refused(shop: WebShop) -> None:
    shop.add(a_link(custom_fields=[text()]))
    values = shop.open().values()
    answer = shop.client.post("/pay/honey", data={**values, "custom_fields[words]": ["a", "b"]})
    assert answer.status_code == 422


def test_another_than_the_fixed_quantity_of_an_optional_item_is_refused(shop: WebShop) -> None:
    shop.add(a_link(optional_items=[an_optional_item(quantity=2)]))
    values = shop.open().values() | {"optional_items[price_spoon][quantity]": "50"}
    answer = shop.client.post("/pay/honey", data=values)
    assert answer.status_code == 422


def test_a_body_that_is_too_large_is_refused_quickly(shop: WebShop) -> None:
    shop.add(a_link(custom_fields=[text()]))
    answer = shop.client.post("/pay/honey", data={"custom_fields[words]": "x" * 2_000_000})
    assert answer.status_code == 413


@pytest.mark.parametrize(
    ("currency", "entered", "said"),
    [
        pytest.param("eur", "12.505", "Enter an amount with at most 2 decimals", id="half a cent"),
        pytest.param("jpy", "500.5", "Enter a whole amount, without decimals", id="half a yen"),
        pytest.param("isk", "500.5", "Enter a whole amount, without decimals", id="half a krona"),
        pytest.param(
            "kwd", "12.505", "Enter an amount with at most 2 decimals", id="thousandths that nobody is charged"
        ),
    ],
)
def test_an_amount_with_too_many_decimals_has_its_own_message(
    shop: WebShop, currency: str, entered: str, said: str
) -> None:
    shop.add(a_link(a_line(a_custom_price(currency=currency)), currency=currency))
    page = shop.open()
    label = next(tidy(element.text) for element in page.root.all("label") if "Amount in" in element.text)
    button = tidy(page.root.all("button", class_="button")[-1].text)
    assert shop.pressed(page, button, {label: entered}).error_at(label) == said
