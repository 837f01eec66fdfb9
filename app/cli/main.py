"""The `counterfoil` command. A command that fails prints one line that names the setting or the parameter.

Results go to standard output, messages to standard error. Each command imports only what it needs.
"""

from __future__ import annotations

import gc
import os
from dataclasses import replace
from typing import IO, TYPE_CHECKING

import click

from app.cli.backup import backup
from app.cli.common import (
    Command,
    create_context,
    json_option,
    print_json,
    print_table,
    read_command_config,
    read_json,
    read_serving_config,
    readable,
)
from app.cli.events import events
from app.cli.links import links
from app.cli.merchants import keys, organizations, users
from app.cli.payments import payments
from app.clock import clock
from app.logs import configure

if TYPE_CHECKING:
    from app.config import Config
    from app.objects.organization import Organization
    from app.store.protocol import Store
    from app.web.http.context import Context

LIMITS_OF_ONE_MACHINE = (
    "Rate limits are counted on this machine alone. Where several machines serve this database, "
    "set RATE_LIMIT_STORAGE to a storage that they share, such as redis://…"
)
DEMO_EMAIL = "demo@example.com"
COLLECT_AFTER = 10_000
"""How many new objects start the garbage collector of a server. With Python's 700, it takes a fifth of the time of the start."""


@click.group(cls=Command, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="counterfoil", message="%(version)s")
def main() -> None:
    """Payment links on your own server."""
    configure()


for group in (organizations, keys, users, links, payments, events, backup):
    main.add_command(group)


@main.command()
def init() -> None:
    """Create the database, or apply the migrations that it lacks."""
    from app.store import open_store

    config = read_serving_config(None)
    _warn(config)
    applied = open_store(config.database_url).migrate(clock())
    click.echo(f"{len(applied)} migrations applied." if applied else "Nothing to do.", err=True)


@main.command()
@click.argument("file", type=click.File(encoding="utf-8"))
def seed(file: IO[str]) -> None:
    """Load links, prices and the rest from a JSON FILE. Running it twice changes nothing."""
    _seed(create_context(), file)


def _seed(context: Context, file: IO[str]) -> Organization:
    from app.services.links.seeding import seed as load

    seeded = load(context.store, context.gateway, read_json(file), context.clock(), settings=context.link_settings)
    print_table([link.counterfoil.name or "", readable(link.url), shows] for link, shows in seeded.links)
    click.echo(f"{seeded.made} objects created." if seeded.made else "Everything was there already.", err=True)
    return seeded.organization


@main.command()
@click.option("--host", default="127.0.0.1", show_default=True)
@click.option("--port", type=int, help="Default: PORT, else 8000.")
@click.option("--workers", type=click.IntRange(1, 64), default=1, show_default=True)
def serve(host: str, port: int | None, workers: int) -> None:
    """Serve pages, API and webhooks with gunicorn."""
    _serve(read_serving_config(port), host, workers)


def _warn(config: Config) -> None:
    """Print what a live key would be refused with."""
    for warning in config.warnings:
        click.echo(f"Warning: {warning} A live key is refused with this.", err=True)


def _serve(config: Config, host: str, workers: int) -> None:
    gc.set_threshold(COLLECT_AFTER)
    from app import create_app, server
    from app.config import keep_served_address
    from app.store import checkpoint_database, open_store, require_database
    from app.web.http.rate_limits import counts_locally, open_storage
    from app.web.http.shared_counts import create_shared_memory

    _warn(config)
    open_storage(config.rate_limit_storage)
    server.require_free_port(host, config.port)
    if config.sandbox:
        keep_served_address(config)
    else:
        require_database(config.database_url)
    is_alone = counts_locally(config.rate_limit_storage)
    if is_alone:
        if not config.database_url.startswith("sqlite:"):
            click.echo(LIMITS_OF_ONE_MACHINE, err=True)
        config = replace(config, rate_limit_storage=create_shared_memory())
    store = open_store(config.database_url)
    store.migrate(clock())
    first_run = _first_run_text(config, store)
    store.close()  # no connection of this process may outlive the fork of a worker
    click.echo(f"Serving {readable(config.public_url)} (interrupt to stop).", err=True)
    if first_run:
        click.echo(first_run)  # click flushes
    server.Server(
        lambda: create_app(config),
        host=host,
        port=config.port,
        workers=workers,
        preloads=is_alone,
        stopped=lambda: checkpoint_database(config.database_url),
    ).run()


