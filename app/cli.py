"""The `counterfoil` command. Every command says what went wrong in one line, and which setting, parameter and rule.

Answers go to standard output, everything else to standard error. What a command does not need is not imported.
"""

from __future__ import annotations

import json
import os
from collections.abc import Callable
from typing import IO, TYPE_CHECKING, Any

import click

from app.errors import ConfigurationError, CounterfoilError, InvalidRequest

if TYPE_CHECKING:
    from app.config import Config
    from app.objects.organization import Organization
    from app.objects.payment_link import PaymentLink
    from app.store.protocol import Store
    from app.web.context import Context


class Command(click.Group):
    """A group whose commands turn what the domain raises into one line and exit status 1."""

    def invoke(self, ctx: click.Context) -> Any:
        """Run the command."""
        try:
            return super().invoke(ctx)
        except ConfigurationError as error:
            raise click.ClickException(error.message) from error
        except InvalidRequest as error:
            raise click.ClickException(f"{error.param}: {error.message}" if error.param else error.message) from error
        except CounterfoilError as error:
            raise click.ClickException(error.message) from error


@click.group(cls=Command, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="counterfoil", message="%(version)s")
def main() -> None:
    """Payment links on your own machine."""


def _config(**changes: str) -> Config:
    from app.config import read_config

    return read_config({**os.environ, **changes})


def _store() -> Store:
    """The store alone, brought to today's shape."""
    from app.store import open_store

    store = open_store(_config().database_url)
    store.migrate()
    return store


def _context(config: Config | None = None) -> Context:
    """Everything that a view has, for commands that speak to Stripe or to the sandbox."""
    from app import create_app
    from app.web.context import EXTENSION

    context: Context = create_app(config or _config()).extensions[EXTENSION]
    context.store.migrate()
    return context


def _organization(store: Store, id: str | None) -> Organization:
    """The organization that is meant: by id, or the only one there is."""
    organizations = store.organizations()
    if id is not None:
        found = store.organization(id)
        if found is None:
            raise click.ClickException(f"There is no organization {id}.")
        return found
    if not organizations:
        raise click.ClickException("There is no organization yet: counterfoil organizations create NAME")
    if len(organizations) > 1:
        listed = ", ".join(f"{organization.id} ({organization.name})" for organization in organizations)
        raise click.ClickException(f"There are several organizations; say which with --organization: {listed}")
    return organizations[0]


def _read_json(file: IO[str]) -> dict[str, Any]:
    """A JSON object from a file or from standard input, or a line that says where it breaks."""
    try:
        data = json.load(file)
    except ValueError as error:
        raise click.ClickException(f"{file.name}: not JSON: {error}") from error
    if not isinstance(data, dict):
        raise click.ClickException(f"{file.name}: a JSON object is expected.")
    return data


def _print_json(data: Any) -> None:
    click.echo(json.dumps(data, indent=2, ensure_ascii=False))


_organization_option: Callable[..., Any] = click.option(
    "--organization", metavar="ID", help="Whose; the only one if left out."
)


@main.command()
def init() -> None:
    """Create the database, or bring it to today's shape."""
    from app.store import open_store

    applied = open_store(_config().database_url).migrate()
    click.echo(f"{len(applied)} steps applied." if applied else "Nothing to do.", err=True)


@main.command()
@click.argument("file", type=click.File(encoding="utf-8"))
def seed(file: IO[str]) -> None:
    """Load links, prices and the rest from a JSON FILE. Twice is as good as once."""
    _seed(_context(), file)


def _seed(context: Context, file: IO[str]) -> None:
    from app.seeding import seed as load

    seeded = load(context.store, context.gateway, _read_json(file), context.clock(), settings=context.link_settings)
    width = max((len(link.counterfoil.name or "") for link, _ in seeded.links), default=0)
    for link, shows in seeded.links:
        click.echo(f"{link.counterfoil.name or '':{width}}  {link.url}  {shows}")
    click.echo(f"{seeded.made} objects made." if seeded.made else "Everything was there already.", err=True)


