"""Web addresses as browsers read them, and their origins in the one spelling in which they are compared: lower case and punycode.

Pure. An address that two readers could read in two ways is refused and not guessed. People are shown the letters behind punycode.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache
from ipaddress import AddressValueError, IPv4Address, IPv6Address
from typing import Final
from urllib.parse import quote

import idna

MAXIMUM_HOST_LENGTH: Final = 253

_PARTS: Final = re.compile(r"(https?)://([^/?#]*)(.*)", re.IGNORECASE | re.DOTALL)
_AUTHORITY: Final = re.compile(r"(\[[0-9a-fA-F:.]+\]|[^:\[\]]*)(?::([0-9]*))?")
_LABEL: Final = re.compile(r"[a-z0-9_]([a-z0-9_-]{0,61}[a-z0-9_])?")
_LIKE_A_NUMBER: Final = re.compile(r"[0-9]+|0x[0-9a-f]*")
_NOT_ENCODED: Final = "%!#$&'()*+,/:;=?@~"
_DEFAULT_PORTS: Final = {"http": 80, "https": 443}
_MAXIMUM_AUTHORITY_LENGTH: Final = 320
"""Characters of a host with its port that are looked at. Normalization costs the square of a text's length."""


class AddressRefused(ValueError):
    """A text is no web address that everybody reads alike; `rule` says what it must be: "must name a host."."""

    def __init__(self, rule: str) -> None:
        self.rule = rule
        super().__init__(rule)


@dataclass(frozen=True)
class WebAddress:
    """An address that was understood. `host` is in lower case and ASCII, `port` None where it is the scheme's own."""

    scheme: str
    host: str
    port: int | None
    rest: str
    """Path, query and fragment as they were given."""

    has_ascii_host: bool
    """Whether the host was given in ASCII."""

    @property
    def origin(self) -> str:
        """The origin as browsers send it: `https://xn--bcher-kva.example:8443`."""
        return f"{self.scheme}://{self.host}" + (f":{self.port}" if self.port else "")


def read_address(text: str) -> WebAddress:
    """Return the parts of an http or https address. Raises `AddressRefused`."""
    if not text.isprintable() or " " in text:  # the only space that counts as printable
        raise AddressRefused("must not contain spaces or control characters; write a space as %20.")
    if "\\" in text:
        raise AddressRefused("must not contain a backslash.")
    parts = _PARTS.fullmatch(text)
    if parts is None:
        raise AddressRefused("must be a full address that starts with https://.")
    scheme, authority, rest = parts[1].lower(), parts[2], parts[3]
    if "@" in authority:
        raise AddressRefused("must not carry a user name or a password.")
    split = _AUTHORITY.fullmatch(authority) if len(authority) <= _MAXIMUM_AUTHORITY_LENGTH else None
    if split is None or not split[1]:
        raise AddressRefused("must name a host.")
    return WebAddress(scheme, _host(split[1].lower()), _port(split[2], scheme), rest, split[1].isascii())


def origin_of(text: str | None) -> str | None:
    """Return the origin of an address as browsers send it, or None where it cannot be read. What follows the host is not read.

    >>> origin_of("https://Bücher.example:443/danke")
    'https://xn--bcher-kva.example'
    """
    parts = _PARTS.fullmatch(text or "")
    return _origin_of_server(f"{parts[1]}://{parts[2]}") if parts else None


@lru_cache(maxsize=256)
def _origin_of_server(server: str) -> str | None:
    """Return the origin of an address without a path. Each request asks for that of the same few servers."""
    try:
        return read_address(server).origin
    except AddressRefused:
        return None


def readable(url: str) -> str:
    """Return an address with the letters of its host in place of punycode, for people to read.

    >>> readable("https://xn--bcher-kva.example/pay/honey")
    'https://bücher.example/pay/honey'
    """
    try:
        address = read_address(url)
        host = idna.decode(address.host) if "xn--" in address.host else address.host
    except (AddressRefused, idna.IDNAError):
        return url
    port = f":{address.port}" if address.port else ""
    return f"{address.scheme}://{host}{port}{address.rest}"


def length_in_header(url: str) -> int:
    """Return the bytes of an address in a `Location` header, where other letters than ASCII are percent-encoded."""
    return len(quote(url, safe=_NOT_ENCODED))


def length_of_all(origins: Iterable[str]) -> int:
    """Return the characters of a list of origins in a Content-Security-Policy, with a space after each."""
    return sum(len(origin) + 1 for origin in origins)


def _port(text: str | None, scheme: str) -> int | None:
    if text is None:
        return None
    if not (text.isascii() and text.isdigit() and len(text) <= 5 and 1 <= int(text) <= 65535):
        raise AddressRefused("must have a port from 1 to 65535, or none.")
    return None if int(text) == _DEFAULT_PORTS[scheme] else int(text)


def _host(host: str) -> str:
    """The host in ASCII. Something like 0x7f.1 is a number to browsers, so only plain IPv4 addresses may end in a number."""
    try:
        if host.startswith("["):
            return f"[{IPv6Address(host[1:-1]).compressed}]"
        if not host.isascii():
            host = idna.encode(host, uts46=True).decode("ascii")
        labels = host.removesuffix(".").split(".")
        if _LIKE_A_NUMBER.fullmatch(labels[-1]):
            if str(IPv4Address(host)) != host:
                raise AddressRefused("must write an IP address in full.")
        elif len(host) > MAXIMUM_HOST_LENGTH or not all(_LABEL.fullmatch(label) for label in labels):
            raise AddressRefused("must name a valid host.")
        for label in labels:
            if label.startswith("xn--"):
                idna.ulabel(label)
    except (AddressValueError, idna.IDNAError):
        raise AddressRefused("must name a valid host.") from None
    return host
