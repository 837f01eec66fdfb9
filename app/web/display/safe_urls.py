"""Which of a merchant's addresses may stand on a page. An address that two readers could read in two ways may not."""

import re
from typing import Final
from urllib.parse import urlsplit

from app.objects.picture import is_own_image
from app.wire.web_address import AddressRefused, read_address

_UNSAFE: Final = re.compile(r"[\x00-\x20\x7f\\\"<>`{}|^]|[^\x00-\x7f]")
_MAILTO: Final = re.compile(r"mailto:[^@\s:/\"<>]+@[^@\s:/\"<>?]+(\?[^\s\"<>]*)?")
_PHONE: Final = re.compile(r"\+?[0-9./()\u2010-\u2014-]{3,40}")
_DIGIT: Final = re.compile("[0-9]")
_TEL: Final = re.compile(r"tel:\+?[0-9.()-]{3,30}")


def link_url(text: str | None) -> str | None:
    """Return an address that a link may lead to, or None. It must be https, or http for merchants who have nothing else."""
    return text if text and _is_web_address(text, {"https", "http"}) else None


def markdown_url(text: str) -> str | None:
    """Return an address that a link in a merchant's text may lead to, or None. It must be https, mailto or tel."""
    if _is_web_address(text, {"https"}) or _MAILTO.fullmatch(text) or _TEL.fullmatch(text):
        return text
    return None


def mail_url(address: str | None) -> str | None:
    """Return the `mailto:` address of an e-mail address, or None where it is none."""
    url = f"mailto:{address}"
    return url if address and _MAILTO.fullmatch(url) else None


def phone_url(number: str | None) -> str | None:
    """Return the `tel:` address of a telephone number as people write it, or None if it is no number.

    >>> phone_url("+43 (0)1 / 555-0142")
    'tel:+4315550142'
    """
    written = "".join((number or "").split())
    if not _PHONE.fullmatch(written):
        return None
    if written.startswith("+"):
        written = written.replace("(0)", "")  # dialled within the country alone
    return f"tel:{'+' * written.startswith('+')}{''.join(_DIGIT.findall(written))}"


def image_url(text: str | None) -> str | None:
    """Return the address of an image, or None. It must be https, an uploaded picture, or one of our own files."""
    if not text:
        return None
    if is_own_image(text):
        return text
    return text if _is_web_address(text, {"https"}) else None


def touch_icon_url(text: str | None) -> str | None:
    """Return the address of an image for a phone's home screen, or None. Phones show no SVG there."""
    address = image_url(text)
    return address if address and not is_svg(address) else None


def is_svg(address: str) -> bool:
    """Whether an address names a drawing instead of pixels."""
    return urlsplit(address).path.lower().endswith(".svg")


def _is_web_address(text: str, schemes: set[str]) -> bool:
    if _UNSAFE.search(text):
        return False
    try:
        return read_address(text).scheme in schemes
    except AddressRefused:
        return False
