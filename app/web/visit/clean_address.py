"""The clean address of a page below `/pay/` for one that was mistyped, or copied with what stood around it."""

import re
from typing import Final
from urllib.parse import parse_qsl, urlencode
from urllib.parse import quote as percent

from app.objects.limits import MAXIMUM_LOCATION_LENGTH
from app.services.links.typed_codes import find_typed, trim
from app.store.protocol import Store

_PAY: Final = re.compile(r"/pay/+(?P<code>[^/]+)(?:/+(?P<page>.*))?", re.IGNORECASE | re.DOTALL)
_PAGES: Final = frozenset({"", "card.png", "embed", "qr.png", "qr.svg"})
_RETURN: Final = re.compile(r"(complete|cancel)/([A-Za-z0-9_-]+)", re.IGNORECASE)


def clean_address(store: Store, path: str, query: str) -> str | None:
    """Return the address that a request below `/pay/` means, or None where it means no link or is clean already.

    A query that was glued to the path by `&` becomes the query: `/pay/Spring-Box.&utm_source=x` means `/pay/spring-box?utm_source=x`.
    """
    head, glued = _split_query(path)
    match = _PAY.fullmatch(head)
    page = _page(match["page"] or "") if match else None
    if match is None or page is None:
        return None
    link = find_typed(store, match["code"])
    if link is None:
        return None
    code = link.counterfoil.code
    name = code if trim(match["code"]) == code else link.counterfoil.slug or code
    address = f"/pay/{percent(name, safe='')}{'/' if page else ''}{page}"
    if address == path:
        return None
    whole = f"{address}?{'&'.join(filter(None, (query, glued)))}" if query or glued else address
    return whole if len(whole) <= MAXIMUM_LOCATION_LENGTH else address


def _split_query(path: str) -> tuple[str, str]:
    """Return a path, and the query that was glued to it."""
    path = path.replace("&amp;", "&")  # copied from the source of a page
    match = re.search("[&?#]", path)
    if match is None:
        return path, ""
    pairs = parse_qsl(path[match.end() :], max_num_fields=50) if match[0] != "#" and path.count("&") < 50 else []
    return path[: match.start()], urlencode(pairs)


def _page(text: str) -> str | None:
    """Return the page of a link that the end of a path means, or None."""
    page = trim(text)
    if page.lower() in _PAGES:
        return page.lower()
    match = _RETURN.fullmatch(page)
    # The second part is a secret, which is exact.
    return f"{match[1].lower()}/{match[2]}" if match else None
