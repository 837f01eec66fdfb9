"""Payment links: create, update, find, import and export them."""
