"""The pages that `doc_url` of an error leads to: one for each code, and a list of all."""

from typing import Final

from flask import Blueprint, Response, make_response, render_template
from markupsafe import Markup, escape

from app.errors import ResourceMissing
from app.web.http.security_headers import DAY
from app.wire.error_codes import CODES, OURS

blueprint: Final = Blueprint("error_codes", __name__)


@blueprint.get("/docs/errors")
def list_codes() -> Response:
    """Show every code."""
    return _page(tuple(CODES))


@blueprint.get("/docs/errors/<code>")
def show_code(code: str) -> Response:
    """Show one code. Raises `ResourceMissing`."""
    if code not in CODES:
        raise ResourceMissing("There is no such error code.", param="code")
    return _page((code,))


def _page(codes: tuple[str, ...]) -> Response:
    texts = {code: tuple(_with_code(text) for text in CODES[code]) for code in codes}
    response = make_response(render_template("error_codes.html", codes=texts, organization=None, ours=OURS))
    response.headers["Cache-Control"] = DAY
    return response


def _with_code(text: str) -> Markup:
    """Return a text with every name between backticks as code."""
    parts = (
        Markup("<code>{}</code>").format(part) if index % 2 else escape(part)
        for index, part in enumerate(text.split("`"))
    )
    return Markup("").join(parts)
