"""The `counterfoil` command: its settings, the database, the server, and events."""

import json
import os
import socket
import subprocess
import sys
from pathlib import Path

import pytest

from app.objects.event import Event, EventData
from app.store import open_engine, open_store
from tests.cli.commands import STRIPE_KEY, Run, line_of
from tests.faults.processes import free_port


def test_init_creates_the_database_and_changes_nothing_the_second_time(run_without_database: Run) -> None:
    assert "applied" in run_without_database("init").stderr
    assert run_without_database("init").stderr.strip() == "Nothing to do."


def test_settings_are_shown_with_secrets_masked(run: Run) -> None:
    shown = run("settings", JWT_SECRET="do-not-show-this").stdout
    assert "do-not-show-this" not in shown
    assert "JWT_SECRET" in shown


@pytest.mark.parametrize("command", ["init", "serve"])
@pytest.mark.parametrize("missing", ["PUBLIC_URL", "SECRET_KEY"])
def test_a_missing_setting_names_itself(run: Run, command: str, missing: str) -> None:
    live = {"STRIPE_SECRET_KEY": STRIPE_KEY, "PUBLIC_URL": "https://pay.example.com", "SECRET_KEY": "k" * 32}
    assert missing in line_of(run(command, **{**live, missing: ""}))


@pytest.mark.parametrize("storage", ["", "memory://"])
def test_serve_says_that_several_machines_need_a_storage_for_counts(run: Run, storage: str) -> None:
    database = f"postgresql://127.0.0.1:{free_port()}/counterfoil"  # nobody is there: it says so before it needs it
    result = run("serve", "--port", str(free_port()), DATABASE_URL=database, RATE_LIMIT_STORAGE=storage)
    assert "set RATE_LIMIT_STORAGE" in result.stderr
    assert result.exit_code == 1


@pytest.mark.parametrize("command", ["init", "serve"])
def test_a_short_secret_is_refused_with_a_live_key(run: Run, command: str) -> None:
    live = {"STRIPE_SECRET_KEY": "sk_" + "live_" + "x" * 24, "PUBLIC_URL": "https://pay.example.com"}
    assert "SECRET_KEY must have at least 32 characters" in line_of(run(command, **live, SECRET_KEY="k" * 31))


def test_a_short_secret_is_a_warning_with_a_test_key(run_without_database: Run) -> None:
    test = {"STRIPE_SECRET_KEY": STRIPE_KEY, "PUBLIC_URL": "https://pay.example.com"}
    result = run_without_database("init", **test, SECRET_KEY="k" * 31)
    assert result.exit_code == 0
    assert result.stderr.startswith("Warning: SECRET_KEY must have at least 32 characters")


@pytest.mark.parametrize("missing", ["PUBLIC_URL", "SECRET_KEY"])
def test_the_wsgi_application_does_not_start_without_a_setting_and_names_it(missing: str, database: str) -> None:
    live = {"STRIPE_SECRET_KEY": STRIPE_KEY, "PUBLIC_URL": "https://pay.example.com", "SECRET_KEY": "k" * 32}
    ended = subprocess.run(
        [sys.executable, "-c", "import app.wsgi"],
        check=False,
        capture_output=True,
        text=True,
        cwd=Path(__file__).resolve().parents[2],
        env={**os.environ, "DATABASE_URL": database, **live, missing: ""},
    )
    assert ended.returncode != 0
    assert f"{missing} must be set" in ended.stderr


def test_reconciling_prints_a_summary(run: Run, seed_file: str) -> None:
    run("seed", seed_file)
    assert json.loads(run("reconcile").stdout)["read"] == 0


def test_pruning_counts_first_and_removes_then(run: Run, seed_file: str, database: str) -> None:
    run("seed", seed_file)
    engine = open_engine(database)
    assert engine.execute("UPDATE events SET received = 1") > 0
    counted = json.loads(run("prune", "--dry-run").stdout)
    assert counted["events"] > 0
    assert json.loads(run("prune").stdout)["events"] == counted["events"]
    assert json.loads(run("prune", "--dry-run").stdout)["events"] == 0
    engine.close()


def test_events_are_listed_and_shown(run: Run, seed_file: str) -> None:
    run("seed", seed_file)
    line = next(line for line in run("events", "list").stdout.splitlines() if "payment_link.created" in line)
    assert json.loads(run("events", "show", line.split()[0]).stdout)["type"] == "payment_link.created"


