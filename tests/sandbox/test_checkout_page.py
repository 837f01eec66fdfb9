"""The hosted checkout: every test card, every field, and every end of a session."""

from typing import Any

import pytest
from flask.testing import FlaskClient

from app.sandbox import Sandbox
from app.sandbox.checkout.cards import DEBIT_FAILS, DEBIT_SUCCEEDS
from app.sandbox.sessions.lifecycle import DEBIT_SECONDS
from tests.sandbox.build import CANCEL_URL, price, session
from tests.sandbox.pages import CheckoutPage, open_page, path_of, pay, send
from tests.support.buyer import BUYER, CARD
from tests.support.clock import Clock
from tests.support.inbox import Inbox


def test_the_page_names_merchant_order_and_amount(sdk: Any, site: FlaskClient) -> None:
    made = session(
        sdk, {"price": price(sdk).id, "quantity": 2}, branding_settings={"display_name": "Tallow & Reed"}, locale="en"
    )
    page = open_page(site, made)
    assert page.headings == ["Pay Tallow & Reed"]
    assert "€49.98" in page.text
    assert "Candle" in page.text
    assert {"header", "main"} <= set(page.landmarks)
    assert page.links["Cancel and go back to Tallow & Reed"] == CANCEL_URL
    asked = ("email", "card_number", "card_expiry", "card_cvc", "billing_name", "billing_address[country]")
    assert set(asked) <= page.controls.keys()
    assert page.controls["billing_address[country]"]["value"] == "DE"
    assert page.labels["card_number"] == "Card number"


def test_every_control_has_a_label_and_nothing_is_inline(sdk: Any, site: FlaskClient) -> None:
    page = open_page(site, session(sdk, **EVERYTHING))
    for name, control in page.controls.items():
        if control.get("type") in ("radio", "checkbox") or name in ("update",):
            continue
        assert page.labels.get(str(control["id"])), f"{name} has no label"
    assert "style=" not in page.html
    assert "onclick" not in page.html


def test_numbers_run_from_left_to_right_on_every_page(sdk: Any, site: FlaskClient) -> None:
    page = open_page(site, session(sdk, **EVERYTHING))
    assert {code.get("dir") for code in page.root.all("code")} == {"ltr"}
    for name in ("card_number", "card_expiry", "card_cvc", "phone"):
        assert page.controls[name]["dir"] == "ltr", name


def test_no_two_fields_have_one_name_and_no_two_messages_one_wording(sdk: Any, site: FlaskClient) -> None:
    made = session(sdk, **EVERYTHING)
    labels = list(open_page(site, made).labels.values())
    assert sorted(labels) == sorted(set(labels))
    page = CheckoutPage(send(site, made, {"billing_address[country]": "AT", "shipping_address[country]": "DE"}))
    names = [name for name, control in page.controls.items() if control.get("aria-invalid")]
    messages = [page.error_of(name) for name in names]
    assert len(messages) > 10
    assert sorted(messages) == sorted(set(messages))


def test_countries_are_sorted_as_the_language_of_the_page_sorts_them(sdk: Any, site: FlaskClient) -> None:
    html = site.get(path_of(session(sdk, locale="fr"))).text
    countries = ["Équateur", "Espagne", "Estonie", "États-Unis", "Éthiopie", "Finlande", "Zimbabwe"]
    places = [html.index(f">{country}<") for country in countries]
    assert places == sorted(places)


def test_no_cache_keeps_the_page(sdk: Any, site: FlaskClient) -> None:
    made = session(sdk)
    answers = [site.get(path_of(made)), send(site, made, {"update": "on"}), pay(site, made), site.get(path_of(made))]
    answers.append(site.get("/sandbox/checkout/cs_none"))
    assert [answer.headers["Cache-Control"] for answer in answers] == ["no-store"] * 5


def test_no_cookie_is_set(sdk: Any, site: FlaskClient) -> None:
    made = session(sdk)
    assert "Set-Cookie" not in site.get(path_of(made)).headers
    assert "Set-Cookie" not in pay(site, made).headers


