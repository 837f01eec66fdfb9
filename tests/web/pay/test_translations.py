"""The merchant's own texts in the language of the buyer: on pages, states, receipts, cards, and in Checkout's session."""

from pathlib import Path
from typing import Any

import pytest

from app.objects.payment_link import PaymentLink
from app.objects.payment_link.parts import AfterCompletion, Redirect
from tests.support.build import a_link, a_product
from tests.support.languages import mirror, speak
from tests.support.page import SAME_ORIGIN
from tests.web.conftest import WebShop

SIZE = {
    "key": "size",
    "type": "dropdown",
    "label": {"type": "custom", "custom": "Size"},
    "dropdown": {"options": [{"label": "Small", "value": "s"}, {"label": "Large", "value": "l"}]},
}
GERMAN: dict[str, Any] = {
    "title": "Honig",
    "description": "Drei Gläser",
    "inactive_message": "Ausverkauft",
    "after_completion": "Vielen Dank",
    "custom_text": {
        "submit": "Wir liefern am Freitag.",
        "terms_of_service_acceptance": "Ich nehme die AGB an.",
    },
    "custom_fields": {"size": {"label": "Größe", "options": {"s": "Klein"}}},
}
ENGLISH = ("Honey", "Three jars", "Size", "Small", "I accept the terms.")
TRANSLATED = ("Honig", "Drei Gläser", "Größe", "Klein", "Ich nehme die AGB an.")


@pytest.fixture
def spoken(shop: WebShop, tmp_path: Path) -> WebShop:
    """A shop with catalogues in three more languages, whose texts stay English so that only the merchant's texts differ."""
    speak(shop.app, tmp_path / "locale", de=str, es_419=str, ar=mirror, fr=str)
    return shop


def sold(shop: WebShop, **changes: Any) -> PaymentLink:
    texts = {**GERMAN, **changes.pop("german", {})}
    return shop.sell(
        a_link(
            custom_fields=[SIZE],
            custom_text={
                "submit": {"message": "We deliver on Friday."},
                "terms_of_service_acceptance": {"message": "I accept the terms."},
            },
            consent_collection={"terms_of_service": "required"},
            after_completion={
                "type": "hosted_confirmation",
                "hosted_confirmation": {"custom_message": "Thank you"},
            },
            inactive_message="Sold out",
            counterfoil={
                "title": "Honey",
                "description": "Three jars",
                "embed_origins": ["https://shop.example"],
                "translations": {"de": texts, "es": {"title": "Miel"}, "es-419": {"description": "Tres frascos"}},
            },
            **changes,
        )
    )


@pytest.mark.parametrize("path", ["/pay/honey", "/pay/honey/embed"])
def test_a_page_shows_the_texts_of_its_language(spoken: WebShop, path: str) -> None:
    sold(spoken)
    german, french = spoken.open(f"{path}?locale=de"), spoken.open(path, Accept_Language="fr")
    assert [text for text in TRANSLATED if text not in german.html] == []
    assert [text for text in ENGLISH if text in german.text] == []
    assert "Large" in german.text  # has no translation
    assert [text for text in ENGLISH if text not in french.html] == []
    assert 'property="og:title" content="Honig"' in german.html or "embed" in path


def test_a_region_takes_what_it_lacks_from_its_language(spoken: WebShop) -> None:
    sold(spoken)
    page = spoken.open(Accept_Language="es-MX")
    assert (page.heading, "Tres frascos" in page.text) == ("Miel", True)


@pytest.mark.parametrize(
    ("wish", "written"),
    [
        ("pt-BR", "pt"),
        ("pt", "pt-BR"),
        ("es-419", "es"),
        ("es", "es-419"),
        ("zh-HK", "zh-TW"),
        ("zh-TW", "zh-HK"),
        ("zh", "zh-TW"),
        ("fr-CA", "fr"),
        ("en-GB", "en"),
        ("en", "en-GB"),
    ],
)
def test_a_page_shows_the_nearest_language_that_the_merchant_wrote(shop: WebShop, wish: str, written: str) -> None:
    """All ways to a language count alike: the link's own, the address, and the browser."""
    link = shop.sell(
        a_link(counterfoil={"title": "Honey", "translations": {written: {"title": "Nearest"}, "ja": {"title": "Far"}}})
    )
    assert shop.open(Accept_Language=wish).heading == "Nearest"
    assert shop.open(f"/pay/honey?locale={wish}").heading == "Nearest"
    assert shop.open("/pay/honey?locale=de").heading == "Honey"
    changed(shop, link, {"locale": wish})
    assert shop.open().heading == "Nearest"


