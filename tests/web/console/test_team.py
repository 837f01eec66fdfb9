"""The team: invitations by an address that works once, roles, and the removal of a person."""

from collections.abc import Callable

import pytest

from app.services.accounts.invitations import INVITED_SECONDS
from tests.support.build import an_organization
from tests.support.page import Page
from tests.support.shop import PASSWORD
from tests.web.console.conftest import ADA, Merchant, add_user

BOB = "bob@example.com"
TEAM = "/console/settings/team"
NEW_PASSWORD = "ten bees on sage"

MerchantOf = Callable[..., Merchant]


def invite(ada: Merchant, email: str = BOB, role: str = "manager") -> str:
    """Invite a person. Return the path of the address that is shown."""
    page = ada.pressed(ada.open(TEAM), "Make an invitation", email=email, role=role)
    return page.field("Address of the invitation")["value"].removeprefix("http://localhost")


def roles(ada: Merchant) -> dict[str, str]:
    """Return the stored roles by e-mail address."""
    store = ada.shop.store
    emails = {user.id: user.email for user in store.users("org_apiary")}
    return {emails[member.user]: member.role for member in store.members("org_apiary")}


def test_a_new_person_joins_by_an_invitation_with_a_password_of_their_own(
    ada: Merchant, merchant_of: MerchantOf
) -> None:
    path, bob = invite(ada, role="viewer"), merchant_of()
    page = bob.open(path)
    assert page.heading == "Join Hillside Apiary"
    assert page.rows("facts") == {
        "E-mail address": BOB,
        "Role": "Viewer: sees everything, changes nothing: for an accountant",
    }
    assert bob.pressed(page, "Join", password=NEW_PASSWORD).heading.startswith("Today")
    assert roles(ada) == {ADA: "owner", BOB: "viewer"}
    again = merchant_of().open(path)
    assert (again.status, again.heading) == (422, "Log in")
    assert "used already" in again.text
    assert merchant_of().log_in(email=BOB, password=NEW_PASSWORD).heading == "Links"


def test_a_new_person_may_say_their_name_and_the_team_and_the_log_show_it(
    ada: Merchant, merchant_of: MerchantOf
) -> None:
    path, bob = invite(ada), merchant_of()
    refused = bob.pressed(bob.open(path), "Join", name="B" * 81, password="ten bees on sage")
    assert refused.error_at("Your name (optional)") == "Write at most 80 characters"
    bob.pressed(refused, "Join", name="Bob Bee", password="ten bees on sage")
    assert "Bob Bee" in ada.open(TEAM).text
    assert f"Bob Bee ({BOB})" in ada.open("/console/settings/log").text


def test_an_invitation_shows_its_address_once_and_ends_after_seven_days(ada: Merchant, merchant_of: MerchantOf) -> None:
    path = invite(ada)
    page = ada.open(TEAM)
    assert not page.has_field("Address of the invitation")
    assert f"{BOB} invited" in page.text
    ada.shop.clock.now += INVITED_SECONDS
    assert merchant_of().open(path).heading == "Log in"


def test_a_second_invitation_ends_the_first_and_one_that_is_taken_back_ends(
    ada: Merchant, merchant_of: MerchantOf
) -> None:
    first = invite(ada)
    page = ada.pressed(ada.open(TEAM), "Invite again")
    second = page.field("Address of the invitation")["value"].removeprefix("http://localhost")
    assert merchant_of().open(first).heading == "Log in"
    assert merchant_of().open(second).heading == "Join Hillside Apiary"
    ada.press(ada.open(TEAM), "Take the invitation back")
    assert merchant_of().open(second).heading == "Log in"


@pytest.mark.parametrize("password", ["short", "aaaaaaaaaaaaaaa", BOB])
def test_a_weak_password_is_refused_and_the_invitation_stays(
    ada: Merchant, merchant_of: MerchantOf, password: str
) -> None:
    bob, path = merchant_of(), invite(ada)
    page = bob.pressed(bob.open(path), "Join", password=password)
    assert page.status == 422
    assert "Use at least 12 characters" in page.error_at("Password")
    assert roles(ada) == {ADA: "owner"}
    assert bob.open(path).heading == "Join Hillside Apiary"


