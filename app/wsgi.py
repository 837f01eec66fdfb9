"""The WSGI application, for gunicorn and every other server: `app.wsgi:application`."""

import logging
import os
from contextlib import suppress

from app import create_app
from app.config import read_config
from app.errors import StoreError
from app.logs import configure
from app.store import require_database

configure()
_config = read_config(os.environ)
for _warning in _config.warnings:
    logging.getLogger(__name__).warning("%s A live key is refused with this.", _warning)
with suppress(StoreError):  # start also if the database cannot be reached now: /readyz reports it
    require_database(_config.database_url)
application = create_app(_config)
