"""URL parameters on the pay page: prefilled values, and what test mode says about ignored ones."""

from urllib.parse import urlencode

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
