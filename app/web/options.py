"""The options of a dropdown as HTML, joined once and kept: a list of 200 costs nothing when it is shown again."""

from functools import lru_cache

from flask import Flask
from markupsafe import Markup

from app.objects.payment_link_parts import Dropdown


def options_html(dropdown: Dropdown, chosen: str | None) -> Markup:
    """Every option, the chosen one selected."""
    pairs = tuple((option.value, option.label) for option in dropdown.options)
    return _joined(pairs, chosen or "")


@lru_cache(maxsize=512)
def _joined(pairs: tuple[tuple[str, str], ...], chosen: str) -> Markup:
    return Markup("\n").join(
        Markup('<option value="{}"{}>{}</option>').format(value, Markup(" selected" if value == chosen else ""), label)
        for value, label in pairs
    )


def register(app: Flask) -> None:
    """Make it known to templates."""
    app.jinja_env.filters["options_html"] = options_html


