"""The merchant's texts in further languages, with Stripe's own SDK: create, update, unset, and what is refused."""

from typing import Any

import pytest
import stripe

from tests.api.bigcapital import ask
from tests.api.conftest import ApiShop
from tests.api.plain import plain

QUESTIONS: list[dict[str, Any]] = [
    {
        "key": "size",
        "type": "dropdown",
        "label": {"type": "custom", "custom": "Size"},
        "dropdown": {"options": [{"label": "Small", "value": "s"}, {"label": "Large", "value": "l"}]},
    },
    {"key": "name", "type": "text", "label": {"type": "custom", "custom": "Name"}},
]
GERMAN: dict[str, Any] = {
    "title": "Honig",
    "description": "Drei **Gläser**",
    "inactive_message": "Ausverkauft",
    "after_completion": "Danke!",
    "custom_text": {"submit": "Wir liefern am Freitag."},
    "custom_fields": {"size": {"label": "Größe", "options": {"s": "Klein", "l": "Groß"}}, "name": {"label": "Name"}},
}
WHOLE: dict[str, Any] = {
    **GERMAN,
    "custom_text": {
        "after_submit": None,
        "shipping_address": None,
        "submit": "Wir liefern am Freitag.",
        "terms_of_service_acceptance": None,
    },
    "custom_fields": {
        "size": {"label": "Größe", "options": {"s": "Klein", "l": "Groß"}},
        "name": {"label": "Name", "options": {}},
    },
}


def create(shop: ApiShop, **translations: Any) -> Any:
    return shop.sdk.v1.payment_links.create(
        {
            "line_items": [{"price": shop.price(), "quantity": 1}],
            "custom_fields": QUESTIONS,
            "counterfoil": {"translations": translations},
        }
    )


def update(shop: ApiShop, link: Any, change: Any, **others: Any) -> Any:
    params = {"counterfoil": {"translations": change}, **others}
    return of(shop.sdk.v1.payment_links.update(link.id, params))


def of(link: Any) -> Any:
    return plain(link)["counterfoil"]["translations"]


def test_a_link_answers_with_its_translations(shop: ApiShop) -> None:
    link = create(shop, de=GERMAN, **{"pt-BR": {"title": "Mel"}})
    found = of(shop.sdk.v1.payment_links.retrieve(link.id))
    assert found["de"] == WHOLE
    assert found["pt-BR"]["title"] == "Mel"
    assert list(found) == ["de", "pt-BR"]


def test_an_update_changes_only_the_texts_that_it_names(shop: ApiShop) -> None:
    link = create(shop, de=GERMAN, fr={"title": "Miel"})
    found = update(
        shop, link, {"de": {"title": "Winterhonig", "custom_fields": {"size": {"options": {"s": "Kleines"}}}}}
    )
    assert found["de"]["title"] == "Winterhonig"
    assert found["de"]["description"] == GERMAN["description"]
    assert found["de"]["custom_fields"]["size"] == {"label": "Größe", "options": {"s": "Kleines", "l": "Groß"}}
    assert found["fr"]["title"] == "Miel"


@pytest.mark.parametrize(
    ("change", "left"),
    [
        ({"de": {"title": ""}}, {**WHOLE, "title": None}),
        ({"de": {"custom_text": {"submit": ""}}}, {**WHOLE, "custom_text": dict.fromkeys(WHOLE["custom_text"])}),
        ({"de": {"custom_text": ""}}, {**WHOLE, "custom_text": dict.fromkeys(WHOLE["custom_text"])}),
        ({"de": {"custom_fields": ""}}, {**WHOLE, "custom_fields": {}}),
        ({"de": {"after_completion": ""}}, {**WHOLE, "after_completion": None}),
        ({"de": ""}, None),
        ("", None),
    ],
)
def test_an_empty_value_unsets_a_text_a_part_a_language_or_all(shop: ApiShop, change: Any, left: Any) -> None:
    link = create(shop, de=GERMAN)
    assert update(shop, link, change).get("de") == left


def test_one_question_and_one_option_can_be_unset(shop: ApiShop) -> None:
    link = create(shop, de=GERMAN)
    found = update(shop, link, {"de": {"custom_fields": {"name": "", "size": {"label": "", "options": {"s": ""}}}}})
    assert found["de"]["custom_fields"] == {"size": {"label": None, "options": {"l": "Groß"}}}


def test_a_language_without_texts_is_no_translation(shop: ApiShop) -> None:
    link = create(shop, de={"title": "Honig"}, fr={"custom_text": {}})
    assert list(of(link)) == ["de"]
    assert update(shop, link, {"de": {"title": ""}}) == {}


