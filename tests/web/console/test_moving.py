"""Going live with a link: from a server in sandbox mode that gets a live key, and over a file to another server."""

import io
import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from werkzeug.datastructures import FileStorage
from werkzeug.test import encode_multipart

from app.application import assemble
from app.config import read_config
from app.objects.event import Event, EventData
from app.services.accounts import logins, users
from tests.gateway.stripe_shaped import LIVE_KEY
from tests.store.build import an_attempt
from tests.support.build import NOW, a_link, an_organization
from tests.support.clock import Clock
from tests.support.live_stripe import LiveStripe
from tests.support.page import SAME_ORIGIN, Page, tidy
from tests.web.conftest import WebShop
from tests.web.console.conftest import ADA, Merchant, add_user
from tests.web.console.connected import a_database, a_merchant_with_stripe

ID = "plink_honey"
LIVE = f"/console/links/{ID}/live"
MOVE = "/console/links/move"


@pytest.fixture
def stripe(tmp_path: Path) -> LiveStripe:
    folder = tmp_path / "stripe"
    folder.mkdir()
    return LiveStripe(folder)


@pytest.fixture
def sandbox(tmp_path: Path) -> Merchant:
    """Return a merchant at a server in sandbox mode, who sells honey."""
    environment = {"DATABASE_URL": a_database(tmp_path), "PUBLIC_URL": "http://localhost"}
    shop = WebShop(assemble(read_config(environment, data=tmp_path), now=Clock()))
    shop.store.migrate(NOW)
    shop.store.add_organization(an_organization())
    add_user(shop)
    link = a_link(allow_promotion_codes=True, payment_method_types=["card", "sepa_debit"])
    shop.sell(link.model_copy(update={"counterfoil": link.counterfoil.model_copy(update={"slug": "spring-honey"})}))
    merchant = Merchant(shop)
    with merchant.client.session_transaction("/console/", base_url=merchant.base_url) as session:
        session["login"] = logins.create_login(shop.store, users.retrieve(shop.store, ADA), NOW)
    return merchant


@pytest.fixture
def live(sandbox: Merchant, stripe: LiveStripe, tmp_path: Path) -> Iterator[Merchant]:
    """Return the merchant at the same server, after it got a live key."""
    assert sandbox.shop.store.link(ID)
    told = {"STRIPE_WEBHOOK_SECRET": "whsec_0123456789abcdef0123"}
    with a_merchant_with_stripe(tmp_path, stripe, LIVE_KEY, **told) as merchant:
        yield merchant


@pytest.fixture
def other(stripe: LiveStripe, tmp_path: Path) -> Iterator[Merchant]:
    """Return a merchant at another server, which is live."""
    folder = tmp_path / "other"
    folder.mkdir()
    with a_merchant_with_stripe(folder, stripe, LIVE_KEY) as merchant:
        yield merchant


def send_file(merchant: Merchant, content: bytes, **headers: str) -> Page:
    """Choose a file and send it. The body is encoded here, because the client would leave the file of a long one open."""
    page = merchant.open(MOVE)
    fields = page.values(page.form_of("Show what it makes"))
    boundary, body = encode_multipart({**fields, "file": FileStorage(io.BytesIO(content), "a.json")})
    answer = merchant.client.post(
        MOVE,
        base_url=merchant.base_url,
        content_type=f"multipart/form-data; boundary={boundary}",
        data=body,
        headers={**SAME_ORIGIN, **headers},
    )
    return Page(answer)


def test_a_link_in_the_sandbox_is_marked_and_says_how_it_gets_live(sandbox: Merchant) -> None:
    page = sandbox.open(f"/console/links/{ID}")
    assert "Test data" in page.text
    explained = sandbox.open(page.link("Go live with this link")["href"])
    assert "This server is in test mode. There are two ways to a live link:" in explained.text
    assert explained.link("What to set")["href"] == "/console/settings/stripe#live"
    file = sandbox.get(explained.link("Download the file")["href"])
    assert file.headers["Content-Disposition"] == 'attachment; filename="spring-honey.json"'
    assert [link["id"] for link in json.loads(file.text)["payment_links"]] == [ID]


def test_the_page_of_a_link_in_the_sandbox_opens_in_japanese(sandbox: Merchant) -> None:
    page = Page(sandbox.get(f"/console/links/{ID}", **{"Accept-Language": "ja"}))
    assert page.status == 200
    assert page.link("このリンクを本番にする")["href"].startswith("/console/")


