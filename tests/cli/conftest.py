"""A database of its own for each test, and a way to run commands on it."""

import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from app.cli.main import main
from tests.cli.commands import SEED, Run
from tests.support.migrated import migrated_database


@pytest.fixture
def database(tmp_path: Path) -> str:
    return f"sqlite:///{tmp_path / 'counterfoil.db'}"


@pytest.fixture
def run_without_database(database: str, tmp_path: Path) -> Run:
    """Run a command in an environment of its own, before there is a database."""

    def run(*arguments: str, input: str | None = None, **environment: str) -> Result:
        secrets = {"SECRET_KEY": "k" * 32, "STRIPE_WEBHOOK_SECRET": "whsec_" + "w" * 24}
        unset = {"PORT": "", "PUBLIC_URL": "", "STRIPE_SECRET_KEY": ""}
        env = {"DATA_DIR": str(tmp_path), "DATABASE_URL": database, **unset, **secrets, **environment}
        return CliRunner().invoke(main, arguments, input=input, env=env)

    return run


@pytest.fixture
def run(run_without_database: Run, database: str) -> Run:
    """Run a command on a database: `run("links", "list")`."""
    migrated_database(Path(database.removeprefix("sqlite:///")))
    return run_without_database


@pytest.fixture
def seed_file(tmp_path: Path) -> str:
    path = tmp_path / "seed.json"
    path.write_text(json.dumps(SEED))
    return str(path)


@pytest.fixture
def organization(run: Run) -> str:
    return run("organizations", "create", "Hillside Apiary").stdout.strip()
