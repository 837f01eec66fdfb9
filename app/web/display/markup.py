"""Markup built from translated sentences and values. Everything that is not markup is escaped."""

from typing import Any

from markupsafe import Markup, escape

from app.objects.organization import Organization
from app.web.display.formatting import merchant_name
from app.web.display.safe_urls import link_url


def linked(sentence: str, **parts: Any) -> Markup:
    """Fill the named placeholders of a translated sentence with markup. Escapes the sentence and every plain part."""
    return escape(sentence) % {name: escape(part) for name, part in parts.items()}


def merchant_markup(organization: Organization) -> Markup:
    """Return the merchant's name, isolated from the direction of the text around it."""
    return Markup("<bdi>{}</bdi>").format(merchant_name(organization))


def reference_markup(reference: str) -> Markup:
    """Return a reference that never breaks at the end of a line."""
    return Markup('<span class="reference">{}</span>').format(reference)


def document_link(address: str | None, label: str, *, new_tab: bool = False) -> Markup:
    """Return a link to one of the merchant's documents, or only its label where there is no address to link to."""
    url = link_url(address)
    if url is None:
        return escape(label)
    tab = Markup(' target="_blank" rel="noopener"') if new_tab else Markup("")
    return Markup('<a href="{}"{}>{}</a>').format(url, tab, label)