def test_the_report_is_read_and_confirmed_and_then_the_link_is_live(live: Merchant, stripe: LiveStripe) -> None:
    page = live.open(live.open(f"/console/links/{ID}").link("Go live with this link")["href"])
    rows = [tidy(row.text) for row in page.root.first("table").all("tr")][1:]
    assert rows == ["Jar of honey Product Will be made", "Jar of honey, €12.50 Price Will be made"]
    assert "Promotion codes do not move. Make the codes that buyers may use in live mode." in page.text
    assert "It takes Card, SEPA Direct Debit. Check that the live account has them switched on." in page.text
    assert {method for method, _path in stripe.asked} == {"GET"}
    result = live.pressed(page, "Go live")
    assert result.heading == "This link is live"
    assert "2 objects were made at Stripe." in result.text
    assert result.field("Address")["value"] == "https://pay.example.com/pay/spring-honey"
    moved = live.open(result.link("To the link")["href"])
    assert "Test data" not in moved.text
    assert "Stripe refuses" not in moved.text
    again = live.open(LIVE)
    assert "Everything was moved before. Nothing is left to do." in again.text
    assert "Exists, is used" in again.text


def test_a_form_that_is_sent_twice_makes_one_link(live: Merchant, stripe: LiveStripe) -> None:
    page = live.open(LIVE)
    first, second = (live.press(page, "Go live") for _ in range(2))
    assert first.location == second.location
    assert len(stripe.sdk.prices.list().data) == 1
    assert "Nothing was made there" in live.open(second.location).text


def test_a_refusal_of_stripe_is_shown_and_the_move_goes_on_afterwards(live: Merchant, stripe: LiveStripe) -> None:
    stripe.refused["prices"] = "Having the 'rak_plan_write' permission would allow this request to continue."
    page = live.pressed(live.open(LIVE), "Go live")
    assert page.status == 422
    assert "rak_plan_write" in page.text
    assert "What was made stays, and is used when you try again." in page.text
    assert "Jar of honey Product Exists, is used" in tidy(page.root.first("table").text)
    stripe.refused.clear()
    assert "One object was made at Stripe." in live.pressed(page, "Go live").text


def test_without_an_answer_of_stripe_nothing_is_made_and_the_page_says_so(
    live: Merchant, other: Merchant, stripe: LiveStripe
) -> None:
    page, content = live.open(LIVE), live.get(f"{LIVE}.json").data
    stripe.silent = True
    assert live.open(LIVE).heading == "Stripe cannot be reached"
    assert live.pressed(page, "Go live").heading == "Stripe cannot be reached"
    assert "Stripe could not answer now" in send_file(other, content).text
    assert live.shop.store.link(f"{ID}Live") is None


def test_a_file_of_another_server_is_reported_confirmed_and_live(
    sandbox: Merchant, other: Merchant, stripe: LiveStripe
) -> None:
    content = sandbox.get(f"{LIVE}.json").data
    assert other.open("/console/links").link("Links from a file")["href"] == MOVE
    page = send_file(other, content)
    assert page.heading == "Go live with this link"
    assert "Jar of honey, €12.50 Price Will be made" in tidy(page.root.first("table").text)
    assert other.shop.store.link(ID) is None
    result = other.pressed(page, "Go live")
    assert result.heading == "This link is live"
    link = other.shop.store.link(ID)
    assert link is not None
    assert link.livemode
    assert len(stripe.sdk.prices.list().data) == 1


@pytest.mark.costly_rows
@pytest.mark.parametrize(
    ("content", "says"),
    [
        (b"", "Choose a file."),
        (b"{", "This is not valid JSON"),
        (b"[]", "A JSON object is expected."),
        (b"\xff\xfe", "This is not valid JSON."),
        (b'{"payment_links": []}', "The file has no link."),
        (b'{"payment_links": [{"id": "plink_1", "line_items": "@@"}], "colour": 1}', "colour"),
        (b'{"pictures": {"/pictures/x.png": "!"}, "payment_links": []}', "not the picture that was exported"),
        (b'{"a":' * 100_000, "This is not valid JSON."),
        (json.dumps({"a": "ü" * 250_000}, ensure_ascii=False).encode(), "too long. Export fewer links"),
        (b'{"payment_links": [{"id": "plink_\\u0000"}]}', "a character that cannot be stored"),
        (b'{"products": {"\\u0000": {}}}', "a character that cannot be stored"),
        (b'{"products": {"a": {"images": 5}}, "payment_links": [{"id": "plink_1"}]}', "This is no export"),
        (b'{"payment_links": [{"id": "plink_1", "invoice_creation": 5}]}', "This is no export"),
        (b" " * (5 * 1024 * 1024 + 1), "The file is too long."),
        (b'{"payment_links": [{"id": "plink_\\ud800"}]}', "a character that cannot be stored"),
        (b'{"payment_links": [' + b'{"id": "plink_1"},' * 9_999 + b"1]}", "not"),
    ],
)
def test_a_file_that_cannot_be_read_says_why(other: Merchant, stripe: LiveStripe, content: bytes, says: str) -> None:
    page = send_file(other, content)
    assert page.status == 422
    assert page.heading == "Links from a file"
    assert says in page.text
    assert stripe.asked == []


