"""What a buyer keeps: reference, e-mail, delivery, shipping by name, documents, seller, and how to cancel. No internal ids."""

import re
from typing import Any

import pytest

from app.objects.attempt import Attempt
from app.objects.line_item import LineItem
from app.objects.organization import BusinessProfile, SupportAddress
from app.objects.payment_link import PaymentLink
from app.services.attempts import state_machine
from app.services.attempts.erasure import erase
from app.services.attempts.state_machine import Fact
from tests.support.build import (
    NOW,
    a_line,
    a_link,
    a_price,
    a_shipping_rate,
    a_tax_rate,
    an_organization,
    packs_of,
)
from tests.support.page import Page, tidy
from tests.web.conftest import WebShop

INTERNAL = re.compile(r"\b(att|plink|cs|pi|li|price|prod|org|sub|seti)_[A-Za-z0-9]{6,}")

PROFILE = BusinessProfile(
    name="Tallow & Reed",
    support_email="hello@tallow.example",
    support_address=SupportAddress(line1="Mühlgasse 4", postal_code="1040", city="Wien", country="AT"),
)
DOCUMENTS = {
    "terms_of_service_url": "https://h.example/terms",
    "privacy_policy_url": "https://h.example/privacy",
}
PARCEL = a_shipping_rate(
    490,
    display_name="DHL parcel",
    delivery_estimate={
        "minimum": {"unit": "business_day", "value": 2},
        "maximum": {"unit": "business_day", "value": 4},
    },
)
HOME = {
    "shipping_address[line1]": "Lerchenfelder Straße 12/8",
    "shipping_address[postal_code]": "1080",
    "shipping_address[city]": "Wien",
    "shipping_address[country]": "AT",
    "billing_name": "Mara Lindqvist",
    "email": "mara@post.example",
}
PLAIN: dict[str, str] = {}
MONTHLY = a_line(a_price(2400, recurring="month"))


def paid(
    shop: WebShop, link: PaymentLink, answers: dict[str, Any] | None = None, checkout: dict[str, str] = PLAIN
) -> Page:
    """Sell through this link, pay, and return the confirmation."""
    shop.sell(link)
    page = shop.open()
    button = next(button for button in page.root.all("button", id="pay"))
    assert shop.press(page, tidy(button.text), answers).status_code == 303
    return shop.open(shop.pay_in_sandbox(**checkout))


def newest(shop: WebShop) -> Attempt:
    return shop.store.attempts_of_link("plink_honey")[0]


def headings(page: Page) -> list[str]:
    return [tidy(heading.text) for heading in page.root.all("h2")]


def seller(page: Page) -> str:
    return tidy(page.root.first("p", class_="seller").text)


def test_a_receipt_names_reference_buyer_delivery_documents_and_seller(shop: WebShop) -> None:
    shop.merchant(an_organization(business_profile=PROFILE, vat_id="ATU12345678", **DOCUMENTS))
    link = a_link(
        shipping=[PARCEL],
        shipping_address_collection={"allowed_countries": ["AT"]},
        consent_collection={"terms_of_service": "required"},
    )
    agree = {"I agree to the terms of service and the privacy policy of Tallow & Reed": True}
    page = paid(shop, link, agree, HOME)
    facts = page.rows("facts")
    assert facts["Reference"] == newest(shop).reference
    assert re.fullmatch(r"CF-[0-9A-Z]{4}-[0-9A-Z]{4}", facts["Reference"])
    assert page.button("Copy reference")["data-copy"] == newest(shop).reference
    assert facts["Receipt sent to"] == "mara@post.example"
    assert facts["Paid with"] == "Visa ending in 4242"
    assert headings(page)[1:] == ["Delivery", "What you told us"]
    to = page.root.first("section", class_="receipt").all("dl", class_="facts")[0].all("dd")[0]
    assert [line.text for line in to.all("bdi")] == [
        "Mara Lindqvist",
        "Lerchenfelder Straße 12/8",
        "1080 Wien, Austria",
    ]
    assert facts["By"] == "DHL parcel, 2 to 4 working days"
    assert facts["You agreed to"] == "Terms of service and privacy policy"
    assert page.link("Terms of service")["href"] == "https://h.example/terms"
    assert page.link("privacy policy")["href"] == "https://h.example/privacy"
    assert seller(page) == "Tallow & ReedMühlgasse 4, 1040 Wien, AustriaVAT number ATU12345678hello@tallow.example"
    assert INTERNAL.search(page.text) is None


