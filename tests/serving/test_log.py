"""gunicorn puts no line together for a request, since our own log has one."""

from flask import Flask
from gunicorn.glogging import Logger

from app.server import Server
from app.serving.log import ServerLog


def test_the_server_looks_at_nothing_of_a_request_to_log_it() -> None:
    settings = Server(lambda: Flask("unused"), host="127.0.0.1", port=8000, workers=1).cfg
    assert settings.logger_class is ServerLog
    log = settings.logger_class(settings)
    assert isinstance(log, Logger)
    log.access(None, None, None, None)
