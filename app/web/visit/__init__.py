"""One visit to a link: the link, its organization, its URL parameters and its form token."""
