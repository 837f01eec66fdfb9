"""Translates texts into the language of the page: gettext with types."""

import flask_babel


def _(message: str, **values: object) -> str:
    """Return a text in the language of the page. `%(name)s` is replaced by a value."""
    return str(flask_babel.gettext(message, **values))


def ngettext(one: str, many: str, count: int, **values: object) -> str:
    """Return a text that depends on a number. `%(num)s` is replaced by it."""
    return str(flask_babel.ngettext(one, many, count, **values))
