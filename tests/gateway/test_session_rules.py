"""Rules for the session of any link: exclusions, questions that are not asked twice, and Stripe's limits."""

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from stripe._encode import _api_encode

from app.objects.payment_link import PaymentLink
from app.objects.selection import Answers, Consent, Selection, UrlParameters
from tests.gateway.links import CUSTOM_FIELDS, FULL_SELECTION, PAYMENT, SUBSCRIPTION, sent
from tests.gateway.sdk_types import session_mismatches
from tests.support.build import (
    a_coupon,
    a_custom_price,
    a_line,
    a_link,
    a_price,
    a_promotion_code,
    a_shipping_rate,
    adjustable,
    an_optional_item,
)

ASKED = {"custom_fields", "optional_items"}
ONLY_PAYMENT = {"payment_intent_data", "invoice_creation", "customer_creation"}
ONLY_SUBSCRIPTION = {"subscription_data", "payment_method_collection"}


@pytest.mark.parametrize("selection", [FULL_SELECTION, Selection()], ids=["answered", "left empty"])
@pytest.mark.parametrize("link", [PAYMENT, SUBSCRIPTION], ids=["payment", "subscription"])
def test_checkout_does_not_ask_the_questions_of_the_page_again(link: PaymentLink, selection: Selection) -> None:
    params = sent(link, selection)
    assert not ASKED & set(params)
    assert params["consent_collection"] == {"payment_method_reuse_agreement": {"position": "hidden"}}
    assert set(params["custom_text"]) == {"after_submit", "shipping_address", "submit"}
    assert not any("adjustable_quantity" in item for item in params.get("line_items", []))


def test_checkout_asks_only_what_an_api_request_did_not_answer() -> None:
    selection = Selection(
        answers=Answers(consent=Consent(promotions="opt_out"), custom_fields={"size": "s"}),
        quantities={"li_honey": 3},
        optional_quantities={"price_spoon": 0},
        unit_amounts={"li_gift": 2500},
    )
    params = sent(PAYMENT, selection, asked_by_page=False)
    assert [field["key"] for field in params["custom_fields"]] == ["engraving", "member", "fourth"]
    assert params["consent_collection"] == {
        "payment_method_reuse_agreement": {"position": "hidden"},
        "terms_of_service": "required",
    }
    assert "terms_of_service_acceptance" in params["custom_text"]
    assert "optional_items" not in params
    assert params["line_items"][0]["quantity"] == 3
    assert "adjustable_quantity" not in params["line_items"][0]


def test_accepted_terms_are_not_sent_with_their_text() -> None:
    selection = Selection(answers=Answers(consent=Consent(terms_of_service="accepted")))
    params = sent(PAYMENT, selection, asked_by_page=False)
    assert "terms_of_service" not in params["consent_collection"]
    assert "terms_of_service_acceptance" not in params["custom_text"]


def test_a_chosen_optional_item_is_a_line_item_and_the_others_are_not_sent() -> None:
    params = sent(PAYMENT, Selection(optional_quantities={"price_spoon": 4}, unit_amounts={"li_gift": 2500}))
    assert [(item.get("price"), item["quantity"]) for item in params["line_items"]] == [
        ("price_honey", 2),
        (None, 1),
        ("price_spoon", 4),
    ]


def test_a_recurring_optional_item_is_not_offered_within_a_payment() -> None:
    link = a_link(
        optional_items=[an_optional_item(), an_optional_item(a_price(300, id="price_more", recurring="month"))]
    )
    assert [item["price"] for item in sent(link, asked_by_page=False)["optional_items"]] == ["price_spoon"]
    assert sent(link, Selection(optional_quantities={"price_more": 1}))["mode"] == "subscription"


def test_a_line_with_quantity_zero_is_left_out() -> None:
    wax = a_line(a_price(300, id="price_wax"), adjustable_quantity=adjustable(0, 5))
    params = sent(a_link(a_line(), wax), Selection(quantities={"li_wax": 0}))
    assert [item["price"] for item in params["line_items"]] == ["price_honey"]


def test_an_amount_that_was_not_chosen_is_left_to_checkout() -> None:
    (item,) = sent(a_link(a_line(a_custom_price(100))), asked_by_page=False)["line_items"]
    assert item == {"price": "price_gift", "quantity": 1}


def test_a_chosen_amount_has_no_tax_behavior_if_its_price_has_none() -> None:
    (item,) = sent(a_link(a_line(a_custom_price(100))), Selection(unit_amounts={"li_gift": 700}))["line_items"]
    assert item["price_data"] == {"currency": "eur", "product": "prod_honey", "unit_amount": 700}


def test_the_session_has_the_currency_that_the_buyer_chose() -> None:
    link = a_link(a_line(a_price(1250, currency_options={"usd": {"unit_amount": 1400}})))
    params = sent(link, Selection(currency="usd"))
    assert (params["currency"], params["line_items"][0]["price"]) == ("usd", "price_honey")


