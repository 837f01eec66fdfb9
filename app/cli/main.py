"""The `counterfoil` command. Every command says what went wrong in one line, and which setting, parameter and rule.

Answers go to standard output, everything else to standard error. What a command does not need is not imported.
"""

from __future__ import annotations

import os
from typing import IO, TYPE_CHECKING

import click

from app.cli.common import (
    Command,
    create_context,
    open_command_store,
    print_json,
    read_json,
    read_serving_config,
    readable,
)
from app.cli.links import links
from app.cli.merchants import keys, organizations, users
from app.logs import configure

if TYPE_CHECKING:
    from app.config import Config
    from app.objects.organization import Organization
    from app.web.http.context import Context

DEMO_EMAIL = "demo@example.com"


@click.group(cls=Command, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="counterfoil", message="%(version)s")
def main() -> None:
    """Payment links on your own machine."""
    configure()


@main.command()
def init() -> None:
    """Create the database, or apply the migrations that it lacks."""
    from app.store import open_store

    config = read_serving_config(None)
    _warn(config)
    applied = open_store(config.database_url).migrate()
    click.echo(f"{len(applied)} migrations applied." if applied else "Nothing to do.", err=True)


@main.command()
@click.argument("file", type=click.File(encoding="utf-8"))
def seed(file: IO[str]) -> None:
    """Load links, prices and the rest from a JSON FILE. Twice is as good as once."""
    _seed(create_context(), file)


def _seed(context: Context, file: IO[str]) -> Organization:
    from app.cli.seeding import seed as load

    seeded = load(context.store, context.gateway, read_json(file), context.clock(), settings=context.link_settings)
    width = max((len(link.counterfoil.name or "") for link, _ in seeded.links), default=0)
    for link, shows in seeded.links:
        click.echo(f"{link.counterfoil.name or '':{width}}  {readable(link.url)}  {shows}")
    click.echo(f"{seeded.made} objects made." if seeded.made else "Everything was there already.", err=True)
    return seeded.organization


@main.command()
@click.option("--host", default="127.0.0.1", show_default=True)
@click.option("--port", type=int, help="Default: PORT, else 8000.")
@click.option("--workers", type=click.IntRange(1, 64), default=1, show_default=True)
def serve(host: str, port: int | None, workers: int) -> None:
    """Serve pages, API and webhooks with gunicorn."""
    _serve(read_serving_config(port), host, workers)


def _warn(config: Config) -> None:
    for warning in config.warnings:
        click.echo(f"Warning: {warning} A live key is refused with this.", err=True)


def _serve(config: Config, host: str, workers: int) -> None:
    from app import create_app, server
    from app.config import keep_served_address
    from app.store import open_store, require_database
    from app.web.http.rate_limits import check_storage

    _warn(config)
    check_storage(config.rate_limit_storage)
    server.require_free_port(host, config.port)
    if config.sandbox:
        keep_served_address(config)
    else:
        require_database(config.database_url)
    open_store(config.database_url).migrate()
    click.echo(f"Serving {readable(config.public_url)} (interrupt to stop).", err=True)
    server.serve(lambda: create_app(config), host=host, port=config.port, workers=workers)


@main.command()
@click.option("--port", type=int, help="Default: PORT, else 8000.")
@click.option("--file", type=click.File(encoding="utf-8"), default=None, help="Default: the demo of this version.")
def demo(port: int | None, file: IO[str] | None) -> None:
    """Create, seed and serve: everything there is, in the sandbox, at one go."""
    from app.cli.seeding import sample_origin
    from app.resources import resource

    if os.environ.get("STRIPE_SECRET_KEY"):
        raise click.ClickException("The demo runs in the sandbox: unset STRIPE_SECRET_KEY first.")
    config = read_serving_config(port)
    from app.server import require_free_port

    require_free_port("127.0.0.1", config.port)
    context = create_context(config)
    with file or resource("data/demo.json").open(encoding="utf-8") as opened:
        organization = _seed(context, opened)
    click.echo(f"An invoice that frames two of them: {readable(sample_origin(config.public_url))}/sandbox/invoice")
    password = _let_in(context, organization)
    click.echo(f"The console: {readable(config.public_url)}/console/ with {DEMO_EMAIL} and the password {password}")
    click.echo("Pay with 4242 4242 4242 4242, any date to come and any three digits.")
    _serve(config, "127.0.0.1", 1)


def _let_in(context: Context, organization: Organization) -> str:
    """A user of the demo's console, made once; the password follows from this machine's own secret."""
    import hashlib
    import hmac

    from app.services.accounts import users

    key = context.config.secret_key.encode()
    password = hmac.new(key, b"the demo's console", hashlib.sha256).hexdigest()[:20]
    user = context.store.user_by_email(DEMO_EMAIL)
    if user is None:
        users.create(context.store, organization.id, DEMO_EMAIL, password, context.clock())
    elif not users.has_password(user, password):
        users.set_password(context.store, user, password)
    return password


@main.command()
def settings() -> None:
    """Every setting, its value (secrets masked) and its meaning."""
    from app.config import described

    rows = described(os.environ)
    widths = [max(len(row[column]) for row in rows) for column in (0, 1)]
    for name, value, meaning in rows:
        click.echo(f"{name:{widths[0]}}  {value:{widths[1]}}  {meaning}")


@main.command()
def reconcile() -> None:
    """Ask Stripe about every attempt that is still open, and apply what was missed; prints a JSON summary."""
    from app.services.reconcile import reconcile as run

    context = create_context()
    print_json(run(context.store, context.gateway, context.clock()).as_json())


@main.group()
def events() -> None:
    """What happened, here and at Stripe."""


@events.command("list")
@click.option("--limit", type=click.IntRange(1, 100), default=20, show_default=True)
@click.option("--type", "type_", help="Only events of this type.")
def events_list(limit: int, type_: str | None) -> None:
    """The newest events and what came of them."""
    store = open_command_store()
    found, _ = store.events(None, type=type_, limit=limit)
    for event in found:
        outcome = store.event_outcome(event.id)
        click.echo(f"{event.id}  {event.type:45}  {outcome[1] if outcome else ''}")


@events.command("show")
@click.argument("id")
def events_show(id: str) -> None:
    """One event as it came."""
    event = open_command_store().event(id)
    if event is None:
        raise click.ClickException(f"There is no event {id}.")
    print_json(event.model_dump(mode="json"))


@events.command("replay")
@click.argument("id")
def events_replay(id: str) -> None:
    """Apply an event again; prints what came of it."""
    from app.services.events.inbox import replay

    context = create_context()
    click.echo(replay(context.store, context.gateway, id, context.clock()))


for group in (organizations, keys, users, links):
    main.add_command(group)
