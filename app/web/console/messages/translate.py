"""Finds the text that an English message was made of, and shows its translation."""

import re
from collections.abc import Callable, Iterator, Mapping
from contextlib import suppress
from functools import cache
from typing import Final, cast, get_args

from app.errors import GatewayRefused, InvalidRequest
from app.objects.currency import SUPPORTED
from app.objects.price import Interval
from app.pricing.money import AmountError, format_amount, parse_amount
from app.web.console.messages import files, rules, schemas, selling, stripe
from app.web.display.formatting import listed, money, with_commas
from app.web.display.locale import page_locale
from app.web.display.price_text import every
from app.web.display.translation import gettext as _

TEXTS: Final = (*rules.TEXTS, *schemas.TEXTS, *files.TEXTS, *selling.TEXTS, *stripe.TEXTS)
ABOUT_STRIPE: Final = (*selling.TEXTS, *stripe.TEXTS)
"""What Counterfoil says about Stripe. Stripe's own words can equal a text of the other lists."""

_PLACEHOLDER: Final = re.compile(r"%\\\((\w+)\\\)s")
_PARAM: Final = r"[\w[\]-]+"
_KINDS: Final = {"field": _PARAM, "place": _PARAM, "choice": r"\S+", "other": r"\S+"}
"""The pattern of a value by the name of its placeholder. Other values are any text."""

_EVERY: Final = re.compile(r"every (?:([0-9]+) )?([a-z]+?)s?")
_PARSER: Final = re.compile(r"\([^()]*, (line [0-9]+, column [0-9]+)\)")
"""What Python's parser of JSON reports. Its reason is in English, so pages show the place alone."""

_BETWEEN_CHOICES: Final = re.compile(", or |, ")


_LONGEST: Final = 2000
"""Characters of a message that is looked up. Ours are shorter. Patterns with several values take long on a long text."""


def _pattern_of(text: str) -> re.Pattern[str]:
    """Return the pattern of the messages that a text is for."""
    met = set()

    def group(found: re.Match[str]) -> str:
        name = found[1]
        if name in met:
            return f"(?P={name})"
        met.add(name)
        return f"(?P<{name}>{_KINDS.get(name, '.+')})"

    return re.compile(_PLACEHOLDER.sub(group, re.escape(text.replace("%%", "%"))), re.DOTALL)


@cache
def _patterns(texts: tuple[str, ...]) -> tuple[tuple[str, re.Pattern[str]], ...]:
    """Return these texts, each with the pattern of its messages. Most processes never need them."""
    return tuple((text, _pattern_of(text)) for text in texts)


def find_text(message: str, among: tuple[str, ...] = TEXTS) -> tuple[str, dict[str, str]] | None:
    """Return the text that a message was made of, with the values of its placeholders. None for a message that is not listed."""
    if len(message) > _LONGEST:
        return None
    message = _PARSER.sub(r"(\1)", message)
    plain = message.rstrip(".")
    for text, pattern in _patterns(among):
        if found := pattern.fullmatch(plain) or pattern.fullmatch(message):
            return text, found.groupdict()
    return None


def translate_message(message: str, named: Callable[[str], str] = str) -> str | None:
    """Return a message in the language of the page, or None. `named` puts labels in place of the parameters of a value."""
    found = find_text(message)
    return None if found is None else _translate(*found, named)


def _translate(text: str, values: Mapping[str, str], named: Callable[[str], str] = str) -> str:
    return _(text, **{name: _READ.get(name, str)(named(value)) for name, value in values.items()})


def report_text(message: str) -> str:
    """Return a message in the language of the page. A message that is not listed stays as it is."""
    return translate_message(message) or message


def sentence_text(message: str) -> str:
    """Return a message in the language of the page, as a sentence of a report. The texts of rules have no full stop of their own."""
    text = translate_message(message)
    return message if text is None else end_sentence(text)


def end_sentence(text: str) -> str:
    """Return a text with the full stop of the language of the page, unless it has one."""
    if text.endswith((".", "?", "!", "。", "\uff1f", "\uff01")):
        return text
    return text + ("。" if page_locale() == "ja" else ".")


def stripe_text(message: str) -> str:
    """Return why Stripe refused or did not answer. Our words are translated, Stripe's own stand in quotation marks."""
    if found := find_text(message, ABOUT_STRIPE):
        return _translate(*found)
    return _("Stripe says: “%(message)s”", message=message)


def is_from_stripe(error: InvalidRequest) -> bool:
    """Return whether the message of an error is Stripe's."""
    return any(isinstance(cause, GatewayRefused) and cause.message == error.message for cause in _causes(error))


def problem_text(error: InvalidRequest, named: Callable[[str], str] = str) -> str:
    """Return what is wrong with a request. What Stripe refused stands in quotation marks. `named` puts labels in place of parameters."""
    if is_from_stripe(error):
        return stripe_text(error.message)
    return translate_message(error.message, named) or named(error.message)


def _causes(error: BaseException) -> Iterator[BaseException]:
    cause = error.__cause__
    while cause is not None:
        yield cause
        cause = cause.__cause__


def _how_often(value: str) -> str:
    """Return "every 3 months" in the language of the page. A value that is no interval stays as it is."""
    found = _EVERY.fullmatch(value)
    if found is None or found[2] not in get_args(Interval):
        return value
    return every(cast("Interval", found[2]), int(found[1] or 1))


def _type_of_value(value: str) -> str:
    """Return the words for a value that is too large or has parts. Other values stay as they are."""
    # L10n: These three stand in quotation marks where a message repeats a wrong value.
    words = {"a larger number": _("a larger number"), "an object": _("an object"), "a list": _("a list")}
    return words.get(value, value)


def _name_of_request(value: str) -> str:
    """Return the words for a whole request in place of the name of a parameter. Other names stay as they are."""
    # L10n: In place of the name of a parameter: "Invalid object: the request must be an object".
    return _("the request") if value == "the request" else value


def _list_again(value: str) -> str:
    """Return choices with the comma of the language."""
    return with_commas(*_BETWEEN_CHOICES.split(value))


def _amount_again(value: str) -> str:
    """Return an amount as the language writes it. In English, each currency has a sign of its own."""
    for currency in SUPPORTED:
        with suppress(AmountError):
            amount = parse_amount(value, currency, "en")
            if format_amount(amount, currency, "en") == value:
                return money(amount, currency)
    return value


_READ: Final[Mapping[str, Callable[[str], str]]] = {
    "amount": _amount_again,
    "choices": _list_again,
    "currencies": _list_again,
    "every": _how_often,
    "first": _how_often,
    "limit": _amount_again,
    "hosts": lambda value: listed(value.split(" and ")),
    "methods": _list_again,
    "name": _name_of_request,
    "reason": lambda value: report_text(f"{value}."),  # a sentence, whose full stop ends the message
    "value": _type_of_value,
}
"""What is done to the value of a placeholder, by its name."""
