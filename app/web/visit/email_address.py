"""The syntax of an e-mail address, for forms, URL parameters and API bodies."""

from typing import Final

from email_validator import EmailNotValidError, validate_email

_MAXIMUM_LENGTH: Final = 254


def is_email(text: str) -> bool:
    """Whether a text has the syntax of one e-mail address. No server is asked whether the address exists."""
    if len(text) > _MAXIMUM_LENGTH:
        return False
    try:
        validate_email(text, check_deliverability=False)
    except EmailNotValidError:
        return False
    return True
