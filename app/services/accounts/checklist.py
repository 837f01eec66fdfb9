"""What is left to set up in a shop: look, legal links, Stripe, its events, the first link. A list that is hidden can be shown again."""

from dataclasses import dataclass

from app.errors import GatewayError, ResourceMissing
from app.gateway.protocol import Gateway
from app.objects.change import Actor
from app.objects.organization import Organization
from app.services.accounts import changes
from app.store.protocol import Store


@dataclass(frozen=True)
class Checklist:
    """Which steps are done. `last_delivery` is when Stripe last delivered an event."""

    brand: bool
    legal: bool
    stripe: bool
    webhook: bool
    link: bool
    last_delivery: int | None = None

    @property
    def number_done(self) -> int:
        """How many steps are done."""
        return sum((self.brand, self.legal, self.stripe, self.webhook, self.link))


def checklist(store: Store, gateway: Gateway, organization: Organization) -> Checklist:
    """Return which steps are done. Stripe is asked once per process, and only while no link proves that it answers."""
    branding = organization.settings.branding
    last_delivery = store.last_delivery()
    has_link = bool(store.links(organization.id, limit=1)[0])
    return Checklist(
        brand=bool(branding.logo and branding.primary_color),
        legal=bool(organization.terms_of_service_url and organization.privacy_policy_url),
        stripe=gateway.sandbox or has_link or _answers(gateway),
        webhook=gateway.sandbox or last_delivery is not None,
        link=has_link,
        last_delivery=last_delivery,
    )


def hide(store: Store, organization_id: str, now: int, *, actor: Actor, hidden: bool) -> None:
    """Hide the checklist of an organization, or show it again. Raises `ResourceMissing`."""

    def work() -> None:
        organization = store.organization(organization_id)
        if organization is None:
            raise ResourceMissing(f"No such organization: '{organization_id[:100]}'.", param="organization")
        if organization.checklist_hidden is hidden:
            return
        store.save_organization(organization.model_copy(update={"checklist_hidden": hidden}))
        what = "organization.checklist_hidden" if hidden else "organization.checklist_shown"
        changes.record(store, actor, what, organization_id, now, organization=organization_id)

    store.run(work)


def _answers(gateway: Gateway) -> bool:
    """Return whether Stripe takes the key."""
    try:
        gateway.own_account_id()
    except GatewayError:
        return False
    return True
