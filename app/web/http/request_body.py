"""Reads request bodies completely and within their limits, or refuses them. A body that was cut off is refused."""

import re
from functools import cached_property
from io import BytesIO
from typing import IO, Any, Final, cast

from flask import Request
from werkzeug.exceptions import HTTPException, RequestEntityTooLarge
from werkzeug.wsgi import LimitedStream

MAXIMUM_FIELDS: Final = 1000
"""Maximum number of fields of a form, the same as Werkzeug's for multipart forms. The longest link needs a tenth of it."""

FORM_BYTES: Final = 64 * 1024
"""Maximum size of a page's form in bytes."""

_FORM_PATHS: Final = ("/pay/", "/console/", "/sandbox/")
"""Paths of pages with forms. Routes for programs are elsewhere, and each sets its own limit."""

UPLOAD_BYTES: Final = 6 * 1024 * 1024
"""Maximum size of a form with a picture: the picture itself, and what stands around it."""

_UPLOADS: Final = re.compile(
    r"/console/(?:links/(?:new|preview|move|[^/]+/(?:edit|preview))|products(?:/[^/]+)?|settings/brand(?:/preview)?)"
)
"""Paths of forms with a picture or a file."""

_FORM: Final = "application/x-www-form-urlencoded"
_MULTIPART: Final = "multipart/form-data"


class CompleteBody(LimitedStream):
    """A body stream that checks its end.

    Werkzeug's own stream stops silently at the limit when it is read at once, and does not notice that a body was cut off.
    """

    def __init__(self, stream: IO[bytes], limit: int, announced: int | None) -> None:
        super().__init__(stream, limit, is_max=True)
        self._announced = announced

    def readinto(self, b: Any) -> int | None:
        """Raises `ClientDisconnected` and `RequestEntityTooLarge`."""
        try:
            read = super().readinto(b)
        except HTTPException:
            raise
        except Exception as error:
            # Each server has its own exception for invalid chunks.
            self.on_disconnect(error)
            return 0
        if not read and self._announced is not None and self.tell() < self._announced:
            self.on_disconnect(EOFError())
        return read

    def readall(self) -> bytes:
        """Read everything. Raises `ClientDisconnected` and `RequestEntityTooLarge`."""
        data = super().readall()
        if self.is_exhausted and self._stream.read(1):
            self.on_exhausted()
        return data


class BoundedRequest(Request):
    """A request with a `CompleteBody`, and with limits for the size of a form and the number of its fields."""

    @property
    def max_content_length(self) -> int | None:
        """The limit that the view has set. Otherwise the limit of forms on the paths of pages, or else the application's."""
        if self._max_content_length is None and self.mimetype == _MULTIPART and _UPLOADS.fullmatch(self.path):
            return UPLOAD_BYTES
        if self._max_content_length is None and self.path.startswith(_FORM_PATHS):
            return FORM_BYTES
        return super().max_content_length

    @max_content_length.setter
    def max_content_length(self, value: int | None) -> None:
        self._max_content_length = value

    @cached_property
    def stream(self) -> IO[bytes]:
        """The body. Raises `RequestEntityTooLarge` when the announced length is over the limit."""
        checked = super().stream
        limit = self.max_content_length
        if limit is None or "wsgi.input_terminated" not in self.environ:
            return checked  # this server does not mark the end of bodies, so only the announced length is read
        return cast(IO[bytes], CompleteBody(self.environ["wsgi.input"], limit, self.content_length))

    def _load_form_data(self) -> None:
        if self.mimetype != _FORM:
            super()._load_form_data()
        elif "form" not in self.__dict__:
            body = self.get_data()
            if body.count(b"&") >= MAXIMUM_FIELDS:
                raise RequestEntityTooLarge
            # This is all that Flask would do. It would also look up limits that this kind of form does not have.
            parser = self.form_data_parser_class(cls=self.parameter_storage_class)
            _, self.__dict__["form"], self.__dict__["files"] = parser.parse(BytesIO(body), _FORM, len(body))
