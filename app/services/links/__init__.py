"""Payment links: create, change, find and import them."""
