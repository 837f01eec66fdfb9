"""A link with the merchant's texts in the language of a page."""

from collections.abc import Mapping, Sequence
from typing import Any

from app.objects.payment_link import PaymentLink
from app.objects.payment_link.custom_field import CustomField
from app.objects.payment_link.parts import AfterCompletion, CustomText, CustomTextMessage, HostedConfirmation
from app.objects.payment_link.translations import CustomFieldTranslation, CustomTextTranslation, texts_in


def translated(link: PaymentLink, locales: Sequence[str]) -> PaymentLink:
    """Return a link as a page in one of these locales shows it, nearest first. Texts without a translation stay."""
    texts = texts_in(link.counterfoil.translations, locales)
    if texts is None:
        return link
    ours = {name: text for name in ("title", "description") if (text := getattr(texts, name))}
    changes: dict[str, Any] = {
        "counterfoil": link.counterfoil.model_copy(update=ours),
        "custom_fields": _questions(link.custom_fields, texts.custom_fields),
        "custom_text": _custom_text(link.custom_text, texts.custom_text),
    }
    if texts.inactive_message:
        changes["inactive_message"] = texts.inactive_message
    if texts.after_completion:
        changes["after_completion"] = _after_completion(link.after_completion, texts.after_completion)
    return link.model_copy(update=changes)


def _custom_text(original: CustomText, texts: CustomTextTranslation) -> CustomText:
    changes = {
        name: CustomTextMessage(message=text)
        for name in CustomTextTranslation.model_fields
        if (text := getattr(texts, name))
    }
    return original.model_copy(update=changes)


def _after_completion(original: AfterCompletion, message: str) -> AfterCompletion:
    """Return the confirmation with its message. A redirect shows no message of ours."""
    if original.type != "hosted_confirmation":
        return original
    confirmation = original.hosted_confirmation or HostedConfirmation()
    return original.model_copy(
        update={"hosted_confirmation": confirmation.model_copy(update={"custom_message": message})}
    )


def _questions(
    questions: tuple[CustomField, ...], texts: Mapping[str, CustomFieldTranslation]
) -> tuple[CustomField, ...]:
    return tuple(_question(it, texts[it.key]) if it.key in texts else it for it in questions)


def _question(question: CustomField, texts: CustomFieldTranslation) -> CustomField:
    changes: dict[str, Any] = {}
    if texts.label:
        changes["label"] = question.label.model_copy(update={"custom": texts.label})
    if question.dropdown is not None and texts.options:
        options = tuple(
            option.model_copy(update={"label": texts.options.get(option.value) or option.label})
            for option in question.dropdown.options
        )
        changes["dropdown"] = question.dropdown.model_copy(update={"options": options})
    return question.model_copy(update=changes)
