"""The addresses in errors lead to pages, every code is Stripe's or documented as ours, and no error repeats a key."""

import ast
import json
import logging
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any, get_args
from urllib.parse import urlsplit

import pytest
import stripe

from app.logs import JSONFormatter
from app.wire.error_codes import CODES, OURS, doc_url
from tests.api.conftest import ApiShop
from tests.support.answers import json_of
from tests.test_docs import document, rows

TOP = Path(__file__).parents[2]
KEYS = ("sk_live_abcdefghijk", "rk_test_abcdefghijk", "whsec_abcdefghijk", "bc_" + "0123456789abcdef" * 6)
OF_PAGES = {"GatewayRefused", "QuoteProblem"}
"""Modules with codes of their own, which pages read and `/v1` never answers with."""


OF_CONSOLE = {TOP / "app" / "services" / "orders", TOP / "app" / "services" / "products"}
"""Services that only the console uses, whose codes no program sees."""


NAMED = re.compile(r"\bcode=|\brefuse\(")
"""What stands in every module that names a code. To parse the others takes a second."""


def codes_in(tree: ast.Module) -> Iterator[str]:
    """Yield the codes of the errors that a module raises."""
    for node in ast.walk(tree):
        if not isinstance(node, ast.Call) or getattr(node.func, "id", "") in OF_PAGES:
            continue
        values = [keyword.value for keyword in node.keywords if keyword.arg == "code"]
        values += node.args[2:3] if getattr(node.func, "id", "") == "refuse" else []
        yield from (value.value for value in values if isinstance(value, ast.Constant) and isinstance(value.value, str))


def codes_of_stripe() -> set[str]:
    annotation = stripe.PaymentIntent.LastPaymentError.__annotations__["code"]
    evaluated = eval(annotation, vars(stripe._payment_intent)) if isinstance(annotation, str) else annotation  # noqa: S307
    return {word for part in get_args(evaluated) for word in (get_args(part) or ()) if isinstance(word, str)} | {
        word for part in get_args(evaluated) for inner in get_args(part) for word in get_args(inner)
    }


def test_every_code_is_in_the_table() -> None:
    modules = [path for path in (TOP / "app").rglob("*.py") if OF_CONSOLE.isdisjoint(path.parents)]
    texts = [text for path in modules if NAMED.search(text := path.read_text())]
    raised = {code for text in texts for code in codes_in(ast.parse(text))}
    assert len(raised) > 15
    assert raised - CODES.keys() == set()


def test_every_code_but_ours_is_one_of_stripe() -> None:
    known = codes_of_stripe()
    assert len(known) > 150
    assert CODES.keys() - known == OURS


def test_the_document_has_the_same_table() -> None:
    said = {cells[0].strip("`"): (cells[1], cells[2]) for cells in rows(document("errors.md"), "code")}
    assert said == {code: tuple(told) for code, told in CODES.items()}


@pytest.mark.parametrize("code", CODES)
def test_every_code_has_a_page(shop: ApiShop, code: str) -> None:
    page = shop.http.get(urlsplit(doc_url("https://pay.example.com", code)).path)
    assert page.status_code == 200
    assert f'<h2 id="{code}">' in page.text
    assert page.text.count("<h2") == 1


def test_one_page_lists_all_codes_and_an_unknown_one_has_none(shop: ApiShop) -> None:
    listed = shop.http.get("/docs/errors")
    assert listed.text.count("<h2") == len(CODES)
    assert "`" not in listed.text
    assert shop.http.get("/docs/errors/nonsense").status_code == 404


def test_a_code_that_only_stripe_answers_with_leads_to_stripe() -> None:
    assert doc_url("https://pay.example.com", "card_declined") == "https://docs.stripe.com/error-codes#card-declined"


