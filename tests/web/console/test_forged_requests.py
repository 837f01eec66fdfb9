"""No request that another site makes a browser send changes anything. The tests walk the URL map, so they find each new view."""

from itertools import product

import pytest
from werkzeug.test import TestResponse

from tests.support.console_examples import make_examples
from tests.support.console_routes import Route, routes, seen_by
from tests.support.page import SAME_ORIGIN, Page
from tests.web.console.conftest import Merchant, add_user

OURS = "org_apiary"
OWN = "the token of the browser"

FORGED: dict[str, tuple[str | None, dict[str, str]]] = {
    "without a token": (None, SAME_ORIGIN),
    "with an empty token": ("", SAME_ORIGIN),
    "with a made-up token": ("IjEyMyI.aaaa.bbbb", SAME_ORIGIN),
    "with a very long token": ("x" * 5000, SAME_ORIGIN),
    "from another site": (OWN, {"Sec-Fetch-Site": "cross-site"}),
    "from another subdomain": (OWN, {"Sec-Fetch-Site": "same-site", "Origin": "http://evil.localhost"}),
    "from an old browser on another site": (OWN, {"Origin": "https://evil.example"}),
    "from a page without an origin": (OWN, {"Origin": "null", "Sec-Fetch-Site": "cross-site"}),
}
"""What a forged request has for a token, and its headers."""


@pytest.fixture
def ids(ada: Merchant) -> dict[str, str]:
    """Make one example of every kind."""
    return make_examples(ada.shop.store, ada.shop.gateway, OURS)


def posts(ada: Merchant) -> list[Route]:
    """Return every route that takes a form."""
    found = [route for route in routes(ada.shop.app) if route.method not in {"GET", "HEAD"}]
    assert len(found) > 40
    return found


def is_refused(answer: TestResponse) -> bool:
    """Whether the answer is a refusal. The log-in form leads a visitor who is logged in to the first page, and starts no log-in."""
    if answer.request.path == "/console/login":
        return (answer.status_code, answer.location) == (303, "/console/")
    return answer.status_code == 403


def token_of(merchant: Merchant, path: str = "/console/account") -> str:
    """Return the form token of a browser."""
    return merchant.open(path).values()["csrf_token"]


@pytest.mark.matrix
def test_a_forged_form_is_refused_by_every_view(ada: Merchant, ids: dict[str, str]) -> None:
    own, before = token_of(ada), seen_by(ada.shop.store, OURS)
    for route, (how, (token, headers)) in product(posts(ada), FORGED.items()):
        sent = {} if token is None else {"csrf_token": own if token is OWN else token}
        path = route.path(ids)
        answer = ada.client.open(path, method=route.method, base_url=ada.base_url, data=sent, headers=headers)
        assert is_refused(answer), (how, route, answer.status_code)
    assert seen_by(ada.shop.store, OURS) == before
    assert ada.open("/console/account").heading == "Your log-in"


def test_the_token_of_another_browser_is_refused_by_every_view(ada: Merchant, ids: dict[str, str]) -> None:
    other = Merchant(ada.shop)
    sent = {"csrf_token": token_of(other, "/console/login")}
    before = seen_by(ada.shop.store, OURS)
    for route in posts(ada):
        assert is_refused(ada.post(route.path(ids), sent)), route
    assert seen_by(ada.shop.store, OURS) == before


def test_a_token_that_was_given_before_the_log_in_is_refused_after_it(ada: Merchant) -> None:
    add_user(ada.shop, "mara@example.com")
    mara = Merchant(ada.shop)
    early = token_of(mara, "/console/login")
    assert mara.log_in("/console/account", email="mara@example.com").heading == "Your log-in"
    assert mara.post("/console/logout", {"csrf_token": early}).status_code == 403
    assert mara.post("/console/logout", {"csrf_token": token_of(mara)}).status_code == 303


def test_every_form_of_the_console_has_the_token(ada: Merchant, ids: dict[str, str]) -> None:
    forms = 0
    for route in routes(ada.shop.app):
        answer = ada.get(route.path(ids)) if route.method == "GET" else None
        if answer is None or answer.mimetype != "text/html" or answer.status_code == 303:
            continue
        for form in Page(answer).root.all("form"):
            if (form.get("method") or "").lower() == "post":
                assert form.all("input", name="csrf_token"), (route, form.get("action"))
                forms += 1
    assert forms > 40


def test_a_page_that_is_only_opened_changes_nothing(ada: Merchant, ids: dict[str, str]) -> None:
    """An image or a link of another site can open every address of the console."""
    before = seen_by(ada.shop.store, OURS)
    for route in routes(ada.shop.app):
        if route.method == "GET":
            ada.client.get(route.path(ids), base_url=ada.base_url, headers={"Sec-Fetch-Site": "cross-site"})
    assert seen_by(ada.shop.store, OURS) == before