def test_only_events_from_stripe_can_be_replayed(run: Run, seed_file: str) -> None:
    run("seed", seed_file)
    line = next(line for line in run("events", "list").stdout.splitlines() if "payment_link.created" in line)
    assert "made here" in line_of(run("events", "replay", line.split()[0]))
    assert line in run("events", "list").stdout
    assert "evt_unknown" in line_of(run("events", "replay", "evt_unknown"))
    assert "evt_unknown" in line_of(run("events", "show", "evt_unknown"))


def test_an_event_from_stripe_is_replayed_and_its_outcome_printed(run: Run, database: str) -> None:
    run("init")
    store = open_store(database)
    event = Event(id="evt_1", created=1, data=EventData(object={}), type="checkout.session.sung")
    store.add_event(event, organization=None, received=1, payload=event.model_dump_json())
    store.close()
    assert run("events", "list", "--type", event.type).stdout.split() == ["evt_1", event.type, "waiting"]
    assert run("events", "replay", "evt_1").stdout == "ignored\n"
    assert run("events", "list").stdout.split() == ["evt_1", event.type, "ignored"]


def test_each_event_of_a_list_has_its_own_outcome(run: Run, database: str) -> None:
    run("init")
    store = open_store(database)
    for id in ("evt_1", "evt_2", "evt_3"):
        event = Event(id=id, created=1, data=EventData(object={}), type="checkout.session.sung")
        store.add_event(event, organization=None, received=1, payload=event.model_dump_json())
    store.mark_event("evt_2", applied=2, outcome="ignored")
    store.close()
    listed = json.loads(run("events", "list", "--json").stdout)
    assert {it["id"]: it["outcome"] for it in listed} == {"evt_1": "waiting", "evt_2": "ignored", "evt_3": "waiting"}


@pytest.mark.parametrize("url", ["nonsense", "bogus://user:hidden@host", "redis://127.0.0.1:1"])
def test_serve_refuses_a_rate_limit_storage_that_cannot_be_used(run: Run, url: str) -> None:
    said = line_of(run("serve", RATE_LIMIT_STORAGE=url))
    assert "RATE_LIMIT_STORAGE" in said
    assert "hidden" not in said


def test_serve_refuses_a_port_that_is_taken(run: Run) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = str(taken.getsockname()[1])
        said = run("serve", "--port", port).stderr.strip().splitlines()[-1]
    assert port in said
    assert "PORT" in said


def test_the_command_line_starts_without_sdk_flask_and_pydantic() -> None:
    script = "import sys, app.cli.main; sys.exit(any(name in sys.modules for name in ('stripe', 'flask', 'pydantic')))"
    assert subprocess.run([sys.executable, "-c", script], check=False).returncode == 0


def test_no_help_text_loads_the_sdk_flask_or_pydantic() -> None:
    """Print the help of every command in one process, and look at what it has imported."""
    script = """
import sys
from click.testing import CliRunner
from app.cli.main import main

def show(group, *names):
    for name, command in group.commands.items():
        assert CliRunner().invoke(main, [*names, name, "--help"]).exit_code == 0
        show(command, *names, name) if hasattr(command, "commands") else None

show(main)
sys.exit(" ".join({"stripe", "flask", "pydantic", "babel"} & set(sys.modules)) or 0)
"""
    ended = subprocess.run([sys.executable, "-c", script], check=False, capture_output=True, text=True)
    assert (ended.returncode, ended.stderr) == (0, "")


@pytest.mark.usefixtures("organization")
def test_no_command_that_works_on_the_database_alone_loads_the_sdk_or_flask(database: str) -> None:
    """Run them in one process, and look at what it has imported."""
    script = """
import sys
from click.testing import CliRunner
from app.cli.main import main

for group in ("links", "payments", "events", "keys", "users", "organizations"):
    ended = CliRunner().invoke(main, [group, "list"], catch_exceptions=False)
    assert ended.exit_code == 0, ended.output
for arguments in (["init"], ["settings"], ["backup", sys.argv[1]], ["organizations", "show"]):
    ended = CliRunner().invoke(main, arguments, catch_exceptions=False)
    assert ended.exit_code == 0, ended.output
sys.exit(" ".join({"stripe", "flask", "jinja2", "gunicorn", "requests", "PIL", "psycopg"} & set(sys.modules)) or 0)
"""
    ended = subprocess.run(
        [sys.executable, "-c", script, database.removeprefix("sqlite:///") + ".copy"],
        check=False,
        capture_output=True,
        text=True,
        env={**os.environ, "DATABASE_URL": database, "DATA_DIR": str(Path(database.removeprefix("sqlite:///")).parent)},
    )
    assert (ended.returncode, ended.stderr) == (0, "")
