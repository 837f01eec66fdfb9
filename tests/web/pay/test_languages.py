"""The language of buyers' pages: chosen by address, link and browser, changed by a menu, and handed to Checkout."""

from pathlib import Path

import pytest

from app.objects.attempt import Attempt
from app.objects.payment_link import PaymentLink
from app.web.states.error import busy
from app.web.states.render import render_state
from tests.support.build import a_link
from tests.support.languages import lengthen, mirror, speak
from tests.support.page import Page
from tests.web.conftest import WebShop

ENGRAVING = {"key": "engraving", "label": {"custom": "Engraving", "type": "custom"}, "type": "text", "text": {}}


@pytest.fixture
def spoken(shop: WebShop, tmp_path: Path) -> WebShop:
    """A shop that also speaks German, Brazilian Portuguese, Arabic and traditional Chinese."""
    speak(shop.app, tmp_path / "locale", de=lengthen, pt_BR=lengthen, ar=mirror, zh_Hant_TW=mirror)
    return shop


def language_of(page: Page) -> tuple[str, str | None]:
    html = page.root.first("html")
    return html["lang"], html.get("dir")


@pytest.mark.parametrize(
    ("query", "link", "header", "expected"),
    [
        ("?locale=ar", "de", "pt-BR", ("ar", "rtl")),
        ("", "de", "pt-BR", ("de", None)),
        ("", "ar", "pt-BR", ("ar", "rtl")),
        ("", None, "pt-BR,pt;q=0.9", ("pt-BR", None)),
        ("", None, "zh-Hant-HK", ("zh-TW", None)),
        ("", None, "fr", ("en", None)),
        ("?locale=tlh", None, "de-AT", ("de", None)),
        ("?locale=auto", "de", "ar", ("ar", "rtl")),
        ("?locale=de-CH", None, "", ("de", None)),
    ],
)
def test_a_page_says_its_language_and_that_the_browser_chose_it(
    spoken: WebShop, query: str, link: str | None, header: str, expected: tuple[str, str | None]
) -> None:
    spoken.sell(a_link(counterfoil={"locale": link}))
    answer = spoken.client.get(f"/pay/honey{query}", headers={"Accept-Language": header})
    assert language_of(Page(answer)) == expected
    assert answer.headers["Content-Language"] == expected[0]
    assert "Accept-Language" in answer.headers["Vary"]


def test_the_menu_names_each_language_in_itself_and_marks_the_current_one(spoken: WebShop) -> None:
    spoken.sell()
    page = spoken.open("/pay/honey?locale=de&utm_source=mail")
    buttons = page.root.first("details", id="languages").all("button")
    assert [(it["lang"], it.text) for it in buttons] == [
        ("de", "Deutsch"),
        ("en", "English"),
        ("pt-BR", "Português (Brasil)"),
        ("ar", "العربية"),
        ("zh-TW", "繁體中文（台灣）"),
    ]
    assert [it["lang"] for it in buttons if it.get("aria-current")] == ["de"]
    assert {it["formaction"] for it in buttons} == {
        f"/pay/honey/preview?locale={locale}&utm_source=mail" for locale in ("de", "en", "pt-BR", "zh-TW", "ar")
    }
    assert all("formnovalidate" in it.attributes for it in buttons)


def test_a_press_keeps_what_was_typed_and_the_form_keeps_the_language(spoken: WebShop) -> None:
    link = spoken.sell(a_link(custom_fields=[ENGRAVING]))
    page = spoken.pressed(spoken.open(), "Deutsch", {"Engraving": "Ana"})
    assert language_of(page) == ("de", None)
    assert "Ana" in page.values().values()
    assert page.form["action"] == "/pay/honey?locale=de"
    assert "aria-invalid" not in page.html
    paid = spoken.client.post(page.form["action"], data=page.values(), headers={"Sec-Fetch-Site": "same-origin"})
    assert paid.status_code == 303
    assert attempt_of(spoken, link).session_params["locale"] == "de"


@pytest.mark.parametrize(
    ("query", "link", "expected"),
    [
        ("?locale=ar", None, "auto"),
        ("?locale=ar", "de", "auto"),
        ("?locale=he", None, "auto"),
        ("", "ar", "auto"),
        ("?locale=ja", "de", "ja"),
        ("?locale=es-MX", None, "es-419"),
        ("?locale=zh-Hant", None, "zh-TW"),
        ("?locale=hi", None, "hi-IN"),
        ("", "pt-BR", "pt-BR"),
        ("", None, "auto"),
    ],
)
def test_checkout_gets_the_nearest_language_that_it_has(
    spoken: WebShop, query: str, link: str | None, expected: str
) -> None:
    sold = spoken.sell(a_link(counterfoil={"locale": link}))
    page = spoken.open(f"/pay/honey{query}")
    answer = spoken.client.post(page.form["action"], data=page.values(), headers={"Sec-Fetch-Site": "same-origin"})
    assert answer.status_code == 303
    assert attempt_of(spoken, sold).session_params["locale"] == expected


