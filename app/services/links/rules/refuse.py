"""How a rule of links refuses: a message for people, the parameter in brackets, and a code."""

from typing import Final

from app.errors import InvalidRequest

INACTIVE: Final = "inactive"
"""The cause of a rule that refuses an object which is archived or switched off at Stripe."""

OTHER_CURRENCY: Final = "other_currency"
"""The cause of a rule that refuses an object without an amount in the link's currency."""

REPEATED: Final = "repeated"
"""The cause of a rule that refuses the same object twice."""


def refuse(message: str, param: str, code: str = "parameter_invalid", *, cause: str | None = None) -> InvalidRequest:
    """Return the error to raise. `code` is Stripe's, if Stripe has one for the rule. `cause` tells apart rules with the same code."""
    return InvalidRequest(message, param=param, code=code, cause=cause)


def at_most(count: int, maximum: int, what: str, param: str) -> None:
    """Raise `InvalidRequest` for more than `maximum`."""
    if count > maximum:
        raise refuse(f"A payment link has at most {maximum} {what}; this one would have {count}.", param)


def at_least(value: int, minimum: int, param: str) -> None:
    """Raise `InvalidRequest` for an integer below `minimum`."""
    if value < minimum:
        raise refuse(f"{param} must be at least {minimum}, not {value}.", param, "parameter_invalid_integer")


def within(value: int, minimum: int, maximum: int, param: str) -> None:
    """Raise `InvalidRequest` for an integer outside the bounds."""
    if not minimum <= value <= maximum:
        raise refuse(f"{param} must be from {minimum} to {maximum}, not {value}.", param, "parameter_invalid_integer")
