"""Flask-Babel's two functions, typed: every string that people read goes through one of them."""

import flask_babel


def gettext(string: str, **variables: object) -> str:
    """The string in the language of this request, its `%(name)s` filled in where any are given."""
    return str(flask_babel.gettext(string, **variables))


def ngettext(singular: str, plural: str, num: int, **variables: object) -> str:
    """The same for one or several; `%(num)s` is the number."""
    return str(flask_babel.ngettext(singular, plural, num, **variables))
