"""The user's own account in the console."""

from collections.abc import Callable

from app.services.accounts import users
from tests.support.shop import PASSWORD
from tests.web.console.conftest import ADA, Merchant, add_user

NEW = "ten bees on lavender"


def test_the_account_says_who_is_logged_in(ada: Merchant) -> None:
    assert ada.open("/console/account").rows("facts") == {
        "E-mail address": ADA,
        "Organization": "Hillside Apiary",
        "Role": "Owner",
    }


def test_a_new_password_logs_out_every_other_browser(ada: Merchant, merchant_of: Callable[..., Merchant]) -> None:
    other = merchant_of()
    other.log_in()
    page = ada.pressed(ada.open("/console/account"), "Change password", old_password=PASSWORD, password=NEW)
    assert page.notice == "Your password is changed"
    assert "Your password is changed" not in ada.open("/console/account").text
    assert ada.open().heading == "Links"
    assert other.open().heading == "Log in"
    assert other.log_in().status == 422
    assert other.log_in(password=NEW).heading == "Links"


def test_no_url_parameter_claims_that_a_password_was_changed(ada: Merchant) -> None:
    assert "Your password is changed" not in ada.open("/console/account?changed=1").text


def test_a_password_change_needs_the_current_password(ada: Merchant) -> None:
    page = ada.pressed(ada.open("/console/account"), "Change password", old_password="wrong", password=NEW)
    assert page.status == 422
    assert page.title.startswith("Error: ")
    assert "not your current password" in page.error_at("Current password")
    ada.press(ada.open("/console/account"), "Log out")
    assert ada.log_in().heading == "Links"


def test_a_new_password_that_is_too_short_is_refused_with_the_minimum_length(ada: Merchant) -> None:
    page = ada.pressed(ada.open("/console/account"), "Change password", old_password=PASSWORD, password="short")
    assert page.status == 422
    assert "at least 12 characters" in page.error_at("New password")
    assert "short" not in [field.get("value") for field in page.root.all("input")]
    assert ada.open().heading == "Links"


def test_a_name_is_shown_to_the_team_and_in_the_menu(ada: Merchant, merchant_of: Callable[..., Merchant]) -> None:
    page = ada.pressed(ada.open("/console/account"), "Save name", name="  Ada\u200b Lovelace ")
    assert page.notice == "Your name is saved"
    assert page.field("Your name (optional)")["value"] == "Ada Lovelace"
    assert page.root.first("span", class_="avatar-name").text == "Ada Lovelace"
    assert ada.open("/console/").heading == "Welcome, Ada Lovelace"
    add_user(ada.shop, "bob@example.com", role="viewer")
    bob = merchant_of()
    bob.log_in(email="bob@example.com")
    assert f"Ada Lovelace {ADA}" in bob.open("/console/settings/team").text
    assert "Name of a person changed" in bob.open("/console/settings/log").text
    assert (
        ada.pressed(ada.open("/console/account"), "Save name", name="").root.first("span", class_="avatar-name").text
        == ADA
    )


def test_a_name_that_is_too_long_is_refused_at_its_field(ada: Merchant) -> None:
    page = ada.pressed(ada.open("/console/account"), "Save name", name="x" * 81)
    assert (page.status, page.title.startswith("Error: ")) == (422, True)
    assert "Write at most 80 characters" in page.error_at("Your name (optional)")
    assert users.retrieve(ada.shop.store, ADA).name is None
