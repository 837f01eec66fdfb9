"""Flask-Babel's functions with types. Every text for people goes through one of them."""

import flask_babel
from flask_babel import LazyString


def gettext(string: str, **variables: object) -> str:
    """Translate a string into the language of this request and fill in its `%(name)s`."""
    return str(flask_babel.gettext(string, **variables))


def ngettext(singular: str, plural: str, num: int, **variables: object) -> str:
    """Translate a string that depends on a number. `%(num)s` is the number."""
    return str(flask_babel.ngettext(singular, plural, num, **variables))


def lazy_gettext(string: str, **variables: object) -> LazyString:
    """Translate a string when it is shown, for texts that exist before a request does, like the labels of a form class."""
    return flask_babel.lazy_gettext(string, **variables)
