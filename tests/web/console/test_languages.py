"""The console in other languages: names, lists and rates follow the language of the page."""

import pytest

from app.web.console.choices import zone_names
from tests.support.build import a_link
from tests.support.page import Page
from tests.web.console.conftest import Merchant

BUSINESS = "/console/settings/business"


def zones(ada: Merchant, language: str) -> dict[str, str]:
    """Return the time zones that a page in a language offers, without the time of day."""
    page = Page(ada.get(BUSINESS, **{"Accept-Language": language}))
    options = page.root.first("select", name="timezone").all("option")
    return {it["value"]: it.text.strip().rpartition(", ")[0] or it.text.strip().rpartition("、")[0] for it in options}


@pytest.mark.parametrize(
    ("language", "vienna", "kolkata", "kyiv"),
    [
        ("en", "Vienna (Austria)", "Kolkata (India)", "Kyiv (Ukraine)"),
        ("de", "Wien (Österreich)", "Kalkutta (Indien)", "Kiew (Ukraine)"),
        ("pl", "Wiedeń (Austria)", "Kalkuta (Indie)", "Kijów (Ukraina)"),
        ("ja", "ウィーン（オーストリア）", "コルカタ（インド）", "キーウ（ウクライナ）"),
    ],
)
def test_time_zones_have_the_names_of_cities_and_countries(
    ada: Merchant, language: str, vienna: str, kolkata: str, kyiv: str
) -> None:
    found = zones(ada, language)
    assert (found["Europe/Vienna"], found["Asia/Kolkata"], found["Europe/Kyiv"]) == (vienna, kolkata, kyiv)
    assert found["UTC"] == "UTC"


def test_a_time_zone_is_offered_once_by_its_name_of_today(ada: Merchant) -> None:
    names = set(zone_names())
    assert {"Asia/Calcutta", "Europe/Kiev", "Australia/ACT"} & names == set()
    assert {"Asia/Kolkata", "Europe/Kyiv", "Australia/Sydney", "Europe/Amsterdam"} <= names
    assert len(names) > 400
    ada.shop.merchant(ada.shop.owner(a_link()).model_copy(update={"timezone": "Asia/Calcutta"}))
    assert "Asia/Calcutta" in zones(ada, "en"), "a zone that was chosen before stays chosen"


def test_time_zones_are_sorted_by_their_cities_as_the_language_sorts_them(ada: Merchant) -> None:
    names = [name.partition(" (")[0] for name in zones(ada, "de").values()]
    assert names.index("Santo Domingo") < names.index("São Paulo") < names.index("Sarajevo")
    assert names.index("Abidjan") < names.index("Wien") < names.index("Zagreb")
    assert names.index("Bahia") < names.index("Bahia Banderas")


def test_countries_are_sorted_as_the_language_sorts_them(ada: Merchant) -> None:
    page = Page(ada.get(BUSINESS, **{"Accept-Language": "de"}))
    select = page.root.first("select", name="business_profile[support_address][country]")
    names = [it.text.strip() for it in select.all("option") if it["value"]]
    assert names.index("Oman") < names.index("Österreich") < names.index("Pakistan")
    assert names.index("Ägypten") < names.index("Albanien")


def test_lists_have_the_comma_of_the_language(ada: Merchant) -> None:
    countries = {"allowed_countries": ["AT", "JP"]}
    link = ada.shop.sell(a_link(shipping_address_collection=countries, phone_number_collection={"enabled": True}))
    page = Page(ada.get(f"/console/links/{link.id}", **{"Accept-Language": "ja"}))
    assert "オーストリア、日本" in page.text
    editor = Page(ada.get(f"/console/links/{link.id}/edit", **{"Accept-Language": "ja"}))
    assert "オーストリア、日本" in editor.text
