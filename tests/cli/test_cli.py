"""The `counterfoil` command: what it prints, what it keeps, and the one line that it says when something is wrong."""

import json
import os
import socket
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from app.cli.main import main
from app.errors import AccessError
from app.objects.event import Event, EventData
from app.services.accounts import keys, users
from app.store import open_store

Run = Callable[..., Result]

STRIPE_KEY = "sk_" + "test_" + "x"
PASSWORD = "nine bees on thyme"

SEED: dict[str, Any] = {
    "organization": {"name": "Hillside Apiary"},
    "products": {"honey": {"name": "Jar of honey"}},
    "prices": {"honey": {"product": "@products.honey", "currency": "eur", "unit_amount": 1250}},
    "payment_links": [
        {
            "shows": "a jar",
            "counterfoil": {"slug": "honey", "name": "Honey"},
            "line_items": [{"price": "@prices.honey", "quantity": 1}],
        }
    ],
}
LINK = {
    "line_items": [
        {"price_data": {"currency": "eur", "unit_amount": 500, "product_data": {"name": "Wax"}}, "quantity": 2}
    ]
}


@pytest.fixture
def database(tmp_path: Path) -> str:
    return f"sqlite:///{tmp_path / 'counterfoil.db'}"


@pytest.fixture
def run(database: str) -> Run:
    """Run a command in an environment of its own: `run("links", "list")`."""

    def run(*arguments: str, input: str | None = None, **environment: str) -> Result:
        secrets = {"SECRET_KEY": "k" * 32, "STRIPE_WEBHOOK_SECRET": "whsec_" + "w" * 24}
        unset = {"PORT": "", "PUBLIC_URL": "", "STRIPE_SECRET_KEY": ""}
        env = {"DATABASE_URL": database, **unset, **secrets, **environment}
        return CliRunner().invoke(main, arguments, input=input, env=env)

    return run


@pytest.fixture
def seed_file(tmp_path: Path) -> str:
    path = tmp_path / "seed.json"
    path.write_text(json.dumps(SEED))
    return str(path)


@pytest.fixture
def organization(run: Run) -> str:
    return run("organizations", "create", "Hillside Apiary").stdout.strip()


def line_of(result: Result) -> str:
    """The one line that a refused command says."""
    assert result.exit_code == 1
    assert result.stdout == ""
    lines = result.stderr.strip().splitlines()
    assert len(lines) == 1
    return lines[0]


def test_init_makes_the_database_and_a_second_time_does_nothing(run: Run) -> None:
    assert "applied" in run("init").stderr
    assert run("init").stderr.strip() == "Nothing to do."


def test_an_organizations_id_stands_alone_on_standard_output(run: Run, database: str) -> None:
    id = run("organizations", "create", "Hillside Apiary", "--stripe-account", "acct_123").stdout
    kept = open_store(database).organization(id.strip())
    assert kept is not None
    assert (kept.name, kept.stripe_account) == ("Hillside Apiary", "acct_123")
    assert id == f"{kept.id}\n"


def test_an_organization_is_changed_in_part(run: Run, organization: str) -> None:
    run("organizations", "update", organization, input='{"business_profile": {"url": "https://apiary.example/"}}')
    changed = json.loads(run("organizations", "update", organization, input='{"timezone": "Europe/Vienna"}').stdout)
    assert changed["name"] == "Hillside Apiary"
    assert changed["business_profile"]["url"] == "https://apiary.example/"
    assert changed["timezone"] == "Europe/Vienna"


@pytest.mark.parametrize(
    ("change", "param"),
    [
        pytest.param({"timezone": "Vienna"}, "timezone", id="a time zone that does not exist"),
        pytest.param(
            {"terms_of_service_url": "javascript:alert(1)"}, "terms_of_service_url", id="a script as an address"
        ),
        pytest.param(
            {"settings": {"branding": {"primary_color": "teal"}}},
            "settings[branding][primary_color]",
            id="a colour by name",
        ),
        pytest.param({"logo": "x"}, "logo", id="a name that is not there"),
    ],
)
def test_a_wrong_change_names_the_parameter(run: Run, organization: str, change: dict[str, Any], param: str) -> None:
    assert param in line_of(run("organizations", "update", organization, input=json.dumps(change)))


def test_a_key_is_printed_once_and_only_its_hash_is_kept(
    run: Run, organization: str, database: str, tmp_path: Path
) -> None:
    key = run("keys", "create", "--organization", organization, "--name", "books").stdout.strip()
    assert key.startswith("bc_")
    kept = open_store(database).keys(organization)
    assert [(row.name, row.last4) for row in kept] == [("books", key[-4:])]
    assert all(key.encode() not in path.read_bytes() for path in tmp_path.glob("counterfoil.db*"))


