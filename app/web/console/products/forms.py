"""The form of a product."""

from typing import Final

from flask_wtf import FlaskForm
from wtforms import FileField, StringField, TextAreaField
from wtforms.validators import DataRequired, Length

from app.objects.typed_text import clean_line, clean_lines
from app.web.display.translation import lazy_gettext as _

NAME_MAXIMUM: Final = 250
TEXT_MAXIMUM: Final = 5000
UNIT_MAXIMUM: Final = 12
"""Stripe's limit of a unit, in characters."""


class ProductForm(FlaskForm):  # type: ignore[misc]  # Flask-WTF has no types
    """What buyers see of a product. A longer text is cut after the first character that is too many."""

    name = StringField(
        _("Name"),
        filters=[lambda text: clean_line((text or "")[: NAME_MAXIMUM + 1])],
        validators=[
            DataRequired(message=_("Write a name")),
            Length(max=NAME_MAXIMUM, message=_("Write at most %(count)s characters", count=NAME_MAXIMUM)),
        ],
        render_kw={"autocomplete": "off", "dir": "auto", "required": True},
    )
    description = TextAreaField(
        _("Description"),
        filters=[lambda text: clean_lines("\n".join((text or "")[: TEXT_MAXIMUM + 1].splitlines())).strip()],
        validators=[Length(max=TEXT_MAXIMUM, message=_("Write at most %(count)s characters", count=TEXT_MAXIMUM))],
        render_kw={"dir": "auto", "rows": 3},
    )
    picture = FileField(
        _("Picture"),
        description=_("JPEG, PNG or WebP, up to 5 MB. Square pictures look best."),
        render_kw={"accept": "image/jpeg,image/png,image/webp,image/gif"},
    )
    unit_label = StringField(
        _("Unit"),
        description=_("What one piece is called, for example jar"),
        filters=[lambda text: clean_line((text or "")[: UNIT_MAXIMUM + 1])],
        validators=[Length(max=UNIT_MAXIMUM, message=_("Write at most %(count)s characters", count=UNIT_MAXIMUM))],
        render_kw={"autocomplete": "off", "dir": "auto"},
    )
