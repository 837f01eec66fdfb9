"""Rules of translations: they name questions and options that the link has, and obey the limits of the originals."""

from typing import Final

from app.objects.limits import MAXIMUM_LABEL_LENGTH
from app.objects.payment_link import PaymentLink
from app.objects.payment_link.custom_field import CustomField
from app.objects.payment_link.translations import CustomFieldTranslation
from app.objects.typed_text import clean_line
from app.services.links.rules.refuse import refuse

_SHOWN: Final = 40


def translations(link: PaymentLink) -> None:
    """Titles and labels can be seen. Every translated question and option exists, and no label is too long."""
    questions = {field.key: field for field in link.custom_fields}
    for language, texts in link.counterfoil.translations.items():
        param = f"counterfoil[translations][{language}]"
        if texts.title is not None and not clean_line(texts.title):
            raise refuse(f"{param}[title] must not be blank.", f"{param}[title]", "parameter_invalid_empty")
        for key, field in texts.custom_fields.items():
            name = f"{param}[custom_fields][{key[:_SHOWN]}]"
            if key not in questions:
                raise refuse(f"This link has no custom field with the key of {name}.", name)
            _check_question(questions[key], field, name)


def _check_question(question: CustomField, texts: CustomFieldTranslation, param: str) -> None:
    label = texts.label
    if label is not None and not clean_line(label):
        raise refuse(f"{param}[label] must not be blank.", f"{param}[label]", "parameter_invalid_empty")
    if label is not None and len(label) > MAXIMUM_LABEL_LENGTH:
        raise refuse(
            f"{param}[label] has {len(label)} characters; {MAXIMUM_LABEL_LENGTH} is the most.", f"{param}[label]"
        )
    values = {option.value for option in question.dropdown.options} if question.dropdown else set()
    for value, text in texts.options.items():
        name = f"{param}[options][{value[:_SHOWN]}]"
        if value not in values:
            raise refuse(f"This link has no option with the value of {name}.", name)
        if text is not None and not clean_line(text):
            raise refuse(f"{name} must not be blank.", name, "parameter_invalid_empty")
