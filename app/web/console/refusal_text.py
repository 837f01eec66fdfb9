"""What Stripe did not do, and what its key may not do, in words."""

from app.errors import GatewayError, GatewayRefused
from app.objects.connection import Access
from app.services.accounts import rights
from app.web.console.auth import Visitor
from app.web.console.connection.rights import right_name
from app.web.console.messages.translate import stripe_text
from app.web.display.translation import gettext as _
from app.web.display.translation import join_sentences


def why_not(visitor: Visitor, error: GatewayError, resource: str, access: Access = "write") -> str:
    """Say why Stripe did not do something, with the right that the key lacks. A missing right is remembered for the next pages."""
    if isinstance(error, GatewayRefused) and error.lacks_right:
        if access == "write":
            rights.remember_refusal(visitor.context.gateway, visitor.organization, resource, visitor.now)
        lacking = _("Stripe's key may not do this. It needs the right “%(right)s”.", right=right_name(resource, access))
        return join_sentences(lacking, stripe_text(error.message))
    if isinstance(error, GatewayRefused):
        return join_sentences(_("Stripe refused, and nothing was changed."), stripe_text(error.message))
    return _("Stripe did not answer. Try again in a minute: nothing is ever done twice.")


def missing_rights(visitor: Visitor, *resources: str) -> list[str]:
    """Return the rights to write these resources that the key lacks, each in quotation marks, as far as it is known.

    A page is read-only without them.
    """
    context = visitor.context
    return [
        # L10n: The name of a right inside a sentence. Use the quotation marks of the language.
        _("“%(right)s”", right=right_name(resource, "write"))
        for resource in resources
        if not rights.may_write(context.store, context.gateway, visitor.organization, resource, visitor.now)
    ]