def _first_run_text(config: Config, store: Store) -> str:
    """Return how to make the first log-in of the console, or an empty text if there is a user."""
    from app.services.accounts import first_run

    missing = first_run.missing_user(store)
    if missing == "several":
        return "The console has no user yet. Create one: counterfoil users create EMAIL --organization ID"
    if missing == "none":
        return ""
    address = f"{config.public_url}/console/setup/{first_run.create_token(store, clock())}"
    return f"The console has no user yet. Make the first log-in, once, at {address}"


@main.command()
@click.option("--port", type=int, help="Default: PORT, else 8000.")
@click.option("--file", type=click.File(encoding="utf-8"), default=None, help="Default: the demo of this version.")
def demo(port: int | None, file: IO[str] | None) -> None:
    """Create, seed and serve a demo shop in the sandbox."""
    from app.resources import resource
    from app.services.links.seeding import sample_origin

    if os.environ.get("STRIPE_SECRET_KEY"):
        raise click.ClickException("The demo runs in the sandbox: unset STRIPE_SECRET_KEY first.")
    config = read_serving_config(port)
    from app.server import require_free_port

    require_free_port("127.0.0.1", config.port)
    context = create_context(config)
    with file or resource("data/demo.json").open(encoding="utf-8") as opened:
        organization = _seed(context, opened)
    click.echo(f"An invoice page with two of these links: {readable(sample_origin(config.public_url))}/sandbox/invoice")
    password = _create_demo_user(context, organization)
    click.echo(f"The console: {readable(config.public_url)}/console/ with {DEMO_EMAIL} and the password {password}")
    click.echo("Pay with card 4242 4242 4242 4242, any future date and any three digits.")
    context.store.close()
    _serve(config, "127.0.0.1", 1)


def _create_demo_user(context: Context, organization: Organization) -> str:
    """Create the demo's console user, or reset the password. Return the password, which is derived from SECRET_KEY."""
    import hashlib
    import hmac

    from app.objects.change import COMMAND_LINE
    from app.services.accounts import users as service

    key = context.config.secret_key.encode()
    password = hmac.new(key, b"the demo's console", hashlib.sha256).hexdigest()[:20]
    user = context.store.user_by_email(DEMO_EMAIL)
    if user is None:
        service.create(context.store, organization.id, DEMO_EMAIL, password, context.clock(), actor=COMMAND_LINE)
    elif not service.has_password(user, password):
        service.set_password(context.store, user, password, context.clock(), actor=COMMAND_LINE)
    return password


@main.command()
@click.option("--dry-run", is_flag=True, help="Count what would be removed, and remove nothing.")
def prune(dry_run: bool) -> None:
    """Remove what is older than RETENTION_DAYS. Prints how many rows of each kind as JSON."""
    from app import create_app
    from app.server import remove_old
    from app.web.http.context import EXTENSION

    app = create_app(read_command_config())
    context = app.extensions[EXTENSION]
    context.store.migrate(context.clock())
    print_json(remove_old(app, context.clock(), dry_run=dry_run))


@main.command()
@json_option
def settings(as_json: bool) -> None:
    """List every setting with its value and meaning. Secrets are masked."""
    from app.config.settings import describe

    rows = describe(os.environ)
    if as_json:
        print_json([{"name": name, "value": value, "meaning": meaning} for name, value, meaning in rows])
        return
    print_table(rows)


@main.command()
@click.option("--all", "everything", is_flag=True, help="Read every open session as well, one by one.")
def reconcile(everything: bool) -> None:
    """Apply new events and read the sessions that are due. Print a JSON summary."""
    from app.services.reconcile import reconcile as run

    context = create_context()
    print_json(run(context.store, context.background, context.clock(), everything=everything).as_json())


@main.command()
@click.argument("shell", type=click.Choice(["bash", "zsh", "fish"]))
def completion(shell: str) -> None:
    """Print a script that completes commands and options in a shell.

    bash: eval "$(counterfoil completion bash)", in ~/.bashrc. zsh likewise, in ~/.zshrc.
    fish: counterfoil completion fish > ~/.config/fish/completions/counterfoil.fish
    """
    from click.shell_completion import get_completion_class

    complete = get_completion_class(shell)
    assert complete is not None  # noqa: S101  # the argument has only shells that click knows
    click.echo(complete(main, {}, "counterfoil", "_COUNTERFOIL_COMPLETE").source())
