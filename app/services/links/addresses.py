"""Addresses that a merchant gives to a link: where buyers go afterwards, and which sites may frame it.

Taken only where every browser reads the address as we do; whatever two readers could read in two ways is refused.
"""

import re
from dataclasses import dataclass
from ipaddress import AddressValueError, IPv4Address, IPv6Address
from typing import Final

import idna

from app.errors import InvalidRequest

_PARTS: Final = re.compile(r"(https?)://([^/?#]*)(.*)", re.IGNORECASE | re.DOTALL)
_AUTHORITY: Final = re.compile(r"(\[[0-9a-fA-F:.]+\]|[^:\[\]]*)(?::([0-9]*))?")
_LABEL: Final = re.compile(r"[a-z0-9_]([a-z0-9_-]{0,61}[a-z0-9_])?")
_LIKE_A_NUMBER: Final = re.compile(r"[0-9]+|0x[0-9a-f]*")
_DEFAULT_PORTS: Final = {"http": 80, "https": 443}
_REDIRECT_LOCALHOSTS: Final = frozenset({"localhost", "127.0.0.1", "[::1]"})
_FRAME_LOCALHOSTS: Final = frozenset({"localhost", "127.0.0.1"})


@dataclass(frozen=True)
class _Address:
    """An address that was understood; `host` in lower case and ASCII, `port` None where it is the scheme's own."""

    scheme: str
    host: str
    port: int | None
    rest: str


def check_redirect_url(url: str, param: str) -> None:
    """Refuse a URL that browsers might read otherwise than we do. Raises `InvalidRequest` (`url_invalid`).

    It must be absolute and https (http for localhost alone), without user part, backslash, control character or space;
    `{CHECKOUT_SESSION_ID}` may stand anywhere behind the host. A host with other letters is written in its `xn--` form.
    """
    address = _read(url, param, international=False)
    if address.scheme == "http" and address.host not in _REDIRECT_LOCALHOSTS:
        raise _refused("must start with https:// (http:// is taken for localhost alone).", param)


def exact_origin(text: str, param: str) -> str:
    """The origin as browsers send it: lower case, punycode, without its default port. Raises `InvalidRequest` (`url_invalid`)."""
    if "*" in text:
        raise _refused("must be one exact origin; wildcards are not taken. List every site by its full name.", param)
    address = _read(text, param, international=True)
    if address.rest:
        raise _refused(
            "must be an origin alone, like https://shop.example.com, without a path or a slash at its end.", param
        )
    if address.scheme == "http" and address.host not in _FRAME_LOCALHOSTS:
        raise _refused("must start with https:// (http:// is taken for localhost and 127.0.0.1 alone).", param)
    return f"{address.scheme}://{address.host}" + (f":{address.port}" if address.port else "")


def _read(text: str, param: str, *, international: bool) -> _Address:
    if any(not character.isprintable() or character.isspace() for character in text):
        raise _refused("must not contain spaces or control characters; write a space as %20.", param)
    if "\\" in text:
        raise _refused("must not contain a backslash.", param)
    parts = _PARTS.fullmatch(text)
    if parts is None:
        raise _refused("must be a full address that starts with https://.", param)
    scheme, authority, rest = parts[1].lower(), parts[2], parts[3]
    if "@" in authority:
        raise _refused("must not carry a user name or a password.", param)
    split = _AUTHORITY.fullmatch(authority)
    if split is None or not split[1]:
        raise _refused("must name a host.", param)
    host = _host(split[1].lower(), param, international=international)
    return _Address(scheme, host, _port(split[2], scheme, param), rest)


def _port(text: str | None, scheme: str, param: str) -> int | None:
    if text is None:
        return None
    if not (text.isascii() and text.isdigit() and len(text) <= 5 and 1 <= int(text) <= 65535):
        raise _refused("must have a port from 1 to 65535, or none.", param)
    return None if int(text) == _DEFAULT_PORTS[scheme] else int(text)


def _host(host: str, param: str, *, international: bool) -> str:
    """The host in ASCII. Something like 0x7f.1 is a number to browsers, so only plain IPv4 addresses may end in a number."""
    try:
        if host.startswith("["):
            return f"[{IPv6Address(host[1:-1]).compressed}]"
        if not host.isascii():
            ascii_host = idna.encode(host, uts46=True).decode("ascii")
            if not international:
                raise _refused(f"must name its host in ASCII: {ascii_host}.", param)
            host = ascii_host
        labels = host.removesuffix(".").split(".")
        if _LIKE_A_NUMBER.fullmatch(labels[-1]):
            if str(IPv4Address(host)) != host:
                raise _refused("must write an IP address in full.", param)
        elif len(host) > 253 or not all(_LABEL.fullmatch(label) for label in labels):
            raise _refused("must name a valid host.", param)
        for label in labels:
            if label.startswith("xn--"):
                idna.ulabel(label)
    except (AddressValueError, idna.IDNAError):
        raise _refused("must name a valid host.", param) from None
    return host


def _refused(rule: str, param: str) -> InvalidRequest:
    return InvalidRequest(f"Not a valid URL: {param} {rule}", param=param, code="url_invalid")
