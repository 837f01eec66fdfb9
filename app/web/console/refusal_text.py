"""Why Stripe did not do what a page of the console asked for, in words."""

from app.errors import GatewayError, GatewayRefused
from app.web.display.translation import gettext as _


def why_not(error: GatewayError, right: str) -> str:
    """Say why Stripe did not do something, with the right that the key lacks."""
    if isinstance(error, GatewayRefused) and error.lacks_right:
        return _(
            "Stripe's key may not do this. It needs the right “%(right)s”. Stripe says: “%(message)s”",
            right=right,
            message=error.message,
        )
    if isinstance(error, GatewayRefused):
        return _("Stripe refused, and nothing was changed. Stripe says: “%(message)s”", message=error.message)
    return _("Stripe did not answer. Try again in a minute: nothing is ever done twice.")
