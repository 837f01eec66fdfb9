"""What the pages of a link depend on in the database, in the few values of one row."""

from typing import NamedTuple


class PageState(NamedTuple):
    """The state of a link and its organization. Two equal states stand for the same pages.

    An edition is a random name that a row gets with each change of its document, so it also tells a restored database from the one
    before. `completed` counts the completed sessions of a link with a limit. `owner_email` is the contact of an organization that
    gives no other one.
    """

    link: str
    link_edition: str
    version: int
    completed: int
    has_place: bool
    """Whether a buyer can take a place now. Always so for a link without a limit."""
    organization_edition: str
    owner_email: str | None