@main.command()
@click.option("--host", default="127.0.0.1", show_default=True)
@click.option("--port", type=int, help="Default: PORT, else 8000.")
@click.option("--workers", type=click.IntRange(1, 64), default=1, show_default=True)
def serve(host: str, port: int | None, workers: int) -> None:
    """Serve pages, API and webhooks with gunicorn."""
    config = _config(**({"PORT": str(port)} if port is not None else {}))
    _serve(config, host, workers)


def _serve(config: Config, host: str, workers: int) -> None:
    from app import create_app, server
    from app.store import open_store

    open_store(config.database_url).migrate()
    click.echo(f"Serving {config.public_url} (interrupt to stop).", err=True)
    server.serve(lambda: create_app(config), host=host, port=config.port, workers=workers)


@main.command()
@click.option("--port", type=int, help="Default: PORT, else 8000.")
@click.option("--file", type=click.File(encoding="utf-8"), default=None, help="Default: data/demo.json.")
def demo(port: int | None, file: IO[str] | None) -> None:
    """Create, seed and serve: everything there is, in the sandbox, at one go."""
    from app.config import ROOT

    if os.environ.get("STRIPE_SECRET_KEY"):
        raise click.ClickException("The demo runs in the sandbox: unset STRIPE_SECRET_KEY first.")
    config = _config(**({"PORT": str(port)} if port is not None else {}))
    from app.server import free_or_refused

    free_or_refused("127.0.0.1", config.port)
    context = _context(config)
    with file or (ROOT / "data" / "demo.json").open(encoding="utf-8") as opened:
        _seed(context, opened)
    click.echo("Pay with 4242 4242 4242 4242, any date to come and any three digits.", err=True)
    _serve(config, "127.0.0.1", 1)


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

    context = _context()
    _print_json(run(context.store, context.gateway, context.clock()).as_json())


@main.group()
def organizations() -> None:
    """Merchants: who owns links and keys."""


@organizations.command("create")
@click.argument("name")
@click.option("--stripe-account", metavar="acct_…", help="The connected account that sessions are made for.")
def organizations_create(name: str, stripe_account: str | None) -> None:
    """Make an organization; prints its id alone."""
    from app.application import clock
    from app.services import organizations as service

    fields = {"name": name} | ({"stripe_account": stripe_account} if stripe_account else {})
    click.echo(service.create(_store(), fields, clock()).id)


@organizations.command("update")
@click.argument("id")
@click.argument("file", type=click.File(encoding="utf-8"), default="-")
def organizations_update(id: str, file: IO[str]) -> None:
    """Change name, branding, contact, legal links or time zone from JSON; prints the organization."""
    from app.services import organizations as service

    store = _store()
    organization = service.update(store, _organization(store, id), _read_json(file))
    _print_json(organization.model_dump(mode="json"))


@main.group()
def keys() -> None:
    """API keys."""


@keys.command("create")
@_organization_option
@click.option("--name", help="What the key is for.")
def keys_create(organization: str | None, name: str | None) -> None:
    """Make a key; prints it alone, once: only its hash is kept."""
    from app.application import clock
    from app.services import access

    store = _store()
    click.echo(access.create_key(store, _organization(store, organization).id, clock(), name=name)[1])


@main.group()
def links() -> None:
    """Payment links."""


@links.command("create")
@click.argument("file", type=click.File(encoding="utf-8"), default="-")
@_organization_option
def links_create(file: IO[str], organization: str | None) -> None:
    """Make a link from JSON in the API's own parameters (a FILE or standard input); prints the link."""
    from app.services import links as service

    data = _read_json(file)
    context = _context()
    owner = _organization(context.store, organization)
    link = service.create(context.store, context.gateway, owner, data, context.clock(), settings=context.link_settings)
    _print_json(_rendered(link, context.clock()))


@links.command("list")
@_organization_option
@click.option("--json", "as_json", is_flag=True, help="JSON instead of a table.")
def links_list(organization: str | None, as_json: bool) -> None:
    """Every link, newest first."""
    store = _store()
    owner = _organization(store, organization)
    found: list[PaymentLink] = []
    more, after = True, None
    while more:
        page, more = store.links(owner.id, limit=100, starting_after=after)
        found += page
        after = page[-1].id if page else None
    if as_json:
        from app.application import clock

        now = clock()
        _print_json([_rendered(link, now) for link in found])
        return
    for link in found:
        state = "active" if link.active else "inactive"
        click.echo(f"{link.id}  {state:8}  {link.counterfoil.name or '':30}  {link.url}")


