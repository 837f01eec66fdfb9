"""The forms of the console. Flask-WTF binds and renders their fields; `auth.py` has checked the token before a view runs."""

from typing import Final

from flask_wtf import FlaskForm
from wtforms import EmailField, PasswordField, TextAreaField
from wtforms.validators import Length

from app.services.accounts.users import EMAIL_MAXIMUM, PASSWORD_MAXIMUM, PASSWORD_MINIMUM
from app.web.display.translation import lazy_gettext as _

MESSAGE_MAXIMUM: Final = 500
"""Stripe's limit for `inactive_message`, in characters."""


def _first_characters(text: str | None) -> str:
    """Return an e-mail address, cut after the first character that is too many."""
    return (text or "")[: EMAIL_MAXIMUM + 1]


class LogInForm(FlaskForm):  # type: ignore[misc]  # Flask-WTF has no types
    """E-mail address and password. Which of the two is wrong is never said."""

    email = EmailField(
        _("E-mail address"),
        filters=[_first_characters],
        render_kw={"autocomplete": "username", "maxlength": EMAIL_MAXIMUM, "required": True, "spellcheck": "false"},
    )
    password = PasswordField(
        _("Password"),
        render_kw={"autocomplete": "current-password", "maxlength": PASSWORD_MAXIMUM, "required": True},
    )


class PasswordForm(FlaskForm):  # type: ignore[misc]  # Flask-WTF has no types
    """The current password and a new one."""

    old_password = PasswordField(
        _("Current password"),
        render_kw={"autocomplete": "current-password", "maxlength": PASSWORD_MAXIMUM, "required": True},
    )
    password = PasswordField(
        _("New password"),
        description=_("At least %(count)s characters", count=PASSWORD_MINIMUM),
        render_kw={"autocomplete": "new-password", "maxlength": PASSWORD_MAXIMUM, "required": True},
    )


def _unify_line_ends(text: str | None) -> str:
    """Browsers send each line end as two characters, but count it as one. A text that is too long anyway stays as it is."""
    typed = text or ""
    return typed if len(typed) > 2 * MESSAGE_MAXIMUM else "\n".join(typed.splitlines()).strip()


_message_error: Final = _("Write at most %(count)s characters of plain text", count=MESSAGE_MAXIMUM)


class DeactivateForm(FlaskForm):  # type: ignore[misc]  # Flask-WTF has no types
    """The message that visitors of a deactivated link read."""

    inactive_message = TextAreaField(
        _("Message for visitors"),
        filters=[_unify_line_ends],
        validators=[Length(max=MESSAGE_MAXIMUM, message=_message_error)],
        render_kw={"dir": "auto", "rows": 3},
    )

    def refuse(self) -> None:
        """Add the message for a text that the link's rules refuse."""
        self.inactive_message.errors = [_message_error]
