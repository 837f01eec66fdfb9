"""Who may do what: every view of the console declares a role, and nothing of another organization is ever visible.

The tests walk the URL map, so a new route is tested as soon as it exists. `tests/support/console_examples.py` makes the objects.
"""

import pytest
from werkzeug.test import TestResponse

from app.objects.change import COMMAND_LINE
from app.objects.user import ROLES, Role, includes
from app.services.accounts import logins, members, users
from tests.support.build import an_organization
from tests.support.console_examples import SECRET, WITHOUT_EXAMPLE, make_examples
from tests.support.console_routes import routes, seen_by
from tests.support.page import SAME_ORIGIN, Page
from tests.web.conftest import WebShop
from tests.web.console.conftest import Merchant, add_user

OURS, THEIRS = "org_apiary", "org_bakery"

WALKED = [pytest.param(role, marks=() if role == "manager" else pytest.mark.matrix) for role in ROLES]
"""Every role. `make check` walks as the manager, who may open some views and not others."""


@pytest.fixture
def ids(shop: WebShop) -> dict[str, dict[str, str]]:
    """Make one example of every kind for both organizations. Return the ids by organization and kind."""
    shop.store.add_organization(an_organization(THEIRS, f"{SECRET}{THEIRS}"))
    add_user(shop, "owner@bakery.example", THEIRS)
    return {organization: make_examples(shop.store, shop.gateway, organization) for organization in (OURS, THEIRS)}


def logged_in(shop: WebShop, role: Role) -> Merchant:
    """Return a member of our organization with this role, logged in."""
    email = f"{role}@apiary.example"
    user = shop.store.user_by_email(email) or add_user(shop, email, OURS, role=role)
    merchant = Merchant(shop)
    with merchant.client.session_transaction("/console/", base_url=merchant.base_url) as session:
        session["login"] = logins.create_login(shop.store, user, shop.clock())
    return merchant


def send(merchant: Merchant, method: str, path: str, organization: str = OURS) -> TestResponse:
    """Send a request as a form of the console does. A form that names an organization names this one."""
    data = merchant.some_form | {"organization": organization} if method == "POST" else {}
    return merchant.client.open(path, method=method, base_url=merchant.base_url, headers=SAME_ORIGIN, data=data)


def test_every_view_declares_who_may_open_it(shop: WebShop) -> None:
    found = routes(shop.app)
    assert {route.rule for route in found if route.needed == "everyone"} == {
        "/console/invitations/<token>", "/console/login", "/console/login/<token>", "/console/login/code",
        "/console/setup/<token>",
    }  # fmt: skip
    assert len(found) > 12
    assert {route.needed for route in found} > {"viewer", "manager"}


def test_a_view_that_declares_nothing_answers_no_request(shop: WebShop) -> None:
    def undeclared() -> str:
        return "open to everyone"

    shop.app.view_functions["console.payments_page"] = undeclared
    answer = logged_in(shop, "owner").get("/console/payments")
    assert answer.status_code == 500
    assert "open to everyone" not in answer.text


@pytest.mark.matrix  # `tests/web/test_tenants.py` stays
@pytest.mark.parametrize("role", ROLES)
def test_nothing_of_another_organization_is_visible_or_changed(
    shop: WebShop, ids: dict[str, dict[str, str]], role: Role
) -> None:
    merchant, before = logged_in(shop, role), seen_by(shop.store, THEIRS)
    for route in routes(shop.app):
        if route.rule == "/console/logout" or route.needed == "everyone":
            continue
        answer = send(merchant, route.method, route.path(ids[THEIRS]), THEIRS)
        assert SECRET + THEIRS not in answer.text, route
        assert f"{THEIRS}@secret.example" not in answer.text, route
        if not includes(role, route.needed):
            assert answer.status_code == 403, route
        elif route.example or route.rule in {*WITHOUT_EXAMPLE, "/console/organization"}:
            assert answer.status_code == 404, route
    assert seen_by(shop.store, THEIRS) == before


