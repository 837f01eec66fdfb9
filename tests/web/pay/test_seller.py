"""Every page says who sells: name, address and a way to write, with and without a logo."""

import pytest

from app.objects.organization import BusinessProfile, SupportAddress
from tests.support.build import a_link, an_organization
from tests.support.page import tidy
from tests.web.conftest import WebShop

ADDRESS = SupportAddress(line1="Mühlgasse 4", postal_code="1040", city="Wien", country="AT")


def profile(**changes: object) -> BusinessProfile:
    return BusinessProfile.model_validate({"name": "Nordhang Studio", **changes})


def test_a_page_without_logo_and_legal_links_says_who_sells(shop: WebShop) -> None:
    shop.merchant(an_organization(business_profile=profile()))
    shop.add()
    page = shop.open()
    assert page.root.first("span", class_="merchant-initial").children == ["N"]
    assert tidy(page.root.first("footer").text) == "Sold by Nordhang Studio"


def test_the_postal_address_stands_beside_the_name(shop: WebShop) -> None:
    shop.merchant(an_organization(business_profile=profile(support_address=ADDRESS)))
    shop.add()
    assert tidy(shop.open().root.first("footer").text) == "Sold by Nordhang Studio, Mühlgasse 4, 1040 Wien, Austria"


def test_a_logo_takes_the_place_of_the_initial(shop: WebShop) -> None:
    branding = {"branding": {"logo": "https://n.example/logo.png"}}
    shop.merchant(an_organization(business_profile=profile(), settings=branding))
    shop.add()
    page = shop.open()
    assert page.root.first("img", class_="merchant-logo")["src"] == "https://n.example/logo.png"
    assert not page.root.all("span", class_="merchant-initial")


@pytest.mark.parametrize(
    ("given", "address"),
    [
        ({"support_url": "https://n.example/help", "support_email": "a@n.example"}, "https://n.example/help"),
        ({"support_email": "a@n.example", "support_phone": "+4315550142"}, "mailto:a@n.example"),
        ({"support_phone": "+4315550142", "url": "https://n.example/"}, "tel:+4315550142"),
        ({"url": "https://n.example/"}, "https://n.example/"),
    ],
)
def test_contact_is_the_first_of_page_mail_telephone_and_site(
    shop: WebShop, given: dict[str, str], address: str
) -> None:
    shop.merchant(an_organization(business_profile=profile(**given)))
    shop.add()
    assert shop.open().link("Contact")["href"] == address


def test_a_state_says_who_sells_too(shop: WebShop) -> None:
    shop.merchant(an_organization(business_profile=profile()))
    shop.add(a_link(active=False))
    page = shop.open()
    assert page.status == 410
    assert tidy(page.root.first("footer").text) == "Sold by Nordhang Studio"
