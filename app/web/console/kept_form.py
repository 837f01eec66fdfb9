"""A form that was sent after the log-in had ended: its fields travel through the log-in, signed, and fill the form again.

They are part of the page alone, in no cookie and no address. A form that was kept is not sent by itself: the merchant presses a button.
"""

from dataclasses import dataclass
from typing import Any, Final

from flask import request
from itsdangerous import BadSignature, URLSafeSerializer

from app.web.console.auth import LOADED_IN
from app.web.http.context import current_context
from app.web.http.same_origin import is_same_origin, own_origins
from app.web.http.signing import StrictSigner

FIELD: Final = "kept"
RESUME: Final = "resume"
"""The button that brings the form back. The views of kept forms show the form for it and save nothing."""

_SALT: Final = "console-kept-form"
_SECONDS: Final = 24 * 60 * 60
_LENGTH_MAXIMUM: Final = 40_000
"""Characters of a kept form. A longer one does not fit into the form of the log-in."""


@dataclass(frozen=True)
class KeptForm:
    """A form to go back to: where it is sent, and its fields."""

    action: str
    fields: list[tuple[str, str]]


def keep_form() -> str:
    """Return the sent form as signed text, or an empty text if it is not ours or is too long."""
    if not is_same_origin(request.headers, origins=own_origins):
        return ""
    fields = [
        (name, text) for name, text in request.form.items(multi=True) if name != "csrf_token" and (text or "[]" in name)
    ]
    context = current_context()
    kept = str(_serializer().dumps({"action": request.path, "at": context.clock(), "fields": fields}))
    return kept if len(kept) <= _LENGTH_MAXIMUM else ""


def kept_form() -> KeptForm | None:
    """Return the form that this log-in carries on, or None."""
    text = request.form.get(FIELD, "")
    if not text or len(text) > _LENGTH_MAXIMUM:
        return None
    try:
        data: dict[str, Any] = _serializer().loads(text)
    except BadSignature:
        return None
    if not 0 <= current_context().clock() - data["at"] < _SECONDS:
        return None
    return KeptForm(data["action"], [(name, value) for name, value in data["fields"] if name != LOADED_IN])


def _serializer() -> URLSafeSerializer:
    return URLSafeSerializer(current_context().config.secret_key, salt=_SALT, signer=StrictSigner)
