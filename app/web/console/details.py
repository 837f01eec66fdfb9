"""A name with a detail in the brackets of the language."""

from app.web.display.translation import gettext as _


def with_detail(name: str, detail: str | None) -> str:
    """Return a name with its detail in brackets, or the name alone where there is no detail."""
    # L10n: A name and a detail of it: Vienna (Austria), Harvest (Expired), Euro (EUR).
    return _("%(name)s (%(detail)s)", name=name, detail=detail) if detail else name
