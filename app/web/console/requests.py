"""One request to the API by its id, where `request_log_url` of an error leads: how to find it in the server's log."""

import re
from typing import Final

from flask.typing import ResponseReturnValue

from app.errors import ResourceMissing
from app.web.console.auth import blueprint, needs, page

_REQUEST_ID: Final = re.compile(r"req_[A-Za-z0-9]{8,40}")


@blueprint.get("/requests/<id>")
@needs("viewer")
def request_page(id: str) -> ResponseReturnValue:
    """Show how to find the request in the log. Raises `ResourceMissing` for a text that is no id of a request."""
    if not _REQUEST_ID.fullmatch(id):
        raise ResourceMissing("There is no such request.", param="request")
    return page("console/request.html", section="links", request_id=id)
