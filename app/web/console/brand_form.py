"""The form of the brand: colours, and pictures to upload."""

import re
from typing import Any, Final

from flask_wtf import FlaskForm
from wtforms import BooleanField, FileField, StringField
from wtforms.validators import Optional, Regexp

from app.objects.organization import Branding
from app.objects.typed_text import fold
from app.web.display.translation import lazy_gettext as _

COLOR_MAXIMUM: Final = 20
"""Characters of a colour that are read."""

_SIX_DIGITS: Final = re.compile(r"[0-9a-f]{6}")
_COLOR: Final = re.compile(r"#[0-9a-f]{6}\Z")
_PICTURES: Final = _("PNG, JPEG, WebP or GIF, up to 5 MB")


def typed_color(text: str | None) -> str:
    """Return a colour as `#rrggbb` if the text has six digits. Other texts stay as they are.

    >>> typed_color(" 0E585C ")
    '#0e585c'
    """
    typed = fold((text or "")[:COLOR_MAXIMUM]).lower()
    return f"#{typed}" if _SIX_DIGITS.fullmatch(typed) else typed


def _color(label: Any, name: str, description: Any) -> StringField:
    return StringField(
        label,
        name=f"settings[branding][{name}]",
        id=name,
        description=description,
        filters=[typed_color],
        validators=[Optional(), Regexp(_COLOR, message=_("Write # and six digits, such as #0e585c"))],
        render_kw={"autocomplete": "off", "dir": "ltr", "maxlength": COLOR_MAXIMUM, "spellcheck": "false"},
    )


def _picture(label: Any, name: str) -> FileField:
    accepted = "image/png,image/jpeg,image/webp,image/gif"
    sent_as = f"settings[branding][{name}]"
    return FileField(label, name=sent_as, id=name, description=_PICTURES, render_kw={"accept": accepted})


class BrandForm(FlaskForm):  # type: ignore[misc]  # Flask-WTF has no types
    """Colours and pictures of a merchant. A picture that is not chosen stays as it is, unless its box says to remove it."""

    logo = _picture(_("Logo, beside your name on each page"), "logo")
    remove_logo = BooleanField(_("Remove the logo"))
    icon = _picture(_("Icon, in the tab of the browser. Without one, your logo stands there"), "icon")
    remove_icon = BooleanField(_("Remove the icon"))
    primary_color = _color(_("Colour of buttons"), "primary_color", _("As # and six digits. Empty: our green"))
    secondary_color = _color(_("Colour of links"), "secondary_color", _("Empty: the colour of buttons"))

    def colors(self) -> dict[str, str | None]:
        """Return both colours. A value that is empty or no colour is None."""
        return {
            name: self[name].data if _COLOR.fullmatch(self[name].data or "") else None
            for name in ("primary_color", "secondary_color")
        }


def filled_form(branding: Branding) -> BrandForm:
    """Return the form with the stored values."""
    colors = {name: getattr(branding, name) or "" for name in ("primary_color", "secondary_color")}
    return BrandForm(formdata=None, data=colors)
