"""The WSGI application, for gunicorn and every other server: `app.wsgi:application`."""

from app import create_app
from app.logs import configure

configure()
application = create_app()
