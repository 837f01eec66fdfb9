"""gunicorn's worker as we need it: a request takes a thread only once it has arrived whole."""