def test_keys_are_listed_by_what_tells_them_apart_and_revoked(run: Run, organization: str, database: str) -> None:
    good, bad = (run("keys", "create", "--name", name).stdout.strip() for name in ("books", "old shop"))
    old = open_store(database).keys(organization)[1]
    assert run("keys", "revoke", old.id).exit_code == 0
    lines = [line.split(maxsplit=3)[1:] for line in run("keys", "list").stdout.splitlines()]
    assert lines == [[f"…{good[-4:]}", "good", "books"], [f"…{bad[-4:]}", "revoked", "old shop"]]
    with pytest.raises(AccessError):
        keys.authenticate(open_store(database), bad, 0)
    assert "key_none" in line_of(run("keys", "revoke", "key_none"))


def test_a_user_is_made_with_a_password_from_standard_input(
    run: Run, organization: str, database: str, tmp_path: Path
) -> None:
    made = run(
        "users", "create", "Ada@example.com", "--organization", organization, "--password-stdin", input=f"{PASSWORD}\n"
    )
    (user,) = open_store(database).users(organization)
    assert made.stdout == f"{user.id}\n"
    assert user.email == "ada@example.com"
    assert users.has_password(user, PASSWORD)
    assert all(PASSWORD.encode() not in path.read_bytes() for path in tmp_path.glob("counterfoil.db*"))


def test_a_user_is_made_with_a_password_that_is_typed_twice(run: Run, organization: str, database: str) -> None:
    made = run("users", "create", "ada@example.com", input=f"{PASSWORD}\n{PASSWORD}\n")
    (user,) = open_store(database).users(organization)
    assert made.stdout == f"{user.id}\n"
    assert PASSWORD not in made.output
    assert users.has_password(user, PASSWORD)


def test_users_are_listed_get_another_password_and_are_deleted(run: Run, organization: str, database: str) -> None:
    id = run("users", "create", "ada@example.com", "--password-stdin", input=PASSWORD).stdout.strip()
    assert run("users", "list").stdout == f"{id}  ada@example.com\n"
    assert run("users", "password", "ada@example.com", "--password-stdin", input="ten bees on sage").exit_code == 0
    (user,) = open_store(database).users(organization)
    assert users.has_password(user, "ten bees on sage")
    assert run("users", "delete", "ADA@example.com").exit_code == 0
    assert run("users", "list").stdout == ""
    for command in ("password", "delete"):
        options = ["--password-stdin"] if command == "password" else []
        assert "no user" in line_of(run("users", command, "ada@example.com", *options, input=PASSWORD))


@pytest.mark.parametrize(
    ("email", "password", "says"),
    [
        ("ada", PASSWORD, "email"),
        ("ada@example.com", "short", "12"),
        ("ada@example.com", "", "12"),
        ("bob@example.com", PASSWORD, "already"),
    ],
)
def test_a_user_who_cannot_be_made_is_told_why(
    run: Run, organization: str, email: str, password: str, says: str
) -> None:
    run("users", "create", "bob@example.com", "--password-stdin", input=PASSWORD)
    assert says in line_of(run("users", "create", email, "--password-stdin", input=password))


def test_the_only_organization_need_not_be_named(run: Run, organization: str) -> None:
    assert run("keys", "create").stdout.startswith("bc_")
    assert organization


def test_several_organizations_are_named_when_none_was_chosen(run: Run) -> None:
    ids = [run("organizations", "create", name).stdout.strip() for name in ("One", "Two")]
    said = line_of(run("keys", "create"))
    assert "--organization" in said
    assert all(id in said for id in ids)


def test_addresses_follow_the_public_url(run: Run, seed_file: str) -> None:
    run("seed", seed_file)
    moved = {"PUBLIC_URL": "https://pay.apiary.example"}
    assert "https://pay.apiary.example/pay/honey" in run("seed", seed_file, **moved).stdout
    assert "https://pay.apiary.example/pay/honey" in run("links", "list", **moved).stdout
    assert "https://pay.apiary.example/pay/honey/embed" in run("links", "show", "honey", **moved).stdout


def test_without_an_organization_the_command_that_makes_one_is_named(run: Run) -> None:
    assert "organizations create" in line_of(run("links", "list"))