@pytest.mark.parametrize(
    ("line", "quantity", "amount"),
    [
        pytest.param(a_line(quantity=2), "2 × €12.50", "€25.00", id="several"),
        pytest.param(a_line(), "1 × €12.50", "€12.50", id="one"),
        pytest.param(
            a_line(a_price(4800, transform_quantity=packs_of(12)), quantity=24),
            "24 (2 packs of 12)",
            "€96.00 €48.00 a pack",
            id="packs",
        ),
    ],
)
def test_a_line_of_a_receipt_says_how_many_and_what_one_costs(
    shop: WebShop, line: LineItem, quantity: str, amount: str
) -> None:
    page = paid(shop, a_link(line))
    (item,) = page.root.first("section", class_="receipt").all("li", class_="line-item")
    assert tidy(item.first("p", class_="hint").text) == quantity
    assert tidy(item.first("p", class_="line-item-amount").text) == amount


def test_a_receipt_leaves_out_what_is_not_known(shop: WebShop) -> None:
    shop.merchant(an_organization(business_profile=BusinessProfile()))
    page = paid(shop, a_link())
    assert seller(page) == "Hillside Apiary"
    assert headings(page) == ["What you paid for"]
    assert page.rows("facts")["Name"] == "Ada Lovelace"
    assert "How to cancel" not in page.text


def test_shipping_that_was_chosen_at_checkout_is_named_with_its_amount(shop: WebShop) -> None:
    link = a_link(
        shipping=[PARCEL, a_shipping_rate(990, display_name="Express")],
        shipping_address_collection={"allowed_countries": ["AT"]},
    )
    shop.sell(link)
    assert shop.press(shop.open(), "Continue to payment").status_code == 303
    stored = shop.store.link("plink_honey")
    assert stored is not None
    express = stored.shipping_options[1].shipping_rate
    assert not isinstance(express, str)
    page = shop.open(shop.pay_in_sandbox(**HOME, shipping_rate=express.id))
    assert page.rows() == {"Subtotal": "€12.50", "Shipping": "€9.90", "Paid": "€22.40"}
    assert page.rows("facts")["By"] == "Express"


def test_a_code_that_was_entered_at_checkout_is_a_discount_on_the_receipt(shop: WebShop) -> None:
    shop.sell(a_link(tax_rates=[a_tax_rate("20")]))
    assert shop.press(shop.open(), "Continue to payment").status_code == 303
    shop.open(shop.pay_in_sandbox())
    attempt = newest(shop)
    details = {"amount_discount": 250, "amount_shipping": 0, "amount_tax": 200}
    changes: dict[str, Any] = {"amount_total": 1200, "total_details": details, "version": attempt.version + 1}
    assert shop.store.save_attempt(Attempt.model_validate({**attempt.model_dump(), **changes}), "a code at Checkout")
    page = shop.open(f"/pay/honey/complete/{attempt.token}")
    assert page.rows() == {"Subtotal": "€12.50", "Discount": "−€2.50", "VAT (20%)": "€2.00", "Paid": "€12.00"}


def test_parts_that_do_not_add_up_are_one_difference(shop: WebShop) -> None:
    paid(shop, a_link())
    attempt = newest(shop)
    changes: dict[str, Any] = {
        "amount_total": 1400,
        "total_details": {"amount_tax": 90},
        "version": attempt.version + 1,
    }
    assert shop.store.save_attempt(Attempt.model_validate({**attempt.model_dump(), **changes}), "something new")
    page = shop.open(f"/pay/honey/complete/{attempt.token}")
    assert page.rows() == {"Shipping and tax": "€1.50", "Paid": "€14.00"}


def test_the_merchants_own_sentence_is_what_was_agreed_to(shop: WebShop) -> None:
    shop.merchant(an_organization(**DOCUMENTS))
    own = "I accept the [house rules](https://h.example/rules) and the [privacy notice](https://h.example/notice)"
    link = a_link(
        consent_collection={"terms_of_service": "required"},
        custom_text={"terms_of_service_acceptance": {"message": own}},
    )
    page = paid(shop, link, {"I accept the house rules and the privacy notice": True})
    assert page.rows("facts")["You agreed to"] == "I accept the house rules and the privacy notice"
    assert page.link("house rules")["href"] == "https://h.example/rules"
    assert page.link("privacy notice")["href"] == "https://h.example/notice"


