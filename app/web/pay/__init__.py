"""The pay page, and the pages that Checkout returns a buyer to."""
