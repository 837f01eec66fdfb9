"""The forms of the console. Flask-WTF binds and renders their fields; `auth.py` has checked the token before a view runs."""

from collections.abc import Callable, Iterator
from typing import ClassVar, Final

from flask_wtf import FlaskForm
from wtforms import (
    BooleanField,
    EmailField,
    Field,
    HiddenField,
    PasswordField,
    RadioField,
    SelectField,
    StringField,
    TextAreaField,
)
from wtforms.fields.choices import SelectChoice  # type: ignore[attr-defined]  # newer than its types
from wtforms.validators import DataRequired, Length

from app.errors import InvalidRequest
from app.objects.typed_text import clean_line, clean_lines
from app.objects.user import ROLES
from app.services.accounts.users import EMAIL_MAXIMUM, NAME_MAXIMUM, PASSWORD_MINIMUM
from app.services.orders.handling import NOTE_MAXIMUM, TRACKING_MAXIMUM
from app.web.console.lengths import at_most, too_long
from app.web.display.translation import lazy_gettext as _
from app.web.display.translation import lazy_ngettext as ngettext
from app.web.display.translation import lazy_pgettext as pgettext
from app.web.visit.email_address import clean_email

KEY_NAME_MAXIMUM: Final = 100
MESSAGE_MAXIMUM: Final = 500
"""Stripe's limit for `inactive_message`, in characters."""


def typed_email(text: str | None) -> str:
    """Return an e-mail address without what was pasted around it. A longer text is cut after the first character that is too many."""
    typed = text or ""
    return typed[: EMAIL_MAXIMUM + 1] if len(typed) > EMAIL_MAXIMUM else clean_email(typed)


def typed_line(maximum: int) -> Callable[[str | None], str]:
    """Return a filter that removes invisible characters from a line. A text that is far too long is cut, and still too long."""

    def clean(text: str | None) -> str:
        typed = text or ""
        return typed[: 2 * maximum] if len(typed) > 4 * maximum else clean_line(typed)

    return clean


def typed_lines(maximum: int) -> Callable[[str | None], str]:
    """Return a filter that removes invisible characters from lines, and writes each line end as one character, as browsers count it.

    A text that is far too long is cut, and still too long.
    """

    def clean(text: str | None) -> str:
        typed = text or ""
        return typed[: 2 * maximum] if len(typed) > 4 * maximum else clean_lines("\n".join(typed.splitlines())).strip()

    return clean


class OrderedForm(FlaskForm):  # type: ignore[misc]  # Flask-WTF has no types
    """A form whose class adds fields that stand on the page above the inherited ones. The summary of its errors has the page's order."""

    FIRST: ClassVar[tuple[str, ...]] = ()
    """The names of the fields that stand first, in their order."""

    def __iter__(self) -> Iterator[Field]:
        """Yield the fields in the order of the page."""
        first = [self[name] for name in self.FIRST]
        yield from first
        yield from (field for field in super().__iter__() if field not in first)


class LogInForm(FlaskForm):  # type: ignore[misc]  # Flask-WTF has no types
    """E-mail address and password. Which of the two is wrong is never said."""

    email = EmailField(
        _("E-mail address"),
        filters=[typed_email],
        render_kw={"autocomplete": "username", "autofocus": True, "required": True, "spellcheck": "false"},
    )
    password = PasswordField(
        _("Password"),
        render_kw={"autocomplete": "current-password", "required": True},
    )


class PasswordForm(FlaskForm):  # type: ignore[misc]  # Flask-WTF has no types
    """The current password and a new one."""

    old_password = PasswordField(
        _("Current password"),
        render_kw={"autocomplete": "current-password", "required": True},
    )
    password = PasswordField(
        _("New password"),
        description=ngettext("At least %(num)s character", "At least %(num)s characters", PASSWORD_MINIMUM),
        render_kw={"autocomplete": "new-password", "required": True},
    )


def your_name() -> StringField:
    """Return the field for what the team calls the user."""
    return StringField(
        _("Your name"),
        name="name",
        id="your-name",
        description=_("Your team sees it. Buyers do not."),
        filters=[typed_line(NAME_MAXIMUM)],
        validators=[at_most(NAME_MAXIMUM)],
        render_kw={"autocomplete": "name"},
    )


class NameForm(FlaskForm):  # type: ignore[misc]  # Flask-WTF has no types
    """What the team calls the user."""

    name = your_name()


class InvitationForm(FlaskForm):  # type: ignore[misc]  # Flask-WTF has no types
    """The address and the role of a person who joins the team."""

    email = EmailField(
        _("E-mail address"),
        filters=[typed_email],
        render_kw={"autocomplete": "off", "required": True, "spellcheck": "false"},
    )
    role = RadioField(_("Role"), choices=[SelectChoice(role) for role in ROLES], default="manager")

    def refuse(self, error: InvalidRequest) -> None:
        """Add the message for an address that the service refuses."""
        in_team = error.message.startswith("This person")
        self.email.errors = [
            str(_("This person is in the team already"))
            if in_team
            else str(_("Enter an address like ada@example.com. Check it for typos"))
        ]


