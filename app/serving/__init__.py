"""A gunicorn worker that gives a request a thread only after the request has arrived completely."""
