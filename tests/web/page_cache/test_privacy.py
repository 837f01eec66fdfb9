"""Nothing of a buyer is ever in a kept page: no answers, no parameters with personal values, no tokens, no payments."""

from urllib.parse import urlencode

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.objects.selection import UrlParameters
from app.web.page_cache.keys import SHOWN, shown_parameters
from app.web.visit.form_token import FormTokens
from tests.support.build import a_line, a_link, a_price, adjustable
from tests.support.page import SAME_ORIGIN
from tests.web.conftest import WebShop
from tests.web.page_cache.conftest import cache_of, is_kept

PERSONAL = {
    "client_reference_id": "customer-4711",
    "locked_prefilled_email": "mary@post.example",
    "prefilled_email": "mary@post.example",
    "prefilled_promo_code": "MARYS10",
    "return_url": "https://shop.example/cart/4711",
}


ENGRAVING = {
    "key": "engraving",
    "label": {"type": "custom", "custom": "Engraving"},
    "type": "text",
    "optional": True,
}


def kept_bytes(shop: WebShop) -> bytes:
    """Return everything that the kept pages hold."""
    pages = cache_of(shop).pages
    return b"\n".join([repr(page.headers).encode() + part.plain for page in pages for part in page.parts])


def test_every_parameter_of_a_page_is_either_shown_to_many_or_never_kept() -> None:
    assert PERSONAL.keys() | SHOWN == UrlParameters.model_fields.keys() | {"theme"}
    assert PERSONAL.keys().isdisjoint(SHOWN)


@pytest.mark.parametrize("name", PERSONAL)
@pytest.mark.parametrize("path", ["/pay/honey", "/pay/honey/embed"])
def test_a_page_with_a_value_of_a_buyer_is_not_kept(shop: WebShop, name: str, path: str) -> None:
    shop.add(a_link(allow_promotion_codes=True, counterfoil={"embed_origins": ("https://shop.example",)}))
    address = f"{path}?{urlencode({'utm_source': 'letter', name: PERSONAL[name]})}"
    for _ in range(2):
        assert shop.client.get(address).status_code == 200
        assert not is_kept(shop, address)
    assert cache_of(shop).pages == []


@pytest.mark.parametrize("spelling", ["amp%3Bprefilled_email", "amp;prefilled_email", "prefilled%5Femail"])
def test_another_spelling_of_such_a_parameter_is_not_kept_either(shop: WebShop, spelling: str) -> None:
    shop.add()
    shop.client.get(f"/pay/honey?{spelling}=mary%40post.example")
    assert b"mary" not in kept_bytes(shop)


@given(st.lists(st.tuples(st.sampled_from([*PERSONAL, *SHOWN, "fbclid", "x"]), st.text(max_size=5)), max_size=5))
def test_a_query_is_kept_only_with_parameters_that_are_known_to_be_public(pairs: list[tuple[str, str]]) -> None:
    shown = shown_parameters(urlencode(pairs))
    names = {name for name, _ in pairs}
    if names <= SHOWN | {"fbclid"}:
        assert shown == tuple((name, value) for name, value in pairs if name in SHOWN)
    else:
        assert shown is None


def test_a_purchase_leaves_nothing_of_the_buyer_in_a_kept_page(shop: WebShop) -> None:
    line = a_line(a_price(1250), adjustable_quantity=adjustable(1, 9))
    fields = [ENGRAVING]
    limit = {"completed_sessions": {"limit": 2, "count": 0}}
    link = shop.sell(a_link(line, custom_fields=fields, restrictions=limit))
    page = shop.open()
    token = page.values()["csrf_token"]
    answers = {**page.values(), "custom_fields[engraving]": "For Mary Bee"}
    shop.client.post("/pay/honey/preview", data=answers, headers=SAME_ORIGIN)
    assert shop.client.post("/pay/honey", data=answers, headers=SAME_ORIGIN).status_code == 303
    attempt = shop.store.attempts_of_link(link.id)[0]
    shop.client.get("/pay/honey")
    shop.client.get(shop.pay_in_sandbox())
    shop.client.get("/pay/honey")
    assert is_kept(shop)
    kept = kept_bytes(shop)
    assert b"Jar of honey" in kept
    for secret in (token, "Mary", attempt.id, attempt.token, attempt.form, attempt.reference or ""):
        assert secret
        assert secret.encode() not in kept


def test_a_page_that_shows_a_payment_is_not_kept(shop: WebShop) -> None:
    shop.sell(a_link(restrictions={"completed_sessions": {"limit": 1, "count": 0}}))
    shop.press(shop.open(), "Continue to payment")
    shop.pay_in_sandbox()
    for _ in range(2):
        assert "was paid on" in shop.client.get("/pay/honey").text
    assert not is_kept(shop)
    assert kept_bytes(shop) == b""


def test_a_page_is_the_same_with_any_cookie_and_sets_none(shop: WebShop) -> None:
    shop.add(a_link(active=False))
    plain = shop.client.get("/pay/honey")
    other = shop.client.get("/pay/honey", headers={"Cookie": "counterfoil=abc; _ga=GA1.2"})
    assert plain.data == other.data
    assert "Set-Cookie" not in other.headers


def test_each_visitor_gets_a_token_of_their_own_which_a_post_accepts(shop: WebShop) -> None:
    shop.sell()
    pages = [shop.open() for _ in range(4)]
    tokens = {page.values()["csrf_token"] for page in pages}
    assert len(tokens) == 4
    for page in pages:
        assert shop.press(page, "Continue to payment").status_code == 303
    assert len({attempt.form for attempt in shop.store.attempts_of_link("plink_honey")}) == 4


def test_the_public_name_of_a_form_belongs_to_its_token(shop: WebShop) -> None:
    shop.add(a_link(restrictions={"completed_sessions": {"limit": 9, "count": 0}}))
    names = set()
    for _ in range(3):
        page = shop.open()
        name = name_of(shop, page.values()["csrf_token"])
        assert page.form["data-form"] == name
        names.add(name)
    assert len(names) == 3


def name_of(shop: WebShop, token: str) -> str:
    return FormTokens(shop.context.config.secret_key, "plink_honey", shop.clock(), token).current_name()
