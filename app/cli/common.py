"""Helpers for all commands: read the configuration, open the store, create the context, define options, print."""

from __future__ import annotations

import json
import os
import re
from collections.abc import Callable, Iterable, Sequence
from datetime import UTC, datetime
from itertools import zip_longest
from typing import IO, TYPE_CHECKING, Any

import click

from app.clock import clock
from app.errors import CounterfoilError, InvalidRequest
from app.wire.secret_parts import without_keys

if TYPE_CHECKING:
    from app.config import Config
    from app.objects.organization import Organization
    from app.objects.payment_link import PaymentLink
    from app.store.protocol import Store
    from app.web.http.context import Context


_CONTROL = re.compile(r"[\x7f-\x9f\u2028\u2029\ud800-\udfff]")


class Command(click.Group):
    """A group whose commands print an error of the domain as one line and exit with status 1. No error repeats an API key."""

    def invoke(self, ctx: click.Context) -> Any:
        """Run the command."""
        try:
            return super().invoke(ctx)
        except CounterfoilError as error:
            place = f"{error.param}: " if isinstance(error, InvalidRequest) and error.param else ""
            raise click.ClickException(without_keys(place + " ".join(error.message.split()))) from error
        except click.ClickException as error:
            message = without_keys(error.format_message())
            if message == error.format_message():
                raise
            if isinstance(error, click.UsageError):
                raise click.UsageError(message, error.ctx) from None
            raise click.ClickException(message) from None


def read_serving_config(port: int | None) -> Config:
    """Return the configuration of a server; `port` comes from the command line and overrides PORT."""
    from app.config import read_config

    return read_config({**os.environ, **({"PORT": str(port)} if port is not None else {})})


def read_command_config() -> Config:
    """Return the configuration of a command that works on the database of a server.

    Raises `ConfigurationError` where there is no database, before anything is created.
    """
    from app.config import read_config, read_database_url, with_served_address
    from app.store import require_database

    require_database(read_database_url(os.environ))
    return with_served_address(read_config(os.environ), os.environ)


def open_command_store(config: Config | None = None) -> Store:
    """Return the store alone, with every migration applied."""
    from app.store import open_store

    store = open_store((config or read_command_config()).database_url)
    store.migrate(clock())
    return store


def create_context(config: Config | None = None) -> Context:
    """Return everything that a view has, for commands that call Stripe or the sandbox."""
    from app import create_app
    from app.web.http.context import EXTENSION

    context: Context = create_app(config or read_command_config()).extensions[EXTENSION]
    context.store.migrate(clock())
    return context


def with_current_urls(link: PaymentLink, config: Config) -> PaymentLink:
    """Return the link with the addresses that the present PUBLIC_URL gives it."""
    from app.services.links.answer import LinkSettings, with_urls

    return with_urls(link, LinkSettings(public_url=config.public_url, custom_fields_max=config.custom_fields_max))


def readable(url: str) -> str:
    """Return an address as people read it: international names in their own letters."""
    from app.wire.web_address import readable

    return readable(url)


def organization_of(store: Store, id: str | None) -> Organization:
    """Return the organization with this id, or the only one. Exit with a message that names the choices."""
    organizations = store.organizations()
    if id is not None:
        found = store.organization(id)
        if found is None:
            raise click.ClickException(f"There is no organization {id}.")
        return found
    if not organizations:
        raise click.ClickException("There is no organization yet. Create one: counterfoil organizations create NAME")
    if len(organizations) > 1:
        listed = ", ".join(f"{organization.id} ({organization.name})" for organization in organizations)
        raise click.ClickException(f"There are several organizations. Choose one with --organization: {listed}")
    return organizations[0]


def read_json(file: IO[str]) -> dict[str, Any]:
    """Read a JSON object from a file or from standard input. Exit with a message that names the line where it breaks."""
    from app.wire.json_object import json_object

    try:
        text = file.read()
    except UnicodeDecodeError as error:
        raise click.ClickException(f"{file.name}: not UTF-8 text.") from error
    if not text.strip():
        raise click.ClickException(f"{file.name}: the file is empty, a JSON object is expected.")
    try:
        return json_object(text)
    except InvalidRequest as error:
        raise click.ClickException(f"{file.name}: {error.message}") from error


def print_json(data: Any) -> None:
    """Print JSON."""
    click.echo(json_text(data))


def json_text(data: Any) -> str:
    """Return JSON in which control characters are escaped, so that they cannot control a terminal."""
    return _CONTROL.sub(lambda found: f"\\u{ord(found[0]):04x}", json.dumps(data, indent=2, ensure_ascii=False))


def print_table(rows: Iterable[Sequence[str]], *, indent: int = 0, err: bool = False) -> None:
    """Print rows in columns that are as wide as their widest cell. A value that a buyer typed cannot move the cursor."""
    cells = [["".join(char if char.isprintable() else " " for char in cell) for cell in row] for row in rows]
    widths = [max(map(len, column)) for column in zip_longest(*cells, fillvalue="")]
    for row in cells:
        line = "  ".join(f"{cell:{width}}" for cell, width in zip(row, widths, strict=False))
        click.echo((" " * indent + line).rstrip(), err=err)


def utc(seconds: int) -> str:
    """Return a time for people: `2026-11-26 14:30 UTC`."""
    return datetime.fromtimestamp(seconds, UTC).strftime("%Y-%m-%d %H:%M UTC")


organization_option: Callable[..., Any] = click.option(
    "--organization", metavar="ID", help="Leave it out where there is only one organization."
)
json_option: Callable[..., Any] = click.option("--json", "as_json", is_flag=True, help="Print JSON.")
