"""What a buyer has sent for a preview: choices, by which the preview is kept, and typed texts, which are never kept."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from io import BytesIO
from operator import itemgetter
from typing import TYPE_CHECKING, Final, NamedTuple
from urllib.parse import parse_qsl

if TYPE_CHECKING:
    from wsgiref.types import WSGIEnvironment

_FORM: Final = "application/x-www-form-urlencoded"
_LONGEST_BODY: Final = 16 * 1024
_MOST_FIELDS: Final = 100
_LONGEST_CHOICES: Final = 2000

Pairs = list[tuple[str, str]]


class Rule(NamedTuple):
    """What a field takes. `read` returns a text as the page shows it, or None where the field does not take it.

    The text of a field that `is_typed` is not part of a key.
    """

    read: Callable[[str], str | None]
    is_typed: bool = False


class Sent(NamedTuple):
    """The fields of a valid preview. In `choices`, a typed text is None."""

    choices: tuple[tuple[str, str | None], ...]
    typed: Mapping[str, str]
    token: str | None


@dataclass(frozen=True)
class Rules:
    """The rules of a form's fields, by name. They are made once for a version of a link in a language."""

    fields: Mapping[str, Rule]

    def read(self, pairs: Pairs) -> Sent | None:
        """Return what was sent, or None where the form has to say what is wrong, or where it is too long to be kept."""
        choices: dict[str, str | None] = {}
        typed: dict[str, str] = {}
        token = None
        for name, text in pairs:
            if name in choices:
                return None
            if name == "csrf_token":
                token, choices[name] = text, ""
                continue
            rule = self.fields.get(name)
            shown = rule.read(text) if rule else None
            if rule is None or shown is None:
                return None
            if rule.is_typed and shown:
                typed[name] = shown
            choices[name] = None if name in typed else shown
        if _length(choices.items()) > _LONGEST_CHOICES:
            return None
        return Sent(tuple(sorted(choices.items(), key=itemgetter(0))), typed, token)


def read_pairs(environ: "WSGIEnvironment") -> Pairs | None:
    """Return the fields of a small form. None: Flask has to read it. The body can be read again."""
    length = environ.get("CONTENT_LENGTH") or "0"
    media_type = environ.get("CONTENT_TYPE", "").partition(";")[0].strip().lower()
    if media_type != _FORM or not (length.isascii() and length.isdigit()) or "HTTP_TRANSFER_ENCODING" in environ:
        return None
    if int(length) > _LONGEST_BODY:
        return None
    body = environ["wsgi.input"].read(int(length))
    environ["wsgi.input"] = BytesIO(body)
    if len(body) != int(length):
        return None
    try:
        return parse_qsl(body.decode(), keep_blank_values=True, max_num_fields=_MOST_FIELDS, errors="strict")
    except ValueError:
        return None


def _length(choices: Iterable[tuple[str, str | None]]) -> int:
    return sum(len(name) + len(text or "") for name, text in choices)
