"""The options of a dropdown as HTML. They are rendered once and cached, because a list may have 200 options."""

from functools import lru_cache

from flask import Flask
from markupsafe import Markup

from app.objects.payment_link.custom_field import Dropdown


def options_html(dropdown: Dropdown | None, chosen: str | None) -> Markup:
    """Render all options. The chosen one is selected."""
    pairs = tuple((option.value, option.label) for option in (dropdown.options if dropdown else ()))
    return _joined(pairs, chosen or "")


@lru_cache(maxsize=512)
def _joined(pairs: tuple[tuple[str, str], ...], chosen: str) -> Markup:
    plain, selected = Markup('<option value="{}">{}</option>'), Markup('<option value="{}" selected>{}</option>')
    return Markup("\n").join((selected if value == chosen else plain).format(value, label) for value, label in pairs)


def register(app: Flask) -> None:
    """Add the filter to an application's templates."""
    app.jinja_env.filters["options_html"] = options_html
