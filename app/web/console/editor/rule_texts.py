"""The messages of the rules of links in the language of the console.

A rule raises its message in English, for the API. The form finds a message by its English text and shows the translation. A message that
is not in the list belongs to a parameter without a field. It stays in English.
"""

import re
from collections.abc import Callable, Iterable
from typing import Final, cast, get_args

from app.objects.price import Interval
from app.web.display.formatting import listed
from app.web.display.price_text import every
from app.web.display.translation import gettext


def N_(text: str) -> str:
    """Return a text that is translated when it is shown."""
    return text


# L10n: Messages at the fields of the form of a link. `field` and `other` are labels of fields in quotation marks.
TEXTS: Final = (
    N_("A product's name must not be blank"),
    N_("%(field)s must not be blank"),
    N_("%(field)s must not be above %(other)s"),
    N_("%(field)s must be at least %(least)s, not %(value)s"),
    N_("%(field)s must be from %(least)s to %(most)s, not %(value)s"),
    N_("%(field)s is %(quantity)s, but the buyer may choose from %(least)s to %(most)s only"),
    N_("%(field)s has %(length)s characters; %(longest)s is the most"),
    N_("%(field)s has %(length)s characters, but the field takes from %(shortest)s to %(longest)s"),
    N_("%(field)s must have only digits, because the field takes nothing else"),
    N_("%(field)s must have only letters and digits, not “%(value)s”"),
    N_("%(field)s must contain a letter"),
    N_("%(field)s must not contain any of %(signs)s"),
    N_("Two options have the value “%(value)s”. Give each its own"),
    N_("A dropdown needs at least one option: %(field)s"),
    N_("A dropdown has at most %(allowed)s options, not %(given)s"),
    N_("The default value “%(value)s” is not the value of an option. Choose one of them, or leave it out"),
    N_("A custom field needs a label: %(field)s"),
    N_("Name at least one country in %(field)s"),
    N_("Checkout does not offer delivery to “%(country)s”: leave it out"),
    N_("Checkout does not offer delivery to “%(country)s”: write %(code)s, in capitals"),
    N_("A trial lasts from 1 to %(longest)s days, not %(given)s"),
    N_("A price that the buyer chooses must be the only line item of its link"),
    N_("A price that the buyer chooses can't be recurring"),
    N_("A price that the buyer chooses has no adjustable quantity"),
    N_("A tiered price must be recurring"),
    N_("The price %(id)s is not active. Choose an active price, or activate it"),
    N_("The product of the price %(id)s is not active. Choose another, or activate it"),
    N_(
        "All items of a link are sold in one currency. This link is in %(currency)s, and %(field)s is in "
        "%(other)s without an option in %(same)s"
    ),
    N_(
        "All recurring prices of a link are billed at one interval. %(field)s is billed %(every)s, another "
        "item %(first)s"
    ),
    N_("Tax is calculated automatically or by %(field)s, not both"),
    N_("A link has %(field)s or %(other)s, not both: Checkout takes one discount"),
    N_("The coupon %(id)s is no longer valid"),
    N_("The shipping rate %(id)s is not active"),
    N_("The tax rate %(id)s is not active"),
    N_("This link is in %(currency)s, and the coupon is in %(other)s"),
    N_("This link is in %(currency)s, and the shipping rate is in %(other)s"),
    N_("%(field)s is for one-time payments: leave it out, or sell no item with a recurring price"),
    N_("%(field)s is for subscriptions: leave it out, or sell at least one line item with a recurring price"),
    N_("Not a valid URL: %(field)s must be a full address that starts with https://"),
    N_("Not a valid URL: %(field)s must start with https:// (http:// is allowed only for %(hosts)s)"),
    N_(
        "Not a valid URL: %(field)s must be only an origin, like https://shop.example.com, without a path or "
        "a final slash"
    ),
    N_(
        "Not a valid URL: %(field)s must be one exact origin; wildcards are not allowed. List every site by "
        "its full name"
    ),
    N_(
        "Not a valid URL: %(field)s must start with https://, or be the path of a picture on this server, "
        "like /pictures/…"
    ),
    N_("Not a valid URL: %(field)s must not contain spaces or control characters; write a space as %%20"),
    N_("Not a valid URL: %(field)s must name a valid host"),
    N_("Not a valid URL: %(field)s must name a host"),
    N_("Not a valid URL: %(field)s must not contain a backslash"),
    N_("Not a valid URL: %(field)s must not carry a user name or a password"),
    N_("Not a valid URL: %(field)s must have a port from 1 to 65535, or none"),
    N_("Not a valid URL: %(field)s must write an IP address in full"),
    N_("Not a valid URL: %(field)s must name its host in ASCII: %(host)s"),
    N_("Not a valid URL: %(field)s must name its host: a Content-Security-Policy has no word for an IPv6 address"),
    N_("Not a valid URL: %(field)s must be written in ASCII: percent-encode other characters of the path"),
    N_(
        "Not a valid URL: %(field)s must have at most %(longest)s characters, percent-encoded and with the "
        "session's id filled in, and has %(length)s: proxies do not pass on longer headers"
    ),
    N_(
        "All %(field)s together must have at most %(longest)s characters and have %(length)s: they stand in one "
        "header of the page, and proxies do not pass on longer ones"
    ),
    N_("A payment link has at most %(allowed)s line items; this one would have %(given)s"),
    N_("A payment link has at most %(allowed)s custom fields; this one would have %(given)s"),
    N_("A payment link has at most %(allowed)s shipping options; this one would have %(given)s"),
    N_("A payment link has at most %(allowed)s optional items; this one would have %(given)s"),
    N_("A payment link has at most %(allowed)s line items and optional items together; this one would have %(given)s"),
    N_("A billing period lasts at most three years: %(field)s must be from 1 to %(longest)s"),
    N_("%(field)s must be from 0 to 100 with at most two decimals"),
    N_("%(field)s must be at most what the largest order costs: %(amount)s"),
    N_("%(field)s must be at most %(highest)s"),
    N_("%(field)s must not be negative"),
    N_("Give %(field)s or %(other)s, not both"),
    N_("No such account: '%(id)s'. The id of an account begins with acct_"),
)
"""Without the final full stop. A text stands before a more general one."""

