"""Which addresses of a merchant's may stand on a page. An address that browsers could read in two ways stands on none."""

import re
from typing import Final
from urllib.parse import urlsplit

_ODD: Final = re.compile(r"[\x00-\x20\x7f\\\"<>`{}|^]|[^\x00-\x7f]")
_MAILTO: Final = re.compile(r"mailto:[^@\s:/\"<>]+@[^@\s:/\"<>?]+(\?[^\s\"<>]*)?")
_STATIC: Final = re.compile(r"/static/[A-Za-z0-9_./-]+")
_TEL: Final = re.compile(r"tel:\+?[0-9.()-]{3,30}")


def link_url(text: str | None) -> str | None:
    """An address of a web page that a link may lead to: https, or http for merchants who have nothing else."""
    return text if text and _web(text, {"https", "http"}) else None


def markdown_url(text: str) -> str | None:
    """What a link inside a merchant's text may lead to: https, mailto or tel."""
    if _web(text, {"https"}) or _MAILTO.fullmatch(text) or _TEL.fullmatch(text):
        return text
    return None


def mail_url(address: str | None) -> str | None:
    """`mailto:` and an address."""
    url = f"mailto:{address}"
    return url if address and _MAILTO.fullmatch(url) else None


def image_url(text: str | None) -> str | None:
    """An image: https, or one of our own below `/static/`."""
    if not text:
        return None
    if _STATIC.fullmatch(text) and ".." not in text:
        return text
    return text if _web(text, {"https"}) else None


def _web(text: str, schemes: set[str]) -> bool:
    if _ODD.search(text):
        return False
    try:
        parts = urlsplit(text)
        _ = parts.port
    except ValueError:
        return False
    return parts.scheme in schemes and bool(parts.hostname) and "@" not in parts.netloc
