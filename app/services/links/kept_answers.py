"""The JSON of links as the API answers with it, made once for each edition of a link.

An answer depends on the document of the link, the count of its completed sessions and the address of the server. So it stays right for as
long as these are the same, and nothing has to be read or checked on the way out. Expanded answers are made for each request.
"""

from typing import Final

from app.kept import Kept

MAXIMUM_BYTES: Final = 16 * 1024 * 1024

AnswerKey = tuple[str, int, str]
"""The edition of a link, the count of its completed sessions, and the public address of the server."""

ANSWERS: Final = Kept[AnswerKey, str](MAXIMUM_BYTES, len)
