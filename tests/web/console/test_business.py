"""The business in the settings: what buyers see of the merchant, and the merchant's time and money."""

from collections.abc import Callable
from typing import Any

import pytest

from app.objects.change import COMMAND_LINE
from app.objects.organization import Organization
from app.services.accounts import organizations
from tests.support.page import Page
from tests.support.shop import PASSWORD
from tests.web.console.conftest import ADA, Merchant, add_user

BUSINESS = "/console/settings/business"
EVERYTHING = {
    "business_profile[name]": "Tallow & Reed",
    "business_profile[url]": "https://tallow.example/",
    "business_profile[support_address][line1]": "Am Deich 3",
    "business_profile[support_address][line2]": "Hof",
    "business_profile[support_address][postal_code]": "26121",
    "business_profile[support_address][city]": "Oldenburg",
    "business_profile[support_address][state]": "Niedersachsen",
    "business_profile[support_address][country]": "DE",
    "business_profile[support_email]": "hello@tallow.example",
    "business_profile[support_phone]": "+49 441 555010",
    "business_profile[support_url]": "https://tallow.example/help",
    "terms_of_service_url": "https://tallow.example/terms",
    "privacy_policy_url": "https://tallow.example/privacy",
    "refund_policy_url": "https://tallow.example/refunds",
    "customer_portal_url": "https://tallow.example/portal",
    "vat_id": "DE123456789",
    "timezone": "Europe/Berlin",
    "default_currency": "eur",
}


def stored(ada: Merchant) -> Organization:
    """Return our organization as it is stored."""
    organization = ada.shop.store.organization("org_apiary")
    assert organization is not None
    return organization


def save(ada: Merchant, **fields: str) -> Page:
    """Save the form with some fields changed."""
    return ada.pressed(ada.open(BUSINESS), "Save", **fields)


def test_every_field_is_stored_and_shown_again(ada: Merchant) -> None:
    page = save(ada, **EVERYTHING)
    assert page.status == 200
    assert "Saved" in page.text
    assert page.values(page.form_of("Save")).items() >= EVERYTHING.items()
    profile = stored(ada).business_profile
    assert profile.support_address is not None
    assert (profile.name, profile.support_address.city) == ("Tallow & Reed", "Oldenburg")
    assert (stored(ada).timezone, stored(ada).default_currency) == ("Europe/Berlin", "eur")
    assert "Settings changed" in ada.open("/console/settings/log").text


def test_an_empty_field_unsets_its_attribute(ada: Merchant) -> None:
    save(ada, **EVERYTHING)
    kept = {"business_profile[name]": "Tallow", "timezone": "UTC"}
    save(ada, **(dict.fromkeys(EVERYTHING, "") | kept))
    found = stored(ada)
    profile = found.business_profile
    assert (profile.support_address, profile.support_email, profile.url) == (None, None, None)
    assert (found.vat_id, found.default_currency, found.terms_of_service_url) == (None, None, None)


@pytest.mark.parametrize(
    ("label", "name", "wrong"),
    [
        ("Name of the business", "business_profile[name]", "\u200b "),
        ("Name of the business", "business_profile[name]", "x" * 501),
        ("Terms of service", "terms_of_service_url", "tallow.example/terms"),
        ("Website", "business_profile[url]", "javascript:alert(1)"),
        ("Help page", "business_profile[support_url]", "https://user:pass@tallow.example/"),
        ("E-mail address", "business_profile[support_email]", "hello"),
        ("Phone number", "business_profile[support_phone]", "call me"),
        ("Time zone", "timezone", "Moon/Crater"),
        ("Usual currency", "default_currency", "zzz"),
        ("Country", "business_profile[support_address][country]", "XX"),
    ],
)
def test_a_wrong_value_is_refused_at_its_field_and_nothing_typed_is_lost(
    ada: Merchant, label: str, name: str, wrong: str
) -> None:
    before = stored(ada)
    page = save(ada, **(EVERYTHING | {name: wrong}))
    assert page.status == 422
    assert page.error_at(label)
    assert page.field("City")["value"] == "Oldenburg"
    assert stored(ada) == before


def test_a_stored_value_that_is_no_usual_choice_stays(ada: Merchant) -> None:
    odd: dict[str, Any] = {"timezone": "US/Eastern"}
    organizations.update(ada.shop.store, stored(ada), odd, ada.shop.clock(), actor=COMMAND_LINE)
    assert "Saved" in save(ada, vat_id="DE1").text
    assert stored(ada).timezone == "US/Eastern"


def test_a_change_of_another_attribute_at_the_same_time_is_kept(ada: Merchant) -> None:
    read_before = stored(ada)
    save(ada, vat_id="DE1")
    branding = {"settings": {"branding": {"primary_color": "#0e585c"}}}
    organizations.update(ada.shop.store, read_before, branding, ada.shop.clock(), actor=COMMAND_LINE)
    assert stored(ada).vat_id == "DE1"


def test_a_viewer_reads_the_business_without_a_form(ada: Merchant, merchant_of: Callable[..., Merchant]) -> None:
    save(ada, **EVERYTHING)
    add_user(ada.shop, "viewer@example.com", role="viewer")
    viewer = merchant_of()
    viewer.log_in(email="viewer@example.com")
    page = viewer.open(BUSINESS)
    assert "hello@tallow.example" in page.text
    assert not page.has_button("Save")


def test_a_form_that_was_sent_after_the_log_in_ended_comes_back_with_its_values(ada: Merchant) -> None:
    page = ada.open(BUSINESS)
    sent = page.values(page.form_of("Save")) | EVERYTHING
    ada.post("/console/logout", ada.open("/console/account").values())
    kept = ada.pressed(Page(ada.post(BUSINESS, sent)), "Log in", email=ADA, password=PASSWORD)
    form = Page(ada.post(BUSINESS, kept.values() | {"resume": "1"}))
    assert form.field("City")["value"] == "Oldenburg"
    assert stored(ada).vat_id is None
    assert "Saved" in ada.pressed(form, "Save").text
    assert stored(ada).vat_id == "DE123456789"
