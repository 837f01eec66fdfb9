"""The composition root: it joins store, gateway, sandbox and web into one application. Only this module imports all of them."""

import os
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any, Final, cast

from flask import Flask, Response, request
from werkzeug.datastructures import Headers
from werkzeug.middleware.proxy_fix import ProxyFix
from werkzeug.test import EnvironBuilder, run_wsgi_app

from app import web
from app.clock import clock
from app.config import Config, read_config
from app.gateway.checkout_url import secure_origins
from app.gateway.network.call_slots import CALL_SLOTS
from app.gateway.network.client import CALL_SECONDS
from app.gateway.network.deadline import one_request
from app.gateway.stripe_gateway import StripeGateway
from app.gateway.transport import WSGIClient
from app.logs import RequestLogger
from app.objects import metadata_keys
from app.objects.organization import Organization
from app.resources import resource
from app.sandbox import SANDBOX, STEPS, Sandbox, create_sandbox
from app.services.reconcile import PARALLEL
from app.store import Store, migrate, open_engine, open_store
from app.web.api import views as api
from app.web.http.context import EXTENSION, Context
from app.web.http.url_rule import SharedRule
from app.web.page_cache.immutable import ImmutableFiles
from app.web.page_cache.layer import PageCache
from app.web.webhooks import Webhooks
from app.wire.web_address import origin_of

if TYPE_CHECKING:
    from wsgiref.types import StartResponse, WSGIApplication, WSGIEnvironment

SANDBOX_KEY: Final = "sk_test_sandbox"


class Application(Flask):
    """A Flask application without coroutines. So Flask need not look in each request whether a view or a hook is one."""

    url_rule_class = SharedRule

    def ensure_sync(self, func: Callable[..., Any]) -> Callable[..., Any]:
        """Return the function."""
        return func


def assemble(config: Config | None = None, *, now: Callable[[], int] = clock) -> Flask:
    """Create the application: the store, the gateways and every route. Without a Stripe key, the gateway calls the sandbox."""
    config = config or read_config(os.environ)
    app = Application("app", template_folder=str(resource("templates")), static_folder=str(resource("static")))
    app.config.update(SECRET_KEY=config.secret_key)
    store = open_store(config.database_url)
    if config.stripe_secret_key is None:
        sandbox = _create_sandbox(app, config, store, now)
        gateway = StripeGateway(
            SANDBOX_KEY,
            webhook_secret=config.stripe_webhook_secret,
            http_client=WSGIClient(sandbox.api),
            sandbox=True,
            checkout_origins=(config.public_url,),
        )
        app.extensions[EXTENSION] = Context(store, gateway, config, now, erase_session=sandbox.erase)
        web.register(app)
        app.register_blueprint(sandbox.blueprint)
        app.extensions[api.CATALOGUE] = _catalogue_server(sandbox)
        app.extensions[SANDBOX] = sandbox
    else:
        gateway, periodic = _live_gateway(config, CALL_SLOTS), _live_gateway(config, PARALLEL)
        app.extensions[EXTENSION] = Context(store, gateway, config, now, periodic)
        web.register(app)
    flask = app.wsgi_app
    pages = PageCache(app, ImmutableFiles(app, _limit_stripe_time(flask)))
    application: WSGIApplication = Webhooks(app, flask, pages)
    if config.trusted_proxies:
        hops = config.trusted_proxies
        application = ProxyFix(application, x_for=hops, x_proto=hops, x_host=hops)
    app.wsgi_app = RequestLogger(application)  # type: ignore[method-assign]
    return app


def _live_gateway(config: Config, call_slots: int) -> StripeGateway:
    """Return a gateway that calls Stripe itself, with at most `call_slots` calls at the same time."""
    return StripeGateway(
        config.stripe_secret_key or "",
        webhook_secret=config.stripe_webhook_secret,
        api_base=config.stripe_api_base,
        checkout_origins=secure_origins(config.stripe_checkout_origins),
        call_slots=call_slots,
    )


def _limit_stripe_time(application: "WSGIApplication") -> "WSGIApplication":
    """Limit all calls to Stripe of one web request together to `CALL_SECONDS`, the limit of a single call."""

    def bounded(environ: "WSGIEnvironment", start_response: "StartResponse") -> Iterable[bytes]:
        with one_request(CALL_SECONDS):
            return application(environ, start_response)

    return bounded


def _create_sandbox(app: Flask, config: Config, store: Store, now: Callable[[], int]) -> Sandbox:
    """Create the sandbox in the same database. It delivers its events to our own webhook route."""

    def deliver(payload: bytes, signature: str) -> int:
        headers = Headers({"Stripe-Signature": signature})
        builder = EnvironBuilder(
            "/webhooks/stripe",
            method="POST",
            data=payload,
            content_type="application/json",
            headers=headers,
            base_url=config.public_url,
        )
        try:
            _, status, _ = run_wsgi_app(app.wsgi_app, builder.get_environ(), buffered=True)
        finally:
            builder.close()
        return int(status.split()[0])

    def redirect_origins(session: Mapping[str, Any]) -> Sequence[str]:
        link = store.link((session.get("metadata") or {}).get(metadata_keys.PAYMENT_LINK, ""))
        redirect = link.after_completion.redirect if link else None
        origin = origin_of(redirect.url) if redirect else None
        return (origin,) if origin else ()

    engine = open_engine(config.database_url)
    migrate(engine, STEPS, now())
    return create_sandbox(
        engine,
        clock=now,
        webhook_secret=config.stripe_webhook_secret or "",
        public_url=config.public_url,
        deliver=deliver,
        redirect_origins=redirect_origins,
    )


def _catalogue_server(sandbox: Sandbox) -> Callable[[Organization], Response]:
    """Return a function that answers `/v1/…` from the sandbox. Each organization has a catalogue of its own."""

    def catalogue(organization: Organization) -> Response:
        environ = dict(request.environ)
        environ["HTTP_AUTHORIZATION"] = f"Bearer {SANDBOX_KEY}"
        environ["HTTP_STRIPE_ACCOUNT"] = organization.id
        return cast(Response, Response.from_app(sandbox.api, environ, buffered=True))

    return catalogue
