"""`counterfoil links`: its output, and its errors."""

import json
from pathlib import Path

import pytest

from tests.cli.commands import LINK, Run, line_of
from tests.support.languages import in_language


def test_addresses_follow_the_public_url(run: Run, seed_file: str) -> None:
    run("seed", seed_file)
    moved = {"PUBLIC_URL": "https://pay.apiary.example"}
    assert "https://pay.apiary.example/pay/honey" in run("seed", seed_file, **moved).stdout
    assert "https://pay.apiary.example/pay/honey" in run("links", "list", **moved).stdout
    assert "https://pay.apiary.example/pay/honey/embed" in run("links", "show", "honey", **moved).stdout


def test_without_an_organization_the_message_names_the_command_that_creates_one(run: Run) -> None:
    assert "organizations create" in line_of(run("links", "list"))


def test_a_link_is_created_from_json_shown_listed_and_switched(run: Run, organization: str) -> None:
    made = json.loads(run("links", "create", input=json.dumps(LINK)).stdout)
    assert made["object"] == "payment_link"
    assert made["line_items"]["data"][0]["amount_total"] == 1000
    assert made["id"] in run("links", "list").stdout
    assert [link["id"] for link in json.loads(run("links", "list", "--json").stdout)] == [made["id"]]
    assert json.loads(run("links", "deactivate", made["id"]).stdout)["active"] is False
    assert json.loads(run("links", "show", made["id"], "--json").stdout)["active"] is False
    assert json.loads(run("links", "activate", made["id"]).stdout)["active"] is True
    assert organization


def test_a_shown_link_has_its_address_and_its_html_block(run: Run, organization: str) -> None:
    made = json.loads(run("links", "create", input=json.dumps(LINK)).stdout)
    shown = run("links", "show", made["id"]).stdout
    assert made["url"] in shown
    assert f'<iframe src="{made["url"]}/embed" title="Pay Hillside Apiary: Wax"' in shown
    assert ">Open the payment page</a>" in shown
    assert "embed_origins" in shown
    assert organization


def test_the_html_block_of_a_link_is_in_its_language(run: Run, organization: str) -> None:
    link = {**LINK, "counterfoil": {"locale": "pl"}}
    made = json.loads(run("links", "create", input=json.dumps(link)).stdout)
    assert f">{in_language('pl', 'Open the payment page')}</a>" in run("links", "show", made["id"]).stdout
    assert organization


def test_a_shown_link_has_its_last_changes_with_who_and_the_values(run: Run, organization: str) -> None:
    made = json.loads(run("links", "create", input=json.dumps(LINK)).stdout)
    run("links", "deactivate", made["id"])
    shown = run("links", "show", made["id"]).stdout.partition("Last changes")[2]
    newest, oldest = shown.strip().splitlines()
    assert "command line" in newest
    assert "payment_link.updated" in newest
    assert "active: true → false" in newest
    assert "payment_link.created" in oldest
    told = json.loads(run("links", "show", made["id"], "--json").stdout)["counterfoil"]["changes"]
    assert [change["what"] for change in told] == ["payment_link.updated", "payment_link.created"]
    assert organization


@pytest.mark.parametrize(
    ("text", "says"),
    [
        pytest.param("", "a JSON object is expected", id="an empty file"),
        pytest.param("{", "line 1, column 2", id="not JSON"),
        pytest.param("[]", "A JSON object is expected", id="a list"),
        pytest.param('{"a":' * 100_000, "not valid JSON", id="deeper than can be read"),
        pytest.param(
            '{"active": true, "active": false}', "active occurs in one object more than once", id="a name twice"
        ),
        pytest.param("{}", "line_items", id="no line items"),
        pytest.param('{"line_items": [{"quantity": 1}]}', "line_items[0]", id="an item without a price"),
        pytest.param(json.dumps({**LINK, "colour": "red"}), "colour", id="a parameter that does not exist"),
        pytest.param(
            json.dumps({**LINK, "submit_type": "buy"}), "submit_type", id="an unknown value of an enumeration"
        ),
    ],
)
def test_a_malformed_link_names_the_parameter_and_the_rule(run: Run, organization: str, text: str, says: str) -> None:
    assert says in line_of(run("links", "create", input=text))
    assert organization


