"""Flask-Babel's functions with types. Every text for people goes through one of them."""

from typing import Final

import flask_babel
from flask_babel import LazyString

_FULL_WIDTH: Final = ("。", "\uff01", "\uff1f")
"""Full stops that are as wide as a letter, with room of their own."""


def gettext(string: str, **variables: object) -> str:
    """Translate a string into the language of this request and fill in its `%(name)s`."""
    return str(flask_babel.gettext(string, **variables))


def ngettext(singular: str, plural: str, num: int, **variables: object) -> str:
    """Translate a string that depends on a number. `%(num)s` is the number."""
    return str(flask_babel.ngettext(singular, plural, num, **variables))


def pgettext(context: str, string: str, **variables: object) -> str:
    """Translate a string that has several meanings. `context` says which one is meant."""
    return str(flask_babel.pgettext(context, string, **variables))


def lazy_gettext(string: str, **variables: object) -> LazyString:
    """Translate a string when it is shown, for texts that exist before a request does, like the labels of a form class."""
    return flask_babel.lazy_gettext(string, **variables)


def lazy_ngettext(singular: str, plural: str, num: int, **variables: object) -> LazyString:
    """Translate a string that depends on a number when it is shown."""
    return flask_babel.lazy_ngettext(singular, plural, num, **variables)


def lazy_pgettext(context: str, string: str, **variables: object) -> LazyString:
    """Translate a string that has several meanings when it is shown."""
    return flask_babel.lazy_pgettext(context, string, **variables)


def space_after(sentence: str) -> str:
    """Return what stands between a sentence and the next one: a space, but nothing in Chinese and Japanese."""
    return "" if sentence.endswith(_FULL_WIDTH) else " "


def join_sentences(*sentences: str) -> str:
    """Join whole sentences to a paragraph."""
    return "".join(sentence + space_after(sentence) for sentence in sentences).strip()
