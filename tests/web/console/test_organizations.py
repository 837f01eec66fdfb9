"""One user in several organizations: they switch at the top, and a form changes only the organization that it was loaded in."""

from app.objects.change import COMMAND_LINE
from app.objects.user import Member
from app.services.accounts import members, users
from tests.support.build import NOW, a_link, an_organization
from tests.web.console.conftest import ADA, Merchant, add_user

BAKERY = "org_bakery"


def join_the_bakery(ada: Merchant) -> str:
    """Make Ada a viewer of a second organization that has a link. Return her id."""
    store = ada.shop.store
    store.add_organization(an_organization(BAKERY, "Bakery"))
    add_user(ada.shop, "owner@bakery.example", BAKERY)
    id = users.retrieve(store, ADA).id
    assert store.add_member(Member(created=NOW, organization=BAKERY, role="viewer", user=id))
    store.add_link(a_link(id="plink_bread", counterfoil={"code": "bread", "name": "Bread", "organization": BAKERY}))
    ada.shop.add()
    return id


def test_a_user_switches_between_organizations_in_the_account_menu(ada: Merchant) -> None:
    assert not ada.open().has_button("Switch to Bakery")
    join_the_bakery(ada)
    page = ada.open()
    assert "Jar of honey" in page.text
    assert "Bread" not in page.text
    there = ada.pressed(page, "Switch to Bakery", organization=BAKERY)
    assert "Bakery" in there.root.first("header").text
    links = ada.open()
    assert "Bread" in links.text
    assert "Jar of honey" not in links.text
    assert ada.open("/console/links/plink_honey").status == 404
    assert ada.open("/console/links/plink_bread").status == 200


def test_a_form_that_was_loaded_in_another_organization_is_refused(ada: Merchant) -> None:
    join_the_bakery(ada)
    page = ada.open("/console/links/plink_honey")
    ada.pressed(ada.open(), "Switch to Bakery", organization=BAKERY)
    ada.shop.store.save_member(Member(created=NOW, organization=BAKERY, role="owner", user="user_ada"))
    answer = ada.press(page, "Switch off")
    assert answer.status_code == 403
    assert "Nothing was changed" in answer.text or "Load it again" in answer.text
    link = ada.shop.store.link("plink_honey")
    assert link is not None
    assert link.active


def test_an_organization_of_others_cannot_be_opened(ada: Merchant) -> None:
    ada.shop.store.add_organization(an_organization(BAKERY, "Bakery"))
    sent = ada.open("/console/account").values() | {"organization": BAKERY}
    assert ada.post("/console/organization", sent).status_code == 404
    assert "Hillside" in ada.open().html


def test_who_loses_the_chosen_organization_sees_their_other_one(ada: Merchant) -> None:
    id = join_the_bakery(ada)
    ada.pressed(ada.open(), "Switch to Bakery", organization=BAKERY)
    members.remove(ada.shop.store, BAKERY, id, NOW, actor=COMMAND_LINE)
    page = ada.open()
    assert "Jar of honey" in page.text
    assert not page.has_button("Switch to Bakery")
