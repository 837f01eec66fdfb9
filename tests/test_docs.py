"""The documents are true: their tables, examples and links are compared with the code, and their examples run."""

import inspect
import json
import re
import shlex
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, Final

import click
import pytest
from click.testing import CliRunner, Result
from flask import Flask
from pydantic import BaseModel

from app import create_app
from app.cli.main import main
from app.clock import clock
from app.config import read_config
from app.config.settings import SETTINGS
from app.objects import metadata_keys
from app.objects.base import object_class
from app.objects.change import COMMAND_LINE
from app.objects.organization import OrganizationParams
from app.objects.payment_link import Counterfoil
from app.sandbox.operations import OPERATIONS
from app.services.accounts import keys
from app.services.events import inbox
from app.store import open_store
from app.web.http.context import EXTENSION, Context
from app.web.openapi.document import document as openapi
from tests.support.http_server import served

ROOT: Final = Path(__file__).resolve().parent.parent
README: Final = (ROOT / "README.md").read_text(encoding="utf-8")
DOCUMENTS: Final = (*sorted(ROOT.glob("*.md")), *sorted((ROOT / "docs").glob("*.md")))
SCREENSHOT: Final = ROOT / "docs" / "pay-page.png"

EVERY_METHOD: Final = frozenset({"DELETE", "GET", "PATCH", "POST", "PUT"})
INTERNAL_ROUTES: Final = {
    "static": "files of pages; their addresses change with their content",
    "assets.brand": "the same styles in a merchant's colours",
    "assets.bundle": "styles and scripts of our own pages; their addresses change with their content",
    "pay.redirect_to_page": "redirects a reload of a preview to the page",
    "console.unknown": "the console's 404 page",
    "bigcapital.refuse_method": "answers 405 to other methods than POST",
    "sample_invoice.sample_invoice": "a page of the demo, which prints its address",
}
"""Routes that docs/routes.md leaves out, and why."""

Run = Callable[..., Result]


def document(name: str) -> str:
    """Return the text of a document in docs/."""
    return (ROOT / "docs" / name).read_text(encoding="utf-8")


def rows(text: str, first: str) -> list[list[str]]:
    """Return the cells of the table whose first column has this title."""
    lines = text.split(f"| {first} |", 1)[1].splitlines()[2:]
    table = lines[: next((number for number, line in enumerate(lines) if not line.startswith("|")), len(lines))]
    return [[cell.strip() for cell in line.strip("|").split(" | ")] for line in table]


def blocks(text: str, language: str) -> list[str]:
    """Return the fenced code blocks of a language."""
    return re.findall(rf"^```{language}\n(.*?)^```", text, re.MULTILINE | re.DOTALL)


@pytest.fixture
def app(tmp_path: Path) -> Flask:
    """The application with every optional part."""
    return create_app(read_config({"DATABASE_URL": f"sqlite:///{tmp_path}/counterfoil.db"}, data=tmp_path))


@pytest.fixture
def database(tmp_path: Path) -> str:
    return f"sqlite:///{tmp_path}/counterfoil.db"


@pytest.fixture
def run(database: str, tmp_path: Path) -> Run:
    """Run a command with a database of its own: `run("links", "list")`."""

    def run(*arguments: str, input: str | None = None) -> Result:
        secrets = {"SECRET_KEY": "k" * 32, "STRIPE_WEBHOOK_SECRET": "whsec_" + "w" * 24}
        unset = {"PORT": "", "PUBLIC_URL": "", "STRIPE_SECRET_KEY": ""}
        result = CliRunner().invoke(main, arguments, input=input, env={"DATABASE_URL": database, **unset, **secrets})
        assert result.exit_code == 0, result.stderr
        return result

    return run


def test_the_readme_has_at_most_80_lines() -> None:
    assert len(README.splitlines()) <= 80


def test_the_readme_shows_a_small_screenshot() -> None:
    assert f"](docs/{SCREENSHOT.name})" in README
    picture = SCREENSHOT.read_bytes()
    assert picture.startswith(b"\x89PNG\r\n")
    assert len(picture) < 150 * 1024


def test_the_first_commands_are_demo_and_test() -> None:
    assert re.findall(r"^    (make \w+)", README, re.MULTILINE)[:2] == ["make demo", "make test"]


def test_the_first_steps_of_the_readme_create_the_link(run: Run, database: str, tmp_path: Path) -> None:
    """Run the README's own commands on the README's own file; only `serve` is left out, because it does not return."""
    (tmp_path / "link.json").write_text(blocks(README, "json")[0])
    steps = [shlex.split(line) for line in re.findall(r"^    counterfoil (.+)", README, re.MULTILINE)]
    assert [step[0] for step in steps] == ["init", "organizations", "keys", "users", "links", "serve"]
    printed = ""
    for step in steps[:-1]:
        arguments = [str(tmp_path / part) if part.endswith(".json") else part for part in step]
        printed = run(*arguments, input="nine bees on thyme\n" * 2).stdout
    link = json.loads(printed)
    assert link["url"] in README
    assert open_store(database).link(link["id"]) is not None


