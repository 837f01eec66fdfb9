"""The merchant's texts of a link in further languages: what can be translated, how an update merges it, and the link in a language."""

from collections.abc import Mapping, Sequence
from typing import Annotated, Any, Literal

from pydantic import BeforeValidator

from app.objects.base import Object
from app.objects.payment_link.texts import Text100, Text120, Text500, Text1200

Language = Literal[
    "ar", "bg", "cs", "da", "de", "el", "en", "en-GB", "es", "es-419", "et", "fi", "fil", "fr", "fr-CA", "he", "hi-IN", "hr",
    "hu", "id", "it", "ja", "ko", "lt", "lv", "ms", "mt", "nb", "nl", "pl", "pt", "pt-BR", "ro", "ru", "sk", "sl", "sv", "th",
    "tr", "vi", "zh", "zh-HK", "zh-TW",
]  # fmt: skip
"""The locales of a link without `auto`."""

EMPTY_IS_NONE = BeforeValidator(lambda value: None if value == "" else value)
"""Annotation: an empty text unsets the parameter."""


class CustomTextTranslation(Object):
    """The texts of `custom_text` by their place."""

    after_submit: Annotated[Text1200 | None, EMPTY_IS_NONE] = None
    shipping_address: Annotated[Text1200 | None, EMPTY_IS_NONE] = None
    submit: Annotated[Text1200 | None, EMPTY_IS_NONE] = None
    terms_of_service_acceptance: Annotated[Text1200 | None, EMPTY_IS_NONE] = None


class CustomFieldTranslation(Object):
    """The label of a question, and the labels of its options by their value."""

    label: Annotated[Text100 | None, EMPTY_IS_NONE] = None
    options: dict[str, Annotated[Text100 | None, EMPTY_IS_NONE]] = {}


class Translation(Object):
    """The texts of a link in one language. A text that is missing is shown as the link has it.

    `after_completion` is the message of the hosted confirmation. `custom_fields` are by key.
    """

    title: Annotated[Text120 | None, EMPTY_IS_NONE] = None
    description: Annotated[Text1200 | None, EMPTY_IS_NONE] = None
    inactive_message: Annotated[Text500 | None, EMPTY_IS_NONE] = None
    after_completion: Annotated[Text500 | None, EMPTY_IS_NONE] = None
    custom_text: CustomTextTranslation = CustomTextTranslation()
    custom_fields: dict[str, CustomFieldTranslation] = {}


class CustomFieldTranslationParams(Object):
    """As the object. An empty value unsets a text, or all options."""

    label: Annotated[Text100 | None, EMPTY_IS_NONE] = None
    options: Annotated[dict[str, Annotated[Text100 | None, EMPTY_IS_NONE]] | None, EMPTY_IS_NONE] = None


class TranslationParams(Object):
    """As the object. An empty value unsets a text, or a part with all of its texts."""

    title: Annotated[Text120 | None, EMPTY_IS_NONE] = None
    description: Annotated[Text1200 | None, EMPTY_IS_NONE] = None
    inactive_message: Annotated[Text500 | None, EMPTY_IS_NONE] = None
    after_completion: Annotated[Text500 | None, EMPTY_IS_NONE] = None
    custom_text: Annotated[CustomTextTranslation | None, EMPTY_IS_NONE] = None
    custom_fields: Annotated[
        dict[str, Annotated[CustomFieldTranslationParams | None, EMPTY_IS_NONE]] | None, EMPTY_IS_NONE
    ] = None


Translations = dict[Language, Translation]
TranslationsParams = dict[Language, Annotated[TranslationParams | None, EMPTY_IS_NONE]]


def merge_translations(current: Mapping[Any, Translation], change: Mapping[str, Any]) -> dict[str, Any]:
    """Return the translations after an update, text by text. None removes a text, or a language with all of its texts.

    For example, German with a title, changed by `{"de": {"description": "Honig"}}`, has both.
    """
    before = {language: translation.model_dump() for language, translation in current.items()}
    return {language: texts for language, texts in _merged(before, change).items() if _has_text(texts)}


def _merged(current: Mapping[str, Any], change: Mapping[str, Any]) -> dict[str, Any]:
    result = dict(current)
    for name, value in change.items():
        if value is None:
            result.pop(name, None)
        elif isinstance(value, Mapping):
            result[name] = _merged(result.get(name) or {}, value)
        else:
            result[name] = value
    return result


def _has_text(value: Any) -> bool:
    return any(map(_has_text, value.values())) if isinstance(value, Mapping) else bool(value)


def without_old_questions(
    translations: Mapping[Any, Translation], questions: Mapping[str, frozenset[str]]
) -> dict[Any, Translation]:
    """Return the translations of the questions that a link has. `questions` has the values of the options by key."""
    kept = {}
    for language, translation in translations.items():
        fields = {
            key: field.model_copy(
                update={"options": {value: text for value, text in field.options.items() if value in questions[key]}}
            )
            for key, field in translation.custom_fields.items()
            if key in questions
        }
        changed = translation.model_copy(update={"custom_fields": fields})
        if _has_text(changed.model_dump()):
            kept[language] = changed
    return kept


def texts_in(translations: Mapping[Any, Translation], locales: Sequence[str]) -> Translation | None:
    """Return the texts for a page in one of these locales, nearest first. A text that the nearest lacks comes from the next."""
    found = [translations[locale] for locale in reversed(locales) if locale in translations]
    if len(found) < 2:
        return found[0] if found else None
    merged: dict[str, Any] = {}
    for translation in found:
        merged = _merged(merged, _without_none(translation.model_dump()))
    return Translation.read(merged)


def _without_none(value: Mapping[str, Any]) -> dict[str, Any]:
    return {
        name: _without_none(entry) if isinstance(entry, Mapping) else entry
        for name, entry in value.items()
        if entry is not None
    }
