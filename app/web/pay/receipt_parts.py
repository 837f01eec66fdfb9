"""Parts of the confirmation page: who sells, where the order is delivered to, and how a subscription is canceled."""

from dataclasses import dataclass, replace

from markupsafe import Markup

from app.objects.attempt import Attempt
from app.objects.organization import Organization
from app.web.display.contact import contact_of, mail_of
from app.web.display.formatting import merchant_name
from app.web.display.link_text import cancel_in_trial
from app.web.display.markup import linked
from app.web.display.postal_address import postal_line
from app.web.display.receipt import amount_of, delivery_markup, shipping_name
from app.web.display.safe_urls import link_url
from app.web.display.translation import gettext as _


@dataclass(frozen=True)
class Cancellation:
    """How a subscription is canceled. `portal` is the merchant's page for it."""

    text: str
    portal: str | None
    contact: Markup | None


def cancellation_of(attempt: Attempt, organization: Organization) -> Cancellation | None:
    """Return how the subscription is canceled, or None for a payment that does not recur."""
    quote = attempt.quote
    if quote.mode != "subscription":
        return None
    text = cancel_in_trial(quote, organization, charged=amount_of(attempt) > 0)
    if quote.is_free:
        text = _("You can cancel at any time.")
    elif quote.metered and text is None:
        text = _("You can cancel at any time. What you have used until then is charged.")
    elif text is None:
        text = _("Cancel before the next payment, and nothing more is charged.")
    portal = link_url(organization.customer_portal_url)
    return Cancellation(text, portal, _write_to(attempt, organization, instead=portal is not None))


def _write_to(attempt: Attempt, organization: Organization, *, instead: bool) -> Markup | None:
    """Return the sentence that says whom to write to. `instead` is whether there is another way."""
    contact = mail_of(organization)
    if contact is None:
        return None
    if not contact.is_mail:
        return linked(_("To cancel, you can reach us at %(contact)s."), contact=contact.markup)
    if attempt.reference is None:
        return linked(_("To cancel, write to %(contact)s."), contact=contact.markup)
    written = replace(contact, url=f"{contact.url}?subject=Cancel%20{attempt.reference}").markup
    if instead:
        # L10n: There is also a page for it.
        return linked(_("Or write to %(contact)s and quote the reference."), contact=written)
    return linked(_("To cancel, write to %(contact)s and quote the reference."), contact=written)


def delivery_of(attempt: Attempt) -> list[tuple[str, str | Markup]]:
    """Return where the order is delivered to and how, or nothing where nothing is delivered."""
    # L10n: A label. A name and a postal address follow. The next one, "By", is for the name of a shipping option.
    rows = [(_("To"), delivery_markup(attempt)), (_("By"), shipping_name(attempt))]
    return [(term, value) for term, value in rows if value]


def seller_markup(organization: Organization) -> Markup:
    """Return who sells: name, postal address, VAT number and contact, line by line."""
    address, contact = organization.business_profile.support_address, contact_of(organization)
    lines: list[str | Markup | None] = [
        Markup("<strong><bdi>{}</bdi></strong>").format(merchant_name(organization)),
        Markup("<bdi>{}</bdi>").format(postal_line(address)) if address else None,
        # L10n: The merchant’s number.
        _("VAT number %(number)s", number=organization.vat_id) if organization.vat_id else None,
        contact.markup if contact else None,
    ]
    return Markup("<br>").join(line for line in lines if line)
