"""What is wrong with the connection to Stripe, with its answer, or with an import. These are our words, not Stripe's."""

from typing import Final

from app.web.display.translation import N_

TEXTS: Final = (
    N_("Stripe could not be reached."),
    N_("Stripe could not be reached (%(name)s)."),
    N_("Stripe could not answer now (status %(status)s, request %(id)s)."),
    N_("Stripe refused the request."),
    N_("Stripe does not accept the API key."),
    N_("The answer is not Stripe's."),
    N_("Stripe's answer is not a valid %(kind)s: see %(where)s."),
    N_("Stripe's answer is not a valid %(kind)s."),
    N_("Stripe's session has no address to send the buyer to."),
    N_(
        "Stripe's session has an address that is not at an origin of %(setting)s. Add the origin there if it is "
        "your custom domain for Checkout."
    ),
    N_("Stripe answered with a session that was not asked for."),
    N_("The import cannot go on (%(name)s). The log of the server says more."),
)
