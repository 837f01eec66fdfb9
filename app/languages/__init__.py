"""Languages: how each sorts names, and what Babel calls the locales of Checkout. No I/O: data in, data out."""
