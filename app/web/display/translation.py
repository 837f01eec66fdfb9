"""Flask-Babel's functions with types. Every text for people goes through one of them."""

from collections.abc import Callable
from typing import Final, cast

import flask_babel
from babel.support import NullTranslations
from flask import Flask, g, has_app_context
from flask_babel import LazyString
from markupsafe import Markup, escape

_FULL_WIDTH: Final = ("。", "\uff01", "\uff1f")
"""Full stops that are as wide as a letter, with room of their own."""


def N_(text: str) -> str:
    """Mark a text for the catalogues. It is translated when it is shown."""
    return text


def gettext(string: str, **variables: object) -> str:
    """Translate a string into the language of this request and fill in its `%(name)s`."""
    text = _translations().ugettext(string)
    return text % variables if variables else text


def ngettext(singular: str, plural: str, num: int, **variables: object) -> str:
    """Translate a string that depends on a number. `%(num)s` is the number."""
    return _translations().ungettext(singular, plural, num) % {"num": num, **variables}


def pgettext(context: str, string: str, **variables: object) -> str:
    """Translate a string that has several meanings. `context` says which one is meant."""
    text = str(_translations().upgettext(context, string))
    return text % variables if variables else text


def _translations() -> NullTranslations:
    """Return the translations of this request. Flask-Babel would look for them again for each text, which takes longer than the text."""
    if not has_app_context():
        return NullTranslations()
    if "translations" not in g:
        g.translations = flask_babel.get_translations()
    return cast(NullTranslations, g.translations)


def refresh() -> None:
    """Use the language and the catalogues that this request has now."""
    g.pop("translations", None)
    flask_babel.refresh()


def register(app: Flask) -> None:
    """Translate the texts of templates by the same translations."""
    app.jinja_env.install_gettext_callables(  # type: ignore[attr-defined]
        gettext=lambda string: _translations().ugettext(string),
        ngettext=lambda singular, plural, num: _translations().ungettext(singular, plural, num),
        newstyle=True,
        pgettext=lambda context, string: _translations().upgettext(context, string),
        npgettext=lambda context, singular, plural, num: _translations().unpgettext(context, singular, plural, num),
    )


def lazy_gettext(string: str, **variables: object) -> LazyString:
    """Translate a string when it is shown, for texts that exist before a request does, like the labels of a form class."""
    return LazyString(gettext, string, **variables)


def lazy_ngettext(singular: str, plural: str, num: int, **variables: object) -> LazyString:
    """Translate a string that depends on a number when it is shown."""
    return LazyString(ngettext, singular, plural, num, **variables)


def lazy_pgettext(context: str, string: str, **variables: object) -> LazyString:
    """Translate a string that has several meanings when it is shown."""
    return LazyString(pgettext, context, string, **variables)


class _LazyPlainText(LazyString):  # type: ignore[misc]  # Flask-Babel has no types
    """A text that is made when it is shown. It is no HTML: it can have the words of a merchant or a buyer."""

    def __html__(self) -> Markup:
        return escape(str(self))


def lazily(make: Callable[..., str], *values: object) -> LazyString:
    """Make a text when it is shown, for one that most requests do not show. A template escapes it."""
    return _LazyPlainText(make, *values)


def space_after(sentence: str) -> str:
    """Return what stands between a sentence and the next one: a space, but nothing in Chinese and Japanese."""
    return "" if sentence.endswith(_FULL_WIDTH) else " "


def join_sentences(*sentences: str) -> str:
    """Join whole sentences to a paragraph."""
    return "".join(sentence + space_after(sentence) for sentence in sentences).strip()
