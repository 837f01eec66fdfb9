"""How Stripe writes things down: bracketed forms, error objects, lists and expansion. Pure: data in, data out."""