@pytest.mark.parametrize(
    ("content", "says"),
    [
        (b"{", "有効なJSONではありません（1行目"),
        (b"[]", "JSONオブジェクトが必要です"),
        (b'{"payment_links": []}', "ファイルにリンクがありません"),
        (b'{"payment_links": [{"id": "plink_1"}], "colour": 1}', "不明なパラメーターです：colour"),
        (b'{"pictures": {"/pictures/x.png": "!"}, "payment_links": []}', "エクスポートされた画像ではありません"),
    ],
)
def test_a_file_that_cannot_be_read_says_why_in_the_language_of_the_page(
    other: Merchant, content: bytes, says: str
) -> None:
    page = send_file(other, content, **{"Accept-Language": "ja"})
    assert page.status == 422
    assert says in page.text


def test_a_file_with_parameters_that_break_a_rule_is_refused_with_the_place(other: Merchant) -> None:
    link = {"id": "plink_1", "line_items": [{"quantity": 1}]}
    page = send_file(other, json.dumps({"payment_links": [link]}).encode())
    refused = other.pressed(page, "Go live")
    assert refused.status == 422
    assert "payment_links[0][line_items][0]" in refused.text
    assert other.shop.store.link("plink_1") is None


@pytest.mark.costly_rows
@pytest.mark.parametrize(
    "wrong",
    [
        {"line_items": [{"quantity": 1}]},
        {"line_items": [{"price": "@prices.unknown", "quantity": 1}]},
        {"line_items": []},
        {"line_items": "@@"},
        {"line_items": [{"quantity": "many"}]},
        {"allow_promotion_codes": "maybe"},
        {"submit_type": "colour"},
        {"billing_address_collection": "colour"},
        {"locale": "xx"},
        {"counterfoil": {"code": "a/b"}},
        {"counterfoil": {"code": ""}},
        {"counterfoil": {"slug": "a"}},
        {"counterfoil": {"slug": "../admin"}},
        {"counterfoil": {"closes_at": 10**15}},
        {"counterfoil": {"title": "x" * 2000}},
        {"counterfoil": {"locale": "xx"}},
        {"metadata": {"a[b]": "c"}},
        {"metadata": {"a": "x" * 501}},
        {"metadata": "colour"},
        {"custom_fields": [{"key": "a b", "type": "text", "label": {"type": "custom", "custom": "A"}}]},
        {"custom_fields": [{"key": "a", "type": "dropdown", "label": {"type": "custom", "custom": "A"}}]},
        {"after_completion": {"type": "redirect"}},
        {"shipping_address_collection": {"allowed_countries": ["XX"]}},
        {"phone_number_collection": {"enabled": 5}},
        {"restrictions": {"completed_sessions": {"limit": 0}}},
        {"payment_method_types": ["card", "card"]},
        {"currency": "euro"},
    ],
    ids=lambda wrong: next(iter(wrong)),
)
def test_a_link_of_a_file_that_breaks_a_rule_is_refused_in_the_language_of_the_page(
    other: Merchant, wrong: dict[str, Any]
) -> None:
    price = {"currency": "eur", "unit_amount": 950, "product_data": {"name": "蜂蜜"}}
    link = {"id": "plink_1", "line_items": [{"price_data": price, "quantity": 1}], **wrong}
    japanese = {"Accept-Language": "ja"}
    page = send_file(other, json.dumps({"payment_links": [link]}).encode(), **japanese)
    if page.status == 200:
        page = Page(other.post(MOVE, page.values(page.form_to(MOVE)), {**SAME_ORIGIN, **japanese}))
    assert page.status == 422
    (notice,) = (box.text for box in page.root.all("div", role="alert"))
    assert "payment_links[0]" in notice
    assert re.search(r"[A-Za-z]{2,} [a-z]{2,}", notice) is None


def test_a_server_without_a_stripe_key_takes_no_file(sandbox: Merchant) -> None:
    assert "This server has no Stripe key." in sandbox.open(MOVE).text
    assert [link.text for link in sandbox.open("/console/links").root.all("a") if "file" in link.text] == []


