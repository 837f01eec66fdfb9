"""Words for people, in the language of the page: gettext with its types."""

from flask_babel import gettext, ngettext


def _(message: str, **values: object) -> str:
    """A text in the language of the page; `%(name)s` stands for a value."""
    return str(gettext(message, **values))


def plural(one: str, many: str, count: int) -> str:
    """A text with a number in it: `%(num)s`."""
    return str(ngettext(one, many, count))