@pytest.mark.parametrize("role", WALKED)
def test_a_role_opens_what_its_views_declare_and_nothing_else(
    shop: WebShop, ids: dict[str, dict[str, str]], role: Role
) -> None:
    merchant, own = logged_in(shop, role), ids[OURS]
    for route in routes(shop.app):
        if route.needed == "everyone" or route.rule in WITHOUT_EXAMPLE:
            continue
        before = seen_by(shop.store, OURS)
        answer = send(merchant, route.method, route.path(own))
        if includes(role, route.needed):
            assert answer.status_code not in {401, 403, 404, 405, 500}, (route, answer.text)
            if route.method == "POST":
                # It may have removed an example, or ended the log-in.
                merchant, own = logged_in(shop, role), make_examples(shop.store, shop.gateway, OURS)
            continue
        page = Page(answer)
        assert (page.status, page.heading) == (403, "You can look, but not change this"), route
        assert page.root.first("main").first("span", class_="tag").text == role.capitalize()
        assert seen_by(shop.store, OURS) == before, route


def test_the_examples_have_secrets_that_their_own_organization_sees(
    shop: WebShop, ids: dict[str, dict[str, str]]
) -> None:
    """Without this, the test above could not fail."""
    merchant = logged_in(shop, "viewer")
    for path in ("/console/", "/console/links", "/console/payments"):
        assert SECRET + OURS in merchant.get(path).text, path
    assert f"{OURS}@secret.example" in merchant.get("/console/payments").text.replace("<wbr>", "")


def test_a_viewer_sees_no_button_that_answers_not_allowed(shop: WebShop, ids: dict[str, dict[str, str]]) -> None:
    merchant = logged_in(shop, "viewer")
    declared = {(route.method, route.path(ids[OURS])): route.needed for route in routes(shop.app)}
    for (method, path), needed in declared.items():
        if method != "GET" or needed != "viewer":
            continue
        answer = merchant.get(path)
        if answer.status_code == 303:
            continue
        page = Page(answer)
        for form in page.root.all("form"):
            if form.get("method") == "post":
                assert declared["POST", form["action"].partition("?")[0]] in {"viewer", "everyone"}, (
                    path,
                    form["action"],
                )
        for link in page.root.all("a"):
            target = (link.get("href") or "").partition("?")[0]
            assert declared.get(("GET", target), "viewer") in {"viewer", "everyone"}, (path, target)


def test_a_refused_page_names_the_owner_and_leads_back(shop: WebShop, ids: dict[str, dict[str, str]]) -> None:
    add_user(shop, "mara@apiary.example", OURS)
    merchant = logged_in(shop, "viewer")
    sent = merchant.open("/console/account").values()
    came_from = f"http://localhost/console/links/{ids[OURS]['links']}"
    path = f"/console/links/{ids[OURS]['links']}/deactivate"
    page = Page(merchant.post(path, sent, {**SAME_ORIGIN, "Referer": came_from}))
    assert "needs the role of manager or owner. Nothing was changed." in page.text
    assert "mara@apiary.example can do it" in page.text
    assert page.link("Back")["href"] == f"/console/links/{ids[OURS]['links']}"
    assert page.link("Write to mara@apiary.example")["href"] == "mailto:mara@apiary.example"
    elsewhere = Page(merchant.post(path, sent, {**SAME_ORIGIN, "Referer": "http://evil.example/console/payments"}))
    assert elsewhere.link("Back")["href"] == "/console/"


def test_a_lost_role_and_a_lost_membership_end_at_the_next_request(
    shop: WebShop, ids: dict[str, dict[str, str]]
) -> None:
    add_user(shop, "mara@apiary.example", OURS)
    merchant = logged_in(shop, "manager")
    user = users.retrieve(shop.store, "manager@apiary.example")
    path = f"/console/links/{ids[OURS]['links']}/deactivate"
    assert send(merchant, "POST", path).status_code == 303
    members.change_role(shop.store, OURS, user.id, "viewer", shop.clock(), actor=COMMAND_LINE)
    assert send(merchant, "POST", path).status_code == 403
    members.remove(shop.store, OURS, user.id, shop.clock(), actor=COMMAND_LINE)
    assert merchant.open("/console/links").heading == "Log in"
    assert shop.store.user(user.id) is None
