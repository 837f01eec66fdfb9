"""Every page says who sells: name, address and a way to write, with and without a logo."""

import pytest

from app.objects.change import COMMAND_LINE
from app.objects.organization import BusinessProfile, SupportAddress
from app.services.accounts import users
from app.web.display.safe_urls import phone_url
from tests.support.build import a_link, an_organization
from tests.support.page import tidy
from tests.support.shop import PASSWORD
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


def test_name_and_address_keep_their_own_direction_in_a_page_that_runs_from_right_to_left(shop: WebShop) -> None:
    shop.merchant(an_organization(business_profile=profile(support_address=ADDRESS)))
    shop.add()
    page = shop.open("/pay/honey?locale=ar")
    isolated = [tidy(part.text) for part in page.root.first("footer").all("bdi")]
    assert isolated[:2] == ["Nordhang Studio", "Mühlgasse 4, 1040 Wien, النمسا"]


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


def test_a_receipt_names_the_seller_once(shop: WebShop) -> None:
    shop.merchant(an_organization(business_profile=profile(support_address=ADDRESS)))
    shop.sell(a_link())
    shop.press(shop.open(), "Continue to payment")
    page = shop.open(shop.pay_in_sandbox())
    assert "Sold by" not in page.text
    assert page.text.count("Mühlgasse 4, 1040 Wien, Austria") == 1


# The owner's e-mail address, where the merchant gave no contact


def add_user(shop: WebShop, email: str = "owner@n.example") -> None:
    users.create(shop.store, "org_apiary", email, PASSWORD, shop.clock(), actor=COMMAND_LINE)


@pytest.mark.parametrize("given", [{}, {"support_phone": "by appointment"}, {"url": "javascript:alert(1)"}])
def test_the_owners_mail_is_the_last_contact(shop: WebShop, given: dict[str, str]) -> None:
    shop.merchant(an_organization(business_profile=profile(**given)))
    add_user(shop)
    add_user(shop, "clerk@n.example")
    shop.add()
    assert shop.open().link("Contact")["href"] == "mailto:owner@n.example"


@pytest.mark.parametrize("given", [{"support_phone": "+43 1 555 01 42"}, {"url": "https://n.example/"}])
def test_the_owners_mail_stays_unknown_where_there_is_another_contact(shop: WebShop, given: dict[str, str]) -> None:
    shop.merchant(an_organization(business_profile=profile(**given)))
    add_user(shop)
    shop.add()
    shop.add(a_link(id="plink_2", active=False, counterfoil={"code": "closed"}))
    for path in ("/pay/honey", "/pay/closed", "/", "/pay/nothing-here"):
        assert "owner@" not in shop.open(path).text
        assert not [link for link in shop.open(path).root.all("a") if "owner@" in link["href"]]


@pytest.mark.parametrize(
    ("path", "link"),
    [("/", "Write to Nordhang Studio"), ("/pay/nothing-here", "write to Nordhang Studio"), ("/pay/closed", "Contact")],
)
def test_every_page_of_a_merchant_without_contact_leads_to_the_owner(shop: WebShop, path: str, link: str) -> None:
    shop.merchant(an_organization(business_profile=profile()))
    add_user(shop)
    shop.add(a_link(active=False, counterfoil={"code": "closed"}))
    assert shop.open(path).link(link)["href"] == "mailto:owner@n.example"


def test_the_owner_of_another_merchant_is_not_named(shop: WebShop) -> None:
    shop.merchant(an_organization(business_profile=profile()))
    shop.store.add_organization(an_organization("org_bakery", "Bakery"))
    users.create(shop.store, "org_bakery", "baker@n.example", PASSWORD, shop.clock(), actor=COMMAND_LINE)
    shop.add()
    assert tidy(shop.open().root.first("footer").text) == "Sold by Nordhang Studio"


# One contact in every place


@pytest.mark.parametrize(
    ("given", "sentence", "href"),
    [
        ({"support_email": "a@n.example"}, "Write to a@n.example.", "mailto:a@n.example"),
        (
            {"support_url": "https://n.example/help", "support_email": "a@n.example"},
            "Write to a@n.example.",
            "mailto:a@n.example",
        ),
        ({"support_phone": "+43 (0)1 / 555-0142"}, "You can reach us at +43 (0)1 / 555-0142.", "tel:+4315550142"),
        (
            {"url": "https://xn--bcher-kva.example/"},
            "You can reach us at https://bücher.example/.",
            "https://xn--bcher-kva.example/",
        ),
    ],
)
def test_a_question_about_an_invoice_has_an_address(
    shop: WebShop, given: dict[str, str], sentence: str, href: str
) -> None:
    shop.merchant(an_organization(business_profile=profile(**given)))
    shop.add(a_link(counterfoil={"reference": "2026-0042"}))
    page = shop.open()
    assert f"A question about this invoice? {sentence}" in tidy(page.text)
    assert href in [link["href"] for link in page.root.all("a")]


@pytest.mark.parametrize(
    ("given", "label", "href"),
    [
        ({"support_email": "a@n.example", "support_url": "https://n.example/help"}, "Write to", "mailto:a@n.example"),
        ({"support_phone": "01/555 01 42"}, "Contact", "tel:015550142"),
        ({"url": "https://n.example/"}, "Visit", "https://n.example/"),
    ],
)
def test_a_page_that_is_over_has_a_button_that_reaches_the_merchant(
    shop: WebShop, given: dict[str, str], label: str, href: str
) -> None:
    shop.merchant(an_organization(business_profile=profile(**given)))
    shop.add(a_link(active=False))
    assert shop.open().link(f"{label} Nordhang Studio")["href"] == href


@pytest.mark.parametrize(
    ("number", "address"),
    [
        ("+43 1 555 01 42", "tel:+4315550142"),
        ("+43 (0)1 / 555-0142", "tel:+4315550142"),
        ("(01) 555 0142", "tel:015550142"),
        ("0800–555\u2011010", "tel:0800555010"),
        ("by appointment", None),
        ("+43 1; ext=5", None),
        ("", None),
        (None, None),
    ],
)
def test_a_telephone_number_can_be_dialled_however_it_is_written(number: str | None, address: str | None) -> None:
    assert phone_url(number) == address
