"""`counterfoil organizations`, `counterfoil keys` and `counterfoil users`: merchants, their API keys and console users."""

import sys
from collections.abc import Callable
from typing import IO, TYPE_CHECKING, Any, Final

import click

from app.cli.common import (
    json_option,
    open_command_store,
    organization_of,
    organization_option,
    print_json,
    print_table,
    read_command_config,
    read_json,
)

if TYPE_CHECKING:
    from app.objects.organization import Scope
    from app.objects.user import Role

ROLE_NAMES: Final = ("viewer", "manager", "owner")
"""The roles of `app.objects.user`, which is not imported for `--help`."""


@click.group()
def organizations() -> None:
    """Merchants, who own links and keys."""


@organizations.command("create")
@click.argument("name")
@click.option(
    "--stripe-account", metavar="acct_…", help="id of the connected Stripe account in which payments are created"
)
def organizations_create(name: str, stripe_account: str | None) -> None:
    """Create an organization. Print its id."""
    from app.clock import clock
    from app.objects.change import COMMAND_LINE
    from app.services.accounts import organizations as service

    fields = {"name": name} | ({"stripe_account": stripe_account} if stripe_account else {})
    click.echo(service.create(open_command_store(), fields, clock(), actor=COMMAND_LINE).id)


@organizations.command("list")
@json_option
def organizations_list(as_json: bool) -> None:
    """List the organizations, oldest first."""
    found = open_command_store().organizations()
    if as_json:
        print_json([organization.model_dump(mode="json") for organization in found])
        return
    print_table([organization.id, organization.name, organization.stripe_account or ""] for organization in found)


@organizations.command("show")
@click.argument("id", required=False)
@json_option
def organizations_show(id: str | None, as_json: bool) -> None:
    """Show an organization, with the names that `organizations update` takes. Leave out the id if there is only one."""
    shown = organization_of(open_command_store(), id).model_dump(mode="json")
    if as_json:
        print_json(shown)
        return
    print_table([name, value] for name, value in _leaves(shown))


def _leaves(value: dict[str, Any], prefix: str = "") -> list[tuple[str, str]]:
    """Return every value that is set, under its name in brackets: `business_profile[url]`."""
    found: list[tuple[str, str]] = []
    for name, item in value.items():
        path = f"{prefix}[{name}]" if prefix else name
        if isinstance(item, dict):
            found += _leaves(item, path)
        elif item is not None:
            found.append((path, str(item)))
    return found


@organizations.command("update")
@click.argument("id")
@click.argument("file", type=click.File(encoding="utf-8"), default="-")
def organizations_update(id: str, file: IO[str]) -> None:
    """Change name, branding, contact, legal links or time zone from JSON. Print the organization."""
    from app.clock import clock
    from app.objects.change import COMMAND_LINE
    from app.services.accounts import organizations as service

    store = open_command_store()
    organization = service.update(store, organization_of(store, id), read_json(file), clock(), actor=COMMAND_LINE)
    print_json(organization.model_dump(mode="json"))


@click.group()
def keys() -> None:
    """API keys."""


@keys.command("create")
@organization_option
@click.option("--name", help="What the key is for.")
@click.option("--scope", type=click.Choice(["read", "write"]), default="write", help="What the key may do.")
def keys_create(organization: str | None, name: str | None, scope: "Scope") -> None:
    """Create a key and print it. Only its hash is stored, so it cannot be printed again."""
    from app.clock import clock
    from app.objects.change import COMMAND_LINE
    from app.services.accounts import keys as service

    store = open_command_store()
    owner = organization_of(store, organization)
    click.echo(service.create_key(store, owner.id, clock(), actor=COMMAND_LINE, name=name, scope=scope)[1])


@keys.command("list")
@organization_option
@json_option
def keys_list(organization: str | None, as_json: bool) -> None:
    """List keys, oldest first: id, last four characters, state, name, and `(read)` for keys that may only read."""
    from app.clock import clock

    store, now = open_command_store(), clock()
    found = store.keys(organization_of(store, organization).id)
    if as_json:
        print_json([key.model_dump(mode="json", exclude={"hash"}) for key in found])
        return
    for key in found:
        state = "revoked" if key.revoked_at is not None else "expired" if 0 < (key.expires_at or 0) <= now else "active"
        scope = "  (read)" if key.scope == "read" else ""
        click.echo(f"{key.id}  …{key.last4}  {state:7}  {key.name or ''}{scope}".rstrip())