@pytest.mark.parametrize(
    ("number", "brand"),
    [("4242424242424242", "visa"), ("5555 5555 5555 4444", "mastercard"), ("4242-4242-4242-4242", "visa")],
)
def test_a_good_card_pays_and_redirects_to_the_merchant(
    sdk: Any, site: FlaskClient, inbox: Inbox, number: str, brand: str
) -> None:
    made = session(sdk, payment_intent_data={"description": "Two candles", "metadata": {"order": "7"}})
    answer = pay(site, made, card_number=number)
    assert answer.status_code == 303
    assert answer.headers["Location"] == f"https://shop.example/done?session={made.id}"
    paid = sdk.checkout.sessions.retrieve(made.id, {"expand": ["payment_intent.latest_charge"]})
    assert (paid.status, paid.payment_status, paid.url) == ("complete", "paid", None)
    intent = paid.payment_intent
    assert (intent.status, intent.amount_received, intent.description) == ("succeeded", 2499, "Two candles")
    assert intent.metadata.to_dict() == {"order": "7"}
    card = intent.latest_charge.payment_method_details.card
    assert (card.brand, card.last4, card.exp_month, card.exp_year) == (brand, number[-4:], 12, 2040)
    assert (paid.customer_details.email, paid.customer_details.name) == ("ada@example.com", "Ada Lovelace")
    assert {"checkout.session.completed", "payment_intent.succeeded"} <= set(inbox.types())
    assert [one.payment_status for one in inbox.of("checkout.session.completed")] == ["paid"]


DECLINED = {
    "declined": ("4000000000000002", "card_number", "declined"),
    "insufficient funds": ("4000000000009995", "card_number", "insufficient funds"),
    "expired": ("4000000000000069", "card_expiry", "expired"),
    "wrong code": ("4000000000000127", "card_cvc", "security code is wrong"),
}


@pytest.mark.parametrize(("number", "field", "words"), DECLINED.values(), ids=DECLINED)
def test_a_declined_card_charges_nothing_and_another_may_be_tried(
    sdk: Any, site: FlaskClient, inbox: Inbox, number: str, field: str, words: str
) -> None:
    made = session(sdk)
    answer = pay(site, made, card_number=number)
    page = CheckoutPage(answer)
    assert answer.status_code == 402
    assert words in page.error_of(field)
    assert page.error_of(field) in page.text
    assert page.controls["email"]["value"] == "ada@example.com"
    assert (sdk.checkout.sessions.retrieve(made.id).status, inbox.types()) == ("open", [])
    assert pay(site, made).status_code == 303


REFUSED = {
    "mistyped": ({"card_number": "4242424242424241"}, "card_number", "a digit is wrong"),
    "too short": ({"card_number": "4242"}, "card_number", "not complete"),
    "letters": ({"card_number": "four"}, "card_number", "not complete"),
    "missing": ({"card_number": ""}, "card_number", "Enter the number"),
    "real": ({"card_number": "4111111111111111"}, "card_number", "Real cards are refused"),
    "past": ({"card_expiry": "01/20"}, "card_expiry", "no longer valid"),
    "no date": ({"card_expiry": "soon"}, "card_expiry", "like 04/29"),
    "month 13": ({"card_expiry": "13/29"}, "card_expiry", "like 04/29"),
    "no code": ({"card_cvc": "12"}, "card_cvc", "3 digits"),
    "no name": ({"billing_name": " "}, "billing_name", "Enter your name"),
    "no e-mail": ({"email": ""}, "email", "Enter your e-mail address"),
    "half an e-mail": ({"email": "ada@"}, "email", "like name@example.com"),
    "no such country": ({"billing_address[country]": "XX"}, "billing_address[country]", "Choose a country"),
    "card in the name": ({"billing_name": "4242 4242 4242 4242"}, "billing_name", "Do not enter a card number here"),
}


@pytest.mark.parametrize(("change", "field", "words"), REFUSED.values(), ids=REFUSED)
def test_a_wrong_answer_comes_back_with_a_message_at_its_field(
    sdk: Any, site: FlaskClient, change: dict[str, str], field: str, words: str
) -> None:
    made = session(sdk)
    answer = send(site, made, {**BUYER, **CARD, **change})
    page = CheckoutPage(answer)
    assert answer.status_code == 422
    assert words in page.error_of(field)
    assert page.html.count("<title>Error: ") == 1
    for name, value in {**BUYER, **change}.items():
        if not name.startswith("card_"):
            assert page.controls[name].get("value") == (value.strip() if value != "XX" else None)
    assert sdk.checkout.sessions.retrieve(made.id).status == "open"


def test_card_numbers_and_codes_are_never_sent_back(sdk: Any, site: FlaskClient) -> None:
    made = session(sdk)
    answer = send(site, made, {**CARD, "card_number": "4111 1111 1111 1111", "card_cvc": "987", "email": ""})
    assert answer.status_code == 422
    assert "4111" not in answer.text
    assert "987" not in answer.text


