"""E-mail addresses as people write and paste them, for forms, URL parameters and API bodies."""

import re
from typing import Final

from email_validator import EmailNotValidError, validate_email

from app.objects.typed_text import fold
from app.wire.email_domain import with_readable_domain

_MAXIMUM_LENGTH: Final = 254
_MAXIMUM_TYPED: Final = 300

_NAMED: Final = re.compile(r"[^<>]*<([^<>]*)>")
_AROUND: Final = " \t\"'()[]{}<>,;:."


def is_email(text: str) -> bool:
    """Whether a text has the syntax of one e-mail address. No server is asked whether the address exists."""
    if len(text) > _MAXIMUM_LENGTH:
        return False
    try:
        validate_email(text, check_deliverability=False)
    except EmailNotValidError:
        return False
    return True


def clean_email(text: str) -> str:
    """Return the address in a text, with the letters of its domain. What is no address is only tidied up, and shown again.

    >>> clean_email("Ada <mailto:ada@xn--bcher-kva.example>,")
    'ada@bücher.example'
    """
    plain = fold(text[:_MAXIMUM_TYPED]).replace("\u3002", ".")
    named = _NAMED.search(plain)
    address = (named[1] if named else plain).strip(_AROUND)
    if address.casefold().startswith("mailto:"):
        address = address[len("mailto:") :].partition("?")[0]
    local, at, domain = address.strip(_AROUND).rpartition("@")
    return with_readable_domain(f"{local.strip()}{at}{domain.strip()}") if at else plain


def read_email(text: str) -> str | None:
    """Return the valid address in the parameter of an address, or None. A "+" that was not encoded has arrived as a space."""
    for wish in (text, text.strip().replace(" ", "+")):
        address = clean_email(wish)
        if is_email(address):
            return address
    return None
