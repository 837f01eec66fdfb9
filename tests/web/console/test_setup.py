"""The first run: one address makes the first user and the shop, once; every other address answers 404."""

from collections.abc import Callable

import pytest

from app.application import assemble
from app.config import Config
from app.services.accounts import first_run
from tests.support.build import NOW, an_organization
from tests.support.clock import Clock
from tests.support.page import Page, tidy
from tests.support.shop import PASSWORD
from tests.web.conftest import WebShop
from tests.web.console.conftest import ADA, Merchant, add_user

FILLED = {
    "business_profile[name]": "Hillside Apiary",
    "country": "AT",
    "default_currency": "eur",
    "email": "Ada@Example.com",
    "password": "ten bees on sage",
    "timezone": "Europe/Vienna",
}


@pytest.fixture
def empty(config: Config, clock: Clock) -> WebShop:
    """Return a server without organization and user."""
    shop = WebShop(assemble(config, now=clock))
    shop.store.migrate(NOW)
    return shop


@pytest.fixture
def owner(empty: WebShop) -> Merchant:
    """Return the browser of a person who opens a server without users."""
    return Merchant(empty)


def address(shop: WebShop) -> str:
    """Return the path that `serve` prints."""
    return f"/console/setup/{first_run.create_token(shop.store, shop.clock())}"


def test_the_errors_of_the_first_run_stand_in_the_order_of_the_page(owner: Merchant) -> None:
    empty = dict.fromkeys(FILLED, "")
    page = Page(owner.press(owner.open(address(owner.shop)), "Start", **empty))
    summary = page.root.first("div", class_="error-summary")
    fields = ["business", "email", "password", "country", "default_currency", "timezone"]
    assert [link["href"] for link in summary.all("a")] == [f"#{field}" for field in fields]


def test_the_first_run_makes_shop_and_owner_and_logs_in(owner: Merchant) -> None:
    store, path = owner.shop.store, address(owner.shop)
    page = owner.open(path)
    assert page.heading == "Welcome. Who is the owner?"
    assert owner.pressed(page, "Start", **FILLED).heading.startswith(("Today", "Welcome"))
    (made,) = store.organizations()
    assert (made.name, made.business_profile.name) == ("Hillside Apiary", "Hillside Apiary")
    assert (made.country, made.default_currency, made.timezone) == ("AT", "eur", "Europe/Vienna")
    user = store.user_by_email(ADA)
    assert user is not None
    assert [(member.user, member.role) for member in store.members(made.id)] == [(user.id, "owner")]
    assert [change.what for change in store.changes(made.id)[0]] == ["user.created", "organization.created"]
    again = Merchant(owner.shop).log_in("/console/account", password="ten bees on sage")
    assert again.heading == "Your log-in"


def test_the_first_user_may_say_their_name_and_the_log_shows_it(owner: Merchant) -> None:
    page = owner.open(address(owner.shop))
    assert page.field("Your name (optional)")["autocomplete"] == "name"
    owner.pressed(page, "Start", **FILLED, name=" Ada Lovelace ")
    user = owner.shop.store.user_by_email(ADA)
    assert user is not None
    assert user.name == "Ada Lovelace"
    rows = owner.open("/console/settings/log").root.first("tbody").all("tr")
    assert {tidy(row.all("td")[0].text) for row in rows} == {f"Ada Lovelace ({ADA})"}


def test_the_address_works_once_and_every_other_one_answers_404(owner: Merchant) -> None:
    path, other = address(owner.shop), address(owner.shop)
    second = owner.open(other)
    owner.pressed(owner.open(path), "Start", **FILLED)
    for used in (path, other):
        page = Merchant(owner.shop).open(used)
        assert (page.status, page.heading) == (404, "This page was used already")
        assert page.link("Log in")["href"] == "/console/login"
    late = Merchant(owner.shop)
    late.open("/console/login")
    assert late.post(other, late.open("/console/login").values() | FILLED).status_code == 404
    assert owner.press(second, "Start", **FILLED | {"email": "eve@example.com"}).status_code in {403, 404}
    assert owner.shop.store.user_by_email("eve@example.com") is None
    for wrong in ("x", path + "x", "x" * 5000, "a%00b"):
        assert Merchant(owner.shop).get(f"/console/setup/{wrong.rpartition('/')[2]}").status_code == 404
    assert len(owner.shop.store.organizations()) == 1