def test_what_a_buyer_types_is_shown_and_never_run(sdk: Any, site: FlaskClient) -> None:
    answer = pay(site, session(sdk), email='"><script>alert(1)</script>')
    assert answer.status_code == 422
    assert "<script>alert" not in answer.text


def test_a_card_that_needs_confirmation_can_be_confirmed(sdk: Any, site: FlaskClient, engine: Any) -> None:
    made = session(sdk)
    answer = pay(site, made, card_number="4000002500003155")
    assert (answer.status_code, answer.headers["Location"]) == (303, path_of(made))
    kept = engine.rows("SELECT document FROM sandbox_objects WHERE id = :id", {"id": made.id})[0]["document"]
    assert "4000002500003155" not in kept
    assert '"123"' not in kept
    page = open_page(site, made)
    assert page.headings == ["Confirm with your bank"]
    assert sdk.checkout.sessions.retrieve(made.id).payment_status == "unpaid"
    assert send(site, made, {"confirmation": "complete"}).status_code == 303
    assert sdk.checkout.sessions.retrieve(made.id).payment_status == "paid"


def test_a_promotion_code_that_ends_before_the_bank_confirms_charges_nothing(
    sdk: Any, site: FlaskClient, clock: Clock
) -> None:
    made = session(sdk, allow_promotion_codes=True)
    coupon = sdk.coupons.create({"percent_off": 50, "redeem_by": clock.now + 60})
    sdk.promotion_codes.create({"promotion": {"type": "coupon", "coupon": coupon.id}, "code": "HALF"})
    pay(site, made, promotion_code="HALF", card_number="4000002500003155")
    assert "€12.49" in open_page(site, made).text
    clock.now += 60
    answer = send(site, made, {"confirmation": "complete"})
    page = CheckoutPage(answer)
    assert answer.status_code == 422
    assert "does not apply" in page.error_of("promotion_code")
    assert page.controls["email"]["value"] == "ada@example.com"
    assert sdk.checkout.sessions.retrieve(made.id).payment_status == "unpaid"
    assert pay(site, made).status_code == 303
    assert sdk.checkout.sessions.retrieve(made.id).amount_total == 2499


def test_a_confirmation_that_fails_charges_nothing(sdk: Any, site: FlaskClient) -> None:
    made = session(sdk)
    pay(site, made, card_number="4000002500003155")
    answer = send(site, made, {"confirmation": "fail"})
    page = CheckoutPage(answer)
    assert answer.status_code == 402
    assert "did not confirm" in page.error_of("card_number")
    assert page.controls["email"]["value"] == "ada@example.com"
    assert pay(site, made).status_code == 303


@pytest.mark.parametrize(("account", "status"), [(DEBIT_SUCCEEDS, "paid"), (DEBIT_FAILS, "unpaid")])
def test_a_delayed_debit_completes_unpaid_and_settles_later(
    sdk: Any, site: FlaskClient, sandbox: Sandbox, clock: Clock, inbox: Inbox, account: str, status: str
) -> None:
    made = session(sdk)
    answer = send(site, made, {**BUYER, "payment_method": account})
    assert answer.status_code == 303
    waiting = sdk.checkout.sessions.retrieve(made.id, {"expand": ["payment_intent"]})
    assert (waiting.status, waiting.payment_status, waiting.payment_intent.status) == (
        "complete",
        "unpaid",
        "processing",
    )
    assert sandbox.settle_delayed(clock.now + DEBIT_SECONDS - 1) == 0
    clock.now += DEBIT_SECONDS
    assert sandbox.settle_delayed(clock.now) == 1
    assert sandbox.settle_delayed(clock.now) == 0
    sandbox.deliver_pending()
    ended = "checkout.session.async_payment_" + ("succeeded" if status == "paid" else "failed")
    assert [one.payment_status for one in inbox.of(ended)] == [status]
    settled = sdk.checkout.sessions.retrieve(made.id, {"expand": ["payment_intent"]})
    assert settled.payment_status == status
    assert settled.payment_intent.status == ("succeeded" if status == "paid" else "requires_payment_method")


