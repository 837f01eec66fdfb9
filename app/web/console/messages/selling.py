"""Why Stripe would refuse to sell a link."""

from typing import Final

from app.web.display.translation import N_

TEXTS: Final = (
    N_("The price specified is inactive. This field only accepts active prices."),
    N_("The product %(id)s is marked as inactive."),
    N_("The price %(id)s has no amount that this version of Counterfoil knows."),
    N_("This version of Counterfoil cannot compute a price whose %(name)s is “%(value)s”."),
    N_("The tax rate %(id)s is archived. This field only accepts active tax rates."),
    N_("The coupon %(id)s can no longer be redeemed."),
    N_("The shipping rate %(id)s is archived."),
)
