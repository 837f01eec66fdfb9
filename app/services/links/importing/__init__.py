"""Import of Payment Links from a Stripe account: `run` walks through them, `reading` reads one, `updating` takes over what changed."""