_PLACEHOLDER: Final = re.compile(r"%\\\((\w+)\\\)s")
_PARAM: Final = r"[\w[\]-]+"
_EVERY: Final = re.compile(r"every (?:([0-9]+) )?([a-z]+?)s?")


def _pattern_of(text: str) -> re.Pattern[str]:
    """Return the pattern of the messages that a text is for. A field or a place is one parameter, other values are any text."""

    def group(found: re.Match[str]) -> str:
        return f"(?P<{found[1]}>{_PARAM if found[1] in {'field', 'place'} else '.+'})"

    return re.compile(_PLACEHOLDER.sub(group, re.escape(text.replace("%%", "%"))), re.DOTALL)


Patterns = tuple[tuple[str, re.Pattern[str]], ...]


def patterns_of(texts: Iterable[str]) -> Patterns:
    """Return texts, each with the pattern of its messages."""
    return tuple((text, _pattern_of(text)) for text in texts)


_PATTERNS: Final = patterns_of(TEXTS)


def find_text(message: str, patterns: Patterns = _PATTERNS) -> tuple[str, dict[str, str]] | None:
    """Return the text that a message was made of, with the values of its placeholders. None for a message that is not listed."""
    plain = message.rstrip(".")
    for text, pattern in patterns:
        if found := pattern.fullmatch(plain) or pattern.fullmatch(message):
            return text, found.groupdict()
    return None


def translate_message(message: str, named: Callable[[str], str], patterns: Patterns = _PATTERNS) -> str | None:
    """Return a rule's message in the language of the page, or None. `named` puts labels in place of the parameters of a value."""
    found = find_text(message, patterns)
    if found is None:
        return None
    text, values = found
    return gettext(text, **{name: _how_often(value) or named(value) for name, value in _with_hosts(values).items()})


def _with_hosts(values: dict[str, str]) -> dict[str, str]:
    """Return values with names of hosts as the language lists them."""
    return {name: listed(value.split(" and ")) if name == "hosts" else value for name, value in values.items()}


def _how_often(value: str) -> str:
    """Return "every 3 months" in the language of the page, and an empty text for a value that is no interval."""
    found = _EVERY.fullmatch(value)
    if found is None or found[2] not in get_args(Interval):
        return ""
    return every(cast("Interval", found[2]), int(found[1] or 1))