def test_a_debit_is_not_offered_if_only_cards_are_allowed(sdk: Any, site: FlaskClient) -> None:
    made = session(sdk, allowed_payment_method_types=["card"])
    assert "payment_method" not in open_page(site, made).controls
    assert send(site, made, {**BUYER, "payment_method": DEBIT_SUCCEEDS}).status_code == 422


def test_a_blocked_brand_is_refused(sdk: Any, site: FlaskClient) -> None:
    made = session(sdk, payment_method_options={"card": {"restrictions": {"brands_blocked": ["mastercard"]}}})
    answer = pay(site, made, card_number="5555555555554444")
    assert "not accepted" in CheckoutPage(answer).error_of("card_number")


EVERYTHING: dict[str, Any] = {
    "billing_address_collection": "required",
    "shipping_address_collection": {"allowed_countries": ["AT", "DE", "IE"]},
    "phone_number_collection": {"enabled": True},
    "tax_id_collection": {"enabled": True, "required": "if_supported"},
    "name_collection": {"business": {"enabled": True}},
    "custom_fields": [
        {"key": "engraving", "label": {"type": "custom", "custom": "Engraving"}, "type": "text", "optional": True},
        {
            "key": "number",
            "label": {"type": "custom", "custom": "Customer number"},
            "type": "numeric",
            "numeric": {"minimum_length": 3, "maximum_length": 5},
        },
        {
            "key": "colour",
            "label": {"type": "custom", "custom": "Colour"},
            "type": "dropdown",
            "dropdown": {"options": [{"label": "Red", "value": "r"}, {"label": "Blue", "value": "b"}]},
        },
    ],
    "consent_collection": {"terms_of_service": "required", "promotions": "auto"},
    "custom_text": {"terms_of_service_acceptance": {"message": "I agree to the **terms**."}},
    "allow_promotion_codes": True,
}
ANSWERS = {
    "billing_address[line1]": "Ring 1",
    "billing_address[postal_code]": "1010",
    "billing_address[city]": "Vienna",
    "shipping_address[line1]": "Quay 2",
    "shipping_address[postal_code]": "",
    "shipping_address[city]": "Dublin",
    "shipping_address[country]": "IE",
    "phone": "+43 1 234567",
    "tax_id": "ATU12345678",
    "business_name": "Lovelace & Co",
    "custom_fields[engraving]": "For Ada",
    "custom_fields[number]": "0042",
    "custom_fields[colour]": "b",
    "consent[terms_of_service]": "on",
}


def test_every_answer_is_stored_in_stripes_shape(sdk: Any, site: FlaskClient) -> None:
    made = session(sdk, **EVERYTHING)
    assert pay(site, made, **ANSWERS).status_code == 303
    paid = sdk.checkout.sessions.retrieve(made.id)
    details = paid.customer_details
    assert (details.address.line1, details.address.postal_code, details.address.country) == ("Ring 1", "1010", "AT")
    assert (details.phone, details.business_name, details.tax_ids[0].value) == (
        "+43 1 234567",
        "Lovelace & Co",
        "ATU12345678",
    )
    sent_to = paid.collected_information.shipping_details
    assert (sent_to.name, sent_to.address.city, sent_to.address.postal_code) == ("Ada Lovelace", "Dublin", None)
    assert paid.consent.to_dict() == {"promotions": "opt_out", "terms_of_service": "accepted"}
    values = {field.key: field[field.type].value for field in paid.custom_fields}
    assert values == {"engraving": "For Ada", "number": "0042", "colour": "b"}


MISSING = {
    "billing street": ("billing_address[line1]", "", "street and number"),
    "postal code where there are some": ("billing_address[postal_code]", "", "postal code"),
    "country that is not sent to": ("shipping_address[country]", "FR", "Choose a country"),
    "phone": ("phone", "call me", "phone number"),
    "tax id": ("tax_id", "", "tax ID"),
    "letters for digits": ("custom_fields[number]", "12a4", "digits only"),
    "too few digits": ("custom_fields[number]", "12", "3 to 5"),
    "no option": ("custom_fields[colour]", "green", "Answer"),
    "terms": ("consent[terms_of_service]", "", "Agree to the terms"),
}


@pytest.mark.parametrize(("field", "value", "words"), MISSING.values(), ids=MISSING)
def test_answers_are_validated(sdk: Any, site: FlaskClient, field: str, value: str, words: str) -> None:
    made = session(sdk, **EVERYTHING)
    answer = pay(site, made, **{**ANSWERS, field: value})
    assert answer.status_code == 422
    assert words in CheckoutPage(answer).error_of(field)
