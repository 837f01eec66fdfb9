"""The id of a request, which its answer and every line of its log have."""

from secrets import token_hex

from flask import request

from app.logs import REQUEST_ID


def request_id() -> str:
    """Return the id of this request. The log uses the same id, so that people can ask about a request."""
    environ = request.environ
    if REQUEST_ID not in environ:
        environ[REQUEST_ID] = f"req_{token_hex(8)}"
    id: str = environ[REQUEST_ID]
    return id
