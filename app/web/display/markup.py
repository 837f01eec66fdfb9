"""Markup built from translated sentences. Everything that is not markup is escaped."""

from typing import Any

from markupsafe import Markup, escape

from app.objects.organization import Organization
from app.web.display.formatting import merchant_name


def linked(sentence: str, **parts: Any) -> Markup:
    """Fill the named placeholders of a translated sentence with markup. Escapes the sentence and every plain part."""
    return escape(sentence) % {name: escape(part) for name, part in parts.items()}


def merchant_markup(organization: Organization) -> Markup:
    """Return the merchant's name, isolated from the direction of the text around it."""
    return Markup("<bdi>{}</bdi>").format(merchant_name(organization))
