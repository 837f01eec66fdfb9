"""The merchant's texts in further languages: one fold for each language, with a field for each text of the link."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any, Final, get_args

from app.objects.limits import MAXIMUM_LABEL_LENGTH
from app.objects.payment_link.translations import Language
from app.web.console.editor.control import Control, Group, Part, id_of
from app.web.display.translation import lazy_gettext as _

LANGUAGES: Final[tuple[str, ...]] = get_args(Language)
PREFIX: Final = "counterfoil[translations]"
OPTION_MAXIMUM: Final = 100

TRANSLATIONS: Final = Group("translations", _("Your texts in other languages"), (Part(template="translations"),))

TEXTS: Final[Mapping[str, Control]] = {
    "[title]": Control("", _("Title above the items"), maximum=120),
    "[description]": Control("", _("Text above the items"), "textarea", maximum=1200),
    "[custom_text][terms_of_service_acceptance]": Control("", _("Text beside the terms box"), "textarea", maximum=1200),
    "[custom_text][submit]": Control("", _("Text above the button"), "textarea", maximum=1200),
    "[custom_text][after_submit]": Control("", _("Text below the button"), "textarea", maximum=1200),
    "[custom_text][shipping_address]": Control("", _("Text beside the delivery address"), "textarea", maximum=1200),
    "[after_completion]": Control("", _("Message after the payment"), "textarea", maximum=500),
    "[inactive_message]": Control("", _("Message while the link is off"), "textarea", maximum=500),
}
"""The texts of a link by the end of their name."""

ORIGINALS: Final[Mapping[str, tuple[str, ...]]] = {
    "[title]": ("counterfoil", "title"),
    "[description]": ("counterfoil", "description"),
    "[custom_text][terms_of_service_acceptance]": ("custom_text", "terms_of_service_acceptance", "message"),
    "[custom_text][submit]": ("custom_text", "submit", "message"),
    "[custom_text][after_submit]": ("custom_text", "after_submit", "message"),
    "[custom_text][shipping_address]": ("custom_text", "shipping_address", "message"),
    "[after_completion]": ("after_completion", "hosted_confirmation", "custom_message"),
    "[inactive_message]": ("inactive_message",),
}
"""Where the form's parameters have the original of a text."""

_NAME: Final = re.compile(re.escape(PREFIX) + r"\[([A-Za-z0-9-]{1,10})\](.*)", re.DOTALL)
_LABEL: Final = re.compile(r"\[custom_fields\]\[[^\[\]]+\]\[label\]")
_OPTION: Final = re.compile(r"\[custom_fields\]\[[^\[\]]+\]\[options\]\[[^\[\]]+\]")


def language_of(name: str) -> str | None:
    """Return the language of a field of this group, or None for another field."""
    found = _NAME.fullmatch(name)
    return found[1] if found and found[1] in LANGUAGES else None


def translation_control(name: str) -> Control | None:
    """Return the control of a translated text by the name of its field, or None for another field."""
    found = _NAME.fullmatch(name)
    if found is None or found[1] not in LANGUAGES:
        return None
    control = TEXTS.get(found[2])
    if control is None and _LABEL.fullmatch(found[2]):
        control = Control("", _("Question"), maximum=MAXIMUM_LABEL_LENGTH)
    if control is None and _OPTION.fullmatch(found[2]):
        control = Control("", _("Choice"), maximum=OPTION_MAXIMUM)
    if control is None:
        return None
    attributes = {"lang": found[1]} | ({} if control.kind == "textarea" else {"dir": "auto"})
    return replace(control, name=name, id=id_of(name), attributes=attributes)


def question_names(language: str, params: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """Yield the field and the original of each label of the form's questions, and of their options."""
    for question in params.get("custom_fields", ()):
        start = f"{PREFIX}[{language}][custom_fields][{question['key']}]"
        yield f"{start}[label]", question["label"]["custom"]
        for option in question.get("dropdown", {}).get("options", ()):
            yield f"{start}[options][{option['value']}]", option["label"]
