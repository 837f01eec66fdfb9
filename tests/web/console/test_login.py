"""Log-in and log-out. The console's cookie cannot be guessed, planted, or used after the log-out."""

import io
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
from flask import Flask

from app.application import assemble
from app.config import Config
from app.services.accounts import users
from app.services.accounts.logins import IDLE_SECONDS
from app.web.console.cookie import ConsoleSessions
from tests.support.build import NOW, an_organization
from tests.support.clock import Clock
from tests.support.page import SAME_ORIGIN, Page
from tests.support.shop import PASSWORD
from tests.web.conftest import WebShop, lines
from tests.web.console.conftest import ADA, Merchant, add_user

PAGES = ["/console/", "/console/payments", "/console/account", "/console/links/plink_honey", "/console/payments/att_1"]


def served(config: Config, clock: Clock, **changes: Any) -> Merchant:
    """Return Ada at a server with other settings."""
    shop = WebShop(assemble(replace(config, **changes), now=clock))
    shop.store.migrate(NOW)
    if not shop.store.organizations():
        shop.store.add_organization(an_organization())
        add_user(shop)
    return Merchant(shop, changes.get("public_url", "http://localhost"))


def set_cookies(answer: object) -> list[str]:
    return answer.headers.getlist("Set-Cookie")  # type: ignore[attr-defined, no-any-return]


@pytest.mark.parametrize("path", [*PAGES, "/console", "/console/nowhere"])
def test_pages_of_the_console_redirect_to_the_log_in(merchant: Merchant, path: str) -> None:
    page = merchant.open(path)
    assert (page.status, page.heading) == (200, "Log in")
    assert "Hillside" not in page.html


@pytest.mark.parametrize(
    "path",
    [
        "/console/payments?show=refunded", "/console/account", "/console/links?show=active&share=", "/console/links?q=Jar+of%20h%C3%B6ney",
    ],
)  # fmt: skip
def test_a_log_in_redirects_to_the_requested_page(merchant: Merchant, path: str) -> None:
    answer = merchant.press(merchant.open(path), "Log in", email=ADA, password=PASSWORD)
    assert (answer.status_code, answer.location) == (303, path)
    assert merchant.get(path).status_code == 200


@pytest.mark.parametrize(
    "wanted",
    [
        "https://evil.example/", "//evil.example", "/\\evil.example", "/console/../pay/honey", "/pay/honey", "javascript:alert(1)",
        "/console.evil.example", "/console@evil.example", "/console/\r\nSet-Cookie: a=b", "/consolex", "/console//evil.example/@",
    ],
)  # fmt: skip
def test_a_log_in_redirects_to_the_console_only(merchant: Merchant, wanted: str) -> None:
    page = Page(merchant.client.get("/console/login", query_string={"next": wanted}))
    answer = merchant.press(page, "Log in", email=ADA, password=PASSWORD)
    assert (answer.status_code, answer.location) == (303, "/console/")
    again = merchant.client.get("/console/login", query_string={"next": wanted})
    assert (again.status_code, again.location) == (303, "/console/")


@pytest.mark.parametrize(("email", "password"), [(ADA, "nine bees on sage"), ("bob@example.com", PASSWORD), ("", "")])
def test_a_failed_log_in_has_one_message_and_gives_no_access(merchant: Merchant, email: str, password: str) -> None:
    page = merchant.pressed(merchant.open(), "Log in", email=email, password=password)
    assert page.status == 422
    assert page.title.startswith("Error: ")
    assert "E-mail address and password do not match" in page.text
    assert page.field("E-mail address").get("value") == email
    assert page.field("Password").get("value") == ""
    assert merchant.open().heading == "Log in"


def test_over_https_the_cookie_is_bound_to_the_host(config: Config, clock: Clock) -> None:
    merchant = served(config, clock, public_url="https://pay.apiary.example")
    answer = merchant.press(merchant.open("/console/login"), "Log in", email=ADA, password=PASSWORD)
    (cookie,) = set_cookies(answer)
    name, *attributes = cookie.split("; ")
    assert name.startswith("__Host-counterfoil=")
    assert sorted(attributes) == ["HttpOnly", "Path=/", "SameSite=Lax", "Secure"]
    assert merchant.open().heading == "Links"


def test_over_plain_http_the_cookie_is_not_secure(merchant: Merchant) -> None:
    answer = merchant.press(merchant.open(), "Log in", email=ADA, password=PASSWORD)
    (cookie,) = set_cookies(answer)
    name, *attributes = cookie.split("; ")
    assert name.startswith("counterfoil=")
    assert sorted(attributes) == ["HttpOnly", "Path=/", "SameSite=Lax"]


@pytest.mark.parametrize(
    "path", ["/pay/honey", "/pay/honey/embed", "/pay/none", "/healthz", "/v1/payment_links", "/nowhere"]
)
def test_public_pages_neither_read_nor_set_the_cookie(ada: Merchant, path: str) -> None:
    ada.shop.add()
    answer = ada.get(path)
    assert set_cookies(answer) == []
    assert "Cookie" not in answer.headers.get("Vary", "")