def test_an_unknown_link_is_named_in_the_error(run: Run, organization: str) -> None:
    assert "plink_nothing" in line_of(run("links", "show", "plink_nothing"))
    assert organization


def test_another_organizations_link_is_unknown(run: Run, organization: str) -> None:
    made = json.loads(run("links", "create", input=json.dumps(LINK)).stdout)
    other = run("organizations", "create", "Other").stdout.strip()
    assert made["id"] in line_of(run("links", "show", made["id"], "--organization", other))
    assert organization


def test_importing_in_the_sandbox_names_the_setting_that_it_needs(run: Run, organization: str) -> None:
    assert "STRIPE_SECRET_KEY" in line_of(run("links", "import"))
    assert organization


def test_links_are_exported_and_seeded_into_an_empty_database(run: Run, seed_file: str, tmp_path: Path) -> None:
    run("seed", seed_file)
    run("links", "create", input=json.dumps({**LINK, "counterfoil": {"name": "Wax"}}))
    file = tmp_path / "links.json"
    exported = run("links", "export", str(file))
    assert (exported.stdout, exported.stderr) == ("", "2 links exported.\n")
    assert "@prices.honey" in file.read_text(encoding="utf-8")
    before = run("links", "list").stdout
    empty = f"sqlite:///{tmp_path}/empty.db"
    run("init", DATABASE_URL=empty)
    seeded = run("seed", str(file), DATABASE_URL=empty)
    assert seeded.exit_code == 0, seeded.stderr
    assert run("links", "list", DATABASE_URL=empty).stdout == before
    assert "Everything was there already." in run("seed", str(file), DATABASE_URL=empty).stderr
    assert json.loads(run("links", "export", DATABASE_URL=empty).stdout)["payment_links"][0]["line_items"] == [
        {"price": "@prices.honey", "quantity": 1}
    ]


def test_a_link_is_updated_from_json_in_part(run: Run, organization: str) -> None:
    made = json.loads(run("links", "create", input=json.dumps(LINK)).stdout)
    changed = json.loads(run("links", "update", made["id"], input='{"counterfoil": {"name": "Wax"}}').stdout)
    assert changed["counterfoil"]["name"] == "Wax"
    assert changed["line_items"]["data"][0]["amount_total"] == 1000
    assert "colour" in line_of(run("links", "update", made["id"], input='{"colour": "red"}'))
    assert "plink_none" in line_of(run("links", "update", "plink_none", input="{}"))
    assert organization


def test_international_names_are_printed_in_their_own_letters(run: Run, seed_file: str) -> None:
    punycode = {"PUBLIC_URL": "https://xn--80aa5alfu.xn--p1ai"}
    for command in (("seed", seed_file), ("links", "list"), ("links", "show", "honey")):
        assert "https://оплата.рф/pay/honey" in run(*command, **punycode).stdout
    assert json.loads(run("links", "show", "honey", "--json", **punycode).stdout)["url"].startswith("https://xn--")


def test_the_html_block_is_built_with_a_way_back_a_theme_and_without_a_qr_code(run: Run, organization: str) -> None:
    params = {**LINK, "counterfoil": {"slug": "wax", "embed_origins": ["https://shop.example"]}}
    made = json.loads(run("links", "create", input=json.dumps(params)).stdout)
    shown = run("links", "show", "wax", "--return-url", "https://shop.example/a", "--theme", "auto", "--no-qr").stdout
    assert f'<iframe src="{made["url"]}/embed?return_url=https%3A%2F%2Fshop.example%2Fa&amp;theme=auto"' in shown
    assert f'<a href="{made["url"]}?return_url=https%3A%2F%2Fshop.example%2Fa"' in shown
    assert "<img" not in shown
    assert "return_url" in line_of(run("links", "show", "wax", "--return-url", "https://evil.example/"))
    assert organization
