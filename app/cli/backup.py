"""`counterfoil backup`: a copy of the live database, and of the secrets that were generated for it."""

from __future__ import annotations

import os
from pathlib import Path

import click

from app.cli.common import read_command_config

POSTGRESQL = """\
counterfoil backup copies an SQLite file. Copy a PostgreSQL database with its own tool:

    pg_dump --format=custom --file={file} "$DATABASE_URL"
"""


@click.command()
@click.argument("file", type=click.Path(dir_okay=False, path_type=Path))
@click.pass_context
def backup(context: click.Context, file: Path) -> None:
    """Copy the live SQLite database to FILE, and the generated secrets to FILE.secrets.

    The server may run. A FILE that exists is replaced, once the copy is whole.
    """
    from app.config import read_database_url
    from app.config.data_dir import read_generated_secrets, replace_file
    from app.store import backup_database, is_sqlite

    if not is_sqlite(read_database_url(os.environ)):
        click.echo(POSTGRESQL.format(file=file), err=True)
        context.exit(2)
    config = read_command_config()
    backup_database(config.database_url, file)
    secrets = file.with_name(f"{file.name}.secrets")
    lines = [f"{name}={value}\n" for name, value in read_generated_secrets(config.data_dir).items()]
    replace_file(secrets, "".join(["# Settings of the server that was backed up.\n", *lines]))
    click.echo(f"The database is in {file}, {len(lines)} generated secrets are in {secrets}.", err=True)
