"""How long a text of a form may be, and the message for a longer one."""

from flask_babel import LazyString
from wtforms.validators import Length

from app.web.display.translation import lazy_ngettext as ngettext


def too_long(maximum: int) -> LazyString:
    """Return the message for a text with too many characters."""
    return ngettext("Write at most %(num)s character", "Write at most %(num)s characters", maximum)


def at_most(maximum: int) -> Length:
    """Return the validator of a text that has a maximum of characters."""
    return Length(max=maximum, message=too_long(maximum))
