"""The metadata of an object in a form: names and values, and room for one more."""

from collections.abc import Mapping
from typing import Any, Final

from flask import request
from flask_wtf import FlaskForm

from app.objects.metadata import MAXIMUM_KEY_LENGTH, MAXIMUM_KEYS, MAXIMUM_VALUE_LENGTH
from app.web.console.forms import typed_line
from app.web.display.translation import gettext, ngettext


class MetadataForm(FlaskForm):  # type: ignore[misc]  # Flask-WTF has no types
    """A form of an object that has metadata at Stripe."""

    def __init__(self, metadata: Mapping[str, str] | None = None, **told: Any) -> None:
        """Make the form. `metadata` is that of the object, for a form that was not sent."""
        super().__init__(**told)
        self.metadata_errors: list[str] = []
        sent = zip(request.form.getlist("metadata_key[]"), request.form.getlist("metadata_value[]"), strict=False)
        self.metadata = list((metadata or {}).items()) if metadata is not None else list(sent)

    @property
    def pairs(self) -> list[tuple[str, str]]:
        """The names and values of the metadata, each as one line, and room for one more."""
        return [*((_typed_key(name), _typed_value(value)) for name, value in self.metadata if name or value), ("", "")]

    @property
    def error_list(self) -> list[tuple[str, str]]:
        """The summary: id of the field and message."""
        found = [(field.id, str(field.errors[0])) for field in self if field.errors]
        return [*found, *(("metadata-key-1", message) for message in self.metadata_errors)]

    def read_metadata(self, before: Mapping[str, str]) -> dict[str, str]:
        """Return the metadata that was sent. A pair without a name or a value is removed. What is wrong stands in `metadata_errors`.

        A pair of `before` whose fields were not changed stays as it is, also if a field of one line cannot hold it.
        """
        originals = {(_typed_key(name), _typed_value(value)): (name, value) for name, value in before.items()}
        pairs = [(_typed_key(name), _typed_value(value)) for name, value in self.metadata]
        found = dict(originals.get(pair, pair) for pair in pairs if pair in originals or all(pair))
        if any("[" in name or "]" in name for name in found):
            self.metadata_errors = [gettext("A name has no square brackets")]
        elif not all(len(name) <= MAXIMUM_KEY_LENGTH and len(it) <= MAXIMUM_VALUE_LENGTH for name, it in found.items()):
            lengths = {"name": MAXIMUM_KEY_LENGTH, "value": MAXIMUM_VALUE_LENGTH}
            self.metadata_errors = [
                ngettext(
                    "Write names of at most %(name)s character, and values of at most %(value)s",
                    "Write names of at most %(name)s characters, and values of at most %(value)s",
                    MAXIMUM_KEY_LENGTH,
                    **lengths,
                )
            ]
        elif len(found) > MAXIMUM_KEYS:
            self.metadata_errors = [ngettext("Write at most %(num)s pair", "Write at most %(num)s pairs", MAXIMUM_KEYS)]
        return found


_typed_key: Final = typed_line(MAXIMUM_KEY_LENGTH)
_typed_value: Final = typed_line(MAXIMUM_VALUE_LENGTH)
