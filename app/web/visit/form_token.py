"""The token in every pay form: which form it is, of which link, until when. Signed, kept nowhere, no cookie needed.

It guards no authority (nobody is logged in): it ties a post to a page of ours, and gives the form the id by which a second post of
the same form is recognised.
"""

from dataclasses import dataclass
from secrets import token_urlsafe
from typing import Any, Final, cast

from itsdangerous import BadData, URLSafeSerializer
from wtforms import ValidationError
from wtforms.csrf.core import CSRF, CSRFTokenField
from wtforms.form import BaseForm

LIFETIME_SECONDS: Final = 24 * 3600
_MAXIMUM_LENGTH: Final = 400


@dataclass(frozen=True)
class FormToken:
    """What a token says: the form's id, the link that it is bound to, and its end in Unix seconds."""

    form: str
    link: str
    expires_at: int


class TokenRefused(ValueError):
    """The token is missing, tampered with, expired, or another link's: the four are never told apart."""


class FormTokens:
    """Writes and reads the tokens of one link at one moment; `submitted` is what came with the request."""

    def __init__(self, secret_key: str, link: str, now: int, submitted: str | None = None) -> None:
        self._serializer = URLSafeSerializer(secret_key, salt="counterfoil.form")
        self._link = link
        self._now = now
        self.submitted = submitted

    def issue(self) -> str:
        """A token for a new form."""
        return self._dump(FormToken(token_urlsafe(18), self._link, self._now + LIFETIME_SECONDS))

    def read(self, text: str | None) -> FormToken:
        """What a token says. Raises `TokenRefused`."""
        if not text or len(text) > _MAXIMUM_LENGTH:
            raise TokenRefused
        try:
            form, link, expires_at = self._serializer.loads(text)
        except (BadData, TypeError, ValueError):
            raise TokenRefused from None
        token = FormToken(form, link, expires_at)
        if token.link != self._link or token.expires_at <= self._now:
            raise TokenRefused
        return token

    def current(self) -> str:
        """What the page carries: the token that was sent while it is good, so that the form stays the same one, else a new one."""
        try:
            self.read(self.submitted)
        except TokenRefused:
            return self.issue()
        return self.submitted or ""

    def _dump(self, token: FormToken) -> str:
        return str(self._serializer.dumps([token.form, token.link, token.expires_at]))


class FormTokenCSRF(CSRF):
    """Flask-WTF's seam for tokens, filled with ours: `Meta.csrf_context` is a `FormTokens`."""

    tokens: FormTokens

    def setup_form(self, form: BaseForm) -> list[tuple[str, Any]]:
        """Take the tokens of this request."""
        self.tokens = cast(FormTokens, form.meta.csrf_context)
        return list(super().setup_form(form))

    def generate_csrf_token(self, csrf_token_field: CSRFTokenField) -> str:  # noqa: ARG002 - WTForms' signature
        """What the page carries."""
        return self.tokens.current()

    def validate_csrf_token(self, form: BaseForm, field: CSRFTokenField) -> None:  # noqa: ARG002 - WTForms' signature
        """Refuse a post that no page of this link has asked for."""
        try:
            self.tokens.read(field.data)
        except TokenRefused as error:
            raise ValidationError("token refused") from error
