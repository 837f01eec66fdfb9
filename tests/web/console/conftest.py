"""Merchants whose browsers keep cookies, at the server of `tests/web`."""

from collections.abc import Callable, Iterator
from functools import cache, cached_property
from typing import Any

import pytest
from argon2 import PasswordHasher
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from app.objects.user import Role, User
from app.services.accounts import logins, users
from tests.support.page import SAME_ORIGIN, Page
from tests.support.shop import PASSWORD
from tests.web.conftest import WebShop

ADA = "ada@example.com"


@cache
def password_hash() -> str:
    """Return the hash of `PASSWORD`. It is computed once, because hashing is slow on purpose."""
    return PasswordHasher(time_cost=2, memory_cost=19 * 1024, parallelism=1).hash(PASSWORD)


def add_user(shop: WebShop, email: str = ADA, organization: str = "org_apiary", role: Role = "owner") -> User:
    """Add a user with `PASSWORD`."""
    user = User(
        id=f"user_{email.replace('@', '_')}" if "@example.com" not in email else f"user_{email.partition('@')[0]}",
        created=shop.clock(),
        email=email,
        organization=organization,
        password_hash=password_hash(),
    )
    assert shop.store.add_user(user, role)
    return user


class Merchant:
    """A merchant with their own browser. `base_url` is the address that they use."""

    def __init__(self, shop: WebShop, base_url: str = "http://localhost") -> None:
        self.shop = shop
        self.client: FlaskClient = shop.app.test_client()
        self.base_url = base_url

    def get(self, path: str, **headers: str) -> TestResponse:
        return self.client.get(path, base_url=self.base_url, headers=headers)

    def open(self, path: str = "/console/links") -> Page:
        """Open an address and follow redirects."""
        return Page(self.client.get(path, base_url=self.base_url, follow_redirects=True))

    def press(self, page: Page, button: str, **fields: str) -> TestResponse:
        """Press a button of a page, with fields filled in by name."""
        form = page.form_of(button)
        sent = page.values(form) | fields
        return self.post(form.get("action") or page.response.request.full_path, sent)

    def pressed(self, page: Page, button: str, **fields: str) -> Page:
        """Press a button and follow its redirect."""
        answer = self.press(page, button, **fields)
        return self.open(answer.location) if answer.status_code == 303 else Page(answer)

    def post(self, path: str, sent: dict[str, str], headers: dict[str, str] | None = None) -> TestResponse:
        return self.client.post(
            path, base_url=self.base_url, data=sent, headers=SAME_ORIGIN if headers is None else headers
        )

    def log_in(self, path: str = "/console/links", email: str = ADA, password: str = PASSWORD) -> Page:
        """Open a page and log in."""
        return self.pressed(self.open(path), "Log in", email=email, password=password)

    @cached_property
    def some_form(self) -> dict[str, str]:
        """The values of a form of this browser with its token, read once while it is logged in."""
        return self.open("/console/account").values()

    @property
    def cookie(self) -> str | None:
        """The console's cookie, or None."""
        for name in ("counterfoil", "__Host-counterfoil"):
            if cookie := self.client.get_cookie(name):
                return cookie.value
        return None


@pytest.fixture
def merchant_of(shop: WebShop) -> Callable[..., Merchant]:
    """Return a function that opens another browser."""

    def made(**told: Any) -> Merchant:
        return Merchant(shop, **told)

    return made


@pytest.fixture
def merchant(shop: WebShop) -> Merchant:
    """Return Ada, who is a user and not logged in."""
    add_user(shop)
    return Merchant(shop)


@pytest.fixture
def ada(merchant: Merchant) -> Merchant:
    """Return Ada, logged in. The password is not checked, because that is slow on purpose."""
    user = users.retrieve(merchant.shop.store, ADA)
    with merchant.client.session_transaction("/console/", base_url=merchant.base_url) as session:
        session["login"] = logins.create_login(merchant.shop.store, user, merchant.shop.clock())
    return merchant


@pytest.fixture
def sold(ada: Merchant) -> Merchant:
    """Return Ada, who has one paid order."""
    shop = ada.shop
    shop.sell()
    shop.press(shop.open(), "Continue to payment")
    shop.open(shop.pay_in_sandbox())
    return ada


@pytest.fixture
def german(shop: WebShop) -> Iterator[None]:
    """A request for a page of the console in German."""
    with shop.app.test_request_context("/console/", headers={"Accept-Language": "de"}):
        shop.app.preprocess_request()
        yield
