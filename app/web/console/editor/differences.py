"""The changes that a form makes, in words: setting, value now, value after the save."""

from typing import Final

from app.web.console.editor.control import Control
from app.web.console.editor.controls.advanced import INVOICE_PAIRS, PAIRS
from app.web.console.editor.controls.translations import language_of
from app.web.console.editor.page import Difference, EditorPage
from app.web.console.editor.problems import CONTROLS, control_of
from app.web.console.editor.reading import HELPERS
from app.web.console.editor.texts import clean
from app.web.console.editor.values import Values
from app.web.display.formatting import with_commas
from app.web.display.languages import NAMES
from app.web.display.translation import gettext as _

LISTS: Final = (CONTROLS["shipping_options[{n}][shipping_rate]"], CONTROLS["counterfoil[tax_rates][{n}]"])
"""Lists of boxes whose indices depend on the offered objects."""

_LISTED: Final = tuple(control.name.partition("[{n}]")[0] for control in LISTS)
_KINDS: Final = {"price_kind", "tax_kind", "discount_kind", "ships"}


def differences(before: Values, after: Values, page: EditorPage) -> list[Difference]:
    """Return one line for each field that differs."""
    found = []
    for boxes in LISTS:
        old, new = (_listed(values, boxes, page) for values in (before, after))
        if old != new:
            found.append(Difference(str(boxes.label), old or _("nothing"), new or _("nothing")))
    for name in dict.fromkeys([*before.fields, *after.fields]):
        if (
            name.startswith(_LISTED)
            or name in HELPERS - _KINDS
            or name.endswith(("_key[]", "_value[]", "[id]", "[price_data][currency]"))
        ):
            continue
        control = control_of(name)
        old, new = (_text(values, name, control, page) for values in (before, after))
        if old != new:
            found.append(Difference(_label(name, control), old or _nothing(control), new or _nothing(control)))
    for name, legend, *_rest in (*PAIRS, *INVOICE_PAIRS):
        old, new = (_pairs(values, name) for values in (before, after))
        if old != new:
            found.append(Difference(str(legend), old or _("nothing"), new or _("nothing")))
    return found


def _listed(values: Values, control: Control, page: EditorPage) -> str:
    base, _index, rest = control.name.partition("[{n}]")
    texts = {value: str(text) for value, text, _hint in page.options(control)}
    return with_commas(*(texts.get(id, id) for id in values.entries(base, rest)))


def _text(values: Values, name: str, control: Control | None, page: EditorPage) -> str:
    texts = [clean(control, text) if control else text.strip() for text in values.all(name)]
    texts = [text for text in texts if text]
    if control is None:
        return with_commas(*texts)
    if control.kind == "checkbox":
        return _("yes") if {*texts} - {control.default} else ""
    if not texts and control.default:
        texts = [control.default]
    options = {value: str(text) for value, text, _hint in page.options(control) if text}
    return with_commas(*(options.get(text, text) for text in texts))


def _label(name: str, control: Control | None) -> str:
    if control is None:
        return name
    language = language_of(name)
    if language is not None:
        return _("%(label)s, %(language)s", label=str(control.label), language=NAMES[language])
    index = next((part for part in name.replace("]", "").split("[") if part.isdigit()), None)
    if index is None or "{n}" not in control.name:
        return str(control.label)
    return _("%(label)s (%(number)s)", label=str(control.label), number=int(index) + 1)


def _nothing(control: Control | None) -> str:
    return _("no") if control is not None and control.kind == "checkbox" else _("nothing")


def _pairs(values: Values, name: str) -> str:
    pairs = zip(values.all(f"{name}_key[]"), values.all(f"{name}_value[]"), strict=False)
    return with_commas(*(f"{key.strip()}: {text.strip()}" for key, text in pairs if key.strip()))
