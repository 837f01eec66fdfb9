"""A gunicorn worker that gives a request a thread only after the request has arrived completely, and answers with kept pages itself."""
