"""The styles and scripts of pages as browsers load them: without comments and spaces, and files that belong together in one.

A bundle is made in memory from the files under `static/`, so no built file can be older than its sources.
"""

import hashlib
from functools import cache
from pathlib import Path
from typing import Final

from rcssmin import cssmin
from rjsmin import jsmin

from app.resources import resource
from app.web.http.encodings import compress_text

_SOURCES: Final = {
    "console.css": ("css/console.css",),
    "console.js": ("js/console.js",),
    "counterfoil.css": ("css/counterfoil.css",),
    "editor.js": ("js/editor.js",),
    # With htmx: for pages with a part that is loaded again.
    "form.js": ("js/htmx.min.js", "js/page.js"),
    # In a frame. The frame's own script must run before htmx, because it removes htmx from forms in a sandboxed frame.
    "form-frame.js": ("js/frame.js", "js/htmx.min.js", "js/page.js"),
    "page-frame.js": ("js/frame.js", "js/page.js"),
    "page.js": ("js/page.js",),
}
"""The files of each bundle, in their order."""

BUNDLES: Final = tuple(_SOURCES)
_USUAL: Final = ("counterfoil.css", "form.js")


@cache
def read_bundle(name: str) -> bytes:
    """Return the content of a bundle. A vendored file stands in it as its authors published it."""
    # A statement of one script must not continue in the next one.
    return (";\n" if name.endswith(".js") else "\n").join(map(_read_small, _SOURCES[name])).encode()


@cache
def bundle_hash(name: str) -> str:
    """Return the hash of a bundle, for the parameter `v` of its address."""
    return hashlib.sha256(read_bundle(name)).hexdigest()[:12]


def compress_usual_bundles() -> None:
    """Compress what every pay page loads, which takes a tenth of a second, before a buyer has to wait for it."""
    for name in _USUAL:
        compress_text(read_bundle(name))


def _read_small(filename: str) -> str:
    text = (resource("static") / filename).read_text(encoding="utf-8")
    if ".min" in Path(filename).suffixes:
        return text
    return str(cssmin(text) if filename.endswith(".css") else jsmin(text))
