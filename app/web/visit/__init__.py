"""One visit to a link: the link, its organization, the URL parameters and the form token."""
