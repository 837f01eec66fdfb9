"""The rules of a posted form. A valid post is read by them alone: only a page that is shown needs labels, hints and messages.

They are taken from the fields of the form, once for each version of a link in a language.
"""

from collections.abc import Callable
from typing import Any, Final, NamedTuple

from werkzeug.datastructures import ImmutableMultiDict
from wtforms import Field

from app.kept import Kept
from app.objects.payment_link import PaymentLink
from app.objects.selection import UrlParameters
from app.web.display.locale import page_locale
from app.web.pay.form.entries import Entries, Entry, FormData, check_entry, is_of_page
from app.web.pay.form.fields import TextField
from app.web.pay.form.form import PayForm
from app.web.visit.visit import Visit

MAXIMUM_BYTES: Final = 4 * 1024 * 1024
_LINK_SIZE: Final = 32 * 1024
_FIELD_SIZE: Final = 2 * 1024
_OPTION_SIZE: Final = 1024
"""What a link takes, roughly, with the rules of its form: the link itself, each field, and each option of a list."""

_NO_PARAMETERS: Final = UrlParameters()
_NOTHING: Final = ImmutableMultiDict[str, str]()


class FieldRules(NamedTuple):
    """How the text of a field is read, and the entry of a field that was not sent. None: the form has to say what is wrong."""

    read: Callable[[str], Entry | None]
    missing: Entry | None


class FormRules:
    """The rules of a form's fields, by name."""

    def __init__(self, form: PayForm) -> None:
        """Take the rules from a form that was sent without fields."""
        self.fields = {
            field.name: FieldRules(_reader(field), check_entry(field.data, field.validators)) for field in form
        }

    def read(self, sent: FormData) -> Entries | None:
        """Return the entries of a valid post. None: the form has to say what is wrong."""
        if not is_of_page(sent, self.fields):
            return None
        entries: dict[str, Entry] = {}
        for name, field in self.fields.items():
            entry = field.read(sent[name]) if name in sent else field.missing
            if entry is None:
                return None
            entries[name] = entry
        return entries


class KnownRules(NamedTuple):
    """The rules of a link's form in one language."""

    link: PaymentLink
    rules: FormRules

    @property
    def size(self) -> int:
        """How many bytes both take, roughly."""
        options = sum(len(field.dropdown.options) for field in self.link.custom_fields if field.dropdown)
        return _LINK_SIZE + _FIELD_SIZE * len(self.rules.fields) + _OPTION_SIZE * options


_KNOWN: Final = Kept[tuple[int, str], KnownRules](MAXIMUM_BYTES, lambda known: known.size)


def post_rules(visit: Visit) -> FormRules | None:
    """Return the rules of a link's form. None: the address of the page fills in fields, so the rules are those of this address."""
    if visit.url_parameters.prefilled_email or visit.url_parameters.prefilled_promo_code:
        return None
    # The same text in the database is the same object. While the object is kept here, no other one has its id.
    link, locale = visit.original or visit.link, page_locale()
    known = _KNOWN.find((id(link), locale))
    if known is None:
        known = KnownRules(link, FormRules(PayForm(visit.link, _NO_PARAMETERS, sent=_NOTHING)))
        _KNOWN.keep((id(link), locale), known)
    return known.rules


def _reader(field: Field) -> Callable[[str], Entry | None]:
    """Return a function that reads a text as the field does, by the rules that the field has."""
    rules = tuple(field.validators)
    if isinstance(field, TextField):
        clean, maximum = field.clean, field.maximum
        return lambda text: check_entry(clean(text), rules) if len(text) <= maximum else None
    box: Any = field  # the box of a consent
    return lambda text: check_entry(text not in box.false_values, rules)
