"""A kept preview says what the form says, is never stale, and holds nothing that a buyer typed."""

from typing import Any, Final
from urllib.parse import urlencode

import pytest
from werkzeug.test import TestResponse

from tests.support.build import NOW, a_custom_price, a_line, a_link, a_price, adjustable, an_optional_item
from tests.support.clock import Clock
from tests.support.counting import count_calls
from tests.web.conftest import WebShop, lines
from tests.web.page_cache.conftest import cache_of
from tests.web.page_cache.test_freshness import CHANGES, LIMITED, Shops, rename

HTMX = {"HX-Request": "true"}
LONG: Final = "en," * 200
"""An `Accept-Language` that is too long for a key, so that Flask answers."""


def question(key: str, kind: str, **rest: Any) -> dict[str, Any]:
    return {"key": key, "label": {"type": "custom", "custom": key}, "type": kind, "optional": True, **rest}


SIZES = {"options": [{"label": "Small", "value": "small"}, {"label": "Large", "value": "large"}]}
LINK = a_link(
    a_line(a_price(1250), adjustable_quantity=adjustable(1, 9)),
    a_line(a_custom_price(minimum=100)),
    optional_items=[an_optional_item(a_price(300, id="price_bag"))],
    allow_promotion_codes=True,
    consent_collection={"promotions": "auto"},
    custom_fields=[
        question("size", "dropdown", dropdown=SIZES),
        question("name", "text", text={"maximum_length": 20}),
        question("number", "numeric", numeric={"minimum_length": 3}),
    ],
)
HONEY, GIFT, BAG = (
    "line_items[li_honey][quantity]",
    "line_items[li_gift][unit_amount]",
    "optional_items[price_bag][quantity]",
)
ENTRIES: list[dict[str, str]] = [
    {},
    {HONEY: "3", GIFT: "12.50"},
    {HONEY: "３", GIFT: " 7 "},
    {HONEY: "0", GIFT: "5"},
    {HONEY: "10", GIFT: "5"},
    {HONEY: "2", GIFT: ""},
    {HONEY: "2", GIFT: "0.20"},
    {GIFT: "5", BAG: "1"},
    {GIFT: "5", BAG: "0"},
    {GIFT: "5", BAG: ""},
    {GIFT: "5", "custom_fields[size]": "large"},
    {GIFT: "5", "custom_fields[size]": "huge"},
    {GIFT: "5", "custom_fields[name]": "Mary <b>&amp;\"'"},
    {GIFT: "5", "custom_fields[name]": "  Mary \u200b Bee "},
    {GIFT: "5", "custom_fields[name]": "x" * 21},
    {GIFT: "5", "custom_fields[name]": "4242 4242 4242 4242"},
    {GIFT: "5", "custom_fields[number]": "12 345"},
    {GIFT: "5", "custom_fields[number]": "12"},
    {GIFT: "5", "custom_fields[number]": "", "custom_fields[name]": ""},
    {GIFT: "5", "consent[promotions]": "on"},
    {GIFT: "5", "consent[promotions]": "false"},
    {GIFT: "5", "promotion_code": ""},
    {GIFT: "5", "promotion_code": "HARVEST"},
    {GIFT: "5", "everything": "on"},
    {GIFT: "5", "everything": "", "custom_fields[name]": "Mary"},
    {GIFT: "5", "unknown": "1"},
]


def preview(
    shop: WebShop, data: dict[str, str] | None = None, path: str = "/pay/honey/preview", **headers: str
) -> TestResponse:
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return shop.client.post(path, data=data if data is not None else {"everything": "on"}, headers={**HTMX, **named})


def is_kept(shop: WebShop, data: dict[str, str] | None = None, path: str = "/pay/honey/preview") -> bool:
    """Return whether a preview is answered without reading its link."""
    context = shop.context
    recorder = count_calls(shop.app)
    with recorder.record() as calls:
        preview(shop, data, path)
    shop.app.extensions["counterfoil"] = context
    return calls.store.total() == 1 and calls.store["page_state"] == 1


@pytest.mark.parametrize("path", ["/pay/honey/preview", "/pay/honey/embed", "/pay/honey/preview?locale=de&theme=dark"])
@pytest.mark.parametrize("entries", ENTRIES, ids=[urlencode(entries) or "nothing" for entries in ENTRIES])
def test_a_preview_from_memory_is_the_one_that_flask_makes(shop: WebShop, entries: dict[str, str], path: str) -> None:
    shop.add(LINK)
    data = {"csrf_token": shop.open().values()["csrf_token"], **entries}
    made = preview(shop, data, path, Accept_Language=LONG)
    for _ in range(3):
        answer = preview(shop, data, path)
        assert answer.status_code == made.status_code
        assert answer.text == made.text
        ours, theirs = (
            {name: value for name, value in one.headers if name not in {"Content-Length", "Request-Id", "Vary"}}
            for one in (answer, made)
        )
        assert ours == theirs