@pytest.mark.parametrize(
    ("path", "opened"), [("/console", True), ("/console/x", True), ("/consolex", False), ("/", False)]
)
def test_the_session_is_opened_only_below_the_console(shop: WebShop, path: str, opened: bool) -> None:
    app: Flask = shop.app
    with app.test_request_context(path) as context:
        assert (ConsoleSessions().open_session(app, context.request) is not None) is opened


def test_a_session_from_before_the_log_in_is_not_reused(merchant: Merchant) -> None:
    form = merchant.open("/console/login")
    planted = merchant.cookie
    token = form.values()["csrf_token"]
    merchant.press(form, "Log in", email=ADA, password=PASSWORD)
    assert merchant.cookie != planted
    merchant.open("/console/account")
    assert merchant.post("/console/logout", {"csrf_token": token}).status_code == 403
    assert merchant.open().heading == "Links"
    other = Merchant(merchant.shop)
    other.client.set_cookie("counterfoil", planted or "")
    assert other.open().heading == "Log in"


def test_a_log_out_ends_the_log_in_on_the_server(ada: Merchant) -> None:
    kept = ada.cookie or ""
    page = ada.pressed(ada.open("/console/account"), "Log out")
    assert page.heading == "Log in"
    assert ada.open().heading == "Log in"
    ada.client.set_cookie("counterfoil", kept)
    assert ada.open().heading == "Log in"


def test_a_new_log_in_replaces_the_previous_one(ada: Merchant) -> None:
    before = ada.cookie or ""
    form = ada.open("/console/account")
    sent = {**form.values(), "email": ADA, "password": PASSWORD}
    assert ada.post("/console/login", sent).status_code == 303
    assert ada.open().heading == "Links"
    ada.client.set_cookie("counterfoil", before)
    assert ada.open().heading == "Log in"


def test_an_unused_log_in_expires(ada: Merchant) -> None:
    ada.shop.clock.now += IDLE_SECONDS - 1
    assert ada.open().heading == "Links"
    ada.shop.clock.now += IDLE_SECONDS
    assert ada.open().heading == "Log in"


def test_a_forged_cookie_gives_no_access(ada: Merchant) -> None:
    kept = ada.cookie or ""
    for forged in (kept[:-1], f"x{kept}", kept.partition(".")[0], "", "{}"):
        ada.client.set_cookie("counterfoil", forged)
        assert ada.open().heading == "Log in"
    ada.client.set_cookie("counterfoil", kept)
    assert ada.open().heading == "Links"


def test_a_deleted_user_loses_access_immediately(ada: Merchant) -> None:
    ada.shop.store.delete_user(users.retrieve(ada.shop.store, ADA).id)
    assert ada.open().heading == "Log in"
    assert ada.log_in().status == 422


CROSS = {
    "from another site": {"Sec-Fetch-Site": "cross-site"},
    "from a neighbour": {"Sec-Fetch-Site": "same-site", "Origin": "http://other.localhost"},
    "from another origin": {"Origin": "https://evil.example"},
    "from nowhere": {"Origin": "null"},
}


@pytest.mark.parametrize("whence", CROSS)
def test_a_post_from_another_site_has_no_effect(ada: Merchant, whence: str) -> None:
    page = ada.open("/console/account")
    answer = ada.post("/console/logout", page.values(page.form_of("Log out")), CROSS[whence])
    assert answer.status_code == 403
    assert Page(answer).heading == "Please send this again"
    assert Page(answer).has_link("Payments")
    assert ada.open().heading == "Links"


def test_a_log_in_form_from_another_site_is_refused(merchant: Merchant) -> None:
    form = merchant.open("/console/login")
    sent = {**form.values(), "email": ADA, "password": PASSWORD}
    for headers in CROSS.values():
        assert merchant.post("/console/login", sent, headers).status_code == 403
    assert merchant.open().heading == "Log in"


@pytest.mark.parametrize("token", ["", "nonsense", "IiI.awd.x", None])
def test_a_post_without_a_valid_token_has_no_effect(ada: Merchant, token: str | None) -> None:
    answer = ada.post("/console/logout", {} if token is None else {"csrf_token": token})
    assert answer.status_code == 403
    assert ada.open().heading == "Links"


def test_the_token_of_another_browsers_form_is_refused(ada: Merchant, merchant_of: Callable[..., Merchant]) -> None:
    other = merchant_of()
    other.log_in()
    token = other.open("/console/account").values()["csrf_token"]
    assert ada.post("/console/logout", {"csrf_token": token}).status_code == 403
    assert ada.open().heading == "Links"


def test_a_browser_without_cookies_reads_that_it_must_allow_them(shop: WebShop) -> None:
    page = Page(shop.client.get("/console/login"))
    answer = Page(shop.client.post("/console/login", data=page.values() | {"email": ADA}, headers=SAME_ORIGIN))
    assert answer.status == 403
    assert "Allow cookies for http://localhost" in answer.text


