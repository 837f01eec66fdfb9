"""Addresses that a merchant gives to a link: the page after the payment, and the sites that may frame the link.

An address is accepted only if every browser reads it as this module does. An address that could be read in two ways is refused.
"""

from collections.abc import Sequence
from typing import Final

from app.errors import InvalidRequest
from app.objects.limits import MAXIMUM_EMBED_ORIGINS_LENGTH, MAXIMUM_REDIRECT_LENGTH
from app.objects.picture import is_own_image
from app.services.links.rules.refuse import refuse
from app.wire.web_address import AddressRefused, WebAddress, length_in_header, length_of_all, read_address

SESSION_ID: Final = "{CHECKOUT_SESSION_ID}"
"""Where Stripe fills in a session's id."""

_LONGEST_SESSION_ID: Final = "x" * 66

_REDIRECT_LOCALHOSTS: Final = frozenset({"localhost", "127.0.0.1", "[::1]"})
_FRAME_LOCALHOSTS: Final = frozenset({"localhost", "127.0.0.1"})


def check_redirect_url(url: str, param: str) -> None:
    """Raise `InvalidRequest` (`url_invalid`) for a URL that browsers might read differently.

    The URL must be absolute and https (http only for localhost), without a user name, backslash, control character or space.
    `{CHECKOUT_SESSION_ID}` may stand anywhere after the host. An international host must be written in its `xn--` form.
    """
    address = _read(url, param)
    if not address.has_ascii_host:
        raise _refused(f"must name its host in ASCII: {address.host}.", param)
    length = length_in_header(url.replace(SESSION_ID, _LONGEST_SESSION_ID))
    if length > MAXIMUM_REDIRECT_LENGTH:
        raise _refused(
            f"must have at most {MAXIMUM_REDIRECT_LENGTH} characters, percent-encoded and with the session's id filled in,"
            f" and has {length}: proxies do not pass on longer headers.",
            param,
        )
    if address.scheme == "http" and address.host not in _REDIRECT_LOCALHOSTS:
        raise _refused("must start with https:// (http:// is allowed only for localhost).", param)


def check_image(image: str, param: str) -> None:
    """Raise `InvalidRequest` (`url_invalid`) unless pages can show the image.

    It is an https URL, the path of a stored picture, or one of our own files.
    """
    if is_own_image(image):
        return
    address = _read(image, param)
    if not image.isascii():
        raise _refused("must be written in ASCII: percent-encode other characters of the path.", param)
    if address.scheme != "https":
        raise _refused("must start with https://, or be the path of a picture on this server, like /pictures/….", param)


def exact_origins(texts: Sequence[str], param: str) -> list[str]:
    """Return origins as browsers send them, each once. Raises `InvalidRequest`, also where they are too long together."""
    origins = list(dict.fromkeys(exact_origin(text, f"{param}[{index}]") for index, text in enumerate(texts)))
    length = length_of_all(origins)
    if length > MAXIMUM_EMBED_ORIGINS_LENGTH:
        raise refuse(
            f"All {param} together must have at most {MAXIMUM_EMBED_ORIGINS_LENGTH} characters and have {length}: they stand in"
            " one header of the page, and proxies do not pass on longer ones.",
            param,
        )
    return origins


def exact_origin(text: str, param: str) -> str:
    """Return the origin as browsers send it: lower case, punycode, no default port. Raises `InvalidRequest` (`url_invalid`)."""
    if "*" in text:
        raise _refused("must be one exact origin; wildcards are not allowed. List every site by its full name.", param)
    address = _read(text, param)
    if address.rest:
        raise _refused("must be only an origin, like https://shop.example.com, without a path or a final slash.", param)
    if address.host.startswith("["):
        raise _refused("must name its host: a Content-Security-Policy has no word for an IPv6 address.", param)
    if address.scheme == "http" and address.host not in _FRAME_LOCALHOSTS:
        raise _refused("must start with https:// (http:// is allowed only for localhost and 127.0.0.1).", param)
    return address.origin


def _read(text: str, param: str) -> WebAddress:
    try:
        return read_address(text)
    except AddressRefused as error:
        raise _refused(error.rule, param) from None


def _refused(rule: str, param: str) -> InvalidRequest:
    return InvalidRequest(f"Not a valid URL: {param} {rule}", param=param, code="url_invalid")