# Subscriptions


def test_a_subscription_says_first_how_it_is_canceled(shop: WebShop) -> None:
    portal = "https://h.example/subscription"
    shop.merchant(an_organization(customer_portal_url=portal))
    link = a_link(MONTHLY, shipping_address_collection={"allowed_countries": ["AT"]})
    page = paid(shop, link, checkout=HOME)
    assert (page.title, page.heading) == ("Subscribed – Hillside Apiary", "Your subscription has started")
    assert headings(page) == ["What you subscribed to", "How to cancel", "Delivery"]
    assert "Cancel before the next payment, and nothing more is charged." in page.text
    assert page.link("Manage or cancel")["href"] == portal
    mail = page.link("help@hillside.example")["href"]
    assert mail == f"mailto:help@hillside.example?subject=Cancel%20{newest(shop).reference}"
    assert "Or write to help@hillside.example and quote the reference." in page.text


def test_without_a_portal_a_subscription_is_canceled_by_writing_to_the_merchant(shop: WebShop) -> None:
    page = paid(shop, a_link(MONTHLY))
    assert not page.has_link("Manage or cancel")
    assert "To cancel, write to help@hillside.example and quote the reference." in page.text


@pytest.mark.parametrize(
    ("lines", "says"),
    [
        pytest.param((MONTHLY,), "Cancel before 5\u00a0October 2026 and you pay nothing.", id="a trial alone"),
        pytest.param(
            (MONTHLY, a_line(a_price(1200, id="price_welcome"))),
            "Cancel before 5\u00a0October 2026 and nothing more is charged.",
            id="a trial with a fee today",
        ),
    ],
)
def test_a_trial_says_what_canceling_costs(shop: WebShop, lines: Any, says: str) -> None:
    page = paid(shop, a_link(*lines, subscription_data={"trial_period_days": 14}))
    assert says in page.text
    assert ("you pay nothing" in page.text) == ("you pay nothing" in says)
    label = "First payment" if "nothing." in says else "Next payment"
    assert page.rows("facts")[label].startswith("5\u00a0October 2026, €24.00")


# Internal ids, and what is erased


@pytest.mark.parametrize("state", ["processing", "failed", "expired", "refunded", "opened"])
def test_no_state_of_a_payment_shows_an_internal_id(shop: WebShop, state: Any) -> None:
    shop.sell()
    assert shop.press(shop.open(), "Continue to payment").status_code == 303
    attempt = newest(shop)
    if state != "opened":
        state_machine.settle(shop.store, attempt, Fact(state), NOW, cause="test")
    page = shop.open(f"/pay/honey/complete/{attempt.token}")
    assert page.status == 200
    assert INTERNAL.search(page.text) is None
    if state in {"processing", "refunded"}:
        assert page.rows("facts")["Reference"] == attempt.reference


def test_an_erased_payment_shows_nothing_of_its_buyer(shop: WebShop) -> None:
    page = paid(
        shop, a_link(shipping=[PARCEL], shipping_address_collection={"allowed_countries": ["AT"]}), checkout=HOME
    )
    assert "Lerchenfelder" in page.text
    attempt = newest(shop)
    erase(shop.store, attempt.id, NOW)
    page = shop.open(f"/pay/honey/complete/{attempt.token}")
    assert page.status == 200
    for told in ("Mara", "mara@", "Lerchenfelder", "4242"):
        assert told not in page.html
    assert page.rows("facts")["Reference"] == attempt.reference


def test_a_payment_of_an_earlier_version_has_no_reference_and_nothing_to_copy(shop: WebShop) -> None:
    paid(shop, a_link())
    attempt = newest(shop)
    old = attempt.model_copy(update={"reference": None, "version": attempt.version + 1})
    assert shop.store.save_attempt(old, "an earlier version")
    page = shop.open(f"/pay/honey/complete/{attempt.token}")
    assert "Reference" not in page.rows("facts")
    assert not page.has_button("Copy reference")
