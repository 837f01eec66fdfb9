"""The form of a product."""

from typing import Final

from flask_wtf import FlaskForm
from wtforms import FileField, StringField, TextAreaField
from wtforms.validators import DataRequired, Length

from app.web.console.forms import typed_line, typed_lines
from app.web.display.translation import lazy_gettext as _

NAME_MAXIMUM: Final = 250
TEXT_MAXIMUM: Final = 5000
UNIT_MAXIMUM: Final = 12
"""Stripe's limit of a unit, in characters."""


class ProductForm(FlaskForm):  # type: ignore[misc]  # Flask-WTF has no types
    """What buyers see of a product."""

    name = StringField(
        _("Name"),
        filters=[typed_line(NAME_MAXIMUM)],
        validators=[
            DataRequired(message=_("Write a name")),
            Length(max=NAME_MAXIMUM, message=_("Write at most %(count)s characters", count=NAME_MAXIMUM)),
        ],
        render_kw={"autocomplete": "off", "dir": "auto", "required": True},
    )
    description = TextAreaField(
        _("Description"),
        filters=[typed_lines(TEXT_MAXIMUM)],
        validators=[Length(max=TEXT_MAXIMUM, message=_("Write at most %(count)s characters", count=TEXT_MAXIMUM))],
        render_kw={"dir": "auto", "rows": 3},
    )
    picture = FileField(
        _("Picture"),
        description=_("JPEG, PNG, WebP or GIF, up to 5 MB. Square pictures look best."),
        render_kw={"accept": "image/jpeg,image/png,image/webp,image/gif"},
    )
    unit_label = StringField(
        _("Unit"),
        description=_("What one piece is called, for example jar"),
        filters=[typed_line(UNIT_MAXIMUM)],
        validators=[Length(max=UNIT_MAXIMUM, message=_("Write at most %(count)s characters", count=UNIT_MAXIMUM))],
        render_kw={"autocomplete": "off", "dir": "auto"},
    )
