"""`counterfoil organizations`, `counterfoil keys` and `counterfoil users`: who owns links, and who may act for them."""

import sys
from collections.abc import Callable
from typing import IO, Any

import click

from app.cli.common import open_command_store, organization_of, organization_option, print_json, read_json


@click.group()
def organizations() -> None:
    """Merchants: who owns links and keys."""


@organizations.command("create")
@click.argument("name")
@click.option("--stripe-account", metavar="acct_…", help="The connected account that sessions are made for.")
def organizations_create(name: str, stripe_account: str | None) -> None:
    """Make an organization; prints its id alone."""
    from app.clock import clock
    from app.services.accounts import organizations as service

    fields = {"name": name} | ({"stripe_account": stripe_account} if stripe_account else {})
    click.echo(service.create(open_command_store(), fields, clock()).id)


@organizations.command("update")
@click.argument("id")
@click.argument("file", type=click.File(encoding="utf-8"), default="-")
def organizations_update(id: str, file: IO[str]) -> None:
    """Change name, branding, contact, legal links or time zone from JSON; prints the organization."""
    from app.services.accounts import organizations as service

    store = open_command_store()
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
    from app.services.accounts import keys as access

    store = open_command_store()
    click.echo(access.create_key(store, organization_of(store, organization).id, clock(), name=name)[1])


@keys.command("list")
@organization_option
def keys_list(organization: str | None) -> None:
    """Every key of an organization, oldest first: its id, its last characters, what it is for, and whether it opens anything."""
    from app.clock import clock

    store, now = open_command_store(), clock()
    for key in store.keys(organization_of(store, organization).id):
        state = "revoked" if key.revoked_at is not None else "expired" if 0 < (key.expires_at or 0) <= now else "good"
        click.echo(f"{key.id}  …{key.last4}  {state:7}  {key.name or ''}".rstrip())


@keys.command("revoke")
@click.argument("id")
@organization_option
def keys_revoke(id: str, organization: str | None) -> None:
    """Let a key open nothing any more."""
    from app.clock import clock
    from app.services.accounts import keys as access

    store = open_command_store()
    access.revoke_key(store, organization_of(store, organization).id, id, clock())


@click.group()
def users() -> None:
    """Who may open the console."""


password_option: Callable[..., Any] = click.option(
    "--password-stdin", is_flag=True, help="Read the password from standard input and ask nobody."
)


@users.command("create")
@click.argument("email")
@organization_option
@password_option
def users_create(email: str, organization: str | None, password_stdin: bool) -> None:
    """Make a user, who logs in at /console/ with EMAIL and the password that is asked for; prints its id alone."""
    from app.clock import clock
    from app.services.accounts import users as service

    store = open_command_store()
    owner = organization_of(store, organization)
    click.echo(service.create(store, owner.id, email, _password(password_stdin), clock()).id)


@users.command("list")
@organization_option
def users_list(organization: str | None) -> None:
    """Every user of an organization, oldest first."""
    store = open_command_store()
    for user in store.users(organization_of(store, organization).id):
        click.echo(f"{user.id}  {user.email}")


@users.command("password")
@click.argument("email")
@password_option
def users_password(email: str, password_stdin: bool) -> None:
    """Give a user another password, and log them out everywhere."""
    from app.services.accounts import users as service

    store = open_command_store()
    service.set_password(store, service.retrieve(store, email), _password(password_stdin))


@users.command("delete")
@click.argument("email")
def users_delete(email: str) -> None:
    """Forget a user, and log them out everywhere."""
    from app.services.accounts import users as service

    store = open_command_store()
    store.delete_user(service.retrieve(store, email).id)


def _password(stdin: bool) -> str:
    """The password: one line of standard input, or typed twice without being shown."""
    if stdin:
        return sys.stdin.readline().rstrip("\r\n")
    return str(click.prompt("Password", hide_input=True, confirmation_prompt=True, err=True))