@keys.command("revoke")
@click.argument("id")
@organization_option
def keys_revoke(id: str, organization: str | None) -> None:
    """Revoke a key."""
    from app.clock import clock
    from app.objects.change import COMMAND_LINE
    from app.services.accounts import keys as service

    store = open_command_store()
    service.revoke_key(store, organization_of(store, organization).id, id, clock(), actor=COMMAND_LINE)


@click.group()
def users() -> None:
    """Console users."""


password_option: Callable[..., Any] = click.option(
    "--password-stdin", is_flag=True, help="Read the password from standard input instead of asking for it."
)


@users.command("create")
@click.argument("email")
@organization_option
@click.option("--role", type=click.Choice(ROLE_NAMES), default="owner", show_default=True, help="What the user may do.")
@password_option
def users_create(email: str, organization: str | None, role: "Role", password_stdin: bool) -> None:
    """Create a console user, who logs in at /console/. Print the user's id."""
    from app.clock import clock
    from app.objects.change import COMMAND_LINE
    from app.services.accounts import users as service

    store = open_command_store()
    owner = organization_of(store, organization)
    user = service.create(store, owner.id, email, _password(password_stdin), clock(), actor=COMMAND_LINE, role=role)
    click.echo(user.id)


@users.command("list")
@organization_option
@json_option
def users_list(organization: str | None, as_json: bool) -> None:
    """List console users, oldest first."""
    from app.objects.change import HIDDEN

    store = open_command_store()
    owner = organization_of(store, organization)
    found, roles = store.users(owner.id), {member.user: member.role for member in store.members(owner.id)}
    if as_json:
        listed = [user.model_dump(mode="json", exclude=set(HIDDEN)) for user in found]
        print_json([{**user, "role": roles[user["id"]]} for user in listed])
        return
    print_table([user.id, user.email, roles[user.id]] for user in found)


@users.command("password")
@click.argument("email")
@password_option
def users_password(email: str, password_stdin: bool) -> None:
    """Change a user's password. All sessions of the user end."""
    from app.clock import clock
    from app.objects.change import COMMAND_LINE
    from app.services.accounts import users as service

    store = open_command_store()
    user = service.retrieve(store, email)
    service.set_password(store, user, _password(password_stdin), clock(), actor=COMMAND_LINE)


@users.command("login")
@click.argument("email")
def users_login(email: str) -> None:
    """Print an address that logs the user in once, within 15 minutes.

    It works where log-ins of the account are refused because strangers try them.
    """
    from app.clock import clock
    from app.services.accounts import logins
    from app.services.accounts import users as service

    config, store = read_command_config(), open_command_store()
    token = logins.create_one_time_login(store, service.retrieve(store, email), clock())
    click.echo(f"{config.public_url}/console/login/{token}")


@users.command("reset-two-factor")
@click.argument("email")
def users_reset_two_factor(email: str) -> None:
    """Switch off the second step of a user who has lost the app and the backup codes."""
    from app.clock import clock
    from app.objects.change import COMMAND_LINE
    from app.services.accounts import two_factor
    from app.services.accounts import users as service

    store = open_command_store()
    two_factor.reset(store, service.retrieve(store, email), clock(), actor=COMMAND_LINE)


@users.command("delete")
@click.argument("email")
def users_delete(email: str) -> None:
    """Delete a user. All sessions of the user end."""
    from app.services.accounts import users as service

    store = open_command_store()
    store.delete_user(service.retrieve(store, email).id)


def _password(stdin: bool) -> str:
    """Read the password: one line of standard input, or typed twice without echo."""
    if stdin:
        return sys.stdin.readline().rstrip("\r\n")
    return str(click.prompt("Password", hide_input=True, confirmation_prompt=True, err=True))
