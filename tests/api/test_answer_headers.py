"""The headers of the API's answers: the version, the idempotency key with its first request, and whether a retry may help."""

from typing import Any

import pytest
import stripe

from app.objects.api_version import API_VERSION
from tests.api.conftest import ApiShop
from tests.support.answers import json_of


def test_every_answer_names_the_version_of_its_format(shop: ApiShop) -> None:
    for path in ("/v1/payment_links", "/v1/payment_links/plink_none", "/v1/prices", "/v1/nothing"):
        assert shop.http.get(path, headers=shop.headers()).headers["Stripe-Version"] == API_VERSION
    assert shop.http.get("/v1/payment_links").headers["Stripe-Version"] == API_VERSION


@pytest.mark.parametrize(
    "version",
    [
        API_VERSION, "2026-10-28.preview", "2026-09-30.endive", "2026-06-24.dahlia", "2026-02-25.clover", "2025-08-27.basil",
        "2024-12-18.acacia", "2024-06-20", "2022-11-15", "2020-08-27", "2020-08-27; custom_checkout_beta=v1", "2011-06-21",
    ],
)  # fmt: skip
def test_versions_of_older_sdks_are_accepted(shop: ApiShop, version: str) -> None:
    response = shop.http.get("/v1/payment_links", headers=shop.headers(Stripe_Version=version))
    assert response.status_code == 200, response.text


@pytest.mark.parametrize(
    "version",
    [
        "", "latest", "2026", "2026-13-01.endive", "2026-02-30.clover", "1999-01-01", "2099-01-01.endive", "2026-10-28",
        "2024-06-20.acacia", "2026-10-28.basil", "2025-03-31.acacia",
        "2026-10-28.Endive", "2026-10-28.endive.endive", "20261028", "2026-10-28.nonsense",
    ],
)  # fmt: skip
@pytest.mark.parametrize("path", ["/v1/payment_links", "/v1/prices"])
def test_versions_that_stripe_cannot_have_are_refused(shop: ApiShop, version: str, path: str) -> None:
    response = shop.http.get(path, headers=shop.headers(Stripe_Version=version))
    assert response.status_code == 400
    assert json_of(response)["error"]["message"].startswith(f"Invalid Stripe API version: {version}.")


def test_an_sdk_of_next_year_names_a_version_of_its_time(shop: ApiShop) -> None:
    shop.app.extensions["counterfoil"].clock.now = 1_811_000_000  # 2027-05-22
    for version, status in (("2027-04-28.fennel", 200), ("2027-04-28.basil", 400), ("2027-06-30.fennel", 400)):
        response = shop.http.get("/v1/payment_links", headers=shop.headers(Stripe_Version=version))
        assert response.status_code == status, version


def post(shop: ApiShop, path: str, data: dict[str, Any], key: str | None) -> Any:
    return shop.http.post(path, data=data, headers=shop.headers(**({"Idempotency_Key": key} if key else {})))


@pytest.mark.parametrize("resource", ["payment_links", "prices"])
def test_a_repeated_answer_names_the_first_request(shop: ApiShop, resource: str) -> None:
    data: dict[str, Any] = {"currency": "eur", "unit_amount": 500, "product_data[name]": "Honey"}
    if resource == "payment_links":
        data = {"line_items[0][price]": shop.price(), "line_items[0][quantity]": 1}
    first, again = (post(shop, f"/v1/{resource}", data, "once") for _ in range(2))
    assert first.headers["Original-Request"] == first.headers["Request-Id"]
    assert again.headers["Original-Request"] == first.headers["Request-Id"] != again.headers["Request-Id"]
    assert [answer.headers["Idempotency-Key"] for answer in (first, again)] == ["once", "once"]
    assert json_of(again) == json_of(first)


def test_a_refused_request_names_its_key_and_itself(shop: ApiShop) -> None:
    refused = post(shop, "/v1/payment_links", {}, "refused")
    assert (refused.status_code, refused.headers["Idempotency-Key"]) == (400, "refused")
    assert refused.headers["Original-Request"] == refused.headers["Request-Id"]


def test_requests_without_a_key_and_reads_name_no_first_request(shop: ApiShop) -> None:
    created = post(
        shop, "/v1/payment_links", {"line_items[0][price]": shop.price(), "line_items[0][quantity]": 1}, None
    )
    read = shop.http.get("/v1/payment_links", headers=shop.headers(Idempotency_Key="read"))
    for answer in (created, read):
        assert not {"Idempotency-Key", "Original-Request"} & set(answer.headers.keys())


def test_an_answer_says_whether_a_retry_may_help(shop: ApiShop, unreachable: ApiShop) -> None:
    refused = shop.http.get("/v1/payment_links/plink_none", headers=shop.headers())
    assert refused.headers["Stripe-Should-Retry"] == "false"
    assert "Stripe-Should-Retry" not in shop.http.get("/v1/payment_links", headers=shop.headers()).headers
    data = {"line_items[0][price]": "price_1", "line_items[0][quantity]": 1}
    failed = post(unreachable, "/v1/payment_links", data, "later")
    assert (failed.status_code, failed.headers["Stripe-Should-Retry"]) == (502, "true")
    with pytest.raises(stripe.InvalidRequestError) as error:
        shop.sdk.v1.prices.retrieve("price_none")
    assert error.value.headers is not None
    assert error.value.headers["Stripe-Should-Retry"] == "false"
