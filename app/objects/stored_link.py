"""A link as the store holds it, before its document is read."""

import json
from typing import NamedTuple

from app.objects.payment_link import PaymentLink


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
        data = json.loads(self.document)
        if data.get("restrictions"):
            data["restrictions"]["completed_sessions"]["count"] = self.completed
        return PaymentLink.read_whole(data)