@pytest.mark.parametrize("path", ["/pay/honey/preview", "/pay/honey/embed"])
@pytest.mark.parametrize(
    "entries",
    [{HONEY: "3", GIFT: "12.50"}, {GIFT: "5", "custom_fields[name]": "Mary Bee", "custom_fields[size]": "small"}],
)
def test_a_preview_that_was_made_once_takes_one_statement(shop: WebShop, entries: dict[str, str], path: str) -> None:
    shop.add(LINK)
    assert preview(shop, entries, path).status_code == 200
    assert is_kept(shop, entries, path)


@pytest.mark.parametrize(("act", "status", "text"), CHANGES, ids=[act.__name__ for act, _, _ in CHANGES])
def test_every_process_previews_a_change_at_once(shops: Shops, act: Any, status: int, text: str) -> None:
    link = shops[0].add(a_link(restrictions=LIMITED))
    for shop in shops:
        assert text not in preview(shop).text
        assert is_kept(shop)
    act(shops[1], link)
    for shop in shops:
        answer = preview(shop)
        assert answer.status_code == status
        if not text.startswith("/brand"):
            assert text in answer.text


def test_a_preview_with_other_words_shows_those_words(shop: WebShop) -> None:
    shop.add(LINK)
    for name in ("Mary Bee", "Ann <Lee>", "O'Hara & Sons"):
        answer = preview(shop, {GIFT: "5", "custom_fields[name]": name, "custom_fields[number]": "4711"})
        escaped = name.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;").replace("'", "&#39;")
        assert answer.text.count(escaped) == 1
        assert 'value="4711"' in answer.text
    assert is_kept(shop, {GIFT: "5", "custom_fields[name]": "Somebody Else", "custom_fields[number]": "123"})


def test_no_kept_preview_has_a_typed_word_or_a_token(shop: WebShop) -> None:
    shop.add(LINK)
    token = shop.open().values()["csrf_token"]
    typed = {"csrf_token": token, GIFT: "5", "custom_fields[name]": "Mary Bee", "custom_fields[number]": "4711"}
    for _ in range(2):
        assert "Mary Bee" in preview(shop, typed).text
    assert is_kept(shop, typed)
    held = repr([vars(page) for page in cache_of(shop).pages]) + repr(vars(cache_of(shop)._previews._pages))
    assert "Jar of honey" in held
    for secret in ("Mary", "4711", token):
        assert secret not in held


def test_a_text_that_looks_like_a_part_of_the_page_changes_nothing_else(shop: WebShop) -> None:
    shop.add(LINK)
    for name in ("5", "form", "custom_fields"):
        data = {GIFT: "5", "custom_fields[name]": name}
        assert preview(shop, data).text.count("<form") == 1
        token = {"csrf_token": shop.open().values()["csrf_token"]}
        made = preview(shop, data | token, Accept_Language=LONG)
        assert preview(shop, data | token).text == made.text


def test_a_preview_keeps_the_token_that_was_sent_and_replaces_a_forged_one(shop: WebShop) -> None:
    shop.add(LINK)
    token = shop.open().values()["csrf_token"]
    for sent, stays in ((token, True), (token + "x", False), ("", False)):
        for _ in range(2):
            assert (f'value="{token}"' in preview(shop, {"csrf_token": sent, GIFT: "5"}).text) is stays


@pytest.mark.parametrize("coding", ["gzip", "br, gzip", "identity"])
def test_a_preview_is_sent_in_a_coding_that_the_browser_takes(shop: WebShop, coding: str) -> None:
    shop.add(LINK)
    data = {GIFT: "5", "custom_fields[name]": "Mary Bee"}
    for _ in range(2):
        answer = preview(shop, data, Accept_Encoding=coding)
        assert answer.headers.get("Content-Encoding") == (None if coding == "identity" else "gzip")
        assert "Accept-Encoding" in answer.headers["Vary"]


def test_a_kept_preview_is_logged_as_every_other(shop: WebShop, log: Any) -> None:
    shop.add(LINK)
    for _ in range(2):
        preview(shop, {GIFT: "5"})
    first, second = lines(log, "/pay/honey/preview")
    assert first.keys() == second.keys()
    assert second["payment_link"] == LINK.id
    assert second["status"] == 200


def test_a_kept_preview_ends_with_the_time_that_its_link_names(shop: WebShop, clock: Clock) -> None:
    shop.add(a_link(counterfoil={"closes_at": NOW + 7}))
    for clock.now in (NOW, NOW + 6):
        assert preview(shop).status_code == 200
    assert is_kept(shop)
    clock.now = NOW + 7
    assert preview(shop).status_code == 410


def test_a_preview_in_another_language_is_another_one(shop: WebShop) -> None:
    link = shop.add(LINK)
    for _ in range(2):
        assert "Weiter" in preview(shop, {GIFT: "5"}, "/pay/honey/preview?locale=de").text
        assert "Continue" in preview(shop, {GIFT: "5"}).text
    rename(shop, link)
    assert preview(shop, {GIFT: "12,50"}, "/pay/honey/preview?locale=de").status_code == 200


def test_a_preview_with_a_personal_parameter_is_never_kept(shop: WebShop) -> None:
    shop.add(LINK)
    for _ in range(2):
        assert preview(shop, {GIFT: "5"}, "/pay/honey/preview?prefilled_email=mary@post.example").status_code == 200
    assert cache_of(shop).pages == []
