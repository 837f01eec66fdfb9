"""Stripe in the settings: the connection, the rights of the key, and the import with its progress and report."""

from pathlib import Path

import pytest

from app.objects.connection import NEEDED_RIGHTS
from app.serving.imports import run_imports
from app.web.console.connection.rights import RESOURCES, TASKS
from tests.gateway.stripe_shaped import KEY, LIVE_KEY
from tests.support.languages import in_language
from tests.support.page import Page, tidy
from tests.support.restricted_key import END_OF_KEY, RestrictedKey
from tests.support.stripe_account import StripeAccount, a_link
from tests.web.console.conftest import Merchant
from tests.web.console.connected import a_merchant_with_stripe

STRIPE = "/console/settings/stripe"
PROGRESS = f"{STRIPE}/import"


def run_import(merchant: Merchant) -> None:
    """Do what the thread of a server does."""
    context = merchant.shop.app.extensions["counterfoil"]
    assert run_imports(context, "test") == 1


def test_every_needed_right_belongs_to_a_task_with_words() -> None:
    assert {need for task in TASKS for need in task.needs} == set(NEEDED_RIGHTS)
    assert set(RESOURCES) == {resource for resource, _access in NEEDED_RIGHTS}


def test_the_sandbox_is_named_and_has_neither_check_nor_import(ada: Merchant) -> None:
    page = ada.open(STRIPE)
    assert "This server has no Stripe key. Its own sandbox answers in place of Stripe" in page.text
    assert [button.text for button in page.root.first("main").all("button")] == []
    assert page.link("Go live")["href"] == f"{STRIPE}#live"


def test_opening_the_page_asks_stripe_nothing(tmp_path: Path) -> None:
    stripe = RestrictedKey()
    with a_merchant_with_stripe(tmp_path, stripe) as merchant:
        assert "The server has a test key. It was not checked yet." in merchant.open(STRIPE).text
    assert stripe.asked == []


def test_a_check_names_account_rights_and_the_missing_right_but_never_the_key(tmp_path: Path) -> None:
    stripe = RestrictedKey("refunds write", "coupons write")
    with a_merchant_with_stripe(tmp_path, stripe) as merchant:
        page = merchant.pressed(merchant.open(STRIPE), "Check now")
    assert "Connected in test mode, checked today, " in page.text
    assert "Apiary Ltd, acct_1Apiary" in page.text
    assert "Germany, pays out in EUR" in page.text
    assert "A secret test key, which may do everything" in page.text
    rows = [tidy(row.text) for row in page.root.first("ul", class_="checklist").all("li")]
    refused = [row for row in rows if row.endswith("No")]
    assert len(rows) == len(TASKS)
    assert len(refused) == 2
    assert any("Refund Charges and Refunds: write. Without it, refund in the Stripe Dashboard." in it for it in refused)
    assert any("Missing: Charges and Refunds: write (rak_refund_write)" in it for it in refused)
    assert any("Missing: Coupons: write (rak_coupon_write)" in it for it in refused)
    assert KEY not in page.html
    assert END_OF_KEY not in page.html


def test_a_refused_key_is_reported(tmp_path: Path) -> None:
    with a_merchant_with_stripe(tmp_path, RestrictedKey("key")) as merchant:
        page = merchant.pressed(merchant.open(STRIPE), "Check now")
    assert "Not connected, checked today, " in page.text
    assert "Stripe does not accept the API key." in page.text
    assert "Stripe says" not in page.text
    assert END_OF_KEY not in page.html


@pytest.mark.parametrize("secret", [None, "whsec_0123456789abcdef0123"])
def test_the_webhook_secret_is_set_or_missing(tmp_path: Path, secret: str | None) -> None:
    told = {"STRIPE_WEBHOOK_SECRET": secret} if secret else {}
    with a_merchant_with_stripe(tmp_path, RestrictedKey(), LIVE_KEY, **told) as merchant:
        page = merchant.open(STRIPE)
    expected = "is set, no event has arrived yet." if secret else "is missing, so no event can arrive."
    assert f"STRIPE_WEBHOOK_SECRET {expected}" in page.text
    assert "The server has a live key." in page.text
    assert not page.root.all("h2", id="live"), "it is live already"
    assert "Test mode" not in page.text
    assert secret is None or secret not in page.html


def test_an_import_goes_on_without_the_browser_and_ends_with_a_report(tmp_path: Path) -> None:
    account = StripeAccount()
    for number in range(3):
        account.add(a_link(f"plink_{number}"))
    account.refused.add("plink_1")
    with a_merchant_with_stripe(tmp_path, account) as merchant:
        running = merchant.pressed(merchant.open(STRIPE), "Import links")
        assert "Reading Stripe’s list of links. You can leave this page, it goes on." in running.text
        assert running.link("Refresh")["href"] == PROGRESS
        region = Page(merchant.get(PROGRESS, HX_Request="true"))
        assert region.root.first("div", id="import-progress")["data-hx-get"] == PROGRESS
        assert merchant.get(PROGRESS).location == f"{STRIPE}#import", "a browser without scripts goes to the page"
        run_import(merchant)
        ended = merchant.open(STRIPE)
        done = Page(merchant.get(PROGRESS, HX_Request="true")).root.first("div", id="import-progress")
    assert "2 links were imported." in ended.text
    assert "One link was left out" in ended.text
    assert "plink_1 Refused: resource_missing." in ended.text
    assert done.get("data-hx-get") is None, "the page asks no more"
    assert ended.button("Start again").tag == "button"


def test_while_an_import_runs_no_second_one_starts(tmp_path: Path) -> None:
    with a_merchant_with_stripe(tmp_path, StripeAccount()) as merchant:
        page = merchant.open(STRIPE)
        merchant.press(page, "Import links")
        first = merchant.shop.store.import_run("org_apiary")
        again = merchant.pressed(page, "Import links")
        assert "An import is running already" in again.text
        assert merchant.shop.store.import_run("org_apiary") == first
        run_import(merchant)
        assert "Nothing was new." in merchant.open(STRIPE).text


def test_a_stopped_import_says_why_and_can_start_again(tmp_path: Path) -> None:
    with a_merchant_with_stripe(tmp_path, RestrictedKey("payment_links read")) as merchant:
        merchant.press(merchant.open(STRIPE), "Import links")
        run_import(merchant)
        page = merchant.open(STRIPE)
    assert "The import stopped" in page.text
    assert "rak_payment_link_read" in page.text
    assert END_OF_KEY not in page.html
    assert page.button("Start again").tag == "button"


def test_a_problem_with_the_connection_is_told_in_the_language_of_the_page(tmp_path: Path) -> None:
    with a_merchant_with_stripe(tmp_path, RestrictedKey("key")) as merchant:
        merchant.press(merchant.open(STRIPE), "Check now")
        text = Page(merchant.get(STRIPE, **{"Accept-Language": "de"})).text
        problem = in_language("de", "Stripe does not accept the API key.")
        assert problem in text
        assert "does not" not in text
        assert in_language("de", "Stripe says: “%(message)s”", message=problem) not in text
