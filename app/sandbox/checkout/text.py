"""Translates texts into the language of the page: gettext with types."""

from flask_babel import gettext, ngettext


def _(message: str, **values: object) -> str:
    """Return a text in the language of the page. `%(name)s` is replaced by a value."""
    return str(gettext(message, **values))


def plural(one: str, many: str, count: int) -> str:
    """Return a text that depends on a number. `%(num)s` is replaced by it."""
    return str(ngettext(one, many, count))