class KeyForm(FlaskForm):  # type: ignore[misc]  # Flask-WTF has no types
    """The name of a new API key, and what it may do."""

    name = StringField(
        pgettext("thing", "Name"),
        description=_("Where it is used, so that you know later"),
        filters=[typed_line(KEY_NAME_MAXIMUM)],
        validators=[
            DataRequired(message=_("Write where the key is used")),
            at_most(KEY_NAME_MAXIMUM),
        ],
        render_kw={"autocomplete": "off", "dir": "auto", "required": True},
    )
    scope = RadioField(_("It may"), choices=[SelectChoice("write"), SelectChoice("read")], default="read")


PASSWORD_ERROR: Final = ngettext(
    "Use at least %(num)s character",
    "Use at least %(num)s characters, and more than a few different ones",
    PASSWORD_MINIMUM,
)


class JoinForm(FlaskForm):  # type: ignore[misc]  # Flask-WTF has no types
    """The name and the password that an invited person chooses."""

    your_name = your_name()
    password = PasswordField(
        _("Password"),
        description=ngettext("At least %(num)s character", "At least %(num)s characters", PASSWORD_MINIMUM),
        render_kw={"autocomplete": "new-password", "required": True},
    )

    def refuse(self, error: InvalidRequest) -> None:
        """Add the message for what the service refuses."""
        if error.param == "name":
            self.your_name.errors = [str(too_long(NAME_MAXIMUM))]
        else:
            self.password.errors = [
                str(PASSWORD_ERROR if error.param == "password" else _("We could not read this request"))
            ]


_message_error: Final = ngettext(
    "Write at most %(num)s character of plain text", "Write at most %(num)s characters of plain text", MESSAGE_MAXIMUM
)


class DeactivateForm(FlaskForm):  # type: ignore[misc]  # Flask-WTF has no types
    """The message that visitors of a deactivated link read."""

    inactive_message = TextAreaField(
        _("Message for visitors"),
        filters=[typed_lines(MESSAGE_MAXIMUM)],
        validators=[Length(max=MESSAGE_MAXIMUM, message=_message_error)],
        render_kw={"dir": "auto", "rows": 3},
    )

    def refuse(self) -> None:
        """Add the message for a text that the link's rules refuse."""
        self.inactive_message.errors = [_message_error]


_tracking_error: Final = too_long(TRACKING_MAXIMUM)


class TrackingForm(FlaskForm):  # type: ignore[misc]  # Flask-WTF has no types
    """The tracking number of a parcel."""

    tracking_number = StringField(
        _("Tracking number"),
        description=_("If the carrier gave you one"),
        filters=[typed_line(TRACKING_MAXIMUM)],
        validators=[Length(max=TRACKING_MAXIMUM, message=_tracking_error)],
        render_kw={"autocomplete": "off", "spellcheck": "false"},
    )


class NoteForm(FlaskForm):  # type: ignore[misc]  # Flask-WTF has no types
    """A note of the merchant's on an order."""

    note = TextAreaField(
        _("New note"),
        description=_("Buyers do not see it"),
        filters=[typed_lines(NOTE_MAXIMUM)],
        validators=[
            DataRequired(message=_("Write the note first")),
            at_most(NOTE_MAXIMUM),
        ],
        render_kw={"dir": "auto", "rows": 3},
    )


class RefundForm(FlaskForm):  # type: ignore[misc]  # Flask-WTF has no types
    """The amount to refund, and the reason. `left` is the amount that could be refunded, and `request` the id of the form."""

    refund = RadioField(choices=[SelectChoice("all"), SelectChoice("part")], default="all", validate_choice=False)
    amount = StringField(render_kw={"autocomplete": "off", "inputmode": "decimal"})
    reason = SelectField(
        _("Reason"),
        choices=[
            SelectChoice("requested_by_customer", _("The buyer asked for it")),
            SelectChoice("duplicate", _("Paid twice")),
            SelectChoice("fraudulent", _("Fraud")),
        ],
        default="requested_by_customer",
    )
    left = HiddenField()
    request = HiddenField()


class CodeForm(FlaskForm):  # type: ignore[misc]  # Flask-WTF has no types
    """The code of an authenticator app, or a recovery code."""

    code = StringField(
        _("Code from your app"),
        description=_("6 digits"),
        render_kw={
            "autocomplete": "one-time-code",
            "class": "code-entry",
            "inputmode": "numeric",
            "maxlength": 20,
            "required": True,
        },
    )


class SecondStepForm(CodeForm):
    """The code of a log-in, and whether to trust the device."""

    remember = BooleanField(_("Do not ask on this device for 30 days"))


class ConfirmPasswordForm(FlaskForm):  # type: ignore[misc]  # Flask-WTF has no types
    """The current password, before the second step is switched off."""

    password = PasswordField(
        _("Current password"),
        render_kw={"autocomplete": "current-password", "required": True},
    )
