"""Each visitor gets their own token, whatever another visitor has sent in place of one."""

import gzip
import re
from collections.abc import Callable
from typing import Final

import pytest

from tests.support.build import a_line, a_link, a_price, adjustable
from tests.web.conftest import WebShop
from tests.web.page_cache.conftest import cache_of
from tests.web.page_cache.test_previews import LONG, preview
from tests.web.visit.test_form_token import last_letters

QUANTITY: Final = "line_items[li_honey][quantity]"
LINK: Final = a_link(
    a_line(a_price(1250), adjustable_quantity=adjustable(1, 9)),
    restrictions={"completed_sessions": {"limit": 9, "count": 0}},
)

SPELLINGS: Final[dict[str, Callable[[str], str]]] = {
    "angle bracket": lambda token: token + "=<",
    "padding": lambda token: token + "==",
    "quote": lambda token: token + '="><script>',
    "letter": lambda token: last_letters(token)[0],
}


def token_of(shop: WebShop) -> str:
    return shop.open().values()["csrf_token"]


def tokens_in(text: str) -> list[str]:
    return re.findall(r'name="csrf_token" value="([^"]*)"', text)


@pytest.mark.parametrize("spell", SPELLINGS.values(), ids=SPELLINGS)
@pytest.mark.parametrize("coding", ["gzip", "identity"])
@pytest.mark.parametrize("path", ["/pay/honey/preview", "/pay/honey/embed", "/pay/honey/preview?locale=de"])
def test_another_spelling_of_a_token_is_not_given_to_the_next_visitor(
    shop: WebShop, spell: Callable[[str], str], coding: str, path: str
) -> None:
    shop.add(LINK)
    first, second = token_of(shop), token_of(shop)
    for language in ("en", LONG):
        names = {"Accept_Encoding": coding, "Accept_Language": language}
        for sent, own in ((spell(first), None), (second, second), (spell(first), None), (second, second)):
            answer = preview(shop, {"csrf_token": sent, QUANTITY: "2"}, path, **names)
            body = gzip.decompress(answer.data) if answer.headers.get("Content-Encoding") == "gzip" else answer.data
            (shown,) = tokens_in(body.decode())
            assert (shown == second) is (own is not None)
            assert first[:-1] not in body.decode()
            assert "<script>" not in body.decode()


@pytest.mark.parametrize("spell", SPELLINGS.values(), ids=SPELLINGS)
def test_another_spelling_of_a_token_is_in_no_kept_page(shop: WebShop, spell: Callable[[str], str]) -> None:
    shop.add(LINK)
    token = token_of(shop)
    preview(shop, {"csrf_token": spell(token), QUANTITY: "2"})
    pages = cache_of(shop).pages
    assert [page.holes.count("token") for page in pages] == [1, 1]
    assert token[:-1] not in repr(pages)


@pytest.mark.parametrize("spell", SPELLINGS.values(), ids=SPELLINGS)
@pytest.mark.parametrize("path", ["/pay/honey", "/pay/honey/embed"])
def test_a_page_takes_no_token_from_its_address(shop: WebShop, spell: Callable[[str], str], path: str) -> None:
    shop.add(LINK)
    token = token_of(shop)
    for sent in (token, spell(token)):
        for _ in range(2):
            answer = shop.client.get(path, query_string={"csrf_token": sent})
            (shown,) = tokens_in(answer.text)
            assert shown[:-1] != token[:-1]