DISCOUNTS: dict[str, tuple[PaymentLink, Selection, dict[str, Any]]] = {
    "nothing": (a_link(), Selection(), {}),
    "codes are allowed": (a_link(allow_promotion_codes=True), Selection(), {"allow_promotion_codes": True}),
    "a code was applied": (
        a_link(allow_promotion_codes=True),
        Selection(promotion_code=a_promotion_code()),
        {"discounts": [{"promotion_code": "promo_harvest"}]},
    ),
    "the link's own coupon": (a_link(coupon=a_coupon()), Selection(), {"discounts": [{"coupon": "coupon_harvest"}]}),
}


@pytest.mark.parametrize(("link", "selection", "expected"), DISCOUNTS.values(), ids=DISCOUNTS)
def test_a_session_has_a_discount_or_a_field_for_codes_but_never_both(
    link: PaymentLink, selection: Selection, expected: dict[str, Any]
) -> None:
    params = sent(link, selection)
    assert {name: params[name] for name in ("discounts", "allow_promotion_codes") if name in params} == expected


@pytest.mark.parametrize(
    ("submit_type", "in_payment", "in_subscription"),
    [
        ("auto", "auto", "auto"),
        ("book", "book", None),
        ("donate", "donate", None),
        ("pay", "pay", None),
        ("subscribe", None, "subscribe"),
    ],
)
def test_the_submit_type_is_sent_if_the_mode_has_it(
    submit_type: str, in_payment: str | None, in_subscription: str | None
) -> None:
    once = a_link(submit_type=submit_type)
    monthly = a_link(a_line(a_price(900, recurring="month")), submit_type=submit_type)
    assert (sent(once).get("submit_type"), sent(monthly).get("submit_type")) == (in_payment, in_subscription)


def test_a_fixed_amount_is_not_transferred_from_a_subscription() -> None:
    link = SUBSCRIPTION.model_copy(update={"transfer_data": PAYMENT.transfer_data})
    assert sent(link)["subscription_data"]["transfer_data"] == {"destination": "acct_destination"}


def test_at_most_five_shipping_options_are_sent() -> None:
    link = a_link(shipping=[a_shipping_rate(100 * number) for number in range(1, 8)])
    assert len(sent(link)["shipping_options"]) == 5


def test_a_single_shipping_option_is_sent_so_that_checkout_includes_it() -> None:
    assert sent(a_link(shipping=[a_shipping_rate(490)]))["shipping_options"] == [{"shipping_rate": "shr_490"}]


SWITCHED_OFF: dict[str, Any] = {
    "automatic_tax": {"enabled": False, "liability": {"type": "self"}},
    "invoice_creation": {"enabled": False},
    "managed_payments": {"enabled": False},
    "name_collection": {"business": {"enabled": False}, "individual": {"enabled": False}},
    "phone_number_collection": {"enabled": False},
    "tax_id_collection": {"enabled": False, "required": "if_supported"},
}


@pytest.mark.parametrize(("attribute", "value"), SWITCHED_OFF.items(), ids=SWITCHED_OFF)
def test_a_switch_that_is_off_is_not_sent(attribute: str, value: Any) -> None:
    assert attribute not in sent(a_link(**{attribute: value}))


REFERENCES = {
    "neither": (None, None, None),
    "the link's": ("Order17", None, "Order17"),
    "the link's in other characters": ("Order 17/ä.b", None, "Order-17---b"),
    "the address's": (None, "cart_9", "cart_9"),
    "the address's before the link's": ("Order17", "cart_9", "cart_9"),
    "a long one": ("a" * 200, None, "a" * 200),
}


@pytest.mark.parametrize(("reference", "given_id", "expected"), REFERENCES.values(), ids=REFERENCES)
def test_client_reference_id_comes_from_the_address_or_from_the_reference(
    reference: str | None, given_id: str | None, expected: str | None
) -> None:
    selection = Selection(url_parameters=UrlParameters(client_reference_id=given_id))
    assert sent(a_link(counterfoil={"reference": reference}), selection).get("client_reference_id") == expected


DESCRIPTIONS = {
    "neither": (None, None, None),
    "only the reference": ("R-17", None, "R-17"),
    "only the description": (None, "Honey", "Honey"),
    "both": ("R-17", "Honey", "Honey (R-17)"),
    "the reference stands in it": ("R-17", "Invoice R-17", "Invoice R-17"),
    "too long for both": ("R-17", "h" * 1000, "h" * 993 + " (R-17)"),
}


@pytest.mark.parametrize(("reference", "description", "expected"), DESCRIPTIONS.values(), ids=DESCRIPTIONS)
def test_the_description_of_the_payment_contains_the_reference(
    reference: str | None, description: str | None, expected: str | None
) -> None:
    data = {"description": description} if description else None
    params = sent(a_link(counterfoil={"reference": reference}, payment_intent_data=data))
    assert params.get("payment_intent_data", {}).get("description") == expected


