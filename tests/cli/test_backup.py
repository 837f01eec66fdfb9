"""`counterfoil backup`: the database and the generated secrets; with PostgreSQL, the name of the tool that does it."""

from pathlib import Path

from app.store import open_store
from tests.cli.commands import Run, line_of


def test_the_copy_can_be_opened_and_the_secrets_are_the_generated_ones(run: Run, tmp_path: Path) -> None:
    id = run("organizations", "create", "Hillside Apiary").stdout.strip()
    (tmp_path / "secret_key.secret").write_text("generated-key\n")
    (tmp_path / "webhook_secret.secret").write_text("generated-webhook\n")
    result = run("backup", str(tmp_path / "copy.db"))
    assert (result.exit_code, result.stdout) == (0, "")
    assert [organization.id for organization in open_store(f"sqlite:///{tmp_path}/copy.db").organizations()] == [id]
    secrets = tmp_path / "copy.db.secrets"
    assert secrets.stat().st_mode & 0o777 == 0o600
    assert secrets.read_text().splitlines()[1:] == [
        "SECRET_KEY=generated-key",
        "STRIPE_WEBHOOK_SECRET=whsec_generated-webhook",
    ]


def test_without_generated_secrets_the_file_says_so(run: Run, tmp_path: Path) -> None:
    result = run("backup", str(tmp_path / "copy.db"))
    assert "0 generated secrets" in result.stderr
    assert (tmp_path / "copy.db.secrets").read_text().startswith("#")


def test_with_postgresql_it_names_the_tool_and_exits_with_2(run: Run, tmp_path: Path) -> None:
    database = "postgresql://shop:hidden@127.0.0.1:1/shop"
    result = run("backup", str(tmp_path / "copy.dump"), DATABASE_URL=database)
    assert result.exit_code == 2
    assert "pg_dump" in result.stderr
    assert "hidden" not in result.stderr
    assert not (tmp_path / "copy.dump").exists()


def test_where_it_cannot_be_written_one_line_says_so(run: Run, tmp_path: Path) -> None:
    assert "cannot be written" in line_of(run("backup", str(tmp_path / "nowhere" / "copy.db")))
    assert "live database" in line_of(run("backup", str(tmp_path / "counterfoil.db")))


def test_without_a_database_nothing_is_made(run_without_database: Run, tmp_path: Path) -> None:
    assert "no Counterfoil database" in line_of(run_without_database("backup", str(tmp_path / "copy.db")))
    assert not list(tmp_path.iterdir())