def settable(model: type[BaseModel], prefix: str = "") -> Iterator[str]:
    """Yield the dotted name of every value of a model."""
    for name, field in model.model_fields.items():
        inner = object_class(field.annotation)
        if inner is not None:
            yield from settable(inner, f"{prefix}{name}.")
        else:
            yield f"{prefix}{name}"


def leaves(value: dict[str, Any], prefix: str = "") -> Iterator[str]:
    """Yield the dotted name of every value of a JSON object."""
    for name, item in value.items():
        if isinstance(item, dict):
            yield from leaves(item, f"{prefix}{name}.")
        else:
            yield f"{prefix}{name}"


def test_going_live_names_every_event_that_is_applied() -> None:
    step = document("going-live.md").partition("with these events:")[2].partition("Put the endpoint's secret")[0]
    assert set(re.findall(r"`([a-z_.]+)`", step)) == set(inbox.TYPES)
    assert len(inbox.TYPES) <= 20, "Stripe lists events of at most 20 types at once"


def test_branding_explains_every_key_of_an_organization() -> None:
    assert {cells[0].strip("`") for cells in rows(document("branding.md"), "key")} == set(settable(OrganizationParams))


def test_the_example_of_branding_sets_every_key(run: Run) -> None:
    run("init")
    example = blocks(document("branding.md"), "json")[0]
    assert set(leaves(json.loads(example))) == set(settable(OrganizationParams))
    organization = run("organizations", "create", "Hillside Apiary").stdout.strip()
    kept = json.loads(run("organizations", "update", organization, input=example).stdout)
    assert {name: kept[name] for name in json.loads(example)} == json.loads(example)


def test_the_example_of_a_seed_file_loads(run: Run, tmp_path: Path) -> None:
    run("init")
    seed = tmp_path / "seed.json"
    seed.write_text(blocks(document("cli.md"), "json")[0])
    assert "/pay/one-jar" in run("seed", str(seed)).stdout


def commands(group: click.Group, *names: str) -> Iterator[tuple[str, click.Command]]:
    """Yield every command with its whole name."""
    for name, command in group.commands.items():
        if isinstance(command, click.Group):
            yield from commands(command, *names, name)
        else:
            yield " ".join((*names, name)), command


def test_every_command_and_option_is_documented_and_every_documented_one_exists() -> None:
    said = {}
    for usage, _meaning in rows(document("cli.md"), "command"):
        called = re.fullmatch(r"`counterfoil ([a-z]+(?: [a-z][a-z-]*)*)(.*)`", usage)
        assert called is not None, usage
        said[called[1]] = set(re.findall(r"--[a-z-]+", called[2]))
    options = {
        name: {option for parameter in command.params for option in parameter.opts if option.startswith("--")}
        for name, command in commands(main)
    }
    assert said == options


def test_the_keys_of_ours_in_a_link_are_documented() -> None:
    assert {cells[0].strip("`") for cells in rows(document("api.md"), "key")} == set(Counterfoil.model_fields)


def test_the_metadata_keys_of_a_session_are_documented() -> None:
    named = {cells[0].strip("`") for cells in rows(document("api.md"), "metadata key")}
    assert {metadata_keys.PAYMENT_LINK, metadata_keys.ATTEMPT, metadata_keys.REFERENCE} <= named
    assert metadata_keys.LINK_REFERENCE in named


def test_the_claims_of_a_token_are_documented_and_described() -> None:
    claims = [cells[0].strip("`") for cells in rows(document("api.md"), "claim")]
    described = openapi()["components"]["securitySchemes"]["jwt"]["description"]
    assert {"exp", "organization_id", "organizations", "sub"} <= set(claims)
    assert [claim for claim in claims if claim not in described] == []
    assert metadata_keys.PAYMENT_LINK in openapi()["info"]["description"]
    assert metadata_keys.ATTEMPT in openapi()["info"]["description"]


def test_the_example_of_a_token_acts_for_its_organizations() -> None:
    example: dict[str, Any] = {"JWT_SECRET": "a secret of thirty-two characters"}
    exec(blocks(document("api.md"), "python")[-1], example)  # noqa: S102  # our own document
    allowed = keys.token_organizations(example["token"], example["JWT_SECRET"], clock())
    assert allowed == {"org_1", "org_2"}


def test_the_examples_of_the_sdk_create_a_link_and_list_its_sessions(
    app: Flask, capsys: pytest.CaptureFixture[str]
) -> None:
    context: Context = app.extensions[EXTENSION]
    context.store.migrate(clock())
    organization = keys.create_organization(context.store, "Hillside Apiary", clock())
    _, key = keys.create_key(context.store, organization.id, clock(), actor=COMMAND_LINE)
    with served(app) as address:
        example = "\n".join(blocks(document("api.md"), "python")[:2])
        example = example.replace("bc_…", key).replace("https://pay.example.com", address)
        exec(example, {})  # noqa: S102  # our own document
    printed = capsys.readouterr().out.splitlines()
    assert printed == [*(link.url for link in context.store.links(organization.id)[0]), "[]"]


