"""The WSGI application, for gunicorn and every other server: `app.wsgi:application`."""

from app import create_app

application = create_app()