@pytest.mark.parametrize(
    ("method", "path", "code"),
    [
        ("GET", "/v1/payment_links/plink_none", "resource_missing"),
        ("POST", "/v1/payment_links?colour=red", "parameter_unknown"),
        ("GET", "/v1/prices?colour=red", "parameter_unknown"),
        ("GET", "/v1/nothing", None),
        ("DELETE", "/v1/payment_links/plink_none", None),
    ],
)
def test_an_error_leads_to_its_page_and_to_its_request(shop: ApiShop, method: str, path: str, code: str | None) -> None:
    response = shop.http.open(path, method=method, headers=shop.headers())
    error = json_of(response)["error"]
    assert error["doc_url"] == doc_url("https://pay.example.com", code)
    assert error["request_log_url"] == f"https://pay.example.com/console/requests/{response.headers['Request-Id']}"


class Lines(logging.Handler):
    """The lines of the log, as they are written."""

    def __init__(self) -> None:
        super().__init__()
        self.setFormatter(JSONFormatter())
        self.lines: list[dict[str, Any]] = []

    def emit(self, record: logging.LogRecord) -> None:
        self.lines.append(json.loads(self.format(record)))


@pytest.mark.parametrize("path", ["/v1/payment_links/plink_none", "/v1/prices/price_none"])
def test_the_log_has_a_refused_request_by_its_id(shop: ApiShop, path: str) -> None:
    log, handler = logging.getLogger("app.requests"), Lines()
    before = log.level
    log.addHandler(handler)
    log.setLevel(logging.INFO)
    try:
        response = shop.http.get(path, headers=shop.headers())
    finally:
        log.removeHandler(handler)
        log.setLevel(before)
    (line,) = handler.lines
    assert line["request"] == response.headers["Request-Id"]
    assert json_of(response)["error"]["request_log_url"].endswith(f"/{line['request']}")
    assert (line["path"], line["status"], line["error_code"]) == (path, 404, "resource_missing")


def test_the_sdk_shows_both_addresses(shop: ApiShop) -> None:
    with pytest.raises(stripe.InvalidRequestError) as refused:
        shop.sdk.v1.payment_links.retrieve("plink_none")
    assert refused.value.error is not None
    assert refused.value.error.doc_url == "https://pay.example.com/docs/errors/resource_missing"


REPEATING: dict[str, Any] = {
    "as the key": lambda shop, key: shop.http.get("/v1/payment_links", headers={"Authorization": f"Bearer {key}"}),
    "as an id": lambda shop, key: shop.http.get(f"/v1/payment_links/{key}", headers=shop.headers()),
    "as an id in the sandbox": lambda shop, key: shop.http.get(f"/v1/prices/{key}", headers=shop.headers()),
    "as an address": lambda shop, key: shop.http.get(f"/v1/{key}", headers=shop.headers()),
    "as a parameter": lambda shop, key: shop.http.post("/v1/payment_links", data={key: "1"}, headers=shop.headers()),
    "as a value": lambda shop, key: shop.http.post(
        "/v1/payment_links", json={"line_items": [{"price": key, "quantity": 1}]}, headers=shop.headers()
    ),
    "as an account": lambda shop, key: shop.http.get("/v1/payment_links", headers=shop.headers(Stripe_Account=key)),
    "as a version": lambda shop, key: shop.http.get("/v1/payment_links", headers=shop.headers(Stripe_Version=key)),
    "as a cursor": lambda shop, key: shop.http.get(f"/v1/payment_links?starting_after={key}", headers=shop.headers()),
    "as a path to expand": lambda shop, key: shop.http.get(f"/v1/events?expand[]={key}", headers=shop.headers()),
    "as a link of the other endpoint": lambda shop, key: shop.http.post(
        f"/api/payment-links/{key}/stripe_checkout_session", headers=shop.headers()
    ),
    "as an organization": lambda shop, key: shop.http.post(
        "/api/payment-links/x/stripe_checkout_session", headers=shop.headers(organization_id=key)
    ),
}


@pytest.mark.parametrize("place", REPEATING)
@pytest.mark.parametrize("key", KEYS)
def test_no_error_repeats_a_key(shop: ApiShop, place: str, key: str) -> None:
    response = REPEATING[place](shop, key)
    assert response.status_code >= 400
    assert key[8:] not in response.text
