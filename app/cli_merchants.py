"""`counterfoil organizations` and `counterfoil keys`: who owns links, and who may act for them."""

from typing import IO

import click

from app.commands import open_migrated, organization_of, organization_option, print_json, read_json


@click.group()
def organizations() -> None:
    """Merchants: who owns links and keys."""


@organizations.command("create")
@click.argument("name")
@click.option("--stripe-account", metavar="acct_…", help="The connected account that sessions are made for.")
def organizations_create(name: str, stripe_account: str | None) -> None:
    """Make an organization; prints its id alone."""
    from app.clock import clock
    from app.services import organizations as service

    fields = {"name": name} | ({"stripe_account": stripe_account} if stripe_account else {})
    click.echo(service.create(open_migrated(), fields, clock()).id)


@organizations.command("update")
@click.argument("id")
@click.argument("file", type=click.File(encoding="utf-8"), default="-")
def organizations_update(id: str, file: IO[str]) -> None:
    """Change name, branding, contact, legal links or time zone from JSON; prints the organization."""
    from app.services import organizations as service

    store = open_migrated()
    organization = service.update(store, organization_of(store, id), read_json(file))
    print_json(organization.model_dump(mode="json"))


@click.group()
def keys() -> None:
    """API keys."""


@keys.command("create")
@organization_option
@click.option("--name", help="What the key is for.")
def keys_create(organization: str | None, name: str | None) -> None:
    """Make a key; prints it alone, once: only its hash is kept."""
    from app.clock import clock
    from app.services import access

    store = open_migrated()
    click.echo(access.create_key(store, organization_of(store, organization).id, clock(), name=name)[1])
