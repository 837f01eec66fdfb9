"""The merchant's texts in other languages, set in the editor: one fold for each language, without scripts."""

from typing import Any

import pytest

from app.objects.payment_link import PaymentLink
from app.objects.payment_link.params import CounterfoilParams
from app.web.console.editor.controls.translations import LANGUAGES, ORIGINALS, TEXTS
from app.web.console.editor.problems import control_of
from tests.support.build import a_link
from tests.support.page import Page
from tests.web.console.conftest import Merchant

QUESTIONS = [
    {
        "key": "size",
        "type": "dropdown",
        "label": {"type": "custom", "custom": "Size"},
        "dropdown": {"options": [{"label": "Small", "value": "s"}, {"label": "Large", "value": "l"}]},
    }
]
GERMAN = {"title": "Honig", "custom_fields": {"size": {"label": "Größe", "options": {"s": "Klein"}}}}
PREFIX = "counterfoil[translations]"
EDIT = "/console/links/plink_honey/edit"


@pytest.fixture
def link(ada: Merchant) -> PaymentLink:
    return ada.shop.sell(
        a_link(custom_fields=QUESTIONS, counterfoil={"title": "Honey", "translations": {"de": GERMAN}})
    )


def sent(ada: Merchant, page: Page, **changes: str) -> Any:
    values = page.values(page.form_of("Save changes"))
    return ada.post(EDIT, {**values, **changes})


def stored(ada: Merchant) -> dict[str, Any]:
    link = ada.shop.store.link("plink_honey")
    assert link is not None
    return {
        language: texts.model_dump(exclude_none=True, exclude_defaults=True)
        for language, texts in link.counterfoil.translations.items()
    }


def test_the_fold_of_a_language_has_every_text_with_its_original(ada: Merchant, link: PaymentLink) -> None:
    page = ada.open(EDIT)
    fold = page.by_id("translation-de")
    names = [it["name"] for it in fold if it.get("name") and it.tag in {"input", "textarea"}]
    ends = [*TEXTS, *(f"[custom_fields][size]{end}" for end in ("[label]", "[options][s]", "[options][l]"))]
    assert names == [f"{PREFIX}[de]{end}" for end in ends]
    assert {it["lang"] for it in fold if it.get("name") and it.tag != "button"} == {"de"}
    assert "Yours: Honey" in fold.text
    assert page.field("Question “Size”, Deutsch (optional)")["value"] == "Größe"
    assert "Deutsch" in page.by_id("state-translations").text
    assert fold.get("open") is None


def test_texts_are_changed_added_and_emptied(ada: Merchant, link: PaymentLink) -> None:
    page = ada.open(EDIT)
    changes = {
        f"{PREFIX}[de][title]": "Winterhonig",
        f"{PREFIX}[de][custom_text][submit]": "Wir liefern\r\nam Freitag.",
        f"{PREFIX}[de][custom_fields][size][options][s]": "",
        f"{PREFIX}[de][custom_fields][size][options][l]": "Groß",
    }
    assert sent(ada, page, **changes).status_code == 303
    assert stored(ada) == {
        "de": {
            "title": "Winterhonig",
            "custom_text": {"submit": "Wir liefern\nam Freitag."},
            "custom_fields": {"size": {"label": "Größe", "options": {"l": "Groß"}}},
        }
    }


def test_a_language_is_added_and_removed_without_scripts(ada: Merchant, link: PaymentLink) -> None:
    page = Page(sent(ada, ada.open(EDIT), add="translation", add_language="ar"))
    assert page.by_id("translations").get("open") is not None
    assert page.by_id("translation-ar").get("open") is not None
    assert "ar" not in {it["value"] for it in page.by_id("add-language").all("option")}
    assert sent(ada, page, **{f"{PREFIX}[ar][title]": "عسل"}).status_code == 303
    assert stored(ada)["ar"] == {"title": "عسل"}
    page = Page(sent(ada, ada.open(EDIT), remove="translation de"))
    assert sent(ada, page).status_code == 303
    assert list(stored(ada)) == ["ar"]


def test_a_saved_form_that_was_not_changed_keeps_the_version(ada: Merchant, link: PaymentLink) -> None:
    assert sent(ada, ada.open(EDIT)).status_code == 303
    after = ada.shop.store.link("plink_honey")
    assert after is not None
    assert after.counterfoil.version == link.counterfoil.version


def test_a_wrong_text_is_named_in_its_open_fold(ada: Merchant, link: PaymentLink) -> None:
    answer = sent(ada, ada.open(EDIT), **{f"{PREFIX}[de][title]": "x" * 121})
    page = Page(answer)
    assert answer.status_code == 422
    assert page.by_id("translation-de").get("open") is not None
    assert page.errors() == ["Write at most 120 characters"]
    assert page.by_id("counterfoil-translations-de-title")["aria-invalid"] == "true"


def test_a_question_that_goes_takes_its_texts_along(ada: Merchant, link: PaymentLink) -> None:
    page = Page(sent(ada, ada.open(EDIT), remove="question 1"))
    assert sent(ada, page).status_code == 303
    assert stored(ada) == {"de": {"title": "Honig"}}


def test_a_new_link_and_a_duplicate_have_translations(ada: Merchant, link: PaymentLink) -> None:
    page = ada.open("/console/links/new?copy=plink_honey")
    values = page.values(page.form_of("Create link"))
    answer = ada.post("/console/links/new", values | {f"{PREFIX}[fr][title]": "Miel"})
    assert answer.status_code == 303
    made = ada.shop.store.link(answer.location.split("/")[3])
    assert made is not None
    assert {language: texts.title for language, texts in made.counterfoil.translations.items()} == {
        "de": "Honig",
        "fr": "Miel",
    }
    assert made.counterfoil.translations["de"].custom_fields["size"].label == "Größe"


@pytest.mark.parametrize("language", ["xx", "auto", "../de", ""])
def test_a_language_that_does_not_exist_adds_nothing(ada: Merchant, link: PaymentLink, language: str) -> None:
    page = Page(sent(ada, ada.open(EDIT), add="translation", add_language=language))
    assert [it["id"] for it in page.root.all("details") if (it.get("id") or "").startswith("translation-")] == [
        "translation-de"
    ]


def test_each_text_has_an_original_and_each_of_our_attributes_a_control() -> None:
    assert set(TEXTS) == set(ORIGINALS)
    names = {
        "translations": f"{PREFIX}[{LANGUAGES[0]}][title]",
        "tax_rates": "counterfoil[tax_rates][0]",
    }
    ours = {name: names.get(name, f"counterfoil[{name}]") for name in CounterfoilParams.model_fields}
    assert [name for name, field in ours.items() if control_of(field) is None] == []