def test_the_exact_language_comes_before_the_nearest_one(shop: WebShop) -> None:
    titles = {"pt": "Mel", "pt-BR": "Mel do Brasil"}
    shop.sell(
        a_link(counterfoil={"title": "Honey", "translations": {key: {"title": it} for key, it in titles.items()}})
    )
    assert {key: shop.open(f"/pay/honey?locale={key}").heading for key in titles} == titles


def test_a_change_of_language_in_the_form_changes_the_texts_too(spoken: WebShop) -> None:
    sold(spoken)
    page = spoken.pressed(spoken.open(), "Deutsch", {"Size": "s"})
    assert page.heading == "Honig"
    assert page.values()["custom_fields[size]"] == "s"


def changed(shop: WebShop, link: PaymentLink, ours: dict[str, Any], **changes: Any) -> None:
    """Store a change of the link."""
    counterfoil = link.counterfoil.model_copy(update={"version": link.counterfoil.version + 1, **ours})
    assert shop.store.save_link(link.model_copy(update={"counterfoil": counterfoil, **changes}))


@pytest.mark.parametrize(("ours", "changes"), [({}, {"active": False}), ({"closes_at": 1}, {})], ids=["off", "closed"])
def test_a_state_shows_the_message_of_its_language(
    spoken: WebShop, ours: dict[str, Any], changes: dict[str, Any]
) -> None:
    changed(spoken, sold(spoken), ours, **changes)
    assert "Ausverkauft" in spoken.open("/pay/honey?locale=de").text
    assert "Sold out" in spoken.open("/pay/honey").text


def paid(shop: WebShop, locale: str) -> Any:
    """Pay in a language. Return the attempt and the receipt, opened by a browser in another language."""
    page = shop.open(f"/pay/honey?locale={locale}")
    answers = {**page.values(), "custom_fields[size]": "s", "consent[terms_of_service]": "on"}
    assert shop.client.post(page.form["action"], data=answers, headers=SAME_ORIGIN).status_code == 303
    receipt = shop.open(shop.pay_in_sandbox(), Accept_Language="fr")
    return shop.store.attempts_of_link("plink_honey")[0], receipt


def test_checkout_and_receipt_have_the_texts_that_the_buyer_read(spoken: WebShop) -> None:
    sold(spoken)
    attempt, receipt = paid(spoken, "de")
    assert attempt.session_params["custom_text"]["submit"]["message"] == "Wir liefern am Freitag."
    assert [consent.text for consent in attempt.consents] == ["Ich nehme die AGB an."]
    assert attempt.selection.answers.custom_fields == {"size": "s"}
    assert "Vielen Dank" in receipt.text
    assert receipt.rows("facts")["Größe"] == "Klein"


def test_checkout_has_the_originals_where_a_language_has_no_translation(spoken: WebShop) -> None:
    sold(spoken)
    attempt, receipt = paid(spoken, "ar")
    assert attempt.session_params["custom_text"]["submit"]["message"] == "We deliver on Friday."
    assert "Thank you" in receipt.text


def test_a_redirect_stays_a_redirect(spoken: WebShop) -> None:
    there = AfterCompletion(type="redirect", redirect=Redirect(url="https://shop.example/thanks"))
    changed(spoken, sold(spoken), {}, after_completion=there)
    page = spoken.open("/pay/honey?locale=de")
    answers = {**page.values(), "custom_fields[size]": "s", "consent[terms_of_service]": "on"}
    assert spoken.client.post(page.form["action"], data=answers, headers=SAME_ORIGIN).status_code == 303
    answer = spoken.client.get(spoken.pay_in_sandbox())
    assert answer.location == "https://shop.example/thanks"


def test_the_merchant_still_reads_the_originals(spoken: WebShop) -> None:
    link = sold(spoken)
    spoken.open("/pay/honey?locale=de")
    paid(spoken, "de")
    stored = spoken.store.link(link.id)
    assert stored is not None
    assert (stored.counterfoil.title, stored.custom_fields[0].label.custom) == ("Honey", "Size")
    assert stored.counterfoil.translations == link.counterfoil.translations


def test_the_card_speaks_the_language_of_the_link(spoken: WebShop) -> None:
    link = sold(spoken)
    before = spoken.client.get("/pay/honey/card.png?locale=de").headers["ETag"]
    changed(spoken, link, {"locale": "de"})
    assert spoken.client.get("/pay/honey/card.png?locale=fr").headers["ETag"] != before


def test_a_product_keeps_its_name_at_stripe(spoken: WebShop) -> None:
    sold(spoken)
    attempt, _receipt = paid(spoken, "de")
    assert a_product().name in str(attempt.quote)
