"""What buyers paste into the sandbox's Checkout: the same rules as on our own page."""

from typing import Any

import pytest
from flask.testing import FlaskClient

from tests.sandbox.build import session
from tests.sandbox.pages import CheckoutPage, pay
from tests.sandbox.test_checkout_page import ANSWERS, EVERYTHING


@pytest.mark.parametrize(
    "number",
    [
        "4242\u200b4242\u200b4242\u200b4242",
        "\u202a4242 4242 4242 4242\u202c",
        "４２４２ ４２４２ ４２４２ ４２４２",
        "٤٢٤٢٤٢٤٢٤٢٤٢٤٢٤٢",
    ],
)
def test_a_pasted_card_number_pays(sdk: Any, site: FlaskClient, number: str) -> None:
    assert pay(site, session(sdk), card_number=number).status_code == 303


def test_pasted_answers_are_stored_as_they_are_seen(sdk: Any, site: FlaskClient) -> None:
    made = session(sdk, **EVERYTHING)
    pasted = {
        "email": "\u200bada＠example．com",
        "phone": "\u202a+43 1 ２３４５６７\u202c",
        "billing_address[city]": "Vienna\ufeff",
        "custom_fields[engraving]": "For\u00ad Ada\u200b",
        "custom_fields[number]": "\u202c００４２",
    }
    assert pay(site, made, **{**ANSWERS, **pasted}).status_code == 303
    paid = sdk.checkout.sessions.retrieve(made.id)
    details = paid.customer_details
    assert (details.email, details.phone, details.address.city) == ("ada@example.com", "+43 1 234567", "Vienna")
    assert {field.key: field[field.type].value for field in paid.custom_fields} == {
        "engraving": "For Ada", "number": "0042", "colour": "b",
    }  # fmt: skip


def test_a_long_paste_is_kept_and_refused_at_its_field(sdk: Any, site: FlaskClient) -> None:
    made = session(sdk, **EVERYTHING)
    page = CheckoutPage(pay(site, made, **{**ANSWERS, "billing_address[postal_code]": "1" * 25}))
    assert page.status == 422
    assert page.error_of("billing_address[postal_code]").endswith("Shorten this to at most 20 characters")
    assert page.controls["billing_address[postal_code]"]["value"] == "1" * 25
    assert not [name for name, control in page.controls.items() if "maxlength" in control]


def test_what_cannot_be_seen_is_no_answer(sdk: Any, site: FlaskClient) -> None:
    made = session(sdk, **EVERYTHING)
    page = CheckoutPage(pay(site, made, **{**ANSWERS, "billing_address[line1]": "\u200b\u2060"}))
    assert "street and number" in page.error_of("billing_address[line1]")
