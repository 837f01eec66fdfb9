"""Which content codings a client takes."""

from functools import lru_cache

from werkzeug.http import parse_accept_header

_LONGEST_HEADER = 200


def accepts_gzip(accept_encoding: str) -> bool:
    """Return whether a client with this `Accept-Encoding` takes gzip. A client without the header is sent the plain body.

    >>> accepts_gzip("gzip, deflate, br"), accepts_gzip("gzip;q=0, *"), accepts_gzip("")
    (True, False, False)
    """
    return len(accept_encoding) <= _LONGEST_HEADER and _accepts_gzip(accept_encoding)


@lru_cache(maxsize=256)
def _accepts_gzip(accept_encoding: str) -> bool:
    return any(value == "gzip" and quality > 0 for value, quality in parse_accept_header(accept_encoding))