@pytest.mark.costly_rows
@pytest.mark.parametrize(
    ("name", "value", "label", "message"),
    [
        ("email", "ada", "Your e-mail address", "Enter an address like ada@example.com. Check it for typos"),
        ("email", "", "Your e-mail address", "Enter your e-mail address"),
        ("password", "short", "Password", "Use at least 12 characters, and more than a few different ones"),
        ("business_profile[name]", " \u200b", "Name of the business", "Enter the name that buyers know you by"),
        ("country", "XX", "Country", "Choose a country"),
        ("country", "", "Country", "Choose a country"),
        ("default_currency", "abc", "Usual currency", "Choose a currency"),
        ("timezone", "Europe/Nowhere", "Time zone", "Choose a time zone"),
        ("timezone", "../../etc/passwd", "Time zone", "Choose a time zone"),
        ("name", "A" * 81, "Your name (optional)", "Write at most 80 characters"),
    ],
)
def test_a_wrong_field_is_named_and_nothing_is_lost_or_made(
    owner: Merchant, name: str, value: str, label: str, message: str
) -> None:
    path = address(owner.shop)
    answer = owner.press(owner.open(path), "Start", **FILLED | {name: value})
    page = Page(answer)
    assert answer.status_code == 422
    assert page.error_at(label) == message
    assert FILLED["password"] not in page.html
    if name != "business_profile[name]":
        assert page.field("Name of the business")["value"] == "Hillside Apiary"
    assert (owner.shop.store.organizations(), owner.shop.store.has_users()) == ([], False)
    assert owner.press(page, "Start", **{"name": "", **FILLED}).status_code == 303


def test_the_first_user_joins_the_only_organization_as_its_owner(owner: Merchant) -> None:
    store = owner.shop.store
    store.add_organization(an_organization())
    page = owner.open(address(owner.shop))
    assert "You become the owner of Hillside Apiary." in page.text
    assert not page.has_field("Name of the business")
    owner.pressed(page, "Start", email=ADA, password="ten bees on sage")
    assert [organization.id for organization in store.organizations()] == ["org_apiary"]
    assert [member.role for member in store.members("org_apiary")] == ["owner"]


def test_with_several_organizations_no_address_makes_a_user(owner: Merchant) -> None:
    path, store = address(owner.shop), owner.shop.store
    for id in ("org_apiary", "org_bakery"):
        store.add_organization(an_organization(id, id))
    assert first_run.missing_user(store) == "several"
    assert owner.get(path).status_code == 404


def test_a_user_of_the_command_line_ends_the_address(owner: Merchant) -> None:
    path = address(owner.shop)
    owner.shop.store.add_organization(an_organization())
    add_user(owner.shop)
    assert first_run.missing_user(owner.shop.store) == "none"
    assert owner.get(path).status_code == 404


def test_the_choices_of_the_browsers_country_are_selected(owner: Merchant) -> None:
    page = Page(owner.get(address(owner.shop), **{"Accept-Language": "de-AT,de;q=0.9,en;q=0.8"}))
    chosen = {name: value for name, value in page.values().items() if name in FILLED}
    assert (chosen["country"], chosen["default_currency"], chosen["timezone"]) == ("AT", "eur", "Europe/Vienna")
    for languages in ("de", "xx-QQ", "*", "en-001", ""):
        page = Page(owner.get(address(owner.shop), **{"Accept-Language": languages}))
        assert (page.status, page.values()["country"]) == (200, "")


def test_a_form_of_another_site_makes_nothing(owner: Merchant) -> None:
    path = address(owner.shop)
    sent = owner.open(path).values() | FILLED
    assert owner.post(path, sent, {"Sec-Fetch-Site": "cross-site"}).status_code == 403
    assert not owner.shop.store.has_users()


def test_the_token_is_stored_as_a_hash_only(owner: Merchant) -> None:
    token = address(owner.shop).rpartition("/")[2]
    rows = owner.shop.store.engine.rows("SELECT * FROM setup_tokens")  # type: ignore[attr-defined]
    assert len(rows) == 1
    assert token not in str(rows)


def test_a_user_who_is_logged_in_is_not_asked_to_log_in_again(
    merchant_of: Callable[..., Merchant], shop: WebShop
) -> None:
    path = address(shop)
    add_user(shop)
    merchant = merchant_of()
    merchant.log_in(password=PASSWORD)
    page = merchant.open(path)
    assert (page.status, page.has_link("Log in")) == (404, False)
