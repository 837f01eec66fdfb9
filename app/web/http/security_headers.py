"""The headers of every response: what a page may load, where its forms may lead, who may frame it, and the id of its request."""

from collections.abc import Iterable
from typing import Final

from flask import Flask, Response, g, request

from app.web.http.context import current_context
from app.web.http.request_id import request_id
from app.web.http.static_files import static_hash

PERMISSIONS: Final = ", ".join(
    f"{feature}=()"
    for feature in (
        "accelerometer", "autoplay", "camera", "display-capture", "encrypted-media", "fullscreen", "geolocation", "gyroscope",
        "magnetometer", "microphone", "midi", "payment", "picture-in-picture", "publickey-credentials-get", "screen-wake-lock",
        "usb", "xr-spatial-tracking",
    )
)  # fmt: skip
ALWAYS: Final = {
    "X-Content-Type-Options": "nosniff",
    # With no-referrer, browsers would send a null Origin with our own form.
    "Referrer-Policy": "strict-origin-when-cross-origin",
    "Permissions-Policy": PERMISSIONS,
    # The popup of a bank or a wallet must be able to reach the page that opened it.
    "Cross-Origin-Opener-Policy": "same-origin-allow-popups",
    # People get to a payment page by its link. Search engines list none of them, and no picture.
    "X-Robots-Tag": "noindex",
}
FOREVER: Final = "public, max-age=31536000, immutable"
DAY: Final = "public, max-age=86400"
_NOBODY: Final = "'none'"
_SERVED: Final = frozenset({200, 206, 304})


def content_security_policy(
    form_action: Iterable[str], frame_ancestors: Iterable[str], frame_src: Iterable[str] = ()
) -> str:
    """Return a policy. `form_action` lists where its forms may lead, redirects included. By default nothing may frame the page, and the
    page frames nothing.
    """
    directives = {
        "default-src": "'none'",
        "script-src": "'self'",
        "style-src": "'self'",
        "img-src": "'self' https: data:",
        "connect-src": "'self'",
        "form-action": " ".join(dict.fromkeys(["'self'", *form_action])),
        "base-uri": "'none'",
        "frame-ancestors": " ".join(frame_ancestors) or _NOBODY,
    }
    if frame_src:
        directives["frame-src"] = " ".join(frame_src)
    return "; ".join(f"{name} {value}" for name, value in directives.items())


def _policy_of_redirect(frame_ancestors: Iterable[str]) -> str:
    """The policy of an answer that only leads on: nothing is loaded from it, and its header stays short beside a long address."""
    return f"default-src 'none'; base-uri 'none'; frame-ancestors {' '.join(frame_ancestors) or _NOBODY}"


def _policy_of_page(frame_ancestors: Iterable[str]) -> str:
    config = current_context().config
    # A buyer may use another name of this server (localhost). The sandbox's checkout is then another origin.
    form_action = (config.public_url, *config.stripe_checkout_origins, *g.get("form_action", ()))
    return content_security_policy(form_action, frame_ancestors, g.get("frame_src", ()))


def protect(response: Response) -> Response:
    """Add the headers to a response, and the id of its request. Headers that a view has set stay."""
    frame_ancestors: list[str] = g.get("frame_ancestors") or []
    headers = response.headers
    leads_on = 300 <= response.status_code < 400 and "Location" in headers
    policy = _policy_of_redirect(frame_ancestors) if leads_on else _policy_of_page(frame_ancestors)
    ours = {"Content-Security-Policy": policy, **ALWAYS, "Request-Id": request_id()}
    if not frame_ancestors:
        ours["X-Frame-Options"] = "DENY"
    if request.is_secure:
        ours["Strict-Transport-Security"] = "max-age=31536000"
    present = {name.lower() for name, _ in headers}
    headers.extend((name, value) for name, value in ours.items() if name.lower() not in present)
    if request.endpoint == "static" and response.status_code in _SERVED:
        filename = (request.view_args or {})["filename"]
        if request.args.get("v") == static_hash(filename):
            headers["Cache-Control"] = FOREVER
        elif filename.startswith("img/"):
            # A picture is the logo, the icon of the tab and more. A browser asks for it once.
            headers["Cache-Control"] = DAY
    return response


def register(app: Flask) -> None:
    """Protect every response of an application."""
    app.after_request(protect)
