"""Request bodies are read whole and within their limits, or refused. A truncated or oversized body has no effect."""

import io
from typing import Any
from urllib.parse import urlencode

import pytest

from app.objects.change import COMMAND_LINE
from app.services.accounts import keys
from app.web import MAXIMUM_BODY
from app.web.http.request_body import FORM_BYTES, MAXIMUM_FIELDS
from tests.support.build import NOW, a_link
from tests.support.page import SAME_ORIGIN
from tests.web.conftest import WebShop

FORM = "application/x-www-form-urlencoded"
ROUTES = ["/pay/honey", "/pay/honey/preview", "/pay/honey/embed"]


class BadChunks:
    """The stream of a body with invalid chunks, as a server passes it on."""

    def read(self, _size: int) -> bytes:
        raise RuntimeError("invalid chunk size")


def post(shop: WebShop, path: str, body: bytes | BadChunks, announced: int | None = None, **headers: str) -> Any:
    """Post through a server that ends bodies itself. Without an announced length, the body is chunked."""
    stream = io.BytesIO(body) if isinstance(body, bytes) else body
    environ: dict[str, Any] = {"wsgi.input_terminated": True, "wsgi.input": stream}
    if announced is not None:
        environ["CONTENT_LENGTH"] = str(announced)
    return shop.client.post(path, content_type=FORM, headers={**SAME_ORIGIN, **headers}, environ_overrides=environ)


@pytest.mark.parametrize("path", ROUTES)
def test_the_number_of_form_fields_is_limited(shop: WebShop, path: str) -> None:
    shop.add()
    many = "&".join(["a=1"] * MAXIMUM_FIELDS)
    assert shop.client.post(path, data=many, content_type=FORM, headers=SAME_ORIGIN).status_code != 413
    assert shop.client.post(path, data=f"{many}&a=1", content_type=FORM, headers=SAME_ORIGIN).status_code == 413
    assert shop.client.post(path, data="&" * 1_000_000, content_type=FORM, headers=SAME_ORIGIN).status_code == 413


def test_the_number_of_multipart_fields_is_limited(shop: WebShop) -> None:
    shop.add()
    part = '--b\r\nContent-Disposition: form-data; name="a"\r\n\r\n1\r\n'
    answer = shop.client.post(
        "/pay/honey",
        data=part * (MAXIMUM_FIELDS + 1) + "--b--\r\n",
        content_type="multipart/form-data; boundary=b",
        headers=SAME_ORIGIN,
    )
    assert answer.status_code == 413


@pytest.mark.parametrize("path", [*ROUTES, "/webhooks/stripe", "/v1/payment_links", "/v1/payment_links/plink_honey"])
@pytest.mark.parametrize("announced", [True, False], ids=["of known length", "in chunks"])
def test_a_body_that_is_too_large_is_refused_and_not_truncated(shop: WebShop, path: str, announced: bool) -> None:
    shop.sell()
    length = MAXIMUM_BODY + 1
    _key, secret = keys.create_key(shop.store, "org_apiary", NOW, actor=COMMAND_LINE)
    key = {"Authorization": f"Bearer {secret}"}
    answer = post(shop, path, b"a=" + b"x" * (length - 2), length if announced else None, **key)
    assert answer.status_code == 413


@pytest.mark.parametrize("announced", [True, False], ids=["of known length", "in chunks"])
def test_a_form_of_exactly_the_maximum_size_is_read(shop: WebShop, announced: bool) -> None:
    shop.add()
    form = b"a=" + b"x" * (FORM_BYTES - 2)
    assert post(shop, "/pay/honey", form, len(form) if announced else None).status_code == 403, "read, without a token"
    longer = form + b"x"
    assert post(shop, "/pay/honey", longer, len(longer) if announced else None).status_code == 413


@pytest.mark.parametrize("path", [*ROUTES, "/console/login"])
def test_forms_of_pages_have_a_lower_size_limit(shop: WebShop, path: str) -> None:
    shop.add()
    form = b"csrf_token=" + b"x" * FORM_BYTES
    assert post(shop, path, form, len(form)).status_code == 413


def test_a_form_that_comes_in_chunks_is_read(shop: WebShop) -> None:
    link = shop.sell()
    assert post(shop, "/pay/honey", urlencode(shop.open().values()).encode()).status_code == 303
    assert len(shop.store.attempts_of_link(link.id)) == 1


def test_a_truncated_form_has_no_effect(shop: WebShop) -> None:
    link = shop.sell(a_link(consent_collection={"promotions": "auto"}))
    form = urlencode(shop.open().values()).encode()
    whole = form + b"&consent[promotions]=on"
    assert post(shop, "/pay/honey", form, announced=len(whole)).status_code == 400
    assert shop.store.attempts_of_link(link.id) == []
    assert post(shop, "/pay/honey", whole, announced=len(whole)).status_code == 303


@pytest.mark.parametrize("path", [*ROUTES, "/webhooks/stripe"])
def test_a_body_with_invalid_chunks_is_answered_with_400(shop: WebShop, path: str) -> None:
    shop.add()
    assert post(shop, path, BadChunks()).status_code == 400
