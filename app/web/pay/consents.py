"""The consents of a link in the words that the buyer reads. The attempt keeps these words, as proof of the agreement."""

from markupsafe import Markup

from app.objects.organization import Organization
from app.objects.payment_link import PaymentLink
from app.objects.selection import ShownConsent
from app.web.display.formatting import merchant_line, merchant_name
from app.web.display.locale import page_locale
from app.web.display.markup import document_link, linked, merchant_markup
from app.web.display.safe_urls import link_url
from app.web.display.translation import gettext as _
from app.web.pay.form.entries import Entries
from app.web.visit.visit import Visit


def promotions_text() -> str:
    """Return the words beside the box for news and offers."""
    return _("Send me news and offers by e-mail")


def terms_markup(link: PaymentLink, organization: Organization, *, new_tab: bool = False) -> Markup:
    """Return the words beside the box for the terms, with links."""
    own = link.custom_text.terms_of_service_acceptance
    if own is not None:
        return merchant_line(own.message, new_tab=new_tab)
    return linked(
        _terms_sentence(organization),
        # L10n: A link in “I agree to the %(terms)s …”, in the form that this sentence needs.
        terms=document_link(organization.terms_of_service_url, _("terms of service"), new_tab=new_tab),
        # L10n: A link in “I agree to the %(terms)s and the %(privacy)s …”, in the form that this sentence needs.
        privacy=document_link(organization.privacy_policy_url, _("privacy policy"), new_tab=new_tab),
        merchant=merchant_markup(organization),
    )


def terms_text(link: PaymentLink, organization: Organization) -> str:
    """Return the same words as text. Links are written as in Markdown: `[terms of service](https://…)`."""
    own = link.custom_text.terms_of_service_acceptance
    if own is not None:
        return own.message
    return _terms_sentence(organization) % {
        "terms": _document(_("terms of service"), organization.terms_of_service_url),
        "privacy": _document(_("privacy policy"), organization.privacy_policy_url),
        "merchant": merchant_name(organization),
    }


def _terms_sentence(organization: Organization) -> str:
    if link_url(organization.privacy_policy_url) is None:
        # L10n: `terms` is the text “terms of service”, as a link.
        return _("I agree to the %(terms)s of %(merchant)s")
    # L10n: `terms` and `privacy` are the texts “terms of service” and “privacy policy”, as links.
    return _("I agree to the %(terms)s and the %(privacy)s of %(merchant)s")


def shown_consents(visit: Visit, entries: Entries) -> tuple[ShownConsent, ...]:
    """Return the consents that the page asked for, with the answers of its form."""
    texts = {
        "terms_of_service": lambda: terms_text(visit.link, visit.organization),
        "promotions": promotions_text,
    }
    given = ((name, text, entries.get(f"consent[{name}]")) for name, text in texts.items())
    return tuple(
        ShownConsent.model_validate(
            {"name": name, "created": visit.now, "given": entry.data, "locale": page_locale(), "text": text()}
        )
        for name, text, entry in given
        if entry is not None
    )


def _document(label: str, address: str | None) -> str:
    url = link_url(address)
    return label if url is None else f"[{label}]({url})"