def test_the_confirmation_speaks_the_language_that_the_buyer_chose(spoken: WebShop) -> None:
    spoken.sell()
    page = spoken.pressed(spoken.open(), "العربية")
    answer = spoken.client.post(page.form["action"], data=page.values(), headers={"Sec-Fetch-Site": "same-origin"})
    assert answer.status_code == 303
    receipt = spoken.open(spoken.pay_in_sandbox(), Accept_Language="de")
    assert language_of(receipt) == ("ar", "rtl")
    links = receipt.root.first("details", id="languages").all("a")
    assert [it["href"] for it in links if it["lang"] == "de"] == ["?locale=de"]


def test_a_frame_stays_in_the_frame_when_its_language_changes(spoken: WebShop) -> None:
    spoken.sell(a_link(counterfoil={"embed_origins": ["https://shop.example"]}))
    page = spoken.open("/pay/honey/embed?theme=dark")
    button = next(it for it in page.root.first("details", id="languages").all("button") if it["lang"] == "ar")
    assert (button["formaction"], button["formtarget"]) == ("/pay/honey/embed?locale=ar&theme=dark", "_self")
    changed = spoken.pressed(page, "العربية")
    assert language_of(changed) == ("ar", "rtl")
    assert changed.root.first("html")["data-theme"] == "dark"


@pytest.mark.parametrize("path", ["/pay/honey", "/pay/unknown", "/", "//evil.example/", "/pay/honey/embed"])
def test_pages_without_a_form_have_links_to_themselves(spoken: WebShop, path: str) -> None:
    spoken.add(a_link(active=False))
    answer = spoken.client.get(path, headers={"Accept-Language": "de"})
    links = Page(answer).root.first("details", id="languages").all("a")
    assert [it["href"] for it in links] == [f"?locale={it}" for it in ("de", "en", "pt-BR", "ar", "zh-TW")]
    assert language_of(Page(spoken.client.get(f"{path}?locale=ar"))) == ("ar", "rtl")


def test_search_engines_and_chats_find_the_page_in_every_language(spoken: WebShop) -> None:
    spoken.sell()
    page = spoken.open("/pay/honey?locale=de&utm_source=mail")
    found = {it["hreflang"]: it["href"] for it in page.root.all("link") if it.get("rel") == "alternate"}
    assert found == {
        "x-default": "http://localhost/pay/honey",
        **{it: f"http://localhost/pay/honey?locale={it}" for it in ("ar", "de", "en", "pt-BR", "zh-TW")},
    }


def test_a_server_with_one_language_has_no_menu(shop: WebShop, tmp_path: Path) -> None:
    speak(shop.app, tmp_path / "none")
    shop.sell()
    page = shop.open("/pay/honey?locale=de")
    assert language_of(page) == ("en", None)
    assert 'id="languages"' not in page.html
    assert "hreflang" not in page.html


def attempt_of(shop: WebShop, link: PaymentLink) -> Attempt:
    return shop.store.attempts_of_link(link.id)[0]


@pytest.mark.parametrize(
    ("path", "leads_to"),
    [
        ("/pay/unknown", {"/?locale=ar"}),
        ("/pay/honey/complete/unknown", {"/pay/honey?locale=ar"}),
        ("/sandbox/checkout/cs_unknown", {"/?locale=ar"}),
    ],
)
def test_the_ways_out_of_an_error_keep_the_language(spoken: WebShop, path: str, leads_to: set[str]) -> None:
    spoken.sell()
    page = Page(spoken.client.get(f"{path}?locale=ar", headers={"Accept-Language": "de"}))
    own = {it["href"] for it in page.root.all("a") if (it.get("href") or "").startswith("/")}
    assert own == leads_to


def test_a_typed_code_leads_to_its_page_in_the_language_of_the_form(spoken: WebShop) -> None:
    spoken.sell()
    for path in ("/", "/pay/unknown"):
        form = Page(spoken.client.get(f"{path}?locale=ar")).root.first("form", action="/pay")
        assert form.first("input", name="locale")["value"] == "ar"
    assert spoken.client.get("/pay?code=honey&locale=ar").location == "/pay/honey?locale=ar"
    assert spoken.client.get("/pay?code=&locale=ar").location == "/?locale=ar"
    assert spoken.client.get("/pay?code=honey&locale=tlh").location == "/pay/honey"


def test_another_try_keeps_the_language_where_no_link_was_found(spoken: WebShop) -> None:
    with spoken.app.test_request_context("/pay/honey?locale=ar"):
        page = Page(spoken.app.make_response(render_state(busy(), None, 503)))
    assert page.root.first("a", **{"class": "button button-secondary"})["href"] == "/pay/honey?locale=ar"
