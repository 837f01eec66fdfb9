"""The styles and scripts of pages, and a link's address as a QR code. Both are generated, not stored."""

import io
import re
from typing import Any, Final

import segno
from flask import Blueprint, Response, abort, request
from flask.typing import ResponseReturnValue

from app.web.assets.brand_css import stylesheet
from app.web.display.formatting import brand_version
from app.web.http.bundles import BUNDLES, bundle_hash, read_bundle
from app.web.http.security_headers import DAY, FOREVER
from app.web.visit.visit import open_visit
from app.wire.web_address import readable

blueprint: Final = Blueprint("assets", __name__)

_COLORS: Final = re.compile(r"([0-9a-f]{6})(?:-([0-9a-f]{6}))?")


@blueprint.get("/brand/<colors>.css")
def brand(colors: str) -> ResponseReturnValue:
    """Serve the stylesheet of every page in these colours. The address holds the colours, so nothing is looked up."""
    match = _COLORS.fullmatch(colors)
    if match is None:
        abort(404)
    styles = read_bundle("counterfoil.css") + b"\n" + stylesheet(match[1], match[2]).encode()
    version = brand_version(colors)
    return _bundle(styles, "text/css", is_current=request.args.get("v", version) == version)


@blueprint.get("/bundles/<name>")
def bundle(name: str) -> ResponseReturnValue:
    """Serve styles or scripts of pages. The parameter `v` is the hash of the content."""
    if name not in BUNDLES:
        abort(404)
    mimetype = "text/css" if name.endswith(".css") else "text/javascript"
    return _bundle(read_bundle(name), mimetype, is_current=request.args.get("v") == bundle_hash(name))


def _bundle(body: bytes, mimetype: str, *, is_current: bool) -> ResponseReturnValue:
    """Answer with a bundle. Where its address has its current version, caches may keep it forever."""
    response = Response(body, mimetype=mimetype)
    response.headers["Cache-Control"] = FOREVER if is_current else "no-cache"
    response.add_etag()
    return response.make_conditional(request)


@blueprint.get("/pay/<code>/qr.svg")
def qr(code: str) -> ResponseReturnValue:
    """Serve the link's address as a QR code. `size` is the width of a module in pixels, `margin` the quiet zone in modules."""
    address = open_visit(code).public_address
    size, margin = _bounded("size", 4, 1, 40), _bounded("margin", 4, 0, 20)
    return _qr_code(
        address, "image/svg+xml", kind="svg", scale=size, border=margin, svgns=True, title=readable(address)
    )


@blueprint.get("/pay/<code>/qr.png")
def qr_png(code: str) -> ResponseReturnValue:
    """Serve the QR code in pixels, for programs that take no SVG. The parameters are the same."""
    address = open_visit(code).public_address
    size, margin = _bounded("size", 10, 1, 20), _bounded("margin", 4, 0, 20)
    return _qr_code(address, "image/png", kind="png", scale=size, border=margin)


def _qr_code(address: str, mimetype: str, **options: Any) -> ResponseReturnValue:
    drawn = io.BytesIO()
    segno.make(address, error="m", micro=False).save(drawn, light="#fff", **options)
    response = Response(drawn.getvalue(), mimetype=mimetype)
    response.headers["Cache-Control"] = DAY
    response.add_etag()
    return response.make_conditional(request)


def _bounded(name: str, default: int, minimum: int, maximum: int) -> int:
    """Return a number from the query within its limits, or the default where there is no number."""
    text = request.args.get(name, "")
    number = int(text) if text.isascii() and text.isdigit() and len(text) < 6 else default
    return max(minimum, min(number, maximum))