def test_every_setting_is_documented_with_its_default_and_meaning() -> None:
    said = {cells[0].strip("`"): (cells[1].strip("`"), cells[2]) for cells in rows(document("settings.md"), "name")}
    assert said == {setting.name: (setting.default or "none", setting.help) for setting in SETTINGS}


def request_name(method: str, path: str) -> tuple[str, str]:
    """Return the resource of an operation and what its documentation calls it: `charges` and `list refunds`."""
    resource, _, rest = path.removeprefix("/").replace("checkout/sessions", "checkout_sessions").partition("/")
    resource = resource.replace("checkout_sessions", "checkout/sessions")
    parts = rest.split("/") if rest else []
    if method == "DELETE":
        return resource, "cancel" if resource == "subscriptions" else "delete"
    if len(parts) > 1:
        return resource, parts[1] if method == "POST" else f"{'retrieve' if parts[2:] else 'list'} {parts[1]}"
    if parts == ["search"]:
        return resource, "search"
    if method == "POST":
        return resource, "update" if parts else "create"
    return resource, "retrieve" if parts or resource == "balance" else "list"


def test_every_request_that_the_sandbox_answers_is_documented_and_no_other() -> None:
    said = {
        (cells[0].strip("`"), name)
        for cells in rows(document("sandbox.md"), "resource")
        for name in cells[1].split(", ")
    }
    assert said == {request_name(operation.method, operation.path) for operation in OPERATIONS}


def plain(path: str) -> str:
    """Return a path without the names of its parts: `/pay/<code>` and `/pay/<slug>` are the same."""
    return re.sub(r"<[^>]*>", "<>", path).rstrip("/")


def documented_routes() -> set[tuple[str, str]]:
    """Return every method and path of docs/routes.md; a path without a method means every method."""
    said = set()
    for address, _meaning in rows(document("routes.md"), "route"):
        parts = re.fullmatch(r"`(?:([A-Z]+) )?(/.*)`", address)
        assert parts is not None, address
        said |= {(method, plain(parts[2])) for method in ([parts[1]] if parts[1] else EVERY_METHOD)}
    return said


def test_every_route_is_documented_and_every_documented_route_exists(app: Flask) -> None:
    there = {
        (method, plain(rule.rule))
        for rule in app.url_map.iter_rules()
        for method in (rule.methods or set()) & EVERY_METHOD
        if rule.endpoint not in INTERNAL_ROUTES and rule.rule != "/v1/"
    }
    assert there - documented_routes() == set()
    assert documented_routes() - there == set()


def test_routes_that_the_documents_leave_out_exist(app: Flask) -> None:
    assert {rule.endpoint for rule in app.url_map.iter_rules()} >= INTERNAL_ROUTES.keys()


@pytest.mark.parametrize(("endpoint", "file"), [("assets.qr", "qr.svg"), ("assets.qr_png", "qr.png")])
def test_the_query_parameters_of_the_qr_code_are_those_that_its_view_reads(
    app: Flask, endpoint: str, file: str
) -> None:
    view = inspect.getsource(app.view_functions[endpoint])
    row = next(meaning for address, meaning in rows(document("routes.md"), "route") if file in address)
    named = re.findall(r"`(\w+)`", row)
    assert named
    assert all(f'"{name}"' in view for name in named)


def test_every_make_target_that_a_document_names_exists() -> None:
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    named = {
        target
        for path in DOCUMENTS
        for target in re.findall(r"(?:^    |`)make ([a-z-]+)\b", path.read_text(encoding="utf-8"), re.MULTILINE)
    }
    assert {"check", "demo", "lint", "test"} <= named
    assert sorted(target for target in named if not re.search(rf"^{target}:", makefile, re.MULTILINE)) == []


def anchors(text: str) -> set[str]:
    """Return the anchors of a document's headings, as GitHub makes them."""
    titles = re.findall(r"^#+ (.+)$", text, re.MULTILINE)
    return {re.sub(r"[^\w -]", "", title.lower()).replace(" ", "-") for title in titles}


@pytest.mark.parametrize("path", DOCUMENTS, ids=lambda path: path.relative_to(ROOT).as_posix())
def test_links_between_documents_resolve(path: Path) -> None:
    broken = []
    for target in re.findall(r"\]\(([^)\s]+)\)", path.read_text(encoding="utf-8")):
        if "://" in target:
            continue
        name, _, anchor = target.partition("#")
        file = path.parent / name if name else path
        if not file.is_file() or (anchor and anchor not in anchors(file.read_text(encoding="utf-8"))):
            broken.append(target)
    assert broken == []


def test_every_document_can_be_reached_from_the_readme() -> None:
    linked = set(re.findall(r"\]\((docs/[^)#\s]+\.md)", README))
    assert linked == {path.relative_to(ROOT).as_posix() for path in DOCUMENTS if path.parent != ROOT}