def test_a_link_is_made_from_json_and_shown_listed_and_switched(run: Run, organization: str) -> None:
    made = json.loads(run("links", "create", input=json.dumps(LINK)).stdout)
    assert made["object"] == "payment_link"
    assert made["line_items"]["data"][0]["amount_total"] == 1000
    assert made["id"] in run("links", "list").stdout
    assert [link["id"] for link in json.loads(run("links", "list", "--json").stdout)] == [made["id"]]
    assert json.loads(run("links", "deactivate", made["id"]).stdout)["active"] is False
    assert json.loads(run("links", "show", made["id"], "--json").stdout)["active"] is False
    assert json.loads(run("links", "activate", made["id"]).stdout)["active"] is True
    assert organization


def test_a_shown_link_brings_what_a_merchant_shares(run: Run, organization: str) -> None:
    made = json.loads(run("links", "create", input=json.dumps(LINK)).stdout)
    shown = run("links", "show", made["id"]).stdout
    assert made["url"] in shown
    assert f'<iframe src="{made["url"]}/embed" title="Pay Hillside Apiary"' in shown
    assert "embed_origins" in shown
    assert organization


@pytest.mark.parametrize(
    ("text", "says"),
    [
        pytest.param("", "there is nothing", id="nothing"),
        pytest.param("{", "line 1, column 2", id="not JSON"),
        pytest.param("[]", "A JSON object is expected", id="a list"),
        pytest.param('{"a":' * 100_000, "no JSON that can be read", id="deeper than can be read"),
        pytest.param(
            '{"active": true, "active": false}', "active stands in one object more than once", id="a name twice"
        ),
        pytest.param("{}", "line_items", id="nothing to sell"),
        pytest.param('{"line_items": [{"quantity": 1}]}', "line_items[0]", id="an item without a price"),
        pytest.param(json.dumps({**LINK, "colour": "red"}), "colour", id="a parameter that does not exist"),
        pytest.param(
            json.dumps({**LINK, "submit_type": "buy"}), "submit_type", id="a word that is not one of Stripe's"
        ),
    ],
)
def test_a_malformed_link_names_the_parameter_and_the_rule(run: Run, organization: str, text: str, says: str) -> None:
    assert says in line_of(run("links", "create", input=text))
    assert organization


def test_an_unknown_link_is_said_to_be_unknown(run: Run, organization: str) -> None:
    assert "plink_nothing" in line_of(run("links", "show", "plink_nothing"))
    assert organization


def test_another_organizations_link_is_as_unknown_as_none(run: Run, organization: str) -> None:
    made = json.loads(run("links", "create", input=json.dumps(LINK)).stdout)
    other = run("organizations", "create", "Other").stdout.strip()
    assert made["id"] in line_of(run("links", "show", made["id"], "--organization", other))
    assert organization


def test_seeding_twice_is_as_good_as_once(run: Run, seed_file: str) -> None:
    first, second = run("seed", seed_file), run("seed", seed_file)
    assert first.stdout == second.stdout
    assert first.stdout.split() == ["Honey", "http://127.0.0.1:8000/pay/honey", "a", "jar"]
    assert "Everything was there already." in second.stderr


@pytest.mark.parametrize(
    ("change", "place"),
    [
        pytest.param({"price": {}}, "price", id="a kind that does not exist"),
        pytest.param({"organization": "Apiary"}, "organization", id="an organization that is a word"),
        pytest.param({"products": []}, "products", id="a kind that is a list"),
        pytest.param({"products": {"honey": 5}}, "products[honey]", id="a product that is a number"),
        pytest.param(
            {"products": {"honey": {"name": "x", "metadata": "y"}}}, "products[honey][metadata]", id="metadata as text"
        ),
        pytest.param({"payment_links": {}}, "payment_links", id="links that are no list"),
        pytest.param({"payment_links": [None]}, "payment_links[0]", id="a link that is nothing"),
        pytest.param(
            {"payment_links": [{"counterfoil": "honey"}]}, "payment_links[0][counterfoil]", id="counterfoil as text"
        ),
        pytest.param(
            {"payment_links": [{"counterfoil": {"slug": "honey", "embed_origins": [5]}}]},
            "payment_links[0][counterfoil][embed_origins][0]",
            id="an origin that is a number",
        ),
        pytest.param(
            {"payment_links": [{"counterfoil": {"slug": "honey"}, "active": "no"}]},
            "payment_links[0][active]",
            id="neither active nor not",
        ),
        pytest.param(
            {"prices": {"honey": {"product": "@products.wax"}}},
            "prices[honey]: Nothing in this file is called '@products.wax'",
            id="a name that nothing has",
        ),
        pytest.param(
            {"prices": {"honey": {"product": "@products.honey"}}},
            "prices[honey][currency]",
            id="a price without currency",
        ),
        pytest.param(
            {"payment_links": [{"line_items": []}]}, "payment_links[0][counterfoil][slug]", id="a link without slug"
        ),
    ],
)
def test_a_malformed_seed_names_the_place_in_the_file(
    run: Run, tmp_path: Path, change: dict[str, Any], place: str
) -> None:
    path = tmp_path / "broken.json"
    path.write_text(json.dumps({**SEED, **change}))
    assert place in line_of(run("seed", str(path)))


