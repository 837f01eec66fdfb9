"""HTTP: requests in, one service called, HTML or JSON out. `register` puts all of it on an application."""

from flask import Flask

from app.web import (
    api,
    assets,
    bigcapital,
    console,
    embed_script,
    errors,
    filters,
    headers,
    health,
    hooks,
    limits,
    locale,
    metrics,
    openapi,
    options,
    pay,
    returns,
    sample_invoice,
)
from app.web.bodies import MAXIMUM_FIELDS, BoundedRequest
from app.web.context import EXTENSION, Context

MAXIMUM_BODY = 1024 * 1024


def register(app: Flask) -> None:
    """Every route and rule of the web, on an application whose `extensions["counterfoil"]` is a `Context`."""
    app.config.update(MAX_CONTENT_LENGTH=MAXIMUM_BODY, MAX_FORM_MEMORY_SIZE=MAXIMUM_BODY, MAX_FORM_PARTS=MAXIMUM_FIELDS)
    app.request_class = BoundedRequest
    app.url_map.strict_slashes = False
    # Werkzeug would redirect an address with two slashes to whatever host the request names.
    app.url_map.merge_slashes = False
    for part in (metrics, locale, filters, options, limits, errors, headers):
        part.register(app)
    for module in (pay, returns, assets, health, hooks, api, bigcapital, openapi, embed_script):
        app.register_blueprint(module.blueprint)
    console.register(app)
    context: Context = app.extensions[EXTENSION]
    if context.config.sandbox:
        app.register_blueprint(sample_invoice.blueprint)
