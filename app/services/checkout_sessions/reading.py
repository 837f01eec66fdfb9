"""One request for Checkout Sessions: what it needs, how it finds an attempt by its session, and how it answers."""

from collections.abc import Sequence
from dataclasses import dataclass

from app.errors import ResourceMissing, UnknownCursor
from app.gateway.protocol import Gateway
from app.objects.attempt import Attempt
from app.objects.organization import Organization
from app.objects.payment_link import PaymentLink
from app.services.accounts.organizations import account_of
from app.services.checkout_sessions.answer import filled_in
from app.services.checkout_sessions.expansion import SessionExpand
from app.services.checkout_sessions.sources import Session
from app.services.links.answer import LinkSettings, Reply
from app.store.protocol import Store


@dataclass(frozen=True)
class Reading:
    """The collaborators of one request, the organization, the settings of links, and the time of the request."""

    store: Store
    gateway: Gateway
    organization: Organization
    settings: LinkSettings
    asked_at: int

    def find(self, id: str) -> Attempt:
        """Return the organization's attempt with this session. Raises `ResourceMissing`."""
        attempt = self.store.attempts_of_sessions(self.organization.id, [id]).get(id)
        if attempt is None or (attempt.account, attempt.livemode) != (self.account, self.gateway.livemode):
            raise missing(id)
        return attempt

    def find_cursor(self, id: str, param: str) -> Attempt:
        """Return the attempt at which a page starts. Raises `UnknownCursor`, which names the parameter."""
        try:
            return self.find(id)
        except ResourceMissing as error:
            raise UnknownCursor(error.message, param=param) from None

    @property
    def account(self) -> str | None:
        """The account at Stripe whose sessions are asked for."""
        return account_of(self.organization, self.gateway)

    def answer(self, found: Sequence[tuple[Session, Attempt]], expand: SessionExpand) -> list[Session]:
        """Return Stripe's sessions with what we know, and with the link expanded if `expand[]` asks for it. Each link is read once."""
        ids = dict.fromkeys(attempt.payment_link for _, attempt in found)
        links = {id: self.store.link(id) for id in ids}
        return [self._answer(session, attempt, links[attempt.payment_link], expand) for session, attempt in found]

    def _answer(self, session: Session, attempt: Attempt, link: PaymentLink | None, expand: SessionExpand) -> Session:
        answered = filled_in(session, attempt, link)
        if expand.link is not None and link is not None:
            answered["payment_link"] = Reply(self.settings, self.asked_at, expand.link).render(link)
        return answered


def missing(id: str) -> ResourceMissing:
    """Return the exception for a session that no link of the organization opened."""
    return ResourceMissing(f"No such checkout session: '{id[:100]}'", param="id")