def test_on_a_live_server_every_page_marks_what_is_test_data(live: Merchant) -> None:
    link = live.shop.store.link(ID)
    assert link is not None
    for number, livemode in enumerate((False, True)):
        paid = an_attempt(f"att_{number}", payment_link=ID, state="paid", livemode=livemode, paid_at=NOW)
        assert live.shop.store.add_attempt(paid, "paid")
    assert "Test mode" not in live.get("/console/links").text
    assert "Test data" in live.open("/console/links").text
    for mode, is_test in (("", False), ("?mode=test", True)):
        payments = [tidy(row.text) for row in live.open(f"/console/payments{mode}").root.first("table").all("tr")][1:]
        assert ["Test data" in row for row in payments] == [is_test]
    for page in ("", "/slip"):
        assert "Test data" in live.open(f"/console/payments/att_0{page}").text
        assert "Test data" not in live.open(f"/console/payments/att_1{page}").text
    assert "Do not send it." in live.open("/console/payments/att_0/slip").text
    for livemode in (False, True):
        event = Event(
            id=f"evt_{livemode}", created=NOW, data=EventData(object={}), livemode=livemode, type="refund.failed"
        )
        live.shop.store.add_event(event, organization="org_apiary", received=NOW, payload=None, delivered=False)
    live_event, test_event = live.open("/console/settings/webhooks").root.first("tbody").all("tr")[:2]
    assert ("Test data" in live_event.text, "Test data" in test_event.text) == (False, True)


@pytest.mark.parametrize("price", [{"currency": "zzz"}, {"currency": "eur", "unit_amount": 10**30}, {"product": [1]}])
def test_the_report_shows_a_catalogue_that_was_changed_by_hand(other: Merchant, price: dict[str, Any]) -> None:
    told = {"unit_amount": 5, "nickname": ["x"], **price}
    file = {"prices": {"b": told}, "products": {"a": {"name": ["y"]}}, "payment_links": [{"id": "plink_1"}]}
    page = send_file(other, json.dumps(file).encode())
    assert (page.status, page.heading) == (200, "Go live with this link")
    assert other.pressed(page, "Go live").status == 422


@pytest.mark.parametrize(
    "document", [{"a": 1}, {"line_items": 5}, {"line_items": {"data": [1]}, "optional_items": None}]
)
def test_a_document_that_was_changed_by_hand_is_refused_when_it_is_moved(
    other: Merchant, document: dict[str, Any]
) -> None:
    page = send_file(other, json.dumps({"payment_links": [{"id": "plink_1", "document": document}]}).encode())
    refused = other.pressed(page, "Go live")
    assert refused.status == 422
    assert "This is no export of Counterfoil, or it was changed by hand." in refused.text
    assert other.shop.store.link("plink_1") is None


def test_a_server_that_went_live_shows_and_adds_up_live_payments_and_marks_test_payments_apart(live: Merchant) -> None:
    store = live.shop.store
    for id, changes in {"test": {"amount_total": 1000}, "live": {"amount_total": 4200, "livemode": True}}.items():
        values: dict[str, Any] = {"state": "paid", "paid_at": NOW, "payment_link": ID, **changes}
        assert store.add_attempt(an_attempt(f"att_{id}", **values), "paid")
    page = live.open("/console/payments")
    assert "1 payment, €42.00" in tidy(page.text)
    assert "Test data" not in page.text
    assert "€10.00" not in page.text
    test = live.open(page.link("Show test payments")["href"])
    assert "1 payment, €10.00" in tidy(test.text)
    assert "Test data" in test.text
    assert "€42.00" not in test.text
    assert live.open(test.link("Paid")["href"]).text.count("Test data") == 1
    assert "€42.00" in live.open(test.link("Show live payments")["href"]).text
    assert "1 payment, €42.00 taken" in tidy(live.open("/console/links").text)
    home = live.open("/console/")
    assert "€42.00" in home.text
    assert "€10.00" not in home.text
    link = live.open(f"/console/links/{ID}")
    assert "€42.00" in link.text
    assert "€10.00" not in link.text
    assert "att_live" in live.get("/console/payments.csv").text
    assert "att_test" not in live.get("/console/payments.csv").text
    assert "att_test" in live.get(test.link("CSV, UTF-8")["href"]).text


def test_a_server_without_payments_of_the_other_mode_does_not_offer_them(sandbox: Merchant) -> None:
    assert sandbox.shop.store.add_attempt(an_attempt("att_1", state="paid", paid_at=NOW, payment_link=ID), "paid")
    assert "live payments" not in sandbox.open("/console/payments").text