EMAILS = {
    "none": (None, None, None, None),
    "locked": ("ada@a.example", None, None, "ada@a.example"),
    "answered": (None, None, "bob@b.example", "bob@b.example"),
    "locked before answered": ("ada@a.example", None, "bob@b.example", "ada@a.example"),
    "prefilled alone is for our form": (None, "cyd@c.example", None, None),
}


@pytest.mark.parametrize(("locked", "prefilled", "answered", "expected"), EMAILS.values(), ids=EMAILS)
def test_customer_email_is_the_locked_one_or_the_answer(
    locked: str | None, prefilled: str | None, answered: str | None, expected: str | None
) -> None:
    selection = Selection(
        answers=Answers(email=answered),
        url_parameters=UrlParameters(locked_prefilled_email=locked, prefilled_email=prefilled),
    )
    assert sent(a_link(), selection).get("customer_email") == expected


@pytest.mark.parametrize(
    ("locale", "expected"),
    [
        (None, None),
        ("", None),
        ("auto", "auto"),
        ("de", "de"),
        ("de-AT", "de"),
        ("pt_BR", "pt-BR"),
        ("EN-gb", "en-GB"),
        ("zh-Hant", "zh"),
        ("tlh", "auto"),
    ],
)
def test_checkout_gets_the_language_of_the_page_or_the_nearest_one(locale: str | None, expected: str | None) -> None:
    assert sent(a_link(), locale=locale).get("locale") == expected


LINES = st.sampled_from(
    [
        a_line(),
        a_line(adjustable_quantity=adjustable(0, 5)),
        a_line(a_custom_price(100)),
        a_line(a_price(900, recurring="month")),
    ]
)


@st.composite
def links(draw: st.DrawFn) -> PaymentLink:
    """Draw a link with any attributes, and line items of either mode."""
    lines = [
        line.model_copy(update={"id": f"li_{number}"}) for number, line in enumerate(draw(st.lists(LINES, max_size=3)))
    ]
    names: tuple[str, ...] = (
        "on_behalf_of",
        "application_fee_amount",
        "application_fee_percent",
        "invoice_creation",
        "transfer_data",
    )
    names += (
        "submit_type",
        "consent_collection",
        "custom_text",
        "metadata",
        "subscription_data",
        "payment_intent_data",
    )
    names += ("allow_promotion_codes", "optional_items", "shipping_options", "name_collection", "automatic_tax")
    source = draw(st.sampled_from([PAYMENT, SUBSCRIPTION]))
    changes = {name: getattr(source, name) for name in names if draw(st.booleans())}
    fields = draw(st.lists(st.sampled_from(CUSTOM_FIELDS), unique_by=lambda field: str(field["key"])))
    ours = {"reference": draw(st.none() | st.text(max_size=200))}
    return a_link(*lines, custom_fields=fields, counterfoil=ours, **changes)


SELECTIONS = st.builds(
    Selection,
    quantities=st.dictionaries(st.sampled_from(["li_0", "li_1"]), st.integers(0, 5)),
    unit_amounts=st.dictionaries(st.sampled_from(["li_0", "li_1", "li_2"]), st.integers(100, 9999)),
    optional_quantities=st.dictionaries(st.sampled_from(["price_spoon", "price_more"]), st.integers(0, 1)),
    promotion_code=st.none() | st.just(a_promotion_code()),
    answers=st.just(Answers()) | st.just(FULL_SELECTION.answers),
)


@given(link=links(), selection=SELECTIONS, asked_by_page=st.booleans())
def test_no_link_sends_anything_that_stripe_refuses(
    link: PaymentLink, selection: Selection, asked_by_page: bool
) -> None:
    params = sent(link, selection, asked_by_page=asked_by_page)
    assert session_mismatches(params) == []
    assert not {"discounts", "allow_promotion_codes"} <= set(params)
    assert not set(params) & (ONLY_SUBSCRIPTION if params["mode"] == "payment" else ONLY_PAYMENT)
    assert len(params.get("custom_fields", [])) <= 3
    assert not (asked_by_page and set(params) & ASKED)
    assert all("price" in item or "price_data" in item for item in params.get("line_items", []))
    assert all(item.get("quantity", 1) > 0 for item in params.get("line_items", []))
    assert all(value not in (None, "") for _, value in _api_encode(params))


@given(link=links(), selection=SELECTIONS, asked_by_page=st.booleans())
def test_parameters_stored_as_json_are_sent_again_unchanged(
    link: PaymentLink, selection: Selection, asked_by_page: bool
) -> None:
    params = sent(link, selection, asked_by_page=asked_by_page)
    kept = json.loads(json.dumps(params))
    assert kept == params
    assert list(_api_encode(kept)) == list(_api_encode(params))