@links.command("show")
@click.argument("id")
@_organization_option
@click.option("--json", "as_json", is_flag=True, help="JSON instead of text.")
def links_show(id: str, organization: str | None, as_json: bool) -> None:
    """One link, by its id, code or slug: what it is, and how to share it."""
    from app.application import clock

    store = _store()
    link = _found(store, id, organization)
    if as_json:
        _print_json(_rendered(link, clock()))
        return
    from app.snippet import snippet

    click.echo(f"{link.id}  {'active' if link.active else 'inactive'}  {link.counterfoil.name or ''}")
    click.echo(f"\nAddress\n  {link.url}\n\nQR code\n  {link.counterfoil.qr_url}\n\nSnippet")
    click.echo(
        "".join(
            f"  {line}\n" for line in snippet(link, _organization(store, link.counterfoil.organization)).splitlines()
        )
    )
    listed = (
        ", ".join(link.counterfoil.embed_origins)
        or "none: nobody can frame it until counterfoil[embed_origins] names them"
    )
    click.echo(f"Origins that may frame it\n  {listed}")
    refused = store.refused_origins(link.id)
    if refused:
        click.echo("\nOrigins that tried and were refused")
        for row in refused:
            click.echo(f"  {row['origin']}  {row['count']} times")


@links.command("activate")
@click.argument("id")
@_organization_option
def links_activate(id: str, organization: str | None) -> None:
    """Switch a link on; prints it."""
    _switch(id, organization, active=True)


@links.command("deactivate")
@click.argument("id")
@_organization_option
def links_deactivate(id: str, organization: str | None) -> None:
    """Switch a link off; prints it. Sessions that are open are ended."""
    _switch(id, organization, active=False)


def _switch(id: str, organization: str | None, *, active: bool) -> None:
    from app.services import links as service

    context = _context()
    link = _found(context.store, id, organization)
    owner = _organization(context.store, link.counterfoil.organization)
    changed = service.update(
        context.store,
        context.gateway,
        owner,
        link.id,
        {"active": active},
        context.clock(),
        settings=context.link_settings,
    )
    _print_json(_rendered(changed, context.clock()))


def _found(store: Store, id: str, organization: str | None) -> PaymentLink:
    owner = _organization(store, organization) if organization or not id else None
    link = store.link(id) or store.link_by_code(id)
    if link is None or (owner is not None and link.counterfoil.organization != owner.id):
        raise click.ClickException(f"There is no payment link {id}.")
    return link


def _rendered(link: PaymentLink, now: int) -> dict[str, Any]:
    """A link as the API answers it, with its line items."""
    from app.pricing.quote import with_amounts
    from app.wire.expand import render

    return render(with_amounts(link, now), ("line_items",))


@main.group()
def events() -> None:
    """What happened, here and at Stripe."""


@events.command("list")
@click.option("--limit", type=click.IntRange(1, 100), default=20, show_default=True)
@click.option("--type", "type_", help="Only events of this type.")
def events_list(limit: int, type_: str | None) -> None:
    """The newest events and what came of them."""
    store = _store()
    found, _ = store.events(None, type=type_, limit=limit)
    for event in found:
        outcome = store.event_outcome(event.id)
        click.echo(f"{event.id}  {event.type:45}  {outcome[1] if outcome else ''}")


@events.command("show")
@click.argument("id")
def events_show(id: str) -> None:
    """One event as it came."""
    event = _store().event(id)
    if event is None:
        raise click.ClickException(f"There is no event {id}.")
    _print_json(event.model_dump(mode="json"))


@events.command("replay")
@click.argument("id")
def events_replay(id: str) -> None:
    """Apply an event again; prints what came of it."""
    from app.services.events import replay

    context = _context()
    click.echo(replay(context.store, context.gateway, id, context.clock()))