def test_a_person_with_a_log_in_joins_with_it_and_never_gets_a_new_password(
    ada: Merchant, merchant_of: MerchantOf
) -> None:
    ada.shop.store.add_organization(an_organization("org_bakery", "Bakery"))
    add_user(ada.shop, BOB, "org_bakery")
    path, bob = invite(ada), merchant_of()
    page = bob.open(path)
    assert not page.has_field("Password")
    taken_over = bob.post(path, page.values() | {"password": NEW_PASSWORD})
    assert taken_over.status_code == 422
    assert roles(ada) == {ADA: "owner"}
    back = bob.pressed(bob.open(page.link("Log in")["href"]), "Log in", email=BOB, password=PASSWORD)
    assert back.heading == "Join Hillside Apiary"
    assert "Hillside" in bob.pressed(back, "Join").root.first("header").text
    assert roles(ada) == {ADA: "owner", BOB: "manager"}


def test_an_invitation_of_another_address_is_no_way_in_for_who_is_logged_in(ada: Merchant) -> None:
    path = invite(ada)
    page = ada.pressed(ada.open(path), "Join", password="short")
    assert page.status == 422
    assert roles(ada) == {ADA: "owner"}


@pytest.mark.parametrize(
    ("email", "says"), [(ADA, "in the team already"), ("bob", "Enter an address"), ("", "Enter an address")]
)
def test_an_address_that_cannot_be_invited_is_named_at_the_field(ada: Merchant, email: str, says: str) -> None:
    page = ada.pressed(ada.open(TEAM), "Make an invitation", email=email, role="viewer")
    assert page.status == 422
    assert says in page.error_at("E-mail address")
    assert ada.shop.store.invitations("org_apiary") == []


def test_an_owner_changes_a_role_and_removes_a_person_after_a_question(ada: Merchant) -> None:
    bob = add_user(ada.shop, BOB, role="viewer")
    page = ada.open(TEAM)
    form = next(form for form in page.root.all("form") if form.get("action") == f"{TEAM}/{bob.id}/role")
    ada.post(form["action"], page.values(form) | {"role": "manager"})
    assert roles(ada)[BOB] == "manager"
    question = ada.open(f"{TEAM}/{bob.id}/remove")
    assert question.heading == "Remove bob@example.com?"
    assert ada.pressed(question, "Remove").heading == "Team"
    assert roles(ada) == {ADA: "owner"}


def test_the_last_owner_reads_why_they_stay_one(ada: Merchant) -> None:
    page = ada.open(TEAM)
    refused = ada.pressed(page, "Change the role to Manager", role="manager")
    assert "A shop keeps at least one owner" in refused.text
    assert "A shop keeps at least one owner" in ada.pressed(ada.open(f"{TEAM}/user_ada/remove"), "Remove").text
    assert roles(ada) == {ADA: "owner"}


@pytest.mark.parametrize("role", ["emperor", ""])
def test_an_unknown_role_changes_nothing(ada: Merchant, role: str) -> None:
    bob = add_user(ada.shop, BOB, role="viewer")
    ada.post(f"{TEAM}/{bob.id}/role", ada.open(TEAM).values() | {"role": role})
    answer = Page(ada.post(f"{TEAM}/invite", ada.open(TEAM).values() | {"email": "eve@example.com", "role": role}))
    assert answer.status == 422
    assert (roles(ada)[BOB], ada.shop.store.invitations("org_apiary")) == ("viewer", [])


def test_a_user_logs_out_in_every_other_browser(ada: Merchant, merchant_of: MerchantOf) -> None:
    assert "You are logged in here only." in ada.open("/console/account").text
    phone = merchant_of()
    phone.log_in()
    page = ada.open("/console/account")
    assert "logged in since" in page.text
    assert "You are logged out everywhere else" in ada.pressed(page, "Log out everywhere else").text
    assert phone.open().heading == "Log in"
    assert ada.open().heading == "Links"