def test_a_log_in_form_redirects_after_a_log_in_in_another_tab(merchant: Merchant) -> None:
    form = merchant.open("/console/payments")
    assert merchant.log_in().heading == "Links"
    answer = merchant.press(form, "Log in", email=ADA, password=PASSWORD)
    assert (answer.status_code, answer.location) == (303, "/console/payments")


def test_a_form_from_before_a_change_of_the_secret_key_must_be_sent_again(config: Config, clock: Clock) -> None:
    before, after = (served(config, clock, secret_key=key * 32) for key in "ab")
    form = before.open("/console/login")
    after.client.set_cookie("counterfoil", before.cookie or "")
    page = after.pressed(form, "Log in", email=ADA, password=PASSWORD)
    assert page.status == 403
    assert "open for too long" in page.text
    assert "cookie" not in page.text
    assert after.pressed(page, "Log in", email=ADA, password=PASSWORD).heading == "Welcome"


@pytest.mark.parametrize("called", ["http://pay.apiary.example", "https://shop.local", "http://localhost:8000"])
def test_a_log_in_at_another_address_names_the_right_one(config: Config, clock: Clock, called: str) -> None:
    shop = served(config, clock, public_url="https://pay.apiary.example").shop
    page = Page(shop.client.get("/console/login", base_url=called))
    sent = page.values() | {"email": ADA, "password": PASSWORD}
    answer = shop.client.post("/console/login", base_url=called, data=sent, headers={**SAME_ORIGIN, "Origin": called})
    assert answer.status_code == 403
    assert "Open https://pay.apiary.example/console/" in Page(answer).text


def test_an_address_with_too_many_log_in_attempts_has_to_wait(config: Config, clock: Clock) -> None:
    merchant = served(config, clock, rate_limit_login="3/minute", trusted_proxies=1)
    form = merchant.open("/console/login")
    wrong = {**form.values(), "email": ADA, "password": "wrong"}
    right = {**wrong, "password": PASSWORD}
    assert [merchant.post("/console/login", wrong).status_code for _ in range(3)] == [422, 422, 422]
    refused = merchant.post("/console/login", right)
    assert refused.status_code == 429
    assert 1 <= int(refused.headers["Retry-After"]) <= 60
    page = Page(refused)
    assert "Too many attempts from your network. Wait one minute" in page.text
    assert page.field("E-mail address").get("value") == ADA
    elsewhere = merchant.post("/console/login", right, {**SAME_ORIGIN, "X-Forwarded-For": "203.0.113.9"})
    assert elsewhere.status_code == 303


def test_keys_that_fail_and_log_ins_are_counted_together(config: Config, clock: Clock) -> None:
    merchant = served(config, clock, rate_limit_login="3/minute", trusted_proxies=1)
    form = merchant.open("/console/login")
    for _ in range(2):
        assert merchant.get("/v1/payment_links", Authorization="Bearer bc_none").status_code == 401
    sent = {**form.values(), "email": ADA, "password": "wrong"}
    assert [merchant.post("/console/login", sent).status_code for _ in range(2)] == [422, 429]


def test_password_attempts_on_the_account_page_are_rate_limited(config: Config, clock: Clock) -> None:
    merchant = served(config, clock, rate_limit_login="3/minute", trusted_proxies=1)
    merchant.log_in()
    page = merchant.open("/console/account")
    sent = {"old_password": "wrong", "password": "ten bees on lavender"}
    statuses = [merchant.press(page, "Change password", **sent).status_code for _ in range(3)]
    assert statuses == [422, 422, 429]


@pytest.mark.parametrize("path", [*PAGES[:3], "/console/login", "/console/nowhere"])
def test_pages_of_the_console_are_not_framed_and_not_cached(ada: Merchant, path: str) -> None:
    answer = ada.get(path)
    assert answer.headers["Cache-Control"] == "no-store"
    assert answer.headers["X-Frame-Options"] == "DENY"
    assert "frame-ancestors 'none'" in answer.headers["Content-Security-Policy"]
    assert "unsafe" not in answer.headers["Content-Security-Policy"]


def test_the_log_names_users_by_id_and_holds_no_secrets(merchant: Merchant, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level("INFO")
    for email, password in ((ADA, "a wrong password"), ("bob@example.com", PASSWORD), (ADA, PASSWORD)):
        merchant.log_in(email=email, password=password)
    told = [record for record in caplog.records if record.name == "app.services.accounts.logins"]
    assert [(record.getMessage(), record.user) for record in told] == [  # type: ignore[attr-defined]
        ("log-in refused", "user_ada"),
        ("log-in refused", None),
        ("logged in", "user_ada"),
    ]
    assert not any(secret in caplog.text for secret in (ADA, PASSWORD, "a wrong password"))


def test_log_lines_of_the_console_name_the_user(ada: Merchant, log: io.StringIO) -> None:
    ada.open("/console/account")
    ada.get("/pay/none")
    assert [line["user"] for line in lines(log, "/console/account")] == ["user_ada"]
    assert "user" not in lines(log, "/pay/none")[0]
