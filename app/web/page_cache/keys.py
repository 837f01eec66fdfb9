"""Which requests may be answered with a kept page, and what that page depends on besides the database and the time."""

import re
from typing import TYPE_CHECKING, Final, NamedTuple
from urllib.parse import parse_qsl

from app.objects.scalars import CODE

if TYPE_CHECKING:
    from wsgiref.types import WSGIEnvironment

SHOWN: Final = frozenset({"locale", "theme", "utm_campaign", "utm_content", "utm_medium", "utm_source", "utm_term"})
"""Parameters that show on the page and are the same for many visitors. Values of one buyer are not among them."""

UNREAD: Final = frozenset(
    {"dclid", "fbclid", "gbraid", "gclid", "li_fat_id", "mc_cid", "mc_eid", "msclkid", "ttclid", "twclid", "wbraid"}
)
"""Parameters that other sites add for themselves. No page reads them."""

LONGEST_HOST: Final = 255
"""No name of a server is longer. A client can send any other name, which would be part of a key."""

_PATH: Final = re.compile(f"/pay/({CODE})(/embed)?")
_PREVIEW_PATH: Final = re.compile(f"/pay/({CODE})/(preview|embed)")
_LONGEST_QUERY: Final = 500
_MOST_PARAMETERS: Final = 12


class PageKey(NamedTuple):
    """The address of a page as the client sees it, the parameters that show, and the locale that the browser asks for."""

    scheme: str
    host: str
    root: str
    code: str
    embedded: bool
    parameters: tuple[tuple[str, str], ...]
    accepted_locale: str

    @property
    def rule(self) -> str:
        """The rule of the route, as metrics name it."""
        return "/pay/<code>/embed" if self.embedded else "/pay/<code>"


def address_of(environ: "WSGIEnvironment") -> tuple[str, bool] | None:
    """Return the code of the link whose page a request asks for, and whether it is for a frame. None: no page is kept for it."""
    if environ["REQUEST_METHOD"] != "GET" or "HTTP_HX_REQUEST" in environ:
        return None
    match = _PATH.fullmatch(environ.get("PATH_INFO", ""))
    return (match[1], match[2] is not None) if match else None


def preview_address_of(environ: "WSGIEnvironment") -> tuple[str, bool] | None:
    """Return the code of the link whose preview htmx asks for, and whether it is for a frame. None: no preview is kept for it."""
    if environ["REQUEST_METHOD"] != "POST" or environ.get("HTTP_HX_REQUEST") != "true":
        return None
    match = _PREVIEW_PATH.fullmatch(environ.get("PATH_INFO", ""))
    return (match[1], match[2] == "embed") if match else None


def shown_parameters(query: str) -> tuple[tuple[str, str], ...] | None:
    """Return the parameters of a query that show on the page. None: it has others, so no page is kept.

    >>> shown_parameters("locale=de&fbclid=x")
    (('locale', 'de'),)
    >>> shown_parameters("prefilled_email=a%40b.example") is None
    True
    """
    if not query:
        return ()
    if len(query) > _LONGEST_QUERY:
        return None
    try:
        pairs = parse_qsl(query, keep_blank_values=True, max_num_fields=_MOST_PARAMETERS)
    except ValueError:
        return None
    if not all(name in SHOWN or name in UNREAD for name, _ in pairs):
        return None
    return tuple((name, value) for name, value in pairs if name in SHOWN)
