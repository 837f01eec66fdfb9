"""How buyers reach the merchant: the first of help page, e-mail address, telephone, site.

If the merchant gave none of them, it is the e-mail address of the first user of the console.
"""

from collections.abc import Iterator
from dataclasses import dataclass

from markupsafe import Markup

from app.objects.organization import Organization
from app.services.accounts.organizations import with_owners_email
from app.store.protocol import Store
from app.web.display.safe_urls import link_url, mail_url, phone_url
from app.wire.web_address import readable


@dataclass(frozen=True)
class Contact:
    """An address that a link leads to, and what people read in its place."""

    url: str
    text: str

    @property
    def is_mail(self) -> bool:
        """Whether it is an e-mail address."""
        return self.url.startswith("mailto:")

    @property
    def markup(self) -> Markup:
        """The link."""
        return Markup('<a href="{}"><bdi>{}</bdi></a>').format(self.url, self.text)


def contacts(organization: Organization) -> Iterator[Contact]:
    """Yield every way to reach the merchant, best first."""
    profile = organization.business_profile
    if url := link_url(profile.support_url):
        yield Contact(url, readable(url))
    if profile.support_email and (url := mail_url(profile.support_email)):
        yield Contact(url, profile.support_email)
    if profile.support_phone and (url := phone_url(profile.support_phone)):
        yield Contact(url, profile.support_phone)
    if url := link_url(profile.url):
        yield Contact(url, readable(url))


def reachable(store: Store, organization: Organization) -> Organization:
    """Return the organization. If it has no contact that a page can show, add the e-mail address of its first user."""
    return organization if contact_of(organization) else with_owners_email(store, organization)


def contact_of(organization: Organization) -> Contact | None:
    """Return the best way to reach the merchant, or None."""
    return next(contacts(organization), None)


def mail_of(organization: Organization) -> Contact | None:
    """Return the merchant's e-mail address, else a page of theirs, else their telephone, or None. For sentences that ask to write."""
    ways = contacts(organization)
    return min(ways, key=lambda way: (not way.is_mail, way.url.startswith("tel:")), default=None)
