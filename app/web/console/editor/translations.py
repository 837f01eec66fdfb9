"""The texts of a form in further languages: read, filled in, and shown beside their originals."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any, Final

from app.objects.payment_link.translations import Translation
from app.web.console.editor.control import Control
from app.web.console.editor.controls.translations import (
    ORIGINALS,
    PREFIX,
    TEXTS,
    language_of,
    question_names,
    translation_control,
)
from app.web.console.editor.texts import Manner, Unreadable, clean, read_text, write_text
from app.web.console.editor.values import Values
from app.web.display.formatting import shortened
from app.web.display.languages import NAMES
from app.web.display.translation import gettext as _
from app.web.display.translation import ngettext

_SHOWN: Final = 80
"""Characters of an original that stand beside its translation."""


@dataclass(frozen=True)
class LanguageFold:
    """The fold of one language: its controls, and whether it is open. A new fold, and one with a wrong text, is open."""

    code: str
    problems: Mapping[str, str]
    controls: list[Control]
    values: Values

    @property
    def name(self) -> str:
        """The language by its own name."""
        return NAMES[self.code]

    @property
    def _texts(self) -> int:
        return sum(bool(self.values.get(control.name).strip()) for control in self.controls)

    @property
    def state(self) -> str:
        """How many texts the merchant wrote."""
        return ngettext("%(num)s text", "%(num)s texts", self._texts)

    @property
    def is_open(self) -> bool:
        """Whether the merchant has to do something in the fold."""
        return not self._texts or any(control.name in self.problems for control in self.controls)


def languages_of(values: Values) -> list[str]:
    """Return the languages that the form has a fold for, in their order."""
    found = (language_of(name) for name in values.fields)
    return list(dict.fromkeys(language for language in found if language is not None))


def add_language(values: Values, language: str) -> None:
    """Add a fold to the form."""
    if language not in languages_of(values) and translation_control(f"{PREFIX}[{language}][title]") is not None:
        values.fields.setlist(f"{PREFIX}[{language}][title]", [""])


def remove_language(values: Values, language: str) -> None:
    """Take out a fold with its texts."""
    values.drop(f"{PREFIX}[{language}]")


def read_translations(
    values: Values, manner: Manner, params: Mapping[str, Any], problems: dict[str, str]
) -> dict[str, Any]:
    """Return the texts by language. Texts of questions and options that the form no longer has are left out."""
    found: dict[str, Any] = {}
    for language in languages_of(values):
        start = f"{PREFIX}[{language}]"
        names = [f"{start}{end}" for end in TEXTS] + [name for name, _original in question_names(language, params)]
        for name in names:
            control = translation_control(name)
            text = clean(control, values.get(name)) if control is not None else ""
            if control is None or not text:
                continue
            try:
                _set(found, language, name.removeprefix(start), read_text(control, text, manner))
            except Unreadable as error:
                problems[name] = str(error)
    return found


def _set(found: dict[str, Any], language: str, end: str, text: str) -> None:
    holder = found.setdefault(language, {})
    *above, last = end.strip("[]").split("][")
    for step in above:
        holder = holder.setdefault(step, {})
    holder[last] = text


def fill_translations(values: Values, translations: Mapping[Any, Translation], manner: Manner) -> None:
    """Fill in the texts of a link."""
    for language, translation in translations.items():
        _fill(values, f"{PREFIX}[{language}]", translation.model_dump(mode="json", exclude_none=True), manner)


def _fill(values: Values, name: str, value: Any, manner: Manner) -> None:
    if isinstance(value, Mapping):
        for part, entry in value.items():
            _fill(values, f"{name}[{part}]", entry, manner)
    elif (control := translation_control(name)) is not None:
        values.set(name, write_text(control, value, manner))


def shown_controls(language: str, params: Mapping[str, Any]) -> list[Control]:
    """Return the controls of a language, each with the original as its hint."""
    found = []
    for end in TEXTS:
        original = _original(params, ORIGINALS[end])
        hint = _("Yours: %(text)s", text=shortened(original, _SHOWN)) if original else _("You have no such text")
        found.append(_labelled(f"{PREFIX}[{language}]{end}", hint=hint))
    for name, original in question_names(language, params):
        text = shortened(original, _SHOWN)
        label = _("Question “%(text)s”", text=text) if name.endswith("[label]") else _("Choice “%(text)s”", text=text)
        found.append(_labelled(name, label=label))
    return [control for control in found if control is not None]


def _labelled(name: str, **changes: str) -> Control | None:
    control = translation_control(name)
    return replace(control, **changes) if control is not None else None  # type: ignore[arg-type]


def _original(params: Mapping[str, Any], path: tuple[str, ...]) -> str:
    value: Any = params
    for step in path:
        value = value.get(step) if isinstance(value, Mapping) else None
    return value if isinstance(value, str) else ""
