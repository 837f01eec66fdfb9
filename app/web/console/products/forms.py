"""The form of a product, with its metadata."""

from typing import Final

from wtforms import FileField, StringField, TextAreaField
from wtforms.validators import DataRequired

from app.web.console.forms import typed_line, typed_lines
from app.web.console.lengths import at_most
from app.web.console.metadata_form import MetadataForm
from app.web.display.translation import lazy_gettext as _
from app.web.display.translation import lazy_pgettext as pgettext

NAME_MAXIMUM: Final = 250
TEXT_MAXIMUM: Final = 5000
TAX_CODE_MAXIMUM: Final = 100
UNIT_MAXIMUM: Final = 12
"""Stripe's limit of a unit, in characters."""


class ProductForm(MetadataForm):
    """What buyers see of a product."""

    name = StringField(
        pgettext("thing", "Name"),
        filters=[typed_line(NAME_MAXIMUM)],
        validators=[
            DataRequired(message=_("Write a name")),
            at_most(NAME_MAXIMUM),
        ],
        render_kw={"autocomplete": "off", "dir": "auto", "required": True},
    )
    description = TextAreaField(
        _("Description"),
        filters=[typed_lines(TEXT_MAXIMUM)],
        validators=[at_most(TEXT_MAXIMUM)],
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
        validators=[at_most(UNIT_MAXIMUM)],
        render_kw={"autocomplete": "off", "dir": "auto"},
    )
    tax_code = StringField(
        _("Tax code"),
        description=_("For Stripe Tax, such as txcd_40060003"),
        filters=[typed_line(TAX_CODE_MAXIMUM)],
        validators=[at_most(TAX_CODE_MAXIMUM)],
        render_kw={"autocomplete": "off", "spellcheck": "false"},
    )

    def fields(self) -> dict[str, str]:
        """Return the attributes that are one text each."""
        return {field.name: field.data or "" for field in (self.name, self.description, self.unit_label, self.tax_code)}
