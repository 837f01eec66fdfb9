"""The merchant's coupons and promotion codes at Stripe: list, create, rename, delete, and switch a code off and on."""