def test_json_null_unsets_as_an_empty_text_does(shop: ApiShop) -> None:
    link = create(shop, de=GERMAN)
    answer = shop.http.post(
        f"/v1/payment_links/{link.id}",
        json={"counterfoil": {"translations": {"de": {"title": None, "custom_fields": None}}}},
        headers=shop.headers(),
    )
    assert answer.status_code == 200, answer.text
    assert answer.json is not None
    german = answer.json["counterfoil"]["translations"]["de"]
    assert (german["title"], german["custom_fields"], german["description"]) == (None, {}, GERMAN["description"])


def test_questions_that_a_link_loses_take_their_translations_along(shop: ApiShop) -> None:
    link = create(shop, de=GERMAN)
    size = {**QUESTIONS[0], "dropdown": {"options": [{"label": "Large", "value": "l"}]}}
    changed = shop.sdk.v1.payment_links.update(link.id, {"custom_fields": [size]})
    assert of(changed)["de"]["custom_fields"] == {"size": {"label": "Größe", "options": {"l": "Groß"}}}
    assert of(shop.sdk.v1.payment_links.update(link.id, {"custom_fields": ""}))["de"]["custom_fields"] == {}


@pytest.mark.parametrize(
    ("translations", "param"),
    [
        ({"xx": {"title": "A"}}, "counterfoil[translations][xx]"),
        ({"auto": {"title": "A"}}, "counterfoil[translations][auto]"),
        ({"de": {"name": "A"}}, "counterfoil[translations][de][name]"),
        ({"de": {"title": "x" * 121}}, "counterfoil[translations][de][title]"),
        ({"de": {"title": " "}}, "counterfoil[translations][de][title]"),
        ({"de": {"title": "\u200b"}}, "counterfoil[translations][de][title]"),
        ({"de": {"title": "\u2800\u3164"}}, "counterfoil[translations][de][title]"),
        (
            {"de": {"custom_fields": {"size": {"label": " \u200b\u2060\ufeff "}}}},
            "counterfoil[translations][de][custom_fields][size][label]",
        ),
        (
            {"de": {"custom_fields": {"size": {"options": {"s": "\u200e\u00ad"}}}}},
            "counterfoil[translations][de][custom_fields][size][options][s]",
        ),
        ({"de": {"description": "x" * 1201}}, "counterfoil[translations][de][description]"),
        ({"de": {"inactive_message": "x" * 501}}, "counterfoil[translations][de][inactive_message]"),
        ({"de": {"after_completion": "x" * 501}}, "counterfoil[translations][de][after_completion]"),
        ({"de": {"after_completion": {"type": "redirect"}}}, "counterfoil[translations][de][after_completion]"),
        ({"de": {"custom_text": {"submit": "x" * 1201}}}, "counterfoil[translations][de][custom_text][submit]"),
        ({"de": {"custom_text": {"footer": "x"}}}, "counterfoil[translations][de][custom_text][footer]"),
        (
            {"de": {"custom_fields": {"size": {"label": "x" * 51}}}},
            "counterfoil[translations][de][custom_fields][size][label]",
        ),
        ({"de": {"custom_fields": {"colour": {"label": "A"}}}}, "counterfoil[translations][de][custom_fields][colour]"),
        (
            {"de": {"custom_fields": {"size": {"options": {"m": "A"}}}}},
            "counterfoil[translations][de][custom_fields][size][options][m]",
        ),
        (
            {"de": {"custom_fields": {"size": {"options": {"s": "x" * 101}}}}},
            "counterfoil[translations][de][custom_fields][size][options][s]",
        ),
        (
            {"de": {"custom_fields": {"name": {"options": {"s": "A"}}}}},
            "counterfoil[translations][de][custom_fields][name][options][s]",
        ),
    ],
)
def test_an_error_names_the_text_that_it_is_about(shop: ApiShop, translations: Any, param: str) -> None:
    with pytest.raises(stripe.InvalidRequestError) as refused:
        create(shop, **translations)
    assert refused.value.param == param
    link = create(shop, de=GERMAN)
    with pytest.raises(stripe.InvalidRequestError) as refused:
        update(shop, link, translations)
    assert refused.value.param == param


def test_checkout_of_an_accounting_system_has_the_texts_of_the_links_language(shop: ApiShop) -> None:
    link = create(shop, de=GERMAN)
    ask(shop, link.id)
    shop.sdk.v1.payment_links.update(link.id, {"counterfoil": {"locale": "de"}})
    ask(shop, link.id)
    newest, *older = shop.store.attempts_of_link(link.id)
    assert newest.session_params["custom_text"]["submit"]["message"] == "Wir liefern am Freitag."
    assert [field["label"]["custom"] for field in newest.session_params["custom_fields"]] == ["Größe", "Name"]
    assert older
    assert "custom_text" not in older[-1].session_params
