"""HTTP: a request comes in, one service is called, HTML or JSON goes out. `register` adds all of it to an application."""

from flask import Flask

from app.web import console, errors, root, webhooks
from app.web.api import routes as api
from app.web.assets import demo_invoice, embed_script, pictures
from app.web.assets import views as assets
from app.web.assets.card import views as card
from app.web.bigcapital import views as bigcapital
from app.web.display import formatting, locale
from app.web.http import double_slashes, health, metrics, rate_limits, security_headers
from app.web.http.context import EXTENSION, Context
from app.web.http.request_body import MAXIMUM_FIELDS, BoundedRequest
from app.web.openapi import document as openapi
from app.web.openapi import error_codes
from app.web.pay import frame_state, returns
from app.web.pay import views as pay
from app.web.pay.form import select_options

MAXIMUM_BODY = 1024 * 1024


def register(app: Flask) -> None:
    """Add every route and rule of the web to an application. Its `extensions["counterfoil"]` must be a `Context`."""
    app.config.update(MAX_CONTENT_LENGTH=MAXIMUM_BODY, MAX_FORM_MEMORY_SIZE=MAXIMUM_BODY, MAX_FORM_PARTS=MAXIMUM_FIELDS)
    app.request_class = BoundedRequest
    app.url_map.strict_slashes = False
    # Werkzeug would redirect an address with two slashes to the host that the request names.
    app.url_map.merge_slashes = False
    for part in (
        double_slashes,
        health,
        metrics,
        locale,
        formatting,
        select_options,
        rate_limits,
        errors,
        security_headers,
    ):
        part.register(app)
    for module in (
        root,
        pay,
        returns,
        frame_state,
        assets,
        card,
        pictures,
        health,
        webhooks,
        api,
        bigcapital,
        openapi,
        error_codes,
        embed_script,
    ):
        app.register_blueprint(module.blueprint)
    console.register(app)
    context: Context = app.extensions[EXTENSION]
    if context.config.sandbox:
        app.register_blueprint(demo_invoice.blueprint)
