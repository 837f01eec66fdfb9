"""Where the money moves: everything said to Stripe is said here, through the official SDK."""
