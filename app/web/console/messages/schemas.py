"""The messages about a value of another type than its parameter has."""

from typing import Final

from app.web.display.translation import N_

# L10n: Messages about a value that cannot be read. `name` is the name of a parameter, or the label of a field in quotation marks.
TEXTS: Final = (
    N_("Invalid string: %(name)s must be text, not “%(value)s”"),
    N_("Invalid string: %(name)s must be valid Unicode"),
    N_("Invalid string: %(name)s must have at most %(longest)s characters"),
    N_("Invalid string: %(name)s must have at least %(least)s characters"),
    N_("Invalid string: %(name)s must match %(pattern)s, and “%(value)s” does not"),
    N_("Invalid string: %(name)s must not contain a NUL character"),
    N_("Invalid array: %(name)s must have at most %(allowed)s entries"),
    N_("Invalid array: %(name)s must have at least %(least)s entries"),
    N_("Invalid array: %(name)s must be a list (%(name)s[0], %(name)s[1], …), not “%(value)s”"),
    N_("Invalid number: %(name)s must be greater than %(number)s"),
    N_("Invalid number: %(name)s must be at least %(number)s"),
    N_("Invalid number: %(name)s must be less than %(number)s"),
    N_("Invalid number: %(name)s must be at most %(number)s"),
    N_("Invalid number: %(name)s must be a number, not “%(value)s”"),
    N_("Invalid boolean: %(name)s must be true or false, not “%(value)s”"),
    N_("Invalid integer: %(name)s must be a whole number, not “%(value)s”"),
    N_("Invalid integer: %(name)s must not be a larger number than %(most)s"),
    N_("Invalid timestamp: %(name)s must be Unix seconds from 0 to %(most)s, before the year 9999"),
    N_("Invalid decimal: %(name)s must be a number, not “%(value)s”"),
    N_("Invalid decimal: %(name)s must be a plain number with at most 12 decimals, not “%(value)s”"),
    N_("Invalid decimal: %(name)s has more digits than a number in JSON keeps"),
    N_("Invalid object: %(name)s must be an object with named attributes (%(name)s[…]), not “%(value)s”"),
    N_("Invalid currency: %(name)s must be a three-letter ISO 4217 code, not “%(value)s”"),
    N_("Invalid currency: Stripe charges no currency %(currency)s"),
    N_("Invalid slug: %(name)s must have 3 to 64 characters, each a to z, a digit or a hyphen, not “%(value)s”"),
    N_(
        "Invalid code: %(name)s must have 1 to 64 characters, each A to Z, a to z, a digit, a hyphen or an underscore, "
        "not “%(value)s”"
    ),
    N_("Invalid metadata: %(name)s has an empty key"),
    N_("Invalid metadata: a key must not contain square brackets (%(name)s)"),
    N_("Invalid metadata: %(name)s has at most %(allowed)s keys"),
    N_("metadata has at most %(allowed)s keys; this update would make it %(given)s"),
    N_("Empty value: %(name)s can't be unset; leave it out or give it a value"),
    N_("Blank value: %(name)s must have more than spaces"),
    N_("Invalid %(name)s: must be one of %(known)s known values, not “%(value)s”. Did you mean %(other)s?"),
    N_("Invalid %(name)s: must be one of %(known)s known values, not “%(value)s”"),
    N_("Invalid %(name)s: must be one of %(choices)s, not “%(value)s”"),
    N_("Invalid %(name)s: must be %(choice)s or %(other)s, not “%(value)s”"),
    N_("Invalid %(name)s: must be %(choice)s, not “%(value)s”"),
    N_("Invalid %(name)s: “%(value)s” can't be read"),
)
"""Without the final full stop. A text stands before a more general one."""
