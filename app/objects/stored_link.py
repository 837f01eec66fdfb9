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
        link = _read_document(self.document)
        return link if link.restrictions is None else _read_counted(self.document, self.completed)


def _counted(document: str, completed: int) -> PaymentLink:
    """Return a limited link with the count of its completed sessions. The document itself is not read again for each count."""
    link = _read_document(document)
    if link.restrictions is None:
        return link
    sessions = link.restrictions.completed_sessions.model_copy(update={"count": completed})
    return link.model_copy(
        update={"restrictions": link.restrictions.model_copy(update={"completed_sessions": sessions})}
    )


_read_document: Final = ReadOnce(lambda document, _: PaymentLink.read_whole(json.loads(document)))
_read_counted: Final = ReadOnce(_counted)
