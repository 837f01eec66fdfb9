"""A link as the store holds it, before its document is read."""

import json
from typing import Final, NamedTuple

from app.objects.payment_link import PaymentLink
from app.objects.read_once import ReadOnce


class StoredLink(NamedTuple):
    """The document of a link, and what is not in it. An edition is a random name that a document gets with each change.

    An empty edition belongs to a link of an earlier version, and says nothing.
    """

    organization: str
    edition: str
    completed: int
    document: str

    def read(self) -> PaymentLink:
        """Return the link, with the count of its completed sessions."""
        return _read_link(self.document, self.completed)


def _read_once(document: str, completed: int) -> PaymentLink:
    data = json.loads(document)
    if data.get("restrictions"):
        data["restrictions"]["completed_sessions"]["count"] = completed
    return PaymentLink.read_whole(data)


_read_link: Final = ReadOnce(_read_once)
