"""Which commands create a database, and what the others print when there is none."""

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import click
import pytest

from app.cli.main import main
from app.config import keep_served_address, read_config
from app.resources import SOURCE_TREE
from tests.cli.commands import LINK, STRIPE_KEY, Run, line_of

CREATING = {"init", "demo", "serve"}
WITHOUT_DATABASE = {"settings", "completion"}

LIVE = {"STRIPE_SECRET_KEY": STRIPE_KEY, "PUBLIC_URL": "https://pay.example.com", "SECRET_KEY": "k" * 32}


def commands(group: click.Group, *names: str) -> Iterator[tuple[str, ...]]:
    """Yield every command with a value for each argument that it needs."""
    for name, command in group.commands.items():
        if isinstance(command, click.Group):
            yield from commands(command, *names, name)
        else:
            needed = [parameter for parameter in command.params if isinstance(parameter, click.Argument)]
            yield (*names, name, *("-" if isinstance(one.type, click.File) else "x" for one in needed))


@pytest.mark.parametrize(
    "command", [command for command in commands(main) if command[0] not in CREATING | WITHOUT_DATABASE], ids=" ".join
)
@pytest.mark.parametrize("live", [False, True], ids=["sandbox", "live"])
def test_a_command_without_a_database_says_so_and_creates_nothing(
    run_without_database: Run, tmp_path: Path, command: tuple[str, ...], live: bool
) -> None:
    folder = tmp_path / "data"
    unset = {"DATABASE_URL": "", "SECRET_KEY": "", "STRIPE_WEBHOOK_SECRET": ""}
    said = line_of(
        run_without_database(*command, input="{}", **{**unset, "DATA_DIR": str(folder), **(LIVE if live else {})})
    )
    assert f"There is no Counterfoil database at {folder}/counterfoil.db" in said
    assert "counterfoil init" in said
    assert "DATABASE_URL" in said
    assert "DATA_DIR" in said
    assert not folder.exists()


def test_with_a_stripe_key_serve_does_not_create_the_database(run_without_database: Run, tmp_path: Path) -> None:
    result = run_without_database("serve", "--port", "0", **LIVE)
    assert "There is no Counterfoil database" in line_of(result)
    assert not (tmp_path / "counterfoil.db").exists()


def test_a_file_without_our_tables_is_not_our_database(run_without_database: Run, tmp_path: Path) -> None:
    (tmp_path / "counterfoil.db").touch()
    assert "There is no Counterfoil database" in line_of(run_without_database("links", "list"))


def test_a_database_that_cannot_be_reached_names_its_setting(run_without_database: Run) -> None:
    url = "postgresql://shop:wonderland@127.0.0.1:1/shop"
    said = line_of(run_without_database("links", "list", DATABASE_URL=url))
    assert "DATABASE_URL cannot be used" in said
    assert "wonderland" not in said


@pytest.mark.parametrize("live", [False, True], ids=["sandbox", "live"])
def test_the_wsgi_application_does_not_start_without_a_database(tmp_path: Path, live: bool) -> None:
    environment = {**os.environ, "DATA_DIR": str(tmp_path / "data"), "DATABASE_URL": "", "STRIPE_SECRET_KEY": ""}
    ended = subprocess.run(
        [sys.executable, "-c", "import app.wsgi"],
        check=False, capture_output=True, text=True, cwd=SOURCE_TREE, env=environment | (LIVE if live else {}),
    )  # fmt: skip
    assert ended.returncode != 0
    assert "There is no Counterfoil database" in ended.stderr
    assert not (tmp_path / "data" / "counterfoil.db").exists()


def test_later_commands_print_the_address_at_which_the_sandbox_was_served(
    run: Run, organization: str, database: str, tmp_path: Path
) -> None:
    made = json.loads(run("links", "create", input=json.dumps(LINK)).stdout)
    code = made["counterfoil"]["code"]
    keep_served_address(read_config({"DATA_DIR": str(tmp_path), "DATABASE_URL": database, "PORT": "8901"}))
    assert f"http://127.0.0.1:8901/pay/{code}" in run("links", "list").stdout
    assert f"http://127.0.0.1:8901/pay/{code}/qr.svg" in run("links", "show", made["id"]).stdout
    changed = json.loads(run("links", "deactivate", made["id"]).stdout)
    assert changed["url"] == f"http://127.0.0.1:8901/pay/{code}"
    for setting, value in (("PORT", "8902"), ("PUBLIC_URL", "http://127.0.0.1:8902")):
        assert f"http://127.0.0.1:8902/pay/{code}" in run("links", "list", **{setting: value}).stdout
    live = run("links", "list", **LIVE).stdout
    assert f"https://pay.example.com/pay/{code}" in live
