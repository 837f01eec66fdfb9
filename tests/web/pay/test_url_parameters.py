"""URL parameters on the pay page: prefilled values, and what test mode says about ignored ones."""

from urllib.parse import quote_plus, urlencode

import pytest

from tests.support.build import a_link
from tests.web.conftest import WebShop


def test_a_prefilled_address_can_be_changed_and_a_locked_one_is_only_shown(shop: WebShop) -> None:
    shop.add()
    assert not shop.open().has_field("E-mail address")
    page = shop.open("/pay/honey?prefilled_email=a%40b.example&utm_source=x")
    assert page.field("E-mail address")["value"] == "a@b.example"
    assert page.form["action"] == "/pay/honey?prefilled_email=a%40b.example&utm_source=x"
    locked = shop.open("/pay/honey?prefilled_email=a%40b.example&locked_prefilled_email=c%40d.example")
    assert not locked.has_field("E-mail address")
    assert "c@d.example" in locked.text


WHY_IGNORED = {
    "prefilled_email": ("nobody", "it is not an e-mail address"),
    "locked_prefilled_email": ("@shop.example", "it is not an e-mail address"),
    "prefilled_promo_code": ("AB-1", "a code has only letters and digits here"),
    "client_reference_id": ("order 17", "it takes up to 200 letters, digits, hyphens and underscores"),
    "locale": ("tlh", "Checkout does not support this language"),
    "utm_term": ("two words", "it takes up to 150 letters, digits, hyphens and underscores"),
}


def test_test_mode_reports_ignored_parameters_and_why(shop: WebShop) -> None:
    shop.add(a_link(allow_promotion_codes=True))
    page = shop.open("/pay/honey?" + urlencode({name: value for name, (value, _) in WHY_IGNORED.items()}))
    assert page.status == 200
    for name, (_, why) in WHY_IGNORED.items():
        assert f"{name}: {why}" in page.text


def test_test_mode_reports_a_prefilled_code_that_the_link_does_not_take(shop: WebShop) -> None:
    shop.add()
    page = shop.open("/pay/honey?prefilled_promo_code=HONEY")
    assert "prefilled_promo_code: this link does not take promotion codes" in page.text


@pytest.mark.parametrize("name", ["prefilled_email", "locked_prefilled_email"])
@pytest.mark.parametrize(
    ("query", "address"),
    [
        ("ada+spring@b.example", "ada+spring@b.example"),
        ("ada+a+b@b.example", "ada+a+b@b.example"),
        ("ada%2Bspring%40b.example", "ada+spring@b.example"),
        ("+ada@b.example+", "ada@b.example"),
        ("%20ada%40b.example%20", "ada@b.example"),
        ("%E2%80%8Bada%40b.example", "ada@b.example"),
        ("ada%40b%C3%BCcher.example", "ada@bücher.example"),
        ("ada%40xn--bcher-kva.example", "ada@bücher.example"),
        ("ada%40b.example.", "ada@b.example"),
    ],
)
def test_an_address_in_the_url_is_understood_as_it_was_meant(
    shop: WebShop, name: str, query: str, address: str
) -> None:
    shop.add()
    page = shop.open(f"/pay/honey?{name}={query}")
    if name == "prefilled_email":
        assert page.field("E-mail address")["value"] == address
    else:
        assert address in page.text
    assert "it is not an e-mail address" not in page.text
    # The next address has it encoded.
    assert f"{name}={quote_plus(address)}" in page.form["action"]


@pytest.mark.parametrize("query", ["ada+spring", "a+b@c@d.example", "+@b.example", "ada@b+example"])
def test_what_is_no_address_stays_ignored(shop: WebShop, query: str) -> None:
    shop.add()
    page = shop.open(f"/pay/honey?prefilled_email={query}")
    assert not page.has_field("E-mail address")
    assert "prefilled_email: it is not an e-mail address" in page.text


@pytest.mark.parametrize("query", ["%E2%80%8BHONEY", "honey%20", "%EF%BC%A8ONEY", "HO%20NEY"])
def test_a_code_in_the_url_is_read_as_it_was_printed(shop: WebShop, query: str) -> None:
    shop.add(a_link(allow_promotion_codes=True))
    page = shop.open(f"/pay/honey?prefilled_promo_code={query}")
    assert page.field("Promotion code")["value"].upper() == "HONEY"


def test_parameters_copied_from_the_source_of_a_page_are_understood(shop: WebShop) -> None:
    shop.add()
    page = shop.open("/pay/honey?client_reference_id=a-1&amp;utm_source=letter&amp;prefilled_email=a%40b.example")
    assert page.field("E-mail address")["value"] == "a@b.example"
    assert "client_reference_id=a-1" in page.form["action"]
    assert "utm_source=letter" in page.form["action"]
