"""The API keys in the settings: made once, shown once, read or write, revoked."""

from typing import Any

import pytest
import stripe

from app.gateway.transport import WSGIClient
from app.objects.change import COMMAND_LINE
from app.services.accounts import keys
from tests.support.page import Page
from tests.web.console.conftest import Merchant

KEYS = "/console/settings/keys"
ORGANIZATION = "org_apiary"


def make_key(ada: Merchant, name: str = "Warehouse", scope: str = "write") -> str:
    """Make a key on the page, and return its secret."""
    page = ada.pressed(ada.open(KEYS), "Create key", name=name, scope=scope)
    return page.field("Key")["value"]


def sdk(ada: Merchant, secret: str) -> Any:
    """Return Stripe's SDK with a key of ours."""
    client = WSGIClient(ada.shop.app.wsgi_app)
    return stripe.StripeClient(secret, http_client=client, max_network_retries=0)


def test_a_new_key_is_shown_once_and_works_with_stripes_sdk(ada: Merchant) -> None:
    secret = make_key(ada)
    assert secret.startswith("bc_")
    page = ada.open(KEYS)
    assert not page.has_field("Key")
    assert secret not in page.response.text
    assert sdk(ada, f"sk_test_{secret}").v1.payment_links.list() is not None


def test_the_list_says_what_a_key_may_do_and_when_it_was_used_last(ada: Merchant) -> None:
    secret = make_key(ada, "Bookkeeping", "read")
    assert "never" in ada.open(KEYS).text
    sdk(ada, secret).v1.payment_links.list()
    text = ada.open(KEYS).text
    assert "Bookkeeping" in text
    assert f"…{secret[-4:]}" in text
    assert "never" not in text


def test_a_key_that_may_only_read_is_refused_in_stripes_shape_wherever_it_writes(ada: Merchant) -> None:
    client = sdk(ada, make_key(ada, scope="read"))
    link = ada.shop.link().id
    assert client.v1.payment_links.retrieve(link).id == link
    writes = (
        lambda: client.v1.payment_links.update(link, {"active": False}),
        lambda: client.v1.payment_links.create({"line_items": []}),
        lambda: client.v1.products.create({"name": "Honey"}),
        lambda: client.v1.checkout.sessions.expire("cs_test_1"),
        lambda: client.v1.products.delete("prod_1"),
    )
    for write in writes:
        with pytest.raises(stripe.PermissionError, match="does not have the required permissions") as refused:
            write()
        assert refused.value.http_status == 403
        assert refused.value.error is not None
        assert refused.value.error.type == "invalid_request_error"
    stored = ada.shop.store.link(link)
    assert stored is not None
    assert stored.active


def test_a_revoked_key_stops_working_after_a_question(ada: Merchant) -> None:
    secret = make_key(ada, "Shop site")
    key = ada.shop.store.keys(ORGANIZATION)[-1]
    question = ada.open(f"{KEYS}/{key.id}/revoke")
    assert question.heading == "Revoke the key “Shop site”?"
    page = ada.pressed(question, "Revoke key")
    assert "Revoked today" in page.text
    assert not page.has_link("Revoke… Shop site")
    with pytest.raises(stripe.AuthenticationError):
        sdk(ada, secret).v1.payment_links.list()


@pytest.mark.parametrize("name", ["", "  ", "x" * 101])
def test_a_key_needs_a_short_name(ada: Merchant, name: str) -> None:
    answer = ada.press(ada.open(KEYS), "Create key", name=name)
    assert answer.status_code == 422
    assert Page(answer).error_at("Name")
    assert ada.shop.store.keys(ORGANIZATION) == []


def test_making_and_revoking_a_key_stand_in_the_log_without_its_secret(ada: Merchant) -> None:
    secret = make_key(ada, "Warehouse")
    key = ada.shop.store.keys(ORGANIZATION)[-1]
    keys.revoke_key(ada.shop.store, ORGANIZATION, key.id, ada.shop.clock(), actor=COMMAND_LINE)
    page = ada.open("/console/settings/log")
    assert "Key made" in page.text
    assert "Key revoked" in page.text
    assert secret not in page.response.text
