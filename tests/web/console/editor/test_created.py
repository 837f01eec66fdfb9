"""The page after a link was made: what a merchant hands out, and the sites that may show the link."""

import gzip

import pytest

from tests.support.page import Page
from tests.support.refusing import refusing
from tests.web.console.conftest import Merchant
from tests.web.console.editor.test_new_link import HONEY, NEW, create, send

KILOBYTES = 1024


def test_the_page_has_address_text_codes_and_snippet(ada: Merchant) -> None:
    link = create(ada, **{"counterfoil[slug]": "heather-honey"})
    page = ada.open(f"/console/links/{link.id}/created")
    assert page.heading == "Your link is ready"
    assert page.by_id("address")["value"] == "http://localhost/pay/heather-honey"
    assert page.by_id("message").text.split("\n")[0].strip().startswith("Hello, you can order Heather honey, 500 g")
    assert page.link("Download as a picture (PNG)")["href"].endswith("/pay/heather-honey/qr.png")
    assert "/pay/heather-honey/embed" in page.by_id("snippet").text
    assert ada.open(page.link("Print a card for the counter")["href"]).heading == "Card for the counter"


def test_name_and_price_end_in_the_full_stop_of_the_language(ada: Merchant) -> None:
    link = create(ada)
    page = Page(ada.get(f"/console/links/{link.id}/created", **{"Accept-Language": "ja"}))
    assert page.root.first("p", class_="lead").text.endswith("。アドレスを知っている人は誰でも支払えます。")


def test_a_site_that_tried_in_vain_is_allowed_by_one_press(ada: Merchant) -> None:
    link = create(ada)
    shop = ada.shop
    shop.store.note_refused_origin(link.id, "https://honey-fair.example", shop.clock())
    path = f"/console/links/{link.id}/created"
    page = ada.open(path)
    assert "https://honey-fair.example once" in page.text
    sent = page.values(page.form_of("Save sites"))
    assert (
        ada.post(f"/console/links/{link.id}/origins", sent | {"allow": "https://honey-fair.example"}).status_code == 303
    )
    stored = shop.store.link(link.id)
    assert stored is not None
    assert stored.counterfoil.embed_origins == ("https://honey-fair.example",)
    assert "once" not in ada.open(path).text


def test_a_site_that_cannot_be_allowed_is_told_at_its_field(ada: Merchant) -> None:
    link = create(ada)
    page = ada.open(f"/console/links/{link.id}/created")
    answer = ada.press(page, "Save sites", **{"counterfoil[embed_origins]": "https://a.example/shop"})
    refused = Page(answer)
    assert refused.status == 422
    assert "Not a valid URL" in refused.error_at("Sites that may show the payment page")
    assert "https://a.example/shop" in refused.by_id("origins").text


FILLED = [
    ("prefilled_email=bo%40example.com&utm_source=mail", "?prefilled_email=bo%40example.com&utm_source=mail", ""),
    ("client_reference_id=no%20spaces", "", "“no spaces” was left out"),
    ("prefilled_promo_code=SPRING", "", "this link does not take promotion codes"),
]


@pytest.mark.parametrize(("query", "added", "said"), FILLED)
def test_an_address_is_filled_in_with_what_the_page_takes(ada: Merchant, query: str, added: str, said: str) -> None:
    link = create(ada, **{"counterfoil[slug]": "heather-honey"})
    for path in ("created", "prefilled"):
        answer = ada.get(f"/console/links/{link.id}/{path}?{query}")
        assert f'value="http://localhost/pay/heather-honey{added.replace("&", "&amp;")}"' in answer.text
        assert said in answer.text


def test_the_language_of_the_buyer_leaves_the_console_in_its_own(ada: Merchant) -> None:
    link = create(ada, **{"counterfoil[slug]": "heather-honey"})
    page = ada.open(f"/console/links/{link.id}/created")
    choice = page.field("Language")
    for path in ("created", "prefilled"):
        text = ada.get(f"/console/links/{link.id}/{path}?{choice['name']}=ja").text
        assert 'value="http://localhost/pay/heather-honey?locale=ja"' in text
        assert "Copy" in text


def test_no_page_of_the_editor_is_over_60_kilobytes_compressed(ada: Merchant) -> None:
    link = create(ada)
    for path in (NEW, f"/console/links/{link.id}/edit", f"/console/links/{link.id}/created"):
        assert len(gzip.compress(ada.get(path).data)) < 60 * KILOBYTES, path


def test_what_the_stripe_key_may_not_do_is_said_in_stripes_words_and_nothing_is_lost(ada: Merchant) -> None:
    page = ada.open(NEW)
    stripe = refusing(ada.shop.app)
    stripe.path = "/v1/prices"
    stripe.refuse("The key needs the right “plan_write” for this.", 403)
    answer = Page(send(ada, HONEY, page))
    assert answer.status == 422
    assert "The key needs the right “plan_write” for this" in " ".join(answer.errors())
    assert answer.field("Price")["value"] == "9.50"
    assert ada.shop.store.links("org_apiary", limit=10)[0] == []


def test_when_stripe_is_silent_the_form_says_so_and_keeps_its_values(ada: Merchant) -> None:
    page = ada.open(NEW)
    stripe = refusing(ada.shop.app)
    stripe.path = "/v1/prices"
    stripe.refuse("Internal error", 500)
    answer = Page(send(ada, HONEY, page))
    assert answer.status == 503
    assert "Stripe did not answer. Nothing was changed. Try again." in answer.text
    assert answer.field("Name")["value"] == "Heather honey, 500 g"


def test_a_list_that_the_key_may_not_read_is_said_where_it_would_stand(ada: Merchant) -> None:
    stripe = refusing(ada.shop.app)
    stripe.method, stripe.path = "GET", "/v1/shipping_rates"
    stripe.refuse("The key needs the right “shipping_rate_read” for this.", 403)
    page = ada.open(NEW)
    assert page.status == 200
    assert "The key needs the right “shipping_rate_read” for this." in page.text
