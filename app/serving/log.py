"""gunicorn's log without a line for each request."""

from typing import Any

from gunicorn.glogging import Logger


class ServerLog(Logger):  # type: ignore[misc]  # gunicorn has no types
    """Logs what gunicorn reports. `app.logs.RequestLogger` logs the requests."""

    def access(self, *_request: Any) -> None:
        """Do nothing. With a `logconfig_dict`, gunicorn would put a line together for each request, and then not write it."""
