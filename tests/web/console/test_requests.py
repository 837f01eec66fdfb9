"""The page about one request to the API, where `request_log_url` of an error leads."""

from urllib.parse import urlsplit

import pytest

from tests.web.console.conftest import Merchant


def test_the_address_in_an_error_leads_to_a_page_that_says_how_to_find_the_request(ada: Merchant) -> None:
    refused = ada.get("/v1/payment_links").get_json()["error"]
    page = ada.open(urlsplit(refused["request_log_url"]).path)
    assert page.status == 200
    assert f"grep {refused['request_log_url'].rpartition('/')[2]} " in page.text


def test_only_users_of_the_console_see_it(merchant: Merchant) -> None:
    assert merchant.open("/console/requests/req_0123456789").heading == "Log in"


@pytest.mark.parametrize("id", ["nothing", "req_", "req_a;b", "req_%0a12345678"])
def test_what_is_no_id_of_a_request_has_no_page(ada: Merchant, id: str) -> None:
    assert ada.get(f"/console/requests/{id}").status_code == 404