def test_every_link_of_the_demo_is_seeded(run: Run) -> None:
    path = Path(__file__).resolve().parents[2] / "data" / "demo.json"
    demo = json.loads(path.read_text(encoding="utf-8"))
    lines = run("seed", str(path)).stdout.splitlines()
    assert len(demo["payment_links"]) >= 10
    for link in demo["payment_links"]:
        assert any(f"/pay/{link['counterfoil']['slug']}" in line and line.endswith(link["shows"]) for line in lines)


def test_settings_are_shown_with_secrets_masked(run: Run) -> None:
    shown = run("settings", JWT_SECRET="do-not-show-this").stdout
    assert "do-not-show-this" not in shown
    assert "JWT_SECRET" in shown


@pytest.mark.parametrize("command", ["init", "serve"])
@pytest.mark.parametrize("missing", ["PUBLIC_URL", "SECRET_KEY"])
def test_a_missing_setting_names_itself(run: Run, command: str, missing: str) -> None:
    live = {"STRIPE_SECRET_KEY": STRIPE_KEY, "PUBLIC_URL": "https://pay.example.com", "SECRET_KEY": "k" * 32}
    assert missing in line_of(run(command, **{**live, missing: ""}))


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


def test_importing_in_the_sandbox_names_the_setting_that_it_needs(run: Run, organization: str) -> None:
    assert "STRIPE_SECRET_KEY" in line_of(run("links", "import"))
    assert organization


def test_reconciling_prints_a_summary(run: Run, seed_file: str) -> None:
    run("seed", seed_file)
    assert json.loads(run("reconcile").stdout)["read"] == 0


def test_what_happened_can_be_listed_and_shown(run: Run, seed_file: str) -> None:
    run("seed", seed_file)
    line = next(line for line in run("events", "list").stdout.splitlines() if "payment_link.created" in line)
    assert json.loads(run("events", "show", line.split()[0]).stdout)["type"] == "payment_link.created"


def test_what_happened_here_cannot_be_applied_again_nor_what_never_happened(run: Run, seed_file: str) -> None:
    run("seed", seed_file)
    line = next(line for line in run("events", "list").stdout.splitlines() if "payment_link.created" in line)
    assert "made here" in line_of(run("events", "replay", line.split()[0]))
    assert line in run("events", "list").stdout
    assert "evt_unknown" in line_of(run("events", "replay", "evt_unknown"))
    assert "evt_unknown" in line_of(run("events", "show", "evt_unknown"))


def test_an_event_that_stripe_sent_is_replayed_and_what_came_of_it_printed(run: Run, database: str) -> None:
    run("init")
    store = open_store(database)
    event = Event(id="evt_1", created=1, data=EventData(object={}), type="checkout.session.sung")
    store.add_event(event, organization=None, received=1, payload=event.model_dump_json())
    store.close()
    assert run("events", "list", "--type", event.type).stdout.split() == ["evt_1", event.type, "waiting"]
    assert run("events", "replay", "evt_1").stdout == "ignored\n"
    assert run("events", "list").stdout.split() == ["evt_1", event.type, "ignored"]


@pytest.mark.parametrize("url", ["nonsense", "bogus://user:hidden@host", "redis://127.0.0.1:1"])
def test_a_storage_that_cannot_be_used_names_its_setting_before_anything_is_served(run: Run, url: str) -> None:
    said = line_of(run("serve", RATE_LIMIT_STORAGE=url))
    assert "RATE_LIMIT_STORAGE" in said
    assert "hidden" not in said


def test_a_busy_port_is_said_to_be_busy(run: Run) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = str(taken.getsockname()[1])
        said = run("serve", "--port", port).stderr.strip().splitlines()[-1]
    assert port in said
    assert "PORT" in said


def test_commands_that_need_no_sdk_do_not_load_it() -> None:
    script = "import sys, app.cli.main; sys.exit(any(name in sys.modules for name in ('stripe', 'flask', 'pydantic')))"
    assert subprocess.run([sys.executable, "-c", script], check=False).returncode == 0
